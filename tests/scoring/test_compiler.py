"""Conditions mean what SQL says: the truth is DuckDB running the very text of the condition over the same rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from abm.errors import ConditionError
from abm.model import Condition
from abm.scoring.compiler import check_condition, compile_condition
from abm.tables.contracts import Kind

AS_OF = dt.date(2026, 1, 31)
KINDS = {
    "hits": Kind.INTEGER,
    "other": Kind.INTEGER,
    "amount": Kind.NUMBER,
    "url": Kind.TEXT,
    "day": Kind.DATE,
    "seen": Kind.BOOLEAN,
    "contact.title": Kind.TEXT,
    "contact.roles": Kind.LIST,
    "account.since": Kind.DATE,
    "account.employees": Kind.NUMBER,
}
TYPES = {
    Kind.INTEGER: pl.Int64,
    Kind.NUMBER: pl.Float64,
    Kind.TEXT: pl.String,
    Kind.LIST: pl.String,
    Kind.DATE: pl.Date,
    Kind.BOOLEAN: pl.Boolean,
}
INTEGERS = [None, 0, 1, 2, 3, -1, 7, -40, 1000]
NUMBERS = [None, 0.0, 1.0, 0.5, -2.25, 500.0, 3.0, 1e6, -0.5]
TEXTS = [
    *(None, "", "a", "A", "ab", "aB", "a\nb", "a.b", "axb", "%", "_", "a%b", "a_b", "\\", "a\\b", "\\%", "a\n", "it's"),
    *("Ä", "ä", "😀", "a😀b", "(a", "[a]", "a+", "^a$", "$", "a|b", "a;b", " a ", "ba", "aba", "{1}", "#", "a-b", "~&"),
]
DAYS = [
    *(None, dt.date(2026, 1, 31), dt.date(2026, 1, 1), dt.date(2024, 2, 29), dt.date(2000, 2, 28), dt.date(1900, 3, 1)),
    *(dt.date(2100, 1, 1), dt.date(1999, 12, 31), dt.date(2025, 12, 31), dt.date(1, 1, 1)),
]
FLAGS = [None, True, False]
VALUES: dict[Kind, list[Any]] = {
    Kind.INTEGER: INTEGERS,
    Kind.NUMBER: NUMBERS,
    Kind.TEXT: TEXTS,
    Kind.LIST: TEXTS,
    Kind.DATE: DAYS,
    Kind.BOOLEAN: FLAGS,
}
ROWS = 60
Texts = st.SearchStrategy[str]


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """Every kind's values, run through at different strides so that many combinations meet."""
    columns = {}
    for stride, (name, kind) in enumerate(KINDS.items(), start=1):
        values = VALUES[kind]
        picked = [values[(row * (2 * stride + 1) + row // len(values)) % len(values)] for row in range(ROWS)]
        columns[name] = pl.Series(name, picked, dtype=TYPES[kind])
    return pl.DataFrame(columns)


@pytest.fixture(scope="module")
def engines(rows: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    """A DuckDB with the same rows three ways: as one relation for the compiler, and as joined tables for plain SQL."""
    connection = duckdb.connect()
    connection.execute("set ieee_floating_point_ops = false")  # x/0 is null
    connection.execute("set error_on_division_by_zero = false")
    connection.execute(f"create macro days_since(day_) as date_diff('day', day_, date '{AS_OF}')")
    numbered = rows.with_row_index("row_")
    connection.register("rows_", numbered.to_arrow())
    connection.execute("create table plan_rows as select * from rows_")
    for table in ("contact", "account", ""):
        names = [name for name in rows.columns if name.rpartition(".")[0] == table]
        listed = ", ".join(f'"{name}" as "{name.split(".")[-1]}"' for name in names)
        connection.execute(f'create table "{table or "events"}" as select row_ as "row_{table}", {listed} from rows_')
    return connection


def sql_truth(connection: duckdb.DuckDBPyConnection, text: str) -> list[bool | None]:
    """What DuckDB makes of the text itself."""
    query = f"""select ({text}) from events join contact on row_ = row_contact join account on row_ = row_account
                order by row_"""
    return [value for (value,) in connection.execute(query).fetchall()]


def on_polars(rows: pl.DataFrame, text: str) -> list[bool | None]:
    expression = compile_condition(Condition.parse(text), KINDS, as_of=AS_OF)
    found = nw.from_native(rows.lazy()).with_columns(found=expression).select("found").collect().to_native()
    column = pl.DataFrame(found)["found"]
    assert column.dtype == pl.Boolean
    return column.to_list()


def on_duckdb(connection: duckdb.DuckDBPyConnection, text: str) -> list[bool | None]:
    expression = compile_condition(Condition.parse(text), KINDS, as_of=AS_OF)
    frame = nw.from_native(connection.table("plan_rows")).with_columns(found=expression)
    return [value for (value,) in nw.to_native(frame.sort("row_").select("found")).fetchall()]


HAND_WRITTEN = [
    "true",
    "not false",
    "1 = 1 and 'a' <> 'b'",
    "hits = 1",
    "hits <> 1",
    "hits != amount",
    "hits + 1 > other * 2 - 3",
    "hits - other - 1 = 0",
    "hits / other > 0.5",
    "hits / 0 is null",
    "amount / hits >= -1.5",
    "- hits < 1",
    "-amount < -0.5",
    "abs(hits - 3) <= abs(amount)",
    "hits in (1, 2, -40)",
    "hits not in (1, 2.5)",
    "hits in (0.5, 3.0)",
    "amount in (3, 500)",
    "amount in (hits, other, 0)",
    "hits in (amount)",
    "seen in (true, false)",
    "day in (date '2024-02-29', date '2026-01-31')",
    "hits between 1 and 3",
    "hits not between other and amount",
    "day between date '2000-01-01' and account.since",
    "url between 'a' and 'b'",
    "seen",
    "not seen",
    "seen = true",
    "seen <> (hits = 1)",
    "seen and hits > 0",
    "seen or hits > 0 and amount > 0",
    "not seen or not hits > 0",
    "hits is null",
    "hits is not null and amount is null",
    "(hits + amount) is null",
    "(seen and hits > 1) is null",
    "url = 'it''s'",
    "url < contact.title",
    "url in ('a', 'A', '')",
    "url not in ('a', 'A')",
    "url like 'a%'",
    "url like '%b'",
    "url like '%a%'",
    "url like 'a'",
    "url like ''",
    "url like '%'",
    "url like '%%'",
    "url like 'a%b'",
    "url like 'a_b'",
    "url like '_'",
    "url like '__'",
    "url like '%_b%'",
    "url like 'a.%b'",
    "url like '\\%'",
    "url like '%\\'",
    "url like '(a_' or url like '[_]' or url like 'a+_' or url like '^a_'",
    "url like '{_}' or url like 'a|_' or url like '_$' or url like 'a-_' or url like '~_'",
    "url not like 'a%'",
    "url ilike 'A%B'",
    "url ilike '%ä%'",
    "url not ilike 'A'",
    "not url like 'a%'",
    "contact.roles like '%;%'",
    "lower(url) = lower(contact.title)",
    "upper(url) = 'AB'",
    "length(url) = 2",
    "length(url) > length(contact.title) + 1",
    "coalesce(hits, 0) = 0",
    "coalesce(hits, amount, 0.5) > 0.25",
    "coalesce(url, contact.title, '') = ''",
    "coalesce(seen, false)",
    "coalesce(hits / 0, -1) = -1",
    "days_since(day) < 31",
    "days_since(day) between 0 and 365",
    "days_since(account.since) - days_since(day) > 100",
    "days_since(coalesce(day, account.since)) > 0",
    "day = account.since",
    "day >= date '2000-02-29'",
    "account.employees >= 500",
    "9223372036854775807 > hits and 99999999999999999999 > hits",
    "hits < 1e3",
    "(((hits)) = ((1)))",
    "seen = (not seen)",
]


@pytest.mark.parametrize("text", HAND_WRITTEN)
def test_hand_written_conditions_mean_what_sql_says(
    text: str, rows: pl.DataFrame, engines: duckdb.DuckDBPyConnection
) -> None:
    truth = sql_truth(engines, text)
    assert on_polars(rows, text) == truth
    assert on_duckdb(engines, text) == truth


def _joined(strategy: Texts, joiners: list[str]) -> Texts:
    """Two or three operands with operators between, only sometimes in parentheses: precedence is put to the test."""

    @st.composite
    def build(draw: st.DrawFn) -> str:
        parts = [draw(strategy)]
        for _ in range(draw(st.integers(1, 2))):
            parts += [draw(st.sampled_from(joiners)), draw(strategy)]
        text = " ".join(parts)
        return f"({text})" if draw(st.booleans()) else text

    return build()


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


number_leaf = st.sampled_from(
    ["hits", "other", "amount", "account.employees", "0", "1", "2", "-1", "0.5", "500", "1e2"]
)
text_leaf = st.one_of(
    st.sampled_from(["url", "contact.title", "contact.roles"]),
    st.sampled_from([quoted(text) for text in TEXTS if text is not None]),
)
date_leaf = st.sampled_from(
    ["day", "account.since", "date '2026-01-01'", "date '2000-02-29'", "coalesce(day, account.since)"]
)
pattern = st.text(alphabet="aAbB%_\\.\n(😀", max_size=5).map(quoted)


def _numbers(inner: Texts) -> Texts:
    return st.one_of(
        _joined(inner, ["+", "-", "*", "/"]),
        inner.map(lambda text: f"abs({text})"),
        inner.map(lambda text: f"-({text})"),
        st.tuples(inner, inner).map(lambda pair: f"coalesce({pair[0]}, {pair[1]})"),
        date_leaf.map(lambda text: f"days_since({text})"),
        text_leaf.map(lambda text: f"length({text})"),
    )


numbers = st.recursive(number_leaf, _numbers, max_leaves=4)
texts = st.one_of(
    text_leaf,
    text_leaf.map(lambda text: f"lower({text})"),
    st.tuples(text_leaf, text_leaf).map(lambda pair: f"coalesce({pair[0]}, {pair[1]})"),
)
comparison = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
negation = st.sampled_from(["", "not "])


def _compared(values: Texts) -> Texts:
    return st.one_of(
        st.tuples(values, comparison, values).map(" ".join),
        st.tuples(values, negation, values, values).map(lambda p: f"{p[0]} {p[1]}between {p[2]} and {p[3]}"),
        st.tuples(values, negation, st.lists(values, min_size=1, max_size=3)).map(
            lambda p: f"{p[0]} {p[1]}in ({', '.join(p[2])})"
        ),
        st.tuples(values, st.sampled_from(["is null", "is not null"])).map(" ".join),
    )


test_of_values = st.one_of(
    _compared(numbers),
    _compared(texts),
    _compared(date_leaf),
    st.tuples(texts, negation, st.sampled_from(["like", "ilike"]), pattern).map(
        lambda p: f"{p[0]} {p[1]}{p[2]} {p[3]}"
    ),
    st.just("seen"),
    st.sampled_from(["true", "false"]),
)


def _logic(inner: Texts) -> Texts:
    return st.one_of(
        _joined(inner, ["and", "or", "and not", "or not"]),
        inner.map(lambda text: f"not {text}"),
        inner.map(lambda text: f"({text}) is null"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}) = ({pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"coalesce(({pair[0]}), ({pair[1]}))"),
    )


conditions = st.recursive(test_of_values, _logic, max_leaves=4)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(conditions)
def test_any_condition_means_what_sql_says(rows: pl.DataFrame, engines: duckdb.DuckDBPyConnection, text: str) -> None:
    _means_what_sql_says(rows, engines, text)


@pytest.mark.slow
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(conditions)
def test_many_conditions_mean_what_sql_says(rows: pl.DataFrame, engines: duckdb.DuckDBPyConnection, text: str) -> None:
    _means_what_sql_says(rows, engines, text)


def _means_what_sql_says(rows: pl.DataFrame, engines: duckdb.DuckDBPyConnection, text: str) -> None:
    try:
        condition = Condition.parse(text)
    except ConditionError as error:
        if "parentheses" not in str(error):  # the only thing these texts may do wrong
            raise
        assume(condition=False)
    assume(not check_condition(condition, KINDS))
    truth = sql_truth(engines, text)
    assert on_polars(rows, text) == truth
    assert on_duckdb(engines, text) == truth


def match(frame: pl.DataFrame, text: str, kinds: dict[str, Kind]) -> list[bool | None]:
    """The condition over a frame of its own, on Polars and on DuckDB, which must agree."""
    expression = compile_condition(Condition.parse(text), kinds, as_of=AS_OF)
    here = nw.from_native(frame).with_columns(found=expression)["found"].to_list()
    connection = duckdb.connect()
    connection.register("frame_", frame.with_row_index("row_").to_arrow())
    there = nw.from_native(connection.table("frame_")).with_columns(found=expression).sort("row_").select("found")
    assert [value for (value,) in nw.to_native(there).fetchall()] == here
    return here


def test_days_since_counts_every_day_of_four_centuries() -> None:
    first = dt.date(1900, 1, 1)
    days = [first + dt.timedelta(days=offset) for offset in range(0, 146_097, 7)]
    ages = [(AS_OF - day).days for day in days]
    frame = pl.DataFrame({"day": days, "age": ages})
    assert all(match(frame, "days_since(day) = age", {"day": Kind.DATE, "age": Kind.INTEGER}))


def test_days_since_is_negative_for_days_to_come() -> None:
    frame = pl.DataFrame({"day": [AS_OF + dt.timedelta(days=1), AS_OF]})
    assert match(frame, "days_since(day) < 0", {"day": Kind.DATE}) == [True, False]


def test_what_has_no_value_is_null_and_matches_nothing() -> None:
    frame = pl.DataFrame({"x": [1e308, 2.0]})
    kinds = {"x": Kind.NUMBER}
    assert match(frame, "x * 10 > 5", kinds) == [True, True]  # infinity is above everything
    assert match(frame, "x * 10 - x * 10 = 0", kinds) == [None, True]
    assert match(frame, "(x * 10 - x * 10) is null", kinds) == [True, False]
    assert match(frame, "coalesce(x * 10 - x * 10, 7) = 7", kinds) == [True, False]
    assert match(frame, "x * 10 - x * 10 in (0, 1)", kinds) == [None, True]
    assert match(frame, "x * 10 - x * 10 between -1 and 1", kinds) == [None, True]
    assert match(frame, "(x - x) / (x - x) is null", kinds) == [True, True]


def test_whole_numbers_do_not_overflow_when_calculated_with() -> None:
    frame = pl.DataFrame({"x": [2**62, 3]})
    kinds = {"x": Kind.INTEGER}
    assert match(frame, "x * x > 0", kinds) == [True, True]
    assert match(frame, "x + x + x > 0", kinds) == [True, True]
    assert match(frame, "-x < 0", kinds) == [True, True]


@pytest.mark.parametrize("text", ["true", "1 = 1", "not false", "'a' like 'a%'", "days_since(date '2026-01-30') = 1"])
def test_a_condition_without_columns_filters_like_any_other(text: str, engines: duckdb.DuckDBPyConnection) -> None:
    test = compile_condition(Condition.parse(text), {"hits": Kind.INTEGER}, as_of=AS_OF)
    assert nw.from_native(pl.DataFrame({"hits": [None, 1]}).lazy()).filter(test).collect().shape == (2, 1)
    kept = nw.from_native(engines.table("plan_rows")).filter(test)
    assert len(nw.to_native(kept).fetchall()) == ROWS
    bare = compile_condition(Condition.parse(text), {}, as_of=AS_OF)
    assert nw.from_native(pl.DataFrame({"hits": [None, 1]})).with_columns(m=bare)["m"].to_list() == [True, True]


def test_names_may_stand_for_other_columns_of_the_frame() -> None:
    frame = pl.DataFrame({"account.x": [1, 2], "event.y": [2, 2]})
    kinds = {"x": Kind.INTEGER, "contact.y": Kind.INTEGER}
    physical = {"x": "account.x", "contact.y": "event.y"}
    test = compile_condition(Condition.parse("x = contact.y"), kinds, as_of=AS_OF, physical=physical)
    assert nw.from_native(frame).with_columns(m=test)["m"].to_list() == [False, True]
    always = compile_condition(Condition.parse("true"), kinds, as_of=AS_OF, physical=physical)
    assert nw.from_native(frame).filter(always).shape == (2, 2)


@pytest.mark.slow
def test_long_conditions_work() -> None:
    frame = pl.DataFrame({"x": [0, 999, 1000, None]})
    kinds = {"x": Kind.INTEGER}
    assert match(frame, " or ".join(f"x = {n}" for n in range(1000)), kinds) == [True, True, False, None]
    assert match(frame, f"x in ({', '.join(map(str, range(5000)))})", kinds) == [True, True, True, None]
    assert match(frame, " + ".join(["x"] * 99) + " > 0", kinds) == [False, True, True, None]


def test_what_would_explode_when_written_out_is_refused() -> None:
    text = "x" + "/ (x" * 18 + ")" * 18 + " > 1"
    (problem,) = check_condition(Condition.parse(text), {"x": Kind.NUMBER})
    assert "too large" in problem


PROBLEMS = {
    "employees > 'x'": "'employees' is a number, 'x' is text. Compare with a number, without quotes.",
    "industry = 5": (
        "'industry' is text, '5' is a number. Write '5' in single quotes, or declare the type of the column under"
        " 'columns' in workspace.yaml."
    ),
    "industry": "'industry' is text, but a condition must be true or false. Compare it with something.",
    "industry and is_target": "'industry' is text, but 'and' joins conditions. Compare it with something.",
    "not employees": "'employees' is a number, but 'not' turns a condition round. Compare it with something.",
    "created_at > '2026-01-01'": "'created_at' is a date, '2026-01-01' is text. A day is written date '2026-01-31'.",
    "is_target = 1": "'is_target' is true or false, '1' is a number. Compare with true or false,",
    "is_target < true": "'is_target < TRUE': true and false have no order. Compare them with = or <>.",
    "employees like '5%'": "'employees' is a number, but like works on text.",
    "employees ilike '5%'": "'employees' is a number, but ilike works on text.",
    "lower(employees) = 'x'": "'employees' is a number, but lower works on text.",
    "length(created_at) = 3": "'created_at' is a date, but length works on text.",
    "days_since(industry) < 3": "'industry' is text, but days_since works on a date.",
    "abs(is_target) = 1": "'is_target' is true or false, but 'abs(is_target)' is calculated with numbers.",
    "industry + 1 = 2": "'industry' is text, but 'industry + 1' is calculated with numbers.",
    "created_at - 30 > date '2026-01-01'": "dates are not added or subtracted. Write days_since(column) < 30.",
    "coalesce(industry, 0) = 'x'": "'coalesce(industry, 0)': 'industry' is text, '0' is a number.",
    "employees in (1, 'a')": "'employees' is a number, 'a' is text.",
    "employees between 1 and date '2026-01-01'": "Both sides must be of one kind.",
    "employes > 5": (
        "unknown column 'employes'. Did you mean 'employees'? "
        "Columns here: account.name, created_at, employees, industry, is_target"
    ),
    "employes > 6": "Did you mean 'employees'?",
    "name = 'x'": "Did you mean 'account.name'?",
    "contact.industry = 'x'": "Did you mean 'industry'?",
    'industry = "Software"': "Text is written in single quotes: 'Software'.",
    "Industry = 'x'": "unknown column 'Industry'.",
}


@pytest.mark.parametrize(("text", "said"), PROBLEMS.items())
def test_kinds_that_do_not_go_together_are_explained(text: str, said: str) -> None:
    kinds = {
        "employees": Kind.NUMBER,
        "industry": Kind.TEXT,
        "is_target": Kind.BOOLEAN,
        "created_at": Kind.DATE,
        "roles": Kind.LIST,
        "account.name": Kind.TEXT,
    }
    condition = Condition.parse(text)
    assert said in " ".join(check_condition(condition, kinds))
    with pytest.raises(ConditionError):
        compile_condition(condition, kinds, as_of=AS_OF)


def test_every_problem_is_reported_once() -> None:
    kinds = {"a": Kind.NUMBER, "b": Kind.TEXT}
    problems = check_condition(Condition.parse("a = 'x' and zz > 1 and (a = 'x' or b > 1) and not b"), kinds)
    assert len(problems) == 4


def test_an_unknown_column_hides_no_further_problem_of_its_own() -> None:
    problems = check_condition(Condition.parse("zz + 1 > lower(zz)"), {"a": Kind.NUMBER})
    assert [problem[:19] for problem in problems] == ["unknown column 'zz'"[:19], "'zz + 1' is a number"[:19]]


def test_a_list_column_is_text() -> None:
    frame = pl.DataFrame({"roles": ["a;b", None]})
    assert match(frame, "roles ilike '%B%'", {"roles": Kind.LIST}) == [True, None]
    assert match(frame, "coalesce(roles, 'none') = 'none'", {"roles": Kind.LIST}) == [False, True]
