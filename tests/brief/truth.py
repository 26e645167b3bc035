"""The truth about facts: looked up again in the result, one by one, with none of the code that wrote the brief."""

from __future__ import annotations

import html
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.scoring.what_next import lapse_day, smallest_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from abm.output.brief import Brief, Fact
    from abm.scoring.result import ScoreResult

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
MICRO = 1_000_000


def numbers(text: str) -> list[str]:
    """Every number of a text, in order."""
    return NUMBER.findall(text)


def of_markdown(page: str) -> str:
    """What Markdown shows: no escapes, no addresses of links."""
    bare = re.sub(r"\]\([^)\s]*\)", "]", page)
    return html.unescape(re.sub(r"\\(.)", r"\1", bare))


def of_html(page: str) -> str:
    """What a page shows: no style, no title, no tags."""
    body = page[page.index("<body>") :]
    return html.unescape(re.sub(r"<[^>]*>", "", body))


def in_order(brief: Brief) -> list[str]:
    """Every number of the facts in the order in which a page says them."""
    told = [brief.name, *(fact for each in brief.statements() for fact in each.facts)]
    return [each for fact in told for each in numbers(fact.shown)]


def value_of(result: ScoreResult, fact: Fact) -> Any:
    """What the fact's table says, found by key and column."""
    key: dict[str, Any] = dict(fact.key)
    if "line" in key:
        value: Any = _lines(result, key).row(key["line"] - 1, named=True)[fact.column]
        return (result.as_of - value).days if fact.how == "days" else value
    if fact.table in {"steps", "lapses", "requirements", "model", "constants", "run"}:
        return _worked_out(result, fact)
    rows = _table(result, fact).filter(pl.all_horizontal(pl.lit(True), *_same(key)))
    if fact.how == "count":
        return rows.height
    if fact.how in {"sum", "max"}:
        return getattr(rows[fact.column], fact.how)()
    assert rows.height == 1, fact
    if fact.how == "name":
        row = rows.row(0, named=True)
        return " ".join(" ".join(row[each].split()) for each in ("first_name", "last_name") if row[each])
    value = rows[fact.column].item() if rows.schema[fact.column] != pl.List else ";".join(rows[fact.column].item())
    return (result.as_of - value).days if fact.how == "days" else value


_SEEN: dict[tuple[int, str], tuple[ScoreResult, pl.DataFrame]] = {}


