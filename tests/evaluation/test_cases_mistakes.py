"""Every mistake that people make in a file of cases: one clear line with the place, all of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from abm.errors import AbmError, CaseError, ModelError
from abm.evaluation.cases import run_cases

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """\
name: tiny
version: 1
signals: [{name: demo, event: demo, points: 50}]
fit: {account: [{name: big, when: "employees > 100", points: 10}]}
buying_groups: [{name: core, roles: {buyer: {}, user: {}}}]
"""

START = "as_of: 2026-06-30\ncases:\n"
ACME = "accounts: {Acme: {contacts: {Ann: {title: CFO}}}}"
FINE = "expect: {accounts: {Acme: {is_mqa: false}}}"


def said(folder: Path, text: str, name: str = "tiny.test.yaml") -> list[str]:
    """What is said of a file of cases, without the folder, a line each."""
    (folder / "tiny.yaml").write_text(MODEL)
    (folder / name).write_text(text)
    with pytest.raises(CaseError) as caught:
        run_cases(folder / name)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def of_case(folder: Path, given: str, expect: str = FINE) -> list[str]:
    """What is said of one case, whose first line is the third of the file."""
    return said(folder, f"{START}  - name: one\n    given: {{{given}}}\n    {expect}\n")


def test_the_file_as_a_whole(tmp_path: Path) -> None:
    assert said(tmp_path, "") == [
        "tiny.test.yaml: the file is empty. Expected cases: keys with values, such as name: starter."
    ]
    assert said(tmp_path, "cases: []\nasof: 2026-06-30\n") == [
        (
            "tiny.test.yaml:1: the key 'as_of' is missing. Expected as_of: the day on which the cases play, such as"
            " 2026-06-30."
        ),
        (
            "tiny.test.yaml:1: cases: expected a list of cases, such as - {name: ..., given: ..., expect: ...};"
            " got nothing."
        ),
        "tiny.test.yaml:2: asof: unknown key 'asof'. Keys here: model, as_of, facts, cases. Did you mean 'as_of'?",
    ]
    case = f"  - {{name: one, {FINE}}}\n"
    assert said(tmp_path, START + case, "other.test.yaml") == [
        (
            "other.test.yaml: there is no model file other.yaml. Say with model: FILE, or with --model,"
            " which model the cases are about."
        )
    ]
    assert said(tmp_path, f"model: tyni.yaml\n{START}{case}") == [
        (
            "tiny.test.yaml:1: there is no model file tyni.yaml. Say with model: FILE, or with --model,"
            " which model the cases are about."
        )
    ]


def test_cases_that_are_no_cases(tmp_path: Path) -> None:
    text = (
        f"{START}  - {{nam: one, {FINE}}}\n  - given: {{}}\n    name: two\n  - {{name: three, expect: {{}}, ok: 1}}\n"
    )
    assert said(tmp_path, text) == [
        (
            "tiny.test.yaml:3: case 1: the key 'name' is missing. Expected name: the case in a sentence, such as:"
            " a keen student is not handed to sales."
        ),
        "tiny.test.yaml:3: case 1: nam: unknown key 'nam'. Keys here: name, given, expect. Did you mean 'name'?",
        "tiny.test.yaml:4: case 'two': the key 'expect' is missing. Expected expect: what must come out.",
        "tiny.test.yaml:6: case 'three': ok: unknown key 'ok'. Keys here: name, given, expect.",
    ]


def test_two_cases_of_one_name_and_a_case_that_expects_nothing(tmp_path: Path) -> None:
    text = f"{START}  - name: one\n    given: {{{ACME}}}\n    {FINE}\n  - name: one\n    expect: {{}}\n"
    assert said(tmp_path, text) == [
        "tiny.test.yaml:6: case 'one': there are two cases of this name. Case 1 has it too.",
        (
            "tiny.test.yaml:7: case 'one': expect: nothing is expected. Expected some of leads, accounts, groups,"
            " committee, intent, families, such as leads: {C1: {status: mql}}."
        ),
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            "accounts: {Acme: {contacts: {Ann: {tilte: CFO}}}}",
            ("given.accounts.Acme.contacts.Ann.tilte: unknown column 'tilte' of contacts, which no condition of the"
            " model reads. Did you mean 'title'?"),
        ),
        (
            "accounts: {Acme: {employees: many}}",
            "given.accounts.Acme.employees: expected a number, got text 'many'.",
        ),
        (
            "accounts: {Acme: {is_target: yes}}",
            "given.accounts.Acme.is_target: expected true or false, got text 'yes'.",
        ),
        (
            "accounts: {Acme: {name: 7}}",
            "given.accounts.Acme.name: expected text, got number 7. Write it in quotes.",
        ),
        (
            "accounts: [{account_id: Acme}]",
            "given.accounts: expected ids with their columns, such as {A1: {industry: Software}}; got a list.",
        ),
        (
            "accounts: {Acme: {contacts: {Ann: {events: {type: demo}}}}}",
            ("given.accounts.Acme.contacts.Ann.events: expected a list of rows, such as"
            " - {type: demo_request, days_ago: 2}; got a mapping."),
        ),
        (
            "accounts: {Acme: {contacts: {Ann: {events: [{days_ago: 2}]}}}}",
            ("given.accounts.Acme.contacts.Ann.events.1: the column 'type' is missing, without which there is no row"
            " of events."),
        ),
        (
            "accounts: {Acme: {events: [{type: demo, days_ago: soon}]}}",
            ("given.accounts.Acme.events.1.days_ago: expected days such as 3, [1, 8] or 30 to 59, none negative;"
            " got text 'soon'."),
        ),
        (
            "accounts: {Acme: {events: [{type: demo, days_ago: 2, occurred_at: 2026-06-01}]}}",
            "given.accounts.Acme.events.1: both days_ago and occurred_at are given. Keep one of them.",
        ),
        (
            "accounts: {Acme: {events: [{type: demo, occurred_at: 2026-06-31}]}}",
            ("given.accounts.Acme.events.1.occurred_at: expected a day such as 2026-06-28, 3 days ago or today;"
            " got text '2026-06-31'."),
        ),
        (
            "accounts: {Acme: {events: [{type: demo, count: 0}]}}",
            "given.accounts.Acme.events.1.count: expected a number of at least 1, got number 0.",
        ),
        (
            "accounts: {Acme: {}}, events: [{type: demo}]",
            ("given.events.1: one of contact_id, email, account_id, domain is missing, without which the row counts"
            " for nothing."),
        ),
        (
            "accounts: {Acme: {}}, events: [{type: demo, account_id: Acem}]",
            "given.events.1.account_id: no 'Acem' is among the accounts of this case. Did you mean 'Acme'?",
        ),
        (
            "accounts: {Acme: {}}, contacts: {Ann: {account_id: Globex}}",
            "given.contacts.Ann.account_id: no 'Globex' is among the accounts of this case. There: Acme.",
        ),
        (
            "accounts: {Acme: {contacts: {Ann: {account_id: Acme}}}}",
            "given.accounts.Acme.contacts.Ann.account_id: account_id is 'Acme' by where this is written. Remove it.",
        ),
        (
            "accounts: {Acme: {contacts: {Ann: {}}}}, contacts: {Ann: {}}",
            "given.contacts.Ann: 'Ann' is given twice among the contacts. Keep one of them.",
        ),
        (
            "accounts: {Acme: {intent: [{topic: crm}]}}",
            "given.accounts.Acme.intent.1: one of score, count is missing, without which the row counts for nothing.",
        ),
        (
            "accounts: {Acme: {opportunities: {O1: {roles: {Ann: champion}}}}}",
            ("given.accounts.Acme.opportunities.O1.roles.Ann: no 'Ann' is among the contacts of this case."
            " There: none."),
        ),
        (
            "accounts: {Acme: {contacts: {Ann: {copies: none}}}}",
            "given.accounts.Acme.contacts.Ann.copies: expected a whole number, got text 'none'.",
        ),
        ("acounts: {Acme: {}}", ("given.acounts: unknown key 'acounts'. Keys here: accounts, contacts, events, intent,"
         " opportunities. Did you mean 'accounts'?")),
    ],
)  # fmt: skip
def test_given(tmp_path: Path, given: str, message: str) -> None:
    lines = of_case(tmp_path, given)
    assert f"tiny.test.yaml:4: case 'one': {message}" in lines
    strangers = [line for line in lines if message not in line]
    assert all("is among the accounts" in line for line in strangers), strangers


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        (
            "leads: {Ann: {scor: 5}}",
            "expect.leads.Ann.scor: unknown column 'scor' of leads. Did you mean 'score'?",
        ),
        (
            "leads: {An: {score: 5}}",
            "expect.leads.An: no 'An' is among the contacts of this case. Did you mean 'Ann'?",
        ),
        (
            "lead: {Ann: {score: 5}}",
            (
                "expect.lead: unknown key 'lead'. Keys here: leads, accounts, groups, committee, intent, families."
                " Did you mean 'leads'?"
            ),
        ),
        (
            "leads: {Ann: {score: at last 5}}",
            (
                "expect.leads.Ann.score: expected a number, or words such as at least 60, below 40, 40 to 60,"
                " about 12.5, unknown; got text 'at last 5'."
            ),
        ),
        (
            "leads: {Ann: {is_mql: yes}}",
            "expect.leads.Ann.is_mql: expected true, false or unknown; got text 'yes'.",
        ),
        (
            "leads: {Ann: {reasons: score<65}}",
            (
                "expect.leads.Ann.reasons: expected a list such as [score>=60], or what must be in it, such as"
                " has score>=60; got text 'score<65'."
            ),
        ),
        (
            "leads: {Ann: {status: 3}}",
            "expect.leads.Ann.status: expected text, or null where nothing is known; got number 3.",
        ),
        (
            "leads: {Ann: {contact_id: Ann}}",
            "expect.leads.Ann.contact_id: is told by where this is written. Remove it.",
        ),
        (
            "leads: {Ann: }",
            "expect.leads.Ann: expected columns with values, such as {score: at least 60}, or absent; got nothing.",
        ),
        (
            "leads: {Ann: {points: {dmo: 5}}}",
            (
                "expect.leads.Ann.points.dmo: nothing here gives points under the name 'dmo'. Expected a component,"
                " signal, rule, role, topic or person. Did you mean 'demo'?"
            ),
        ),
        (
            "accounts: {Acme: {points: {intent: lots}}}",
            (
                "expect.accounts.Acme.points.intent: expected a number, or words such as at least 60, below 40,"
                " 40 to 60, about 12.5, unknown; got text 'lots'."
            ),
        ),
        (
            "groups: {Acme: {cor: {score: 5}}}",
            "expect.groups.Acme.cor: the model has no buying group 'cor'. Did you mean 'core'?",
        ),
        (
            "committee: {Acme: {core: {usr: {filled: 1}}}}",
            "expect.committee.Acme.core.usr: the group 'core' has no role 'usr'. Did you mean 'user'?",
        ),
        (
            "families: {Acme: {family_spread: 2}}",
            (
                "expect.families.Acme: the model does not score families. Write family: rollup in the model,"
                " or remove this."
            ),
        ),
        (
            "groups: {Acme: {score: 5}}",
            (
                "expect.groups.Acme.score: expected columns with values, such as {score: at least 60}, or absent;"
                " got number 5."
            ),
        ),
    ],
)
def test_expect(tmp_path: Path, expect: str, message: str) -> None:
    assert of_case(tmp_path, ACME, f"expect: {{{expect}}}") == [f"tiny.test.yaml:5: case 'one': {message}"]


def test_all_mistakes_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = f"""\
as_of: 2026-06-30
facts:
  contacts: {{Zoe: {{titel: CEO}}}}
