"""Deliveries, and whether a ledger gives what the files give."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from polars.testing import assert_frame_equal

import abm

if TYPE_CHECKING:
    from pathlib import Path

    from abm.scoring.result import ScoreResult

TABLES = ("accounts", "leads", "groups", "committee", "intent", "contributions", "matches")
AS_OF = "2026-06-30"
FIRST, SECOND = "E1,C0001,demo_request,2026-03-01,,", "E2,C0002,download,2026-03-02,,"


def assert_same(got: ScoreResult, expected: ScoreResult) -> None:
    for name in TABLES:
        assert_frame_equal(getattr(got, name), getattr(expected, name))


def from_files(crm: Path, as_of: str = AS_OF) -> ScoreResult:
    return abm.score(abm.load_workspace(crm), as_of=as_of)


def ask(crm: Path, *signals: str) -> None:
    """Put signals before those of the workspace's model."""
    model = crm / "model.yaml"
    first, heading, rest = re.split(r"(?m)^(signals:.*\n)", model.read_text(), maxsplit=1)
    model.write_text(first + heading + "".join(f"  - {signal}\n" for signal in signals) + rest)


def one_event(crm: Path, name: str, *rows: str) -> Path:
    """Write a delivery of events."""
    path = crm / "events" / name
    path.write_text("event_id,contact_id,type,occurred_at,url,count\n" + "".join(f"{row}\n" for row in rows))
    return path
