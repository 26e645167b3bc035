"""Agreed cases: what may be written, what is compared, and what a case that does not hold shows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from abm.evaluation.cases import CaseReport, run_cases
from abm.evaluation.cases.batches import ScoredCase, batches, scored
from abm.evaluation.cases.days import ages, when
from abm.evaluation.cases.expected import expected, shown
from abm.evaluation.cases.loader import LoadedCases, load_cases
from abm.scoring.result import TABLE_ORDER
from abm.tables.contracts import Kind
from abm.workspace.bundled import bundled, shipped_models

if TYPE_CHECKING:
    import polars as pl

AS_OF = date(2026, 6, 30)

MODEL = """\
name: tiny
version: 1
signals:
  - {name: demo, event: demo, points: 50, half_life_days: 30, hand_raise: true}
  - {name: visit, event: visit, points: 1, half_life_days: none, max_points: 10}
  - {name: paid, event: paid, where: "amount_eur > 100", points: 5, half_life_days: none}
fit:
  person: [{name: big_score, when: "vendor_score >= 50", points: 7}]
  account: [{name: big, when: "employees > 100", points: 10}]
roles:
  rules: [{role: buyer, when: "seniority_rank >= 7", confidence: 0.9}]
buying_groups:
  - name: core
    roles: {buyer: {required: true}, user: {}}
mqa: {threshold: 40}
"""

COLUMNS = """\
facts:
  contacts: {Column givers: {vendor_score: 0, events: [{type: none of ours, amount_eur: 1.5}]}}
