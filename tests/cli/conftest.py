"""A small workspace by convention: four accounts, six people, something wrong with one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """\
name: tiny
version: 3
signals:
  - {name: demo, event: demo, points: 50, hand_raise: true}
  - {name: visit, event: visit, points: 1}
fit:
  account:
    - {name: big, when: "employees > 100", points: 10}
roles:
  rules:
    - {role: economic_buyer, when: "seniority_rank >= 7", confidence: 0.9}
buying_groups:
  - name: core
    roles: {economic_buyer: {required: true}, champion: {}}
mqa:
  threshold: 40
  triggers: [{name: hand_raise, when: "hand_raisers >= 1"}]
  exclude: [{name: competitor, when: "lifecycle = 'competitor'"}]
"""

FILES = {
    "model.yaml": MODEL,
    "accounts.csv": """\
account_id,name,employees,lifecycle,country
A1,Acme,500,prospect,DE
A2,=Globex,50,prospect,FR
A3,Initech,900,competitor,DE
A4,,10,prospect,
""",
    "contacts.csv": """\
contact_id,account_id,title
C1,A1,CFO
C2,A1,Intern
C3,A2,VP Sales
C4,A3,Owner
C5,,Clerk
""",
    "events.csv": """\
contact_id,type,occurred_at
C1,demo,2026-06-28
C1,demo,2026-05-01
C3,visit,2026-06-29
C3,visit,2026-06-29
C4,demo,2026-06-30
""",
    "intent.csv": """\
account_id,topic,observed_on,score
A1,crm,2026-06-29,90
A2,crm,2026-06-29,55
""",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "crm"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder
