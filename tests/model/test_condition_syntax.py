"""The syntax of conditions: what is accepted, and how what is not is explained."""

from __future__ import annotations

import pickle
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.errors import ConditionError
from abm.model import Condition
from abm.tables.contracts import CONTRACTS


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("employees >= 1000", ("employees",)),
        ("seniority_rank between 5 and 6 and department = 'operations'", ("seniority_rank", "department")),
        ("contact.title = title and title <> account.name", ("contact.title", "title", "account.name")),
        ("\"Customer tier\" = 'gold' and account.\"Fit %\" > 1", ("Customer tier", "account.Fit %")),
        ("coalesce(a, b, 'c') = 'd'", ("a", "b")),
        ("DAYS_SINCE(last_activity) < 180", ("last_activity",)),
        ("COALESCE(a, 0) = 1 OR Lower(b) LIKE 'x'", ("a", "b")),
        ("a in (b, c) or d not in (1, 2)", ("a", "b", "c", "d")),
        ("true", ()),
        ("a == 1", ("a",)),
        ("a = -1.5e3 -- since March", ("a",)),
        ("url = 'it''s'\n  or url is not null", ("url",)),
        ("text_ is null", ("text_",)),
        ("group = 'a' and role = 'b' and rank < 3 and stage = 'x' and date > date '2026-01-31'",
         ("group", "role", "rank", "stage", "date")),
    ],
)  # fmt: skip
def test_names_are_read_as_written(text: str, names: tuple[str, ...]) -> None:
    assert Condition.parse(text).names == names


@pytest.mark.parametrize("name", sorted({column for table in CONTRACTS.values() for column in table.columns}))
def test_every_canonical_column_can_be_named(name: str) -> None:
    assert Condition.parse(f"{name} is null or contact.{name} is null").names == (name, f"contact.{name}")


REFUSED = {
    "": "the condition is empty",
    "  \n ": "the condition is empty",
    "a = 'b": "a quote or a comment is not closed",
    'a = "b': "a quote or a comment is not closed",
    "a =": "\"a =\" cannot be read at '=', after 'a'",
    "a = = 1": "cannot be read at '=', after 'a ='",
    "(a = 1": "cannot be read",
    "a = 1)": "cannot be read at ')', after 'a = 1'",
    "ulr lik 'x'": "Did you mean 'like'?",
    "from = 'x'": 'A column called from is written "from".',
    "a = 1; drop table x": "';' may not be used",
    "a = 1;": "';' may not be used",
    "select 1": "cannot be read at 'select'",
    "a in (select 1)": "may not be used",
    "exists (select 1)": "unknown function 'exists'",
    "a = null": "null may only follow 'is'",
    "coalesce(a, null) = 1": "write x is null",
    "a in (1, null)": "null may only follow 'is'",
    "not null": "null may only follow 'is'",
    "a is true": "'is' is only for null",
    "a is 5": "'is' is only for null",
    "a in ()": "'in' needs a list with at least one value",
    "a in 1": "may not be used",
    "a in (1,)": "a comma is followed by ')'",
    "a like b": "the pattern must be text in single quotes",
    "a like lower('x')": "the pattern must be text in single quotes",
    "a like any ('x')": "unknown function 'any'",
    "a like 'x' escape '!'": "may not be used",
    "a similar to 'x'": "may not be used",
    "a rlike 'x'": "may not be used",
    "a ~ 'x'": "'~' may not be used",
    "a || b = 'x'": "'||' may not be used",
    "a % 2 = 0": "'%' may not be used",
    "a && b": "'&&' may not be used",
    "a::date > date '2026-01-01'": "'::' may not be used",
    "cast(a as date) = b": "A day is written date '2026-01-31'",
    "date('2026-01-31') = b": "A day is written date '2026-01-31'",
    "a = timestamp '2026-01-31'": "A day is written date '2026-01-31'",
    "a = date '2026-02-30'": "date '2026-02-30' is not a day",
    "a = date '2026-1-5'": "date '2026-1-5' is not a day",
    "a = date '20260105'": "is not a day",
    "a = current_date": "may not be used",
    "now() > a": "unknown function 'now'",
    "len(a) > 1": "unknown function 'len'. Functions: lower, upper, length, coalesce, abs, days_since. Did you mean",
    "ifnull(a, 1) = 1": "unknown function 'ifnull'",
    "count(*) > 1": "unknown function 'count'",
    "lower(a, b) = 'x'": "cannot be read",
    "length() = 1": "cannot be read",
    "coalesce() = 1": "cannot be read",
    "days_since() < 1": "days_since takes one date column",
    "days_since(a, b) < 1": "days_since takes one date column",
    "abs(distinct a) = 1": "may not be used",
    "case when a then b end": "may not be used",
    "if(a, b, c)": "unknown function 'if'",
    "x.y = 1": "only 'contact.' and 'account.' may stand before a column",
    "acount.y = 1": "Did you mean 'account'?",
    "Account.y = 1": "Did you mean 'account'?",
    "account.x.y = 1": "may not be used",
    "contact.* = 1": "may not be used",
    "* = 1": "'*' may not be used",
    "a[1] = 2": "'[' may not be used",
    "{{ a }} = 1": "'{' may not be used",
    "a = :p": "':' may not be used",
    "a = ?": "'?' may not be used",
    "@a = 1": "'@' may not be used",
    "a <=> 1": "'<=>' may not be used",
    "a is distinct from b": "may not be used",
    "a between symmetric 1 and 2": "may not be used",
    "a = 1e999": "is not a number",
    "a = 0x1F": "cannot be read",
    "a = 'x' 'y'": "may not be used",
    "N'x' = a": "may not be used",
    "a as b": "cannot be read",
    "a = b = c": "Put parentheses around the one that is meant first",
    "a = b is null": "Put parentheses",
    "a < b < c": "Put parentheses",
    "a in (1) = b": "Put parentheses",
    "a = b like 'c'": "Put parentheses",
    "interval 3 day > a": "may not be used",
}


