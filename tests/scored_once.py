"""The command line scores equal tables under an equal model once: most of its tests look at one workspace again."""

from __future__ import annotations

import hashlib
import io
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import abm.cli.compare
import abm.cli.opening
from abm.scoring.score import chosen_model, score
from abm.workspace.loader import Workspace

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from abm.scoring.result import ScoreResult
    from abm.sources.tables import Table

_MOST = 64
"""Results are small here; so many at once are enough for the files of a test folder."""

_PLACES = (abm.cli.opening, abm.cli.compare)
_known: dict[Hashable, ScoreResult] = {}


def scored_once(facts: Any, model: Any = None, **options: Any) -> ScoreResult:
    """As `abm.score`; what was scored before is given again, with the model that was handed over."""
    if not isinstance(facts, Workspace) or options.get("as_of") is None or options.get("room") is not None:
        # What is put aside lies there until its command has ended.
        return score(facts, model, **options)
    used, engine = chosen_model(model, facts), options.get("engine")
    tables = tuple((name, *_content(table)) for name, table in facts.tables.items())
    key = (tables, used.content_hash, options["as_of"], facts.matching, engine)
    if key not in _known:
        while len(_known) >= _MOST:
            _known.pop(next(iter(_known)))
        _known[key] = score(facts, used, **options)
    return replace(_known[key], model=used)


def _content(table: Table) -> tuple[Hashable, ...]:
    rows = io.BytesIO()
    table.frame.collect().write_ipc(rows)
    return table.file, tuple(table.kinds.items()), table.findings, hashlib.sha256(rows.getvalue()).digest()


@contextmanager
def scoring_by(scorer: Any) -> Iterator[None]:
    """What the command line scores with, for a while."""
    with pytest.MonkeyPatch.context() as patch:
        for module in _PLACES:
            patch.setattr(module, "score", scorer)
        yield