"""
"""The columns that the conditions of the tiny model read; a file of cases knows those that its rows name."""


def tried(folder: Path, cases: str, *, facts: str = COLUMNS, **options: Any) -> CaseReport:
    """Try cases of the tiny model."""
    (folder / "tiny.yaml").write_text(MODEL)
    (folder / "tiny.test.yaml").write_text(f"as_of: 2026-06-30\n{facts}cases:\n{cases}")
    return run_cases(folder, **options)


def holds(folder: Path, given: str, expect: str, **options: Any) -> bool:
    """Whether one case of the tiny model holds."""
    return tried(folder, f"  - name: one\n    given: {given}\n    expect: {expect}\n", **options).holds


# --- What is shipped


@pytest.mark.parametrize(
    "name",
    [each if each == "starter" else pytest.param(each, marks=pytest.mark.slow) for each in shipped_models()],
)
def test_shipped_models_keep_their_cases(name: str) -> None:
    report = run_cases(name)
    assert [(case.name, difference) for case in report.cases for difference in case.differences] == []
    assert len(report.cases) >= 3


def test_every_shipped_file_of_cases_belongs_to_a_shipped_model() -> None:
    found = {path.name.removesuffix(".test.yaml") for path in bundled("config").rglob("*.test.yaml")}
    assert found == set(shipped_models())


# --- Days, numbers, lists


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (date(2026, 6, 1), date(2026, 6, 1)),
        ("2026-06-01", date(2026, 6, 1)),
        ("3 days ago", date(2026, 6, 27)),
        ("1 day ago", date(2026, 6, 29)),
        ("Yesterday", date(2026, 6, 29)),
        ("today", AS_OF),
        ("in 2 days", date(2026, 7, 2)),
    ],
)
def test_days(value: object, day: date) -> None:
    assert when(value).on(AS_OF) == day


@pytest.mark.parametrize("value", ["3 day", "last week", 3, 2.5, None, True, "99999 days ago", "2026-02-30"])
def test_what_is_no_day(value: object) -> None:
    with pytest.raises(ValueError, match="expected a day such as"):
        when(value)


@pytest.mark.parametrize("value", [-1, "9 to 3", "a", [], [1, "2"], True, 1.5, None, 10_000])
def test_what_is_no_age(value: object) -> None:
    with pytest.raises(ValueError, match="expected days such as"):
        ages(value)


@pytest.mark.parametrize(
    ("kind", "wish", "actual", "as_expected"),
    [
        (Kind.NUMBER, 60, 60.0, True),
        (Kind.NUMBER, 0.3, 0.1 + 0.2, True),
        (Kind.NUMBER, 60, 60.000001, False),
        (Kind.NUMBER, 60, None, False),
        (Kind.NUMBER, 0, None, False),
        (Kind.NUMBER, None, None, True),
        (Kind.NUMBER, "unknown", None, True),
        (Kind.NUMBER, "Unknown", 0.0, False),
        (Kind.NUMBER, "at least 60", 60.0, True),
        (Kind.NUMBER, ">= 60", 59.999999, False),
        (Kind.NUMBER, "above 60", 60.0, False),
        (Kind.NUMBER, "at most 60", 60.0, True),
        (Kind.NUMBER, "below 60", 60.0, False),
        (Kind.NUMBER, "below 60", None, False),
        (Kind.NUMBER, "40 to 60", 40.0, True),
        (Kind.NUMBER, "40..60", 60.000001, False),
        (Kind.NUMBER, "-20 to -10.5", -10.5, True),
        (Kind.NUMBER, "about 12.5", 12.549, True),
        (Kind.NUMBER, "about 12.5", 12.551, False),
        (Kind.NUMBER, "about 12", 12.4, True),
        (Kind.INTEGER, 2, 2, True),
        (Kind.INTEGER, "at least 2", 3, True),
        (Kind.BOOLEAN, True, True, True),
        (Kind.BOOLEAN, False, None, False),
        (Kind.BOOLEAN, "unknown", None, True),
        (Kind.TEXT, "mql", "mql", True),
        (Kind.TEXT, None, None, True),
        (Kind.TEXT, "unknown", None, False),
        (Kind.DATE, date(2026, 6, 28), date(2026, 6, 28), True),
        (Kind.DATE, "2 days ago", date(2026, 6, 28), True),
        (Kind.LIST, [], [], True),
        (Kind.LIST, ["a", "b"], ["a", "b"], True),
        (Kind.LIST, ["a", "b"], ["b", "a"], False),
        (Kind.LIST, "has a", ["b", "a"], True),
        (Kind.LIST, "has a", None, False),
    ],
)
def test_expected_values(kind: Kind, wish: object, actual: object, as_expected: bool) -> None:
    assert expected(wish, kind).holds(actual, AS_OF) is as_expected


@pytest.mark.parametrize(
    ("kind", "wish"),
    [
        (Kind.NUMBER, "about sixty"),
        (Kind.NUMBER, True),
        (Kind.NUMBER, [60]),
        (Kind.NUMBER, "60 to 40"),
        (Kind.BOOLEAN, "yes"),
        (Kind.BOOLEAN, 1),
        (Kind.TEXT, 3),
        (Kind.DATE, "soon"),
        (Kind.LIST, "score>=60"),
        (Kind.LIST, [1]),
    ],
)
def test_what_cannot_be_expected(kind: Kind, wish: object) -> None:
    with pytest.raises(ValueError, match="expected "):
        expected(wish, kind)


def test_values_are_shown_as_people_read_them() -> None:
    assert [shown(each) for each in (1234.5, 60.0, 3, None, True, [], ["a", "b"], "x", date(2026, 6, 1))] == [
        "1,234.5",
        "60",
        "3",
        "unknown",
        "true",
        "nothing",
        "a, b",
        "x",
        "2026-06-01",
    ]


# --- Facts


def loaded(folder: Path, text: str) -> LoadedCases:
    """Read a file of cases of the tiny model without trying them."""
    (folder / "tiny.yaml").write_text(MODEL)
    (folder / "tiny.test.yaml").write_text(text)
    return load_cases(folder / "tiny.test.yaml")


FACTS = """\
as_of: 2026-06-30
facts:
  accounts:
    Acme:
      employees: 600
      contacts:
        Ann: {title: CFO, events: [{type: visit, days_ago: 1 to 3}]}
