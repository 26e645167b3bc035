"""The kinds in a condition: which columns it may name, and whether what it compares can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from abm.errors import did_you_mean
from abm.model.syntax import PREFIXES, chain, children, column_name
from abm.tables.contracts import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.model.conditions import Condition

NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER})
TEXTS = frozenset({Kind.TEXT, Kind.LIST})
COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div)

_WORDS = {
    Kind.TEXT: "text",
    Kind.LIST: "text",
    Kind.INTEGER: "a number",
    Kind.NUMBER: "a number",
    Kind.DATE: "a date",
    Kind.BOOLEAN: "true or false",
}
_FIXED: tuple[tuple[tuple[type[exp.Expr], ...], Kind], ...] = (
    ((exp.Cast,), Kind.DATE),
    ((exp.Lower, exp.Upper), Kind.TEXT),
    ((exp.Length, exp.Anonymous), Kind.INTEGER),
    ((exp.And, exp.Or, exp.Not, exp.Like, exp.ILike, exp.Is, exp.In, exp.Between, exp.Boolean), Kind.BOOLEAN),
    (COMPARISONS, Kind.BOOLEAN),
)
_SHOWN = 60
_LARGEST = 2**63 - 1
_MOST_COLUMNS = 60


class Kinds:
    """What every node of a condition holds, and what is wrong with it.

    `problems` are complete sentences without a place; `of(node)` is the kind of a node, None where a problem hides it.
    """

    def __init__(self, condition: Condition, columns: Mapping[str, Kind]) -> None:
        self.columns = columns
        self.problems: list[str] = []
        self._kinds: dict[int, Kind | None] = {}
        self._need(condition.tree, {Kind.BOOLEAN}, "a condition must be true or false")
        self.problems = list(dict.fromkeys(self.problems))

    def of(self, node: exp.Expr) -> Kind | None:
        """Return the kind of `node`, working it out once."""
        if id(node) not in self._kinds:
            self._kinds[id(node)] = self._infer(node)
        return self._kinds[id(node)]

    def _infer(self, node: exp.Expr) -> Kind | None:
        if isinstance(node, exp.Paren):
            return self.of(node.this)
        for types, kind in _FIXED:
            if isinstance(node, types):
                self._argument(node)
                return kind
        if isinstance(node, exp.Column):
            return self._column(node)
        if isinstance(node, exp.Literal):
            return _literal_kind(node)
        if isinstance(node, exp.Coalesce):
            return self._alike(children(node), node, "coalesce")
        return self._calculated(node)

    def _argument(self, node: exp.Expr) -> None:
        """Check what a node that always gives one kind is made of."""
        if isinstance(node, (exp.Lower, exp.Upper, exp.Length)):
            self._need(node.this, TEXTS, f"{node.key} works on text")
        elif isinstance(node, exp.Anonymous):
            self._need(node.expressions[0], {Kind.DATE}, "days_since works on a date")
        elif not isinstance(node, (exp.Cast, exp.Boolean)):
            self._boolean(node)

    def _boolean(self, node: exp.Expr) -> None:
        """Check what a node that is true or false is made of."""
        if isinstance(node, (exp.And, exp.Or)):
            for term in chain(node):
                self._need(term, {Kind.BOOLEAN}, f"'{node.key}' joins conditions")
        elif isinstance(node, exp.Not):
            self._need(node.this, {Kind.BOOLEAN}, "'not' turns a condition round")
        elif isinstance(node, (exp.Like, exp.ILike)):
            self._need(node.this, TEXTS, f"{node.key} works on text")
        elif isinstance(node, exp.Is):
            self.of(node.this)
        elif isinstance(node, (*COMPARISONS, exp.In, exp.Between)):
            kind = self._alike(children(node), node, "")
            ordered = not isinstance(node, (exp.EQ, exp.NEQ, exp.In))
            if kind is Kind.BOOLEAN and ordered:
                self.problems.append(f"{piece(node)}: true and false have no order. Compare them with = or <>.")

    def _calculated(self, node: exp.Expr) -> Kind:
        operands = children(node)
        if any(self.of(operand) is Kind.DATE for operand in operands):
            text = f"{piece(node)}: dates are not added or subtracted. Write days_since(column) < 30."
            self.problems.append(text)
            return Kind.NUMBER
        for operand in operands:
            self._need(operand, NUMBERS, f"{piece(node)} is calculated with numbers")
        whole = isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal)
        return self.of(node.this) or Kind.NUMBER if whole else Kind.NUMBER

    def _column(self, column: exp.Column) -> Kind | None:
        name = column_name(column)
        if name in self.columns:
            return self.columns[name]
        self.problems.append(self._unknown(name, quoted=bool(column.this.args.get("quoted"))))
        return None

    def _unknown(self, name: str, *, quoted: bool) -> str:
        others = sorted(self.columns)
        shown = ", ".join(others[:_MOST_COLUMNS]) + (", ..." if len(others) > _MOST_COLUMNS else "")
        text, known = f"unknown column '{name[:_SHOWN]}'.", f" Columns here: {shown}."
        bare = name.split(".", 1)[-1] if name.startswith(tuple(f"{prefix}." for prefix in PREFIXES)) else name
        same = [other for other in (bare, *(f"{prefix}.{bare}" for prefix in PREFIXES)) if other in self.columns]
        if same:
            return f"{text} Did you mean '{same[0]}'?{known}"
        near = did_you_mean(name, others)
        # The likeliest help first: the list may be long.
        hint = f" Text is written in single quotes: '{name[:_SHOWN]}'." if quoted or not near else ""
        return text + near + hint + known

    def _need(self, node: exp.Expr, kinds: set[Kind] | frozenset[Kind], why: str) -> None:
        kind = self.of(node)
        if kind is not None and kind not in kinds:
            hint = " Compare it with something." if Kind.BOOLEAN in kinds else ""
            self.problems.append(f"{piece(node)} is {_WORDS[kind]}, but {why}.{hint}")

    def _alike(self, nodes: list[exp.Expr], around: exp.Expr, of: str) -> Kind | None:
        """Return the one kind of several nodes; numbers win over whole numbers, lists are text."""
        known = [(node, kind) for node in nodes if (kind := self.of(node)) is not None]
        for node, kind in known[1:]:
            first, first_kind = known[0]
            if _family(kind) != _family(first_kind):
                self.problems.append(_unlike(around, (first, first_kind), (node, kind), of))
                return None
        kinds = {kind for _, kind in known}
        if len(kinds) > 1:
            return Kind.NUMBER if kinds & NUMBERS else Kind.TEXT
        return next(iter(kinds), None)


def piece(node: exp.Expr) -> str:
    """Return a node as SQL in quotes, shortened, for messages."""
    text = node.sql(comments=False, normalize_functions="lower")
    if isinstance(node, exp.Literal) and node.is_string and len(text) <= _SHOWN:
        return text
    return f"'{text}'" if len(text) <= _SHOWN else f"'{text[:_SHOWN]}...'"


def _family(kind: Kind) -> Kind:
    if kind in NUMBERS:
        return Kind.NUMBER
    return Kind.TEXT if kind in TEXTS else kind


def _literal_kind(node: exp.Literal) -> Kind:
    if node.is_string:
        return Kind.TEXT
    return Kind.INTEGER if node.name.isdigit() and int(node.name) <= _LARGEST else Kind.NUMBER


def _unlike(around: exp.Expr, first: tuple[exp.Expr, Kind], other: tuple[exp.Expr, Kind], of: str) -> str:
    said = f"{piece(around)}: " if of else ""
    text = f"{said}{piece(first[0])} is {_WORDS[first[1]]}, {piece(other[0])} is {_WORDS[other[1]]}."
    kinds = {_family(first[1]), _family(other[1])}
    literals = [node for node, _ in (first, other) if isinstance(node, exp.Literal)]
    if Kind.DATE in kinds and Kind.TEXT in kinds:
        return f"{text} A day is written date '2026-01-31'."
    if kinds == {Kind.TEXT, Kind.NUMBER} and literals and not literals[0].is_string:
        hint = "or declare the type of the column under 'columns' in workspace.yaml"
        return f"{text} Write '{literals[0].name}' in single quotes, {hint}."
    if kinds == {Kind.TEXT, Kind.NUMBER} and literals:
        return f"{text} Compare with a number, without quotes."
    if Kind.BOOLEAN in kinds:
        return f"{text} Compare with true or false, or write the column alone."
    return f"{text} Both sides must be of one kind."