cases:
  - name: one
    given: {{{ACME}}}
    expect: {{leads: {{Ann: {{scor: 1}}}}}}
  - name: two
    given: {{accounts: {{Acme: {{industri: x}}}}}}
    {FINE}
"""
    lines = said(tmp_path, text)
    assert [line.partition(": ")[0] for line in lines] == [f"tiny.test.yaml:{number}" for number in (3, 7, 9)]
    assert lines[0].startswith("tiny.test.yaml:3: facts.contacts.Zoe.titel: unknown column 'titel'")


def test_too_many_rows(tmp_path: Path) -> None:
    people = "contacts: {Ann: {copies: 10000, events: [{type: demo, days_ago: 0 to 8999}]}}"
    assert of_case(tmp_path, people) == [
        "tiny.test.yaml:3: case 'one': stands for 90,010,000 rows; at most 100,000 are possible. Take fewer copies."
    ]


def test_what_cannot_be_scored_names_its_case(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(f"{MODEL}family: rollup\n")
    circle = "{A: {parent_account_id: B}, B: {parent_account_id: A}}"
    text = f"""{START}
  - {{name: fine, given: {{accounts: {{A: {{}}}}}}, expect: {{accounts: {{A: {{is_mqa: false}}}}}}}}
  - {{name: a circle, given: {{accounts: {circle}}}, expect: {{accounts: {{A: {{is_mqa: false}}}}}}}}