cases:
  - name: a case adds to what is shared and goes over it
    given:
      accounts:
        Acme: {employees: null, lifecycle: customer}
        Globex: {domains: [globex.example, globex.test]}
      contacts:
        Ann: {account_id: Globex}
        Twin: {copies: 2, events: [{type: visit, occurred_at: 2026-06-01, count: 4}]}
      events: [{domain: globex.example, type: visit}]
    expect: {accounts: {Acme: {is_mqa: false}}}
  - name: nothing but what is shared
    given: {intent: []}
    expect: {accounts: {Acme: {is_mqa: false}}}
"""


def test_facts_become_rows(tmp_path: Path) -> None:
    first, second = (case.tables for case in loaded(tmp_path, FACTS).cases)
    assert first.given == ("accounts", "contacts", "events")
    assert first.rows("accounts") == [
        {"account_id": "Acme", "employees": None, "lifecycle": "customer"},
        {"account_id": "Globex", "domains": "globex.example;globex.test"},
    ]
    assert first.rows("contacts") == [
        {"contact_id": "Ann", "account_id": "Globex", "title": "CFO"},
        {"contact_id": "Twin-1"},
        {"contact_id": "Twin-2"},
    ]
    visits = [{"contact_id": "Ann", "type": "visit", "occurred_at": date(2026, 6, day)} for day in (29, 28, 27)]
    twins = [
        {"contact_id": f"Twin-{number}", "type": "visit", "occurred_at": date(2026, 6, 1), "count": 4}
        for number in (1, 2)
    ]
    anonymous = {"domain": "globex.example", "type": "visit", "occurred_at": AS_OF}
    assert first.rows("events") == [*visits, *twins, anonymous]
    assert second.given == ("accounts", "contacts", "events", "intent")
    assert second.rows("intent") == []
    assert second.rows("accounts") == [{"account_id": "Acme", "employees": 600}]


def test_deals_and_their_roles(tmp_path: Path) -> None:
    text = """\
as_of: 2026-06-30
cases:
  - name: one
    given:
      accounts:
        Acme:
          contacts: {Ann: {}}
          opportunities:
            O1: {created_on: 40 days ago, closed_on: in 5 days, is_won: false, roles: {Ann: [Champion, User]}}
    expect: {accounts: {Acme: {open_opportunities: 1}}}
"""
    (case,) = loaded(tmp_path, text).cases
    assert case.tables.given == ("accounts", "contacts", "events", "opportunities", "opportunity_contacts")
    (deal,) = case.tables.rows("opportunities")
    assert (deal["account_id"], deal["created_on"], deal["closed_on"]) == ("Acme", date(2026, 5, 21), date(2026, 7, 5))
    assert case.tables.rows("opportunity_contacts") == [
        {"opportunity_id": "O1", "contact_id": "Ann", "role": "Champion;User"}
    ]


def test_a_table_that_was_never_given_is_unknown(tmp_path: Path) -> None:
    assert holds(tmp_path, "{accounts: {A: {}}}", "{accounts: {A: {intent: unknown, open_opportunities: unknown}}}")
    assert holds(
        tmp_path,
        "{accounts: {A: {intent: [], opportunities: {}}}}",
        "{accounts: {A: {intent: 0, open_opportunities: 0}}}",
    )


def test_a_row_that_is_not_there(tmp_path: Path) -> None:
    intent = "{accounts: {A: {intent: [{topic: CRM, score: 90}]}}}"
    assert holds(tmp_path, intent, "{intent: {A: {crm: {spike: true}, erp: absent}}}")
    report = tried(tmp_path, f"  - {{name: x, given: {intent}, expect: {{intent: {{A: {{crm: absent}}}}}}}}\n")
    (difference,) = report.cases[0].differences
    assert (difference.what, difference.expected, difference.actual) == ("intent 'A' 'crm'", "absent", "there is one")


# --- Cases that do not hold


def test_what_a_case_that_does_not_hold_shows(tmp_path: Path) -> None:
    report = tried(
        tmp_path,
        """\
  - name: a caller
    given:
      accounts: {Acme: {contacts: {Ann: {title: CFO, events: [{type: demo, days_ago: 30}, {type: visit, count: 12}]}}}}
    expect:
      leads:
        Ann:
          status: mql
          engagement: 40
          role: user
          points: {visit: 12}
  - {name: nobody, given: {accounts: {Acme: {}}}, expect: {accounts: {Acme: {is_mqa: false}}}}