@pytest.mark.parametrize(("text", "said"), REFUSED.items())
def test_everything_else_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(ConditionError) as error:
        Condition.parse(text)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (" or ".join(["x = 1"] * 4000), True),
        (" or ".join(["x = 1"] * 10_000), False),
        (f"x in ({', '.join(map(str, range(9_000)))})", True),
        ("(" * 20 + "x" + ")" * 20, True),
        ("not (" * 20 + "x" + ")" * 20, True),
        ("a + (b * (" * 10 + "x" + "))" * 10 + " > 1", True),
        (" + ".join(["x"] * 99) + " = 1", True),
        ("(" * 21 + "x" + ")" * 21, False),
        (")" * 9_000 + "(" * 9_000, False),
        ("(" * 150 + "x" + ")" * 150, False),
        ("(" * 9_000 + "x" + ")" * 9_000, False),
        ("not " * 9_000 + "x", False),
        ("- " * 9_000 + "x = 1", False),
        ("lower(" * 5_000 + "x" + ")" * 5_000 + " = 'a'", False),
        (" + ".join(["x"] * 9_000) + " = 1", False),
        ("x = '" + "a" * 1_000_000 + "'", True),
    ],
)
def test_size_is_bounded_by_one_message_and_never_a_crash(text: str, fits: bool) -> None:
    if fits:
        condition = Condition.parse(text)
        assert "x" in condition.names
        assert pickle.loads(pickle.dumps(condition)) == condition
    else:
        with pytest.raises(ConditionError, match=r"nested too deeply|words and signs|cannot be read"):
            Condition.parse(text)


def test_conditions_compare_by_text() -> None:
    assert Condition.parse(" a = 1 ") == Condition.parse("a = 1")
    assert hash(Condition.parse("a = 1")) == hash(Condition.parse("a = 1"))
    assert Condition.parse("a = 1") != Condition.parse("a = 2")
    assert str(Condition.parse("a = 1")) == "a = 1"


PIECES = [
    *("a", "=", "1", "'x'", "and", "or", "not", "(", ")", "in", "like", "ilike", "between", "is", "null", ",", "."),
    *("+", "-", "*", "/", "date", "'2026-01-31'", "true", "lower(", "days_since(", "coalesce(", "x.y", "contact."),
    *("select", "case", "when", "end", "from", '"', "[", "]", "::", "||", "%", "?", ":", ";", "--", "/*", "*/"),
    *("<", ">", "<>", "!=", "==", "any", "cast(", "interval", "exists(", "@", "$1", "{", "}", "as", "over", "b"),
]


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(max_size=30),
        st.text(alphabet=string.printable, max_size=40),
        st.lists(
            st.sampled_from(PIECES),
            max_size=12,
        ).map(" ".join),
    )
)
def test_any_text_is_a_condition_or_one_clear_error(text: str) -> None:
    try:
        said = Condition.parse(text).text
    except ConditionError as error:
        said = str(error)
    assert said.strip()
    assert "sqlglot" not in said
