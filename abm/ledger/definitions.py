"""What of a model decides which events are counted as what: changed, a ledger is counted anew."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from abm.model import Model


def definitions_of(model: Model) -> str:
    """The hash of `ignore` and of every signal's `event` and `where`, in order; names and points do not matter.

    >>> from abm.model import model_from
    >>> one = {"name": "a", "version": 1, "signals": [{"name": "demo", "event": "demo", "points": 50}]}
    >>> other = {"name": "b", "version": 2, "signals": [{"name": "demo!", "event": ["demo"], "points": 40}]}
    >>> definitions_of(model_from(one)) == definitions_of(model_from(other))
    True
    """
    signals = [[list(each.event), None if each.where is None else each.where.text] for each in model.signals]
    ignore = None if model.ignore is None else model.ignore.text
    return sha256(json.dumps([ignore, signals]).encode()).hexdigest()
