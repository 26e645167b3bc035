"""Standard output for data, standard error for talk; neither complains when nobody listens any more."""

from __future__ import annotations

import os
import sys

from abm.errors import OutputError
from abm.output.text import safe_lines

TRACEBACK_VARIABLE = "ABM_TRACEBACK"
_STDERR = 2


def emit(content: str | bytes) -> None:
    """Write data to stdout; a reader that has seen enough (`abm rank | head`) is no error.

    Text is written in the encoding of the stream, what that cannot say as `?`; bytes as they are. On a terminal, text
    data must have been made safe before.

    Raises:
        OutputError: it cannot be written for another reason, such as a full disk.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed. Write to a file with -o.")
    data = content.encode(sys.stdout.encoding or "utf-8", "replace") if isinstance(content, str) else content
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        _abandon(1)
        if not isinstance(error, BrokenPipeError):
            reason = error.strerror or str(error)
            raise OutputError(f"standard output cannot be written ({reason}). What came out is not whole.") from error


def tell(message: str) -> None:
    """Say something to the person, on stderr; nothing in it can do anything to the terminal."""
    if sys.stderr is None:
        return
    text = safe_lines(message) + "\n"
    try:
        sys.stderr.write(text.encode(sys.stderr.encoding or "utf-8", "replace").decode(sys.stderr.encoding or "utf-8"))
        sys.stderr.flush()
    except OSError:
        _abandon(sys.stderr.fileno())


def silence_libraries() -> None:
    """Keep what native libraries write past Python, such as the stack of a panic, away from the person.

    What they mean reaches Python as an error as well, and is said by `tell`. With ABM_TRACEBACK all is shown.
    """
    if sys.stderr is None or os.environ.get(TRACEBACK_VARIABLE, "") not in {"", "0"}:
        return
    try:
        # Only if it is the real one: a program that runs the commands itself may have put another in its place.
        if sys.stderr.fileno() != _STDERR:
            return
        sys.stderr.flush()
        own = os.fdopen(os.dup(_STDERR), "w", encoding=sys.stderr.encoding, errors=sys.stderr.errors, buffering=1)
    except (OSError, ValueError):
        return
    sys.stderr = own
    _abandon(_STDERR)


def to_terminal() -> bool:
    """Whether what is emitted is seen by a person at once."""
    return sys.stdout is not None and sys.stdout.isatty()


def _abandon(descriptor: int) -> None:
    """Point a broken stream at nothing, or Python would fail on it once more as it ends."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)