""",
    )
    caller, nobody = report.cases
    assert (report.holds, report.failed, nobody.holds, caller.expectations) == (False, 1, True, 4)
    assert caller.place == f"{tmp_path}/tiny.test.yaml:5"
    found = {each.what: each for each in caller.differences}
    engagement = found["lead 'Ann': engagement"]
    assert (engagement.place, engagement.expected, engagement.actual) == (f"{tmp_path}/tiny.test.yaml:12", "40", "35")
    lines = [(line.item, line.points, line.note) for line in engagement.lines]
    assert lines == [("demo", 25_000_000, "signal"), ("visit", 12_000_000, "signal"), ("visit", -2_000_000, "cap")]
    assert found["lead 'Ann': status"].actual == "nurture"
    assert found["lead 'Ann': status"].because == "reasons: score<65; score 35, threshold 65"
    assert found["lead 'Ann': role"].lines == ()
    assert [line.points for line in found["lead 'Ann': points of visit"].lines] == [12_000_000, -2_000_000]


def test_a_group_that_differs_shows_its_own_lines(tmp_path: Path) -> None:
    given = "{accounts: {Acme: {contacts: {Ann: {title: CFO, events: [{type: demo}]}}}}}"
    report = tried(
        tmp_path,
        f"  - {{name: one, given: {given}, expect: {{groups: {{Acme: {{core: {{coverage: 100}}}}}}}}}}\n"
        f"  - {{name: two, given: {given}, expect: {{groups: {{Acme: {{core: {{coverage: 100}}}}}}}}}}\n",
    )
    for case in report.cases:
        (difference,) = case.differences
        assert (difference.what, difference.actual) == ("group 'Acme' 'core': coverage", "50")
        assert [(line.component, line.item) for line in difference.lines] == [("coverage", "buyer")]


# --- Choosing


def test_cases_by_name_and_another_model(tmp_path: Path) -> None:
    cases = """\
  - {name: Big firms fit, given: {accounts: {A: {employees: 600}}}, expect: {accounts: {A: {fit: 100}}}}
  - {name: small firms do not, given: {accounts: {A: {employees: 6}}}, expect: {accounts: {A: {fit: 0}}}}
"""
    report = tried(tmp_path, cases, named="BIG")
    assert ([case.name for case in report.cases], report.left_out) == (["Big firms fit"], 1)
    (tmp_path / "draft").mkdir()
    draft = tmp_path / "draft" / "draft.yaml"
    draft.write_text(MODEL.replace("employees > 100", "employees > 1000"))
    assert [case.holds for case in run_cases(tmp_path, model=draft).cases] == [False, True]


@pytest.mark.slow
def test_which_files_a_path_means(tmp_path: Path) -> None:
    case = "  - {name: one, given: {accounts: {A: {}}}, expect: {accounts: {A: {is_mqa: false}}}}\n"
    assert tried(tmp_path, case).holds
    (tmp_path / "deep" / ".hidden").mkdir(parents=True)
    text = (tmp_path / "tiny.test.yaml").read_text()
    (tmp_path / "deep" / "again.test.yaml").write_text(f"model: ../tiny.yaml\n{text}")
    (tmp_path / "deep" / ".hidden" / "never.test.yaml").write_text("nothing")
    both = [str(tmp_path / "deep" / "again.test.yaml"), str(tmp_path / "tiny.test.yaml")]
    assert [model.file for model in run_cases(tmp_path).models] == both
    assert [model.file for model in run_cases([tmp_path / "tiny.yaml", tmp_path / "tiny.test.yaml"]).models] == both[1:]
    workspace = tmp_path / "elsewhere"
    workspace.mkdir()
    (workspace / "workspace.yaml").write_text("model: ../tiny.yaml\n")
    (found,) = run_cases(workspace).models
    assert Path(found.file).resolve() == tmp_path / "tiny.test.yaml"


# --- Cases that share a run


APART = """\
as_of: 2026-06-30
facts: {contacts: {Column givers: {vendor_score: 0, events: [{type: none of ours, amount_eur: 1.5}]}}}
cases:
  - {name: a, given: {accounts: {A: {domain: acme.example}}}, expect: &any {accounts: {A: {is_mqa: false}}}}
  - {name: b, given: {accounts: {A: {}}, contacts: {C: {email: jo@mail.Acme.example}}}, expect: *any}
  - {name: c, given: {accounts: {A: {}}, intent: []}, expect: *any}
  - {name: d, given: {accounts: {A: {intent: [{topic: x, count: 3}]}}}, expect: *any}
  - {name: e, given: {accounts: {A: {intent: [{topic: x, score: 3}]}}}, expect: *any}
  - {name: f, given: {accounts: {A: {domain: other.example}}}, expect: *any}
