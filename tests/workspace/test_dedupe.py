"""`dedupe` drops repeats among the rows that count, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import abm
from abm.tables.findings import Level

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "name: m\nversion: 1\nsignals: [{name: v, event: v, points: 10, half_life_days: none}]\n"
WORKSPACE = """
tables:
  accounts: accounts.csv
  contacts: contacts.csv
  events: {file: events.csv, dedupe: [contact_id, type]}
"""


def test_a_row_that_does_not_count_ousts_none_that_does(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text(MODEL)
    (tmp_path / "workspace.yaml").write_text(WORKSPACE)
    (tmp_path / "accounts.csv").write_text("account_id\nA\n")
    (tmp_path / "contacts.csv").write_text("contact_id,account_id\nC,A\n")
    rows = ["C,v,2026-12-01,", "C,v,nonsense,", "C,v,2026-06-28,0", "C,v,2026-06-29,2", "C,v,2026-06-27,"]
    (tmp_path / "events.csv").write_text("\n".join(["contact_id,type,occurred_at,count", *rows]) + "\n")
    result = abm.score(abm.load_workspace(tmp_path), as_of="2026-06-30")
    assert result.leads["engagement"].to_list() == [20.0]
    (finding,) = [each for each in result.findings if each.code == "duplicate_row"]
    assert (finding.count, finding.level) == (1, Level.NOTE)
    bad = {each.code: each.rows for each in result.findings if each.code in ("no_time", "bad_count")}
    assert bad == {"no_time": (2,), "bad_count": (3,)}
