"""The commonest mistakes, each really made in a small workspace at the command line."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import openpyxl

from tests.hardening.workspaces import run, workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MODEL = """\
name: starter
version: 1
signals:
  - {name: demo_request, event: demo, points: 50, hand_raise: true}
  - {name: pricing_view, event: page_view, where: "url like '%/pricing%'", points: 15, half_life_days: 30}
fit:
  account:
    - {name: headcount_500, when: "employees >= 500", points: 10}
roles:
  rules:
    - {role: champion, when: "seniority_rank >= 5", confidence: 0.6}
buying_groups:
  - name: core
    roles: {economic_buyer: {weight: 3, required: true}, champion: {weight: 2}}
account:
  weights: {fit: 0.20, leads: 0.15, engagement: 0.20, coverage: 0.25, intent: 0.20}
"""

DECLARED = """\
tables:
  accounts: accounts.csv
  contacts: contacts.csv
  events: events.csv
"""


GZIP = gzip.compress(b"contact_id,type,occurred_at\nC1,demo,2026-06-28\n", mtime=0)
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")


def workbook(*sheets: str) -> bytes:
    """A workbook of small sheets."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name in sheets:
        made.create_sheet(name).append(["contact_id", "type", "occurred_at"])
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    Attributes:
        situation: what happened, in a line.
        arguments: the command, run beside the folder `crm`.
        model: (what stands in the model, what the mistaken person wrote instead).
        files: file -> its content instead of the whole one; None: it is not there.
    """

    situation: str
    arguments: tuple[str, ...] = ("rank", "-w", "crm")
    model: tuple[str, str] = ("", "")
    files: Mapping[str, str | bytes | None] = field(default_factory=dict)


MISTAKES: tuple[Mistake, ...] = (
    Mistake("The name of the folder is misspelt.", ("rank", "-w", "crn")),
    Mistake("The folder has data, but no model.", files={"model.yaml": None}),
    Mistake("The folder has only some of the tables.", files={"contacts.csv": None, "intent.csv": None}),
    Mistake(
        "A file that workspace.yaml names is not there.",
        files={"workspace.yaml": DECLARED.replace("events.", "event.")},
    ),
    Mistake(
        "A table is misspelt in workspace.yaml.",
        files={"workspace.yaml": DECLARED.replace("  contacts:", "  contact:")},
    ),
    Mistake(
        "A column has another name than the table wants.",
        files={"events.csv": "contact_id,type,when\nC1,demo,2026-06-28\n"},
    ),
    Mistake("An export has no header.", files={"events.csv": "C1,demo,2026-06-28\nC3,visit,2026-06-29\n"}),
    Mistake(
        "A table has lines in two encodings.",
        files={"contacts.csv": "contact_id,title\nC1,Geschäftsführer\n".encode() + b"C2,Gesch\xe4ftsf\xfchrer\n"},
    ),
    Mistake(
        "A row has a comma too many.",
        files={"contacts.csv": "contact_id,title\nC1,Head of Sales\nC2,Head of Sales, EMEA\n"},
    ),
    Mistake(
        "A column that is needed is there twice.",
        files={"events.csv": "contact_id,type,occurred_at,type\nC1,demo,2026-06-28,visit\n"},
    ),
    Mistake(
        "A workbook was given the name of a CSV file.",
        files={"accounts.csv": b"PK\x03\x04\x14\x00\x06\x00" + bytes(64)},
    ),
    Mistake(
        "Every time is written in a way that could mean two days.",
        files={"events.csv": "contact_id,type,occurred_at\nC1,demo,06/07/2026\n", "intent.csv": None},
    ),
    Mistake(
        "Days are written in two ways.",
        files={"events.csv": "contact_id,type,occurred_at\nC1,demo,13/06/2026\nC1,demo,06/14/2026\n"},
    ),
    Mistake(
        "A compressed export broke off while it was copied.",
        files={"workspace.yaml": DECLARED.replace("events.csv", "events.csv.gz"), "events.csv.gz": GZIP[:-20]},
    ),
    Mistake(
        "A workbook has several sheets.",
        files={"workspace.yaml": DECLARED.replace("events.csv", "events.xlsx"), "events.xlsx": workbook("May", "June")},
    ),
    Mistake(
        "A workbook asks for a password.",
        files={"workspace.yaml": DECLARED.replace("events.csv", "events.xlsx"), "events.xlsx": LOCKED},
    ),
    Mistake(
        "No file fits a pattern.",
        files={"workspace.yaml": DECLARED.replace("events.csv", '"activity/*.csv"')},
    ),
    Mistake("A key of the model is misspelt.", model=("points: 15", "pionts: 15")),
    Mistake(
        "A line of the model is indented with a tab.", model=("  - {name: pricing_view", "\t- {name: pricing_view")
    ),
    Mistake("A key of the model is there twice.", model=("account:\n  weights", "version: 2\naccount:\n  weights")),
    Mistake("The weights of the components do not sum to 1.", model=("intent: 0.20", "intent: 0.30")),
    Mistake("A signal cools in two ways.", model=("half_life_days: 30", "half_life_days: 30, linear_days: 90")),
    Mistake(
        "A rule gives a role that no buying group has.",
        ("check", "-w", "crm"),
        model=("role: champion", "role: champoin"),
    ),
    Mistake("A column is misspelt in a condition of the model.", model=('"employees >= 500"', '"employes >= 500"')),
    Mistake("A number is compared with text.", model=('"employees >= 500"', "\"employees >= '500'\"")),
    Mistake("A condition is not closed.", model=("like '%/pricing%'", "like '%/pricing%")),
    Mistake("Text in --where stands without quotes.", ("rank", "-w", "crm", "--where", "country = DE")),
    Mistake("A column is misspelt in --where.", ("rank", "-w", "crm", "--where", "scor > 50")),
    Mistake("The day is written as people speak.", ("rank", "-w", "crm", "--as-of", "30.06.2026")),
    Mistake("The results should go where a file is.", ("score", "-w", "crm", "-o", "crm/accounts.csv")),
    Mistake("The ranking would overwrite what it was made of.", ("rank", "-w", "crm", "-o", "crm/events.csv")),
    Mistake(
        "The query of a table would write.",
        files={"workspace.yaml": DECLARED.replace("events.csv", "{sql: \"copy (select 1) to 'x.csv'\"}")},
    ),
    Mistake(
        "The query of a table reads from elsewhere.",
        files={"workspace.yaml": DECLARED.replace("events.csv", "{sql: \"select * from '/data/events.csv'\"}")},
    ),
    Mistake("Somebody is looked for who is not there.", ("explain", "-w", "crm", "Acmee")),
)


def told(mistake: Mistake, place: Path) -> str:
    """Make a mistake in an empty folder, which is the current one, and return what the program says."""
    crm = workspace(place)
    (crm / "model.yaml").write_text(MODEL)
    wanted, written = mistake.model
    assert wanted in MODEL, wanted
    (crm / "model.yaml").write_text(MODEL.replace(wanted, written) if wanted else MODEL)
    for name, content in mistake.files.items():
        if content is None:
            (crm / name).unlink()
        else:
            (crm / name).write_bytes(content.encode() if isinstance(content, str) else content)
    done = run(*mistake.arguments)
    if done.exit_code != 2:
        # Advice, not a refusal: what is said of the model.
        return done.stdout[done.stdout.index("The model") :]
    return done.stderr
