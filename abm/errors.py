"""One exception tree: whose fault it is decides the branch, and the message teaches.

AbmError
├── InputError          the user's: exit code 2, the message says where, what, what was expected, what to do
│   ├── ModelError          a model file that cannot be used
│   ├── ConditionError      one condition that cannot be parsed or bound
│   ├── CaseError           a file of agreed cases that does not say what to try
│   ├── WorkspaceError      a folder or workspace.yaml that does not say what to read
│   ├── SourceError         a file or query that cannot be read
│   ├── TableError          a table whose columns or contents break its contract
│   ├── LedgerError         a folder that should be a ledger and cannot be used as one
│   ├── OutputError         a result that cannot be written where it was asked for
│   └── NotFoundError       an account, contact or group that does not exist in the result
└── InternalError       ours: a broken invariant, please report it
"""

from __future__ import annotations

import errno
import os
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class AbmError(Exception):
    """Root of everything `abm` raises on purpose."""


class InputError(AbmError):
    """The input is at fault; the message says where, what, what was expected and what to do."""


class ModelError(InputError):
    """A model file cannot be used; the message lists every error, one a line, with file and line."""


class ConditionError(InputError):
    """A condition cannot be parsed, or does not fit the tables it is bound to."""


class CaseError(InputError):
    """A file of agreed cases does not say what to try; one line per mistake, with file and line."""


class WorkspaceError(InputError):
    """A workspace folder, or its `workspace.yaml`, does not say what to read."""


class SourceError(InputError):
    """A file or a query cannot be read."""


class TableError(InputError):
    """A table breaks its contract in a way that leaves nothing to score."""


class LedgerError(InputError):
    """A folder that should be a ledger cannot be used as one."""


class OutputError(InputError):
    """A result cannot be written where it was asked for."""


class NotFoundError(InputError):
    """An entity that was asked for is not in the result."""


class InternalError(AbmError):
    """A broken invariant of `abm` itself."""


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Return `" Did you mean 'x'?"` for the candidate nearest to `name`, or `""` when none is near.

    >>> did_you_mean("ulr", ["url", "type"])
    " Did you mean 'url'?"
    >>> did_you_mean("zzz", ["url", "type"])
    ''
    """
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    near = get_close_matches(name.lower(), list(by_lower), n=1, cutoff=0.6)
    return f" Did you mean '{by_lower[near[0]]}'?" if near else ""


def is_full(error: BaseException) -> bool:
    """Whether a library says, in one way or another, that a disk has no space left.

    >>> is_full(OSError(28, "No space left on device"))
    True
    """
    return getattr(error, "errno", None) == errno.ENOSPC or os.strerror(errno.ENOSPC) in str(error)
