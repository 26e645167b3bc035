"""Random well-typed conditions over the columns that a place in the model may name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.strategies.words import AGES, NUMBERS, TEXT

if TYPE_CHECKING:
    from tests.strategies.draws import Draw

Scope = dict[str, str]
"""Column as conditions write it -> text, number, boolean, date or list."""


def _scope(prefix: str = "", **kinds: str) -> Scope:
    return {f"{prefix}{name}": kind for kind, names in kinds.items() for name in names.split()}


ACCOUNT_COLUMNS = {
    "text": "name industry country region lifecycle owner",
    "number": "employees annual_revenue",
    "boolean": "is_target",
}
CONTACT_COLUMNS = {
    "text": "title lead_source company country first_name email",
    "date": "created_at",
    "boolean": "opted_out",
}
RAW_ACCOUNTS = _scope(**ACCOUNT_COLUMNS) | {"open_opportunities": "count", "won_opportunities": "count"}
ACCOUNTS = RAW_ACCOUNTS | {"segment": "text"}
OF_ACCOUNT = _scope("account.", **ACCOUNT_COLUMNS) | {"account.segment": "text"}
EVENTS = (
    _scope(text="channel source campaign url asset product", date="occurred_at")
    | _scope("contact.", **CONTACT_COLUMNS)
    | {"contact.seniority": "text", "contact.department": "text"}
    | OF_ACCOUNT
)
PEOPLE = (
    _scope(**CONTACT_COLUMNS)
    | {"seniority": "text", "department": "text", "email_kind": "text", "seniority_rank": "rank"}
    | OF_ACCOUNT
)
LEADS = (
    PEOPLE
    | _scope(points="person_fit account_fit fit_points engagement score", date="last_activity")
    | _scope(text="segment grade role")
)
RESULTS = ACCOUNTS | _scope(
    points="fit leads engagement engagement_points coverage completeness intent score best_lead_score",
    count="engaged_contacts engaged_roles known_contacts blockers_engaged mqls hand_raisers spiking_topic_count",
    share="top_contact_share topic_share",
    boolean="single_threaded",
    text="group tier spiking_topics",
    date="last_activity",
)
STAGES = RESULTS | {"is_mqa": "boolean", "is_excluded": "boolean", "qualified_groups": "count"}

LITERALS: dict[str, tuple[float, ...]] = {
    "points": (0, 5, 10, 20, 40, 60, 12.5, 33.333333),
    "count": (0, 1, 2, 3),
    "share": (0, 0.5, 1, 0.333333),
    "rank": (3, 5, 6, 7, 9),
}


def condition(draw: Draw, scope: Scope, as_of: date, depth: int = 1) -> str:
    """A test over the scope; at depth 0 a single atom."""
    if depth > 0 and draw.chance(45):
        shape = draw.choice(("and", "or", "not", "AND", "brackets"))
        left = condition(draw, scope, as_of, depth - 1)
        if shape == "not":
            return f"not ({left})"
        right = condition(draw, scope, as_of, depth - 1)
        if shape == "brackets":
            return f"({left} or {right}) and not ({condition(draw, scope, as_of, 0)})"
        return f"{left} {shape} {right}"
    return _atom(draw, scope, as_of)


def _atom(draw: Draw, scope: Scope, as_of: date) -> str:
    column = draw.choice(sorted(scope))
    kind = scope[column]
    if draw.chance(8):
        return f"{column} is {draw.choice(('null', 'not null'))}"
    if kind == "text":
        return _text_atom(draw, column)
    if kind == "boolean":
        return draw.choice(
            (column, f"not {column}", f"{column} = true", f"{column} <> true", f"coalesce({column}, false)")
        )
    if kind == "date":
        return _date_atom(draw, column, as_of)
    return _number_atom(draw, column, LITERALS.get(kind) or NUMBERS[column.rpartition(".")[2]])


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _text_atom(draw: Draw, column: str) -> str:
    words = TEXT.get(column.rpartition(".")[2], ("a", "ada@acme.com", "info"))
    word, other = draw.choice(words), draw.choice(words)
    piece = draw.choice((word[:3], word[1:4], word[-4:], word.upper()[:4], "pricing", "_r", "\\"))
    return draw.choice(
        (
            f"{column} = {quoted(word)}",
            f"{column} <> {quoted(word)}",
            f"{column} != {quoted(word)}",
            f"{column} in ({quoted(word)}, {quoted(other)})",
            f"{column} not in ({quoted(word)}, {quoted(other)})",
            f"{column} like {quoted(piece + '%')}",
            f"{column} like {quoted('%' + piece + '%')}",
            f"{column} not like {quoted('%' + piece)}",
            f"{column} ilike {quoted('%' + piece + '%')}",
            f"{column} not ilike {quoted(piece + '_%')}",
            f"lower({column}) = {quoted(word.lower())}",
            f"upper({column}) = {quoted(word.upper())}",
            f"length({column}) > {draw.integer(0, 9)}",
            f"coalesce({column}, '') <> {quoted(word)}",
            f"{column} between {quoted(min(word, other))} and {quoted(max(word, other))}",
            f"{column} >= {quoted(word)}",
        )
    )


def _number_atom(draw: Draw, column: str, literals: tuple[float, ...]) -> str:
    low, high = sorted((draw.choice(literals), draw.choice(literals)))
    sign = draw.choice((">=", ">", "<", "<=", "=", "<>"))
    return draw.choice(
        (
            f"{column} {sign} {high:.12g}",
            f"{column} between {low:.12g} and {high:.12g}",
            f"{column} not between {low:.12g} and {high:.12g}",
            f"{column} in ({low:.12g}, {high:.12g})",
            f"coalesce({column}, 0) {sign} {high:.12g}",
            f"{column} * 2 {sign} {high:.12g} + 1",
            f"abs({column} - {high:.12g}) < 10.5",
            f"100 / {column} > 2",
            f"({column} + 1) / 2 {sign} {low:.12g}",
            f"-{column} < -{low:.12g}",
        )
    )


def _date_atom(draw: Draw, column: str, as_of: date) -> str:
    days = draw.choice(AGES)
    day = as_of - timedelta(days=days)
    earlier = day - timedelta(days=30)
    return draw.choice(
        (
            f"days_since({column}) < {days}",
            f"days_since({column}) >= {days}",
            f"days_since({column}) between 0 and {days}",
            f"{column} >= date '{day}'",
            f"{column} between date '{earlier}' and date '{day}'",
            f"{column} <> DATE '{day}'",
        )
    )
