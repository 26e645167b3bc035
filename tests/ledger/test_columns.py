"""Sources of events with columns of their own: a ledger asks of each what the model asks of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from abm.errors import ModelError
from abm.ledger.ledger import Ledger
from abm.workspace import deliveries
from tests.ledger.same import ask, assert_same, from_files

if TYPE_CHECKING:
    from pathlib import Path

WEB = "event_id,contact_id,type,occurred_at,form\nW1,C0001,form,2026-03-01,demo\nW2,C0002,form,2026-03-02,news\n"
MAIL = "event_id,contact_id,type,occurred_at,campaign\nM1,C0001,click,2026-03-03,spring\nM2,C0002,click,2026-03-04,\n"
CALLS = "event_id,contact_id,type,occurred_at\nW1,C0002,form,2026-03-01\nP1,C0001,call,2026-03-05\n"
ASKED = (
    """{name: by form, event: form, where: "form = 'demo'", points: 33}""",
    """{name: no form, event: [form, click, call], where: "form is null and campaign is null", points: 7}""",
    """{name: by mail, event: click, where: "campaign = 'spring'", points: 11}""",
)
VIP = "{name: vip, event: form, where: amount is not null, points: 33}"


def declared(crm: Path, **files: str) -> None:
    """The demo with events from these files alone, each a source."""
    for name, text in files.items():
        path = crm / f"{name}.csv"
        if not path.is_file() or path.read_text() != text:
            path.write_text(text)
    _declare(crm, *(f"{name}.csv" for name in files))


def _declare(crm: Path, *files: str) -> None:
    listed = "".join(f"    - file: {name}\n" for name in files)
    before = (crm / "workspace.yaml").read_text().split("  events:")[0]
    (crm / "workspace.yaml").write_text(f"{before}  events:\n{listed}")


def test_what_one_source_lacks_is_null_there(crm: Path) -> None:
    declared(crm, web=WEB, mail=MAIL)
    ask(crm, *ASKED)
    ledger = Ledger.kept(crm)
    assert_same(ledger.score(), from_files(crm))
    assert set(ledger.score().contributions["item"]) >= {"by form", "no form", "by mail"}
    assert not Ledger.kept(crm).book.counted


def test_a_source_that_comes_later_may_lack_what_the_others_have(crm: Path) -> None:
    declared(crm, web=WEB, mail=MAIL)
    ask(crm, *ASKED)
    Ledger.kept(crm)
    declared(crm, calls=CALLS, web=WEB, mail=MAIL)
    ledger = Ledger.kept(crm)
    assert ledger.book.counted == ["calls.csv"]
    assert_same(ledger.score(), from_files(crm))


@pytest.mark.slow
def test_one_event_of_sources_with_different_columns_counts_once(crm: Path) -> None:
    ask(crm, *ASKED)
    for order in (("web", "calls", "mail"), ("calls", "mail", "web")):
        texts = {"web": WEB, "mail": MAIL, "calls": CALLS}
        declared(crm, **{name: texts[name] for name in order})
        assert_same(Ledger.kept(crm).score(), from_files(crm))


def test_a_column_that_no_source_has_is_named_with_those_there_are(crm: Path) -> None:
    declared(crm, web=WEB, mail=MAIL)
    ask(crm, """{name: a, event: form, where: "origin = 'demo'", points: 1}""")
    with pytest.raises(ModelError, match=r"unknown column 'origin'.*campaign.*form"):
        Ledger.kept(crm)


def of_amounts(crm: Path, **amounts: list[str] | list[int]) -> None:
    """The demo with events from Parquet files that have these amounts."""
    for name, values in amounts.items():
        rows = {"contact_id": ["C0001", "C0002"], "type": "form", "occurred_at": "2026-03-01", "amount": values}
        pl.DataFrame(rows).write_parquet(crm / f"{name}.parquet")
    _declare(crm, *(f"{name}.parquet" for name in amounts))


@pytest.mark.parametrize("condition", ["amount > 5", "amount is not null"])
def test_a_file_that_came_again_with_numbers_for_words_has_numbers(crm: Path, condition: str) -> None:
    of_amounts(crm, web=["much", "some"])
    ask(crm, VIP)
    Ledger.kept(crm)
    of_amounts(crm, web=[7, 3])
    model = crm / "model.yaml"
    model.write_text(model.read_text().replace("amount is not null", condition))
    assert_same(Ledger.kept(crm).score(), from_files(crm))
    assert_same(Ledger.kept(crm).score(), from_files(crm))


def test_words_in_one_source_and_numbers_in_the_next_are_refused(crm: Path) -> None:
    of_amounts(crm, web=["much", "some"], mail=[7, 3])
    ask(crm, """{name: vip, event: form, where: "amount = contact.title or contact.title is null", points: 33}""")
    with pytest.raises(ModelError, match=r"'amount' is a number, 'contact\.title' is text"):
        Ledger.kept(crm)


def test_columns_are_known_without_reading_what_is_counted(crm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declared(crm, web=WEB, mail=MAIL)
    ask(crm, *ASKED)
    Ledger.kept(crm)
    declared(crm, web=WEB, mail=MAIL, calls=CALLS.replace("W1", "P2"))
    read: list[str | None] = []
    opened: Any = getattr(deliveries, "read_declared")  # noqa: B009 - of another module

    def told(*given: Any) -> Any:
        read.append(given[2].only)
        return opened(*given)

    monkeypatch.setattr(deliveries, "read_declared", told)
    Ledger.kept(crm)
    assert read == ["calls.csv"]