def _once(result: ScoreResult, what: str, look: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """Looked up once for each result; the result is kept, so that no other gets its id."""
    key = (id(result), what)
    if key not in _SEEN:
        _SEEN[key] = (result, look())
    return _SEEN[key][1]


def _lines(result: ScoreResult, key: dict[str, Any]) -> pl.DataFrame:
    level, entity = key["level"], key["entity_id"]
    whole = _once(result, level, lambda: result.contributions_of(level))
    return _once(result, f"{level} {entity}", lambda: whole.filter(pl.col("entity_id") == entity))


def _same(key: dict[str, Any]) -> Iterator[pl.Expr]:
    for name, value in key.items():
        yield pl.col(name).eq_missing(pl.lit(value))


def _table(result: ScoreResult, fact: Fact) -> pl.DataFrame:
    key: dict[str, Any] = dict(fact.key)
    if fact.table == "contributions":
        return _lines(result, key)
    if fact.table == "given accounts":
        return _once(result, fact.table, lambda: result.account_rows().collect())
    if fact.table == "given contacts":
        rows = result.contact_rows()
        assert rows is not None
        return _once(result, fact.table, rows.collect)
    if fact.table == "people":
        look = f"people {key['account_id']} {key['group']}"
        found = _once(result, look, lambda: result.people(key["account_id"], key["group"]))
        return found.with_columns(account_id=pl.lit(key["account_id"]), group=pl.lit(key["group"], dtype=pl.String))
    if fact.table == "members":
        members = _once(result, f"members {key['account_id']}", lambda: result.members(key["account_id"]))
        return members.with_columns(account_id=pl.lit(key["account_id"]))
    return result.polars[fact.table]


def _worked_out(result: ScoreResult, fact: Fact) -> Any:
    key: dict[str, Any] = dict(fact.key)
    if fact.table == "steps":
        told = _once(result, f"steps {key}", lambda: _steps(result, key))
        return told[fact.column].item()
    if fact.table == "lapses":
        day = lapse_day(result, key["account_id"], key["group"])
        assert day is not None
        return (result.as_of - day).days if fact.how == "days" else day
    if fact.table == "requirements":
        return _column(result, key["account_id"], fact.column)
    if fact.table == "run":
        return {**result.stamp, "as_of": result.as_of, "workspace": "demo"}[fact.column]
    if fact.table == "constants":
        return {"full_fit": 100, "horizon_days": 90}[fact.column]
    return _of_model(result, fact)


def _steps(result: ScoreResult, key: dict[str, Any]) -> pl.DataFrame:
    steps = smallest_steps(result, key["account_id"], key["group"])
    assert steps is not None
    return pl.DataFrame({"score": [steps.score], "roles": [";".join(steps.roles)]})


def _column(result: ScoreResult, account_id: str, column: str) -> Any:
    """A column that a condition may name: of the result; of the group; as it was given."""
    row = result.polars["accounts"].filter(pl.col("account_id") == account_id).row(0, named=True)
    if column in row:
        return ";".join(row[column]) if isinstance(row[column], list) else row[column]
    if column == "motion":
        groups = result.polars["groups"].filter(pl.col("account_id") == account_id, pl.col("group") == row["group"])
        return groups["motion"].item() if groups.height else None
    given = result.account_rows().filter(pl.col("account_id") == account_id).collect().row(0, named=True)
    return given[column]


def _of_model(result: ScoreResult, fact: Fact) -> Any:
    if fact.column.startswith("mqa.require"):
        # Words of a term: they hold no number and no name that is not in the condition.
        assert isinstance(fact.value, str)
        text = result.model.mqa.require.text
        assert set(numbers(fact.value)) <= set(numbers(text)), fact
        return fact.value
    if fact.column.endswith(".names"):
        index = int(fact.column.split(".")[2])
        assert fact.value in result.model.fit.account[index].when.names
        return fact.value
    here: Any = result.model.model_dump()
    for part in fact.column.split("."):
        here = here[int(part)] if part.isdigit() and not isinstance(here, dict) else here[part]
    return here


def check(result: ScoreResult, fact: Fact) -> None:
    """The fact equals its table, and what is shown says what the fact holds."""
    expected = value_of(result, fact)
    assert fact.value == expected or (fact.value is None and fact.shown == "somebody without a name"), fact
    assert says(fact, result.as_of), fact


def says(fact: Fact, as_of: date) -> bool:
    """Whether the words are those of the value: numbers are cut, never rounded up."""
    value, shown = fact.value, fact.shown
    if isinstance(value, datetime | date):
        if shown == value.isoformat():
            return fact.table == "requirements"
        has_year = re.search(r"\d{4}$", shown) is not None
        told = datetime.strptime(shown if has_year else f"{shown} {as_of.year}", "%d %B %Y").date()  # noqa: DTZ007 - a day has no zone
        return told == value
    if isinstance(value, bool) or value is None:
        return shown in {"true", "false", "unknown", "somebody without a name"}
    if isinstance(value, int | float):
        return _same_number(fact, float(value), shown)
    words, known = _plain(shown).strip("'"), _plain(value)
    return words in known or words[:-3] in known  # `email replies` of `email_reply`


def _same_number(fact: Fact, value: float, shown: str) -> bool:
    if fact.how == "days" and value == 0:
        return shown in {"on the day of this brief", "0 days"}
    if fact.table == "contributions" and fact.column in {"points", "raw_points"}:
        value /= MICRO
    if shown.endswith("%") and fact.column in {"confidence", "strength"}:
        value *= 100
    (told,) = re.findall(r"-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?", shown)
    number = float(told.replace(",", ""))
    if fact.table == "lapses":
        number = -number
    return abs(number) <= abs(value) + 1e-6 and abs(value - number) < (0.1 if "." in told else 1)


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").lower().split())