"""
    (tmp_path / "tiny.test.yaml").write_text(text)
    with pytest.raises(CaseError, match=r"tiny\.test\.yaml:5: case 'a circle': .*A.*B"):
        run_cases(tmp_path)


def test_a_column_that_no_row_names(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(MODEL.replace("employees >", "vendor_score >"))
    (tmp_path / "tiny.test.yaml").write_text(f"{START}  - {{name: one, given: {{{ACME}}}, {FINE}}}\n")
    with pytest.raises(ModelError, match=r"(?s)tiny\.yaml:4: .*vendor_score.*must stand in one of them"):
        run_cases(tmp_path)


def test_a_column_of_several_kinds(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(MODEL.replace("employees >", "vendor_score >"))
    given = "accounts: {Acme: {vendor_score: 3}, Globex: {vendor_score: high}}"
    (tmp_path / "tiny.test.yaml").write_text(f"{START}  - {{name: one, given: {{{given}}}, {FINE}}}\n")
    with pytest.raises(CaseError, match=r"accounts\.vendor_score holds values of several kinds"):
        run_cases(tmp_path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere/x.test.yaml", "is not there. Expected a NAME.test.yaml"),
        ("facts.csv", "is no file of cases. Expected a NAME.test.yaml"),
        ("lonely.yaml", "there is no lonely.test.yaml beside it"),
        ("empty", r"holds no \*.test.yaml"),
    ],
)
def test_paths_that_mean_no_cases(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "facts.csv").write_text("a\n")
    (tmp_path / "lonely.yaml").write_text(MODEL)
    (tmp_path / "empty").mkdir()
    with pytest.raises(CaseError, match=message):
        run_cases(tmp_path / name)


def test_no_case_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(MODEL)
    (tmp_path / "tiny.test.yaml").write_text(f"{START}  - {{name: one, given: {{{ACME}}}, {FINE}}}\n")
    with pytest.raises(CaseError, match=r"no case is named like 'two'\. 1 case is there"):
        run_cases(tmp_path, named="two")


def test_names_that_are_no_shipped_model() -> None:
    with pytest.raises(AbmError, match=r"no shipped model of that name\. Did you mean 'adobe'\?"):
        run_cases("adob")
