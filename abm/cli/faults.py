"""The one handler of errors: a clear message on stderr, an exit code, no traceback unless asked for."""

from __future__ import annotations

import os
import signal
import traceback
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any

import typer

from abm.cli.stopping import stopped_by
from abm.cli.streams import TRACEBACK_VARIABLE, tell
from abm.errors import AbmError, InternalError

if TYPE_CHECKING:
    from collections.abc import Callable

FINE, PROBLEMS, CANNOT_RUN, BUG = 0, 1, 2, 3
"""Exit codes; PROBLEMS is for what was asked to check, and found something (`check`, `test`, `explain --check`)."""

show_traceback: ContextVar[bool] = ContextVar("show_traceback", default=False)


def guarded(command: Callable[..., int]) -> Callable[..., None]:
    """Make a function that returns an exit code a command that ends with it, whatever happens inside."""

    @wraps(command)
    def ending(*arguments: Any, **options: Any) -> None:
        raise typer.Exit(_ended(lambda: command(*arguments, **options)))

    return ending


def _ended(work: Callable[[], int]) -> int:
    try:
        return work()
    except (typer.Exit, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - nobody should have to read a traceback; panics are no Exceptions
        return _stopped(error) if stopped_by() or isinstance(error, KeyboardInterrupt) else _failed(error)


def _stopped(error: BaseException) -> int:
    """End as the signal asks, also where a library made another error of it."""
    if not isinstance(error, KeyboardInterrupt):
        _trace()
    tell("abm: stopped.")
    return 128 + (stopped_by() or signal.SIGINT)


def _failed(error: BaseException) -> int:
    _trace()
    if isinstance(error, (AbmError, OSError)) and not isinstance(error, InternalError):
        tell(told_as_one(_words(error)))
        return CANNOT_RUN
    if _is_of_a_file(error):
        tell(told_as_one(f"a file cannot be read to its end: {_first_line(error)}. Is it whole?"))
        return CANNOT_RUN
    return _bug(error)


def _is_of_a_file(error: BaseException) -> bool:
    """Whether a page of a Parquet file proved damaged only when it was needed; what is scored is read before that."""
    return type(error).__module__.startswith("polars") and str(error).startswith("parquet:")


def told_as_one(message: str) -> str:
    """Put the program's name before a message, and its further lines below the first."""
    return "abm: " + message.replace("\n", "\n     ")


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}. Check that it exists and may be read."
    return str(error)


def _bug(error: BaseException) -> int:
    tell(
        told_as_one(
            f"this is a bug in abm, not in your data: {type(error).__name__}: {_first_line(error)}\n"
            f"Please report it with what `abm --traceback ...` (or {TRACEBACK_VARIABLE}=1) shows."
        )
    )
    return BUG


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [""])[0][:300]


def _trace() -> None:
    if show_traceback.get() or os.environ.get(TRACEBACK_VARIABLE, "") not in {"", "0"}:
        tell(traceback.format_exc().rstrip())
