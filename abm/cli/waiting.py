"""Something to look at while work takes longer than a second: which step it is at, on stderr, gone when it is done."""

from __future__ import annotations

from threading import Lock, Timer
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.text import Text

from abm.output.text import safe

if TYPE_CHECKING:
    from types import TracebackType

    from rich.status import Status

PATIENCE = 1.0
"""Seconds before anything is shown."""


class Waiting:
    """A status line; a callable for `score(..., progress=...)`.

    Nothing at all is written unless stderr is a terminal and the work takes longer than `PATIENCE`.

    >>> with Waiting() as waiting:
    ...     waiting("reading")
    """

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._step = ""
        self._status: Status | None = None
        self._lock = Lock()
        self._console = console if console.is_terminal and not console.is_dumb_terminal else None
        self._timer: Timer | None = None

    def __call__(self, step: str) -> None:
        """Say which step begins."""
        with self._lock:
            self._step = step
            if self._status is not None:
                self._status.update(self._text())

    def __enter__(self) -> Self:
        """Begin to wait."""
        if self._console is not None:
            self._timer = Timer(PATIENCE, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._console = None
            if self._status is not None:
                self._status.stop()
                self._status = None

    def _show(self) -> None:
        with self._lock:
            if self._console is not None:
                from rich.status import Status  # noqa: PLC0415 - most runs are done before anybody waits

                self._status = Status(self._text(), console=self._console)
                self._status.start()

    def _text(self) -> Text:
        return Text(f"{safe(self._step)} ...")