"""


def test_which_cases_share_a_run(tmp_path: Path) -> None:
    file = loaded(tmp_path, APART)
    assert [[case.case.name for case in batch] for batch in batches(file.cases, file.model)] == [
        ["a", "f"],
        ["b"],
        ["c", "e"],
        ["d"],
    ]
    (tmp_path / "tiny.yaml").write_text(MODEL.replace("employees > 100", "account_id = 'A'"))
    file = load_cases(tmp_path / "tiny.test.yaml")
    assert [len(batch) for batch in batches(file.cases, file.model)] == [1] * 6


def everything(case: ScoredCase) -> dict[str, pl.DataFrame]:
    """All the results of a case."""
    names = [name for name in TABLE_ORDER if name in case.result.polars and name != "issues"]
    own = {name: case.table(name) for name in names}
    ids = {"leads": case.case.tables.ids("contacts"), "accounts": case.case.tables.ids("accounts")}
    lines = {f"{table} {key}": case.lines(table, (key,)) for table, keys in ids.items() for key in keys}
    return {**own, **lines}


def assert_shared_runs_change_nothing(file: LoadedCases) -> None:
    together = {each.case.path: everything(each) for each in scored(file, file.cases, lambda _step: None)}
    for case in file.cases:
        (alone,) = scored(file, [case], lambda _step: None)
        assert alone.number is None
        for name, frame in everything(alone).items():
            assert together[case.path][name].equals(frame), (case.case.name, name)


@pytest.mark.slow
def test_sharing_a_run_changes_nothing(tmp_path: Path) -> None:
    text = """\
as_of: 2026-06-30
facts:
  contacts: {Zoe: {vendor_score: 60, events: [{type: paid, amount_eur: 200}]}}
  accounts:
    A: {employees: 600, contacts: {Ann: {title: CFO, events: [{type: demo, days_ago: 3}]}}}
    B: {employees: 6, parent_account_id: A, contacts: {Bob: {title: Owner, events: [{type: demo, days_ago: 9}]}}}
cases:
  - {name: a, given: {accounts: {A: {domain: acme.example}}}, expect: &any {accounts: {A: {rank: 1}, B: {rank: 2}}}}
  - {name: b, given: {accounts: {B: {employees: 600}}}, expect: *any}
"""
    file = loaded(tmp_path, text)
    assert len(batches(file.cases, file.model)) == 1
    assert_shared_runs_change_nothing(file)
    assert run_cases(tmp_path).holds


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_models())
def test_sharing_a_run_changes_nothing_of_shipped_cases(name: str) -> None:
    path = shipped_models()[name]
    assert_shared_runs_change_nothing(load_cases(path.with_name(f"{path.stem}.test.yaml")))
