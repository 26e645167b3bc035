"""What a driver says when something fails: the sentence that helps, what to do about it, and nothing secret."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from abm.errors import InputError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# The wrappings of drivers around what the database itself said, and what they add behind it: the query once more.
_BEFORE = re.compile(
    r"^(?:got external error: )?(?:[A-Z_]+: )?(?:\[[A-Za-z]+\] )?(?:\[PGRES_FATAL_ERROR\]: )?"
    r"(?:.*?(?:ERROR|FATAL):\s+|.*?connection to server (?:at|on) .*? failed: |Failed to [a-z]+(?: to)?(?: query)?: "
    r"|(?:Execution error )?\[[A-Z_]+\]: )?",
    re.DOTALL,
)
_BEHIND = re.compile(r"\s*(?:\n\s*query:|\n*Query was:|\. SQLSTATE:|\nLINE \d|\n\s*Is the server running).*", re.DOTALL)
_LONGEST = 300
_CONNECTING = "Check the address, and that the server runs and may be reached from this machine."
# By what it says: what a person can do. The first that fits is taken.
_HINTS: tuple[tuple[str, str], ...] = (
    (
        r"password authentication failed|no password supplied|authentication|Incorrect username",
        "Check user and password: they come from the address or the environment.",
    ),
    (r"Connection refused", "Is the server running, and are host and port right?"),
    (r"could not translate host name|no such host|Name or service not known", "Check the name of the host."),
    (
        r"timeout expired|timed out",
        "It did not answer. Check host and port, and that a firewall lets this machine through.",
    ),
    (r"database \".*\" does not exist", "Check the name of the database, behind the last / of the address."),
    (r"too many clients|too many connections", "Try again when fewer programs are connected."),
    (r"SSL|certificate", "Say how to connect with ?sslmode=... behind the address."),
    (r"invalid URI|invalid connection option|could not parse", "Correct what follows the ? of the address."),
    (r"permission denied|not authorized|insufficient privilege", "Ask for the right to read it."),
    (
        r"relation \".*\" does not exist|no such table|does not exist or not authorized|Table with name",
        "Check the name; names are taken as they are written, capitals too, and may need their schema.",
    ),
    (r"column .* does not exist|no such column|Referenced column", "Compare the names with the columns of the table."),
    (r"read-only|readonly|read only", "A query only reads. Leave out what changes something."),
    (r"statement timeout|canceling statement", "The database stopped it. Select fewer rows, or ask for more time."),
    (r"database is locked|set lock on file|being used by another", "Another program is writing to it. Try again then."),
    (r"malformed|not a database|corrupt", "Is the file whole? Copy it again while nothing writes to it."),
    (r"server closed the connection|terminating connection|SSL SYSCALL", "The connection broke. Try again."),
    (r"out of memory|Out of Memory", "The result needs more memory than there is. Select fewer columns or rows."),
    (r"function .* does not exist|no such function", "Use a function that this database has."),
)


@contextmanager
def telling(where: str, cleaned: Callable[[str], str], doing: str = "the query fails") -> Iterator[None]:
    """Turn whatever a driver raises into one SourceError, its own words without secrets.

    The driver's error is not chained: it would be shown with `--traceback`, and repeats what it was given.

    Args:
        where: how messages call the source.
        cleaned: cuts secrets out of a text.
        doing: what fails.
    """
    problem: str | None = None
    try:
        yield
    except (InputError, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - drivers panic, and a panic is no Exception
        problem = _told(error, where, cleaned, doing)
    if problem is not None:
        raise SourceError(problem)


def _told(error: BaseException, where: str, cleaned: Callable[[str], str], doing: str) -> str:
    said = said_by(str(error))
    hint = next((text for pattern, text in _HINTS if re.search(pattern, said)), None)
    if hint is None:
        hint = _CONNECTING if doing.startswith("cannot") else "Try the query with the database's own program."
    shown = cleaned(said or type(error).__name__)
    return f"{where}: {doing}: {shown}{'' if shown.endswith(('.', '?', '!')) else '.'} {hint}"


def said_by(text: str) -> str:
    r"""Return what the database itself said, in one line, without what its driver wraps around it.

    >>> said_by('NOT_FOUND: Failed to prepare query: ERROR:  relation "x" does not exist\nLINE 1: x\n\nQuery was: x')
    'relation "x" does not exist'
    >>> said_by("INVALID_ARGUMENT: [SQLite] Failed to prepare query: no such table: x\nquery: select * from x")
    'no such table: x'
    """
    core = _BEFORE.sub("", _BEHIND.sub("", text.strip()), count=1)
    line = " ".join(core.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
