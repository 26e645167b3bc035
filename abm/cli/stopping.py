"""How a run is stopped from outside: by Ctrl-C, or by being terminated; either takes its unfinished files with it."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_SOON = 0.01
"""Seconds after which a signal is raised once more where nobody could hear it."""
_received: list[int] = []
"""The signals that came. A library called back while one arrives may answer with an error of its own, as Polars does
with a TypeError when it is asked for a data type; remembering the signal tells that from a fault."""


def listen() -> None:
    """Answer SIGINT and SIGTERM from now on, SIGINT only where it is not switched off, as it is in the background."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)
    signal.signal(signal.SIGTERM, _terminated)
    sys.unraisablehook = _swallowed


def stopped_by() -> int | None:
    """Return the number of the signal that came first, or None."""
    return _received[0] if _received else None


def _interrupted(number: int, _frame: FrameType | None) -> None:
    # Polars listens too, and may have raised it by then: once more would stop what tidies up after it.
    is_raised = not _received and isinstance(sys.exc_info()[1], KeyboardInterrupt)
    _received.append(number)
    if not is_raised:
        raise KeyboardInterrupt


def _terminated(number: int, _frame: FrameType | None) -> None:
    _received.append(number)
    sys.exit(128 + number)


def _swallowed(unheard: sys.UnraisableHookArgs) -> None:
    """Stop a little later when the signal came where nothing can be raised, as in code that a library calls back."""
    if _received and issubclass(unheard.exc_type, KeyboardInterrupt | SystemExit):
        main = threading.main_thread().ident or 0
        threading.Timer(_SOON, signal.pthread_kill, (main, _received[0])).start()
    else:
        sys.__unraisablehook__(unheard)
