"""Compiles a checked condition to one Narwhals expression that means the same on every engine.

Null follows SQL: a comparison with null is null, `and`, `or` and `not` are three-valued, and x/0 is null. Everything
calculated is a Float64, because engines overflow whole numbers each in its own way; what has no value (infinity less
infinity) is null. `ilike` lower-cases both sides: letters whose lower case depends on the engine (a final sigma, the
dotted I) may match on one and not on the other, and so for `lower` and `upper`.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
from sqlglot import exp

from abm.errors import ConditionError
from abm.model.syntax import chain, children, column_name, day_of
from abm.scoring.arithmetic import ordinal
from abm.scoring.condition_kinds import ARITHMETIC, COMPARISONS, NUMBERS, Kinds
from abm.tables.contracts import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from abm.model.conditions import Condition

_LARGEST: Final = 50_000
_OPERATORS: Final[dict[type[exp.Expr], Callable[[Any, Any], nw.Expr]]] = {
    exp.EQ: operator.eq,
    exp.NEQ: operator.ne,
    exp.LT: operator.lt,
    exp.LTE: operator.le,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
    exp.Add: operator.add,
    exp.Sub: operator.sub,
    exp.Mul: operator.mul,
}
_SPECIAL: Final = re.compile(r"([\\.+*?()|\[\]{}^$])")


def check_condition(condition: Condition, columns: Mapping[str, Kind]) -> list[str]:
    """Return what keeps `condition` from being bound to `columns`: unknown columns and kinds that do not go together.

    Args:
        condition: A condition whose syntax is checked.
        columns: The names that may be used, as they are written in conditions, and their kinds.

    Returns:
        One complete sentence or two per problem, without a place; empty when it can be compiled.

    >>> from abm.model.conditions import Condition
    >>> check_condition(Condition.parse("employees > 'x'"), {"employees": Kind.NUMBER})
    ["'employees' is a number, 'x' is text. Compare with a number, without quotes."]
    """
    problems = Kinds(condition, columns).problems
    if not problems and _size(condition.tree) > _LARGEST:
        return ["the condition is too large once it is written out. Split it, or put its result into a column."]
    return problems


def compile_condition(
    condition: Condition,
    columns: Mapping[str, Kind],
    *,
    as_of: date,
    physical: Mapping[str, str] | None = None,
    ahead: nw.Expr | None = None,
) -> nw.Expr:
    """Return `condition` as a Boolean expression, one value per row, null where SQL says null.

    Args:
        condition: A condition whose syntax is checked.
        columns: The columns it may use and their kinds. INTEGER ones hold whole numbers, NUMBER ones floats without
            NaN, LIST ones text.
        as_of: The day that `days_since` counts to.
        physical: The columns of the frame that names stand for; a name that is not there is its own column
            ("contact.title" with its dot).
        ahead: How many days after `as_of` each row is judged; none if not given.

    Returns:
        The expression. A condition that names no column is tied to the first of `columns`, so that it has a value per
        row and may filter; without any columns it is a literal, which only `with_columns` accepts.

    Raises:
        ConditionError: As `check_condition`, all problems in one message.

    >>> import polars as pl
    >>> from datetime import date
    >>> from abm.model.conditions import Condition
    >>> frame = nw.from_native(pl.DataFrame({"url": ["/Pricing", "/home", None]}))
    >>> pricing = Condition.parse("url ilike '%pricing%'")
    >>> test = compile_condition(pricing, {"url": Kind.TEXT}, as_of=date(2026, 6, 30))
    >>> frame.with_columns(match=test)["match"].to_list()
    [True, False, None]
    """
    problems = check_condition(condition, columns)
    if problems:
        raise ConditionError(" ".join(problems))
    names = physical or {}
    built = _Builder(Kinds(condition, columns), as_of, names, ahead).build(condition.tree)
    if condition.names or not columns:
        return built
    first = next(iter(columns))
    anchor = nw.col(names.get(first, first)).is_null()
    return nw.when(anchor).then(built).otherwise(built)


class _Builder:
    """Builds the expression of each node; assumes that the kinds were checked."""

    def __init__(self, kinds: Kinds, as_of: date, physical: Mapping[str, str], ahead: nw.Expr | None) -> None:
        self.kinds = kinds
        today = nw.lit(as_of.toordinal())
        self.today = today if ahead is None else today + ahead
        self.physical = physical

    def build(self, node: exp.Expr) -> nw.Expr:
        """Return the expression of `node` in its own kind."""
        if isinstance(node, exp.Paren):
            return self.build(node.this)
        for types, method in _METHODS:
            if isinstance(node, types):
                return method(self, node)
        return self.comparison(node)

    def value(self, node: exp.Expr, kind: Kind | None = None) -> nw.Expr:
        """Return `node` for a comparison: as a float where `kind` is NUMBER, and null where it has no value."""
        built = self.number(node) if kind is Kind.NUMBER else self.build(node)
        return nw.when(~built.is_nan()).then(built) if _may_be(node)[1] else built

    def number(self, node: exp.Expr) -> nw.Expr:
        """Return `node` as a Float64."""
        if isinstance(node, exp.Literal):
            return nw.lit(float(node.name))
        built = self.build(node)
        return built.cast(nw.Float64) if self.kinds.of(node) is Kind.INTEGER else built

    def common(self, nodes: list[exp.Expr]) -> Kind | None:
        """Return NUMBER when the nodes mix whole and other numbers, else their kind."""
        kinds = {self.kinds.of(node) for node in nodes}
        return Kind.NUMBER if len(kinds) > 1 and kinds & NUMBERS else self.kinds.of(nodes[0])

    def column(self, node: Any) -> nw.Expr:
        name = column_name(node)
        return nw.col(self.physical.get(name, name))

    def literal(self, node: Any) -> nw.Expr:
        return nw.lit(_python(node, self.kinds.of(node)))

    def chain(self, node: Any) -> nw.Expr:
        join = operator.and_ if isinstance(node, exp.And) else operator.or_
        return _balanced(join, [self.build(term) for term in chain(node)])

    def negation(self, node: Any) -> nw.Expr:
        return ~self.build(node.this)

    def comparison(self, node: Any) -> nw.Expr:
        kind = self.common([node.this, node.expression])
        return _OPERATORS[type(node)](self.value(node.this, kind), self.value(node.expression, kind))

    def arithmetic(self, node: Any) -> nw.Expr:
        left, right = self.number(node.this), self.number(node.expression)
        if isinstance(node, exp.Div) and _constant(node.expression, Kind.NUMBER) is None:
            return nw.when(right != 0.0).then(left / right)
        if isinstance(node, exp.Div):
            # Polars multiplies by the reciprocal of a constant, one bit off; it divides by what varies with the row.
            return nw.when(right != 0.0).then(left / (right + left * 0.0))
        return _OPERATORS[type(node)](left, right)

    def minus(self, node: Any) -> nw.Expr:
        if isinstance(node.this, exp.Literal):
            return nw.lit(-_python(node.this, self.kinds.of(node.this)))
        return -self.number(node.this)

    def absolute(self, node: Any) -> nw.Expr:
        return self.number(node.this).abs()

    def between(self, node: Any) -> nw.Expr:
        low, high = node.args["low"], node.args["high"]
        kind = self.common([node.this, low, high])
        tested = self.value(node.this, kind)
        return (tested >= self.value(low, kind)) & (tested <= self.value(high, kind))

    def membership(self, node: Any) -> nw.Expr:
        kind = self.common(children(node))
        tested = self.value(node.this, kind)
        constants = [_constant(item, kind) for item in node.expressions]
        if kind is not Kind.BOOLEAN and None not in constants:
            return tested.is_in(constants)
        return _balanced(operator.or_, [tested == self.value(item, kind) for item in node.expressions])

    def is_null(self, node: Any) -> nw.Expr:
        return self.value(node.this).is_null()

    def like(self, node: Any) -> nw.Expr:
        folded = isinstance(node, exp.ILike)
        tested = self.build(node.this)
        pattern = node.expression.name
        found = _like(tested.str.to_lowercase(), pattern.lower()) if folded else _like(tested, pattern)
        return ~found if node.args.get("negate") else found

    def coalesced(self, node: Any) -> nw.Expr:
        kind = self.common(children(node))
        values = [self.value(child, kind) for child in children(node)]
        return nw.coalesce(values[0], *values[1:])

    def case(self, node: Any) -> nw.Expr:
        text = self.build(node.this).str
        return text.to_lowercase() if isinstance(node, exp.Lower) else text.to_uppercase()

    def length(self, node: Any) -> nw.Expr:
        return self.build(node.this).str.len_chars().cast(nw.Int64)

    def days_since(self, node: Any) -> nw.Expr:
        return (self.today - ordinal(self.build(node.expressions[0]))).cast(nw.Int64)


_METHODS: Final[tuple[tuple[Any, Callable[[_Builder, Any], nw.Expr]], ...]] = (
    (exp.Column, _Builder.column),
    ((exp.And, exp.Or), _Builder.chain),
    (COMPARISONS, _Builder.comparison),
    ((exp.Literal, exp.Boolean, exp.Cast), _Builder.literal),
    (exp.Not, _Builder.negation),
    (exp.Neg, _Builder.minus),
    (exp.Abs, _Builder.absolute),
    (ARITHMETIC, _Builder.arithmetic),
    (exp.Between, _Builder.between),
    (exp.In, _Builder.membership),
    (exp.Is, _Builder.is_null),
    ((exp.Like, exp.ILike), _Builder.like),
    (exp.Coalesce, _Builder.coalesced),
    ((exp.Lower, exp.Upper), _Builder.case),
    (exp.Length, _Builder.length),
    (exp.Anonymous, _Builder.days_since),
)


def _balanced(join: Callable[[Any, Any], nw.Expr], terms: list[nw.Expr]) -> nw.Expr:
    """Join terms as a balanced tree: engines walk expressions recursively, and a list of a thousand is no depth."""
    while len(terms) > 1:
        pairs = [join(first, second) for first, second in zip(terms[::2], terms[1::2], strict=False)]
        terms = pairs + terms[len(pairs) * 2 :]
    return terms[0]


def _like(text: nw.Expr, pattern: str) -> nw.Expr:
    """Return the test of a like pattern; only patterns with inner wildcards need a regular expression."""
    inner = pattern.strip("%")
    if "%" in inner or "_" in inner:
        # `$` would match before a last line break, and `.` stop at one.
        return text.str.contains("(?s)\\A" + "".join(_pattern_sign(sign) for sign in pattern) + "\\z")
    starts, ends = not pattern.startswith("%"), not pattern.endswith("%")
    if starts and ends:
        return text == nw.lit(pattern)
    if starts:
        return text.str.starts_with(inner)
    return text.str.ends_with(inner) if ends else text.str.contains(inner, literal=True)


def _pattern_sign(sign: str) -> str:
    if sign == "%":
        return ".*"
    return "." if sign == "_" else _SPECIAL.sub(r"\\\1", sign)


def _python(node: Any, kind: Kind | None) -> Any:
    """Return the value of a literal node."""
    if isinstance(node, exp.Cast):
        return day_of(node)
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if node.is_string:
        return node.name
    return int(node.name) if kind is Kind.INTEGER else float(node.name)


def _constant(node: exp.Expr, kind: Kind | None) -> Any:
    """Return the value of a literal, signed or in parentheses, in `kind`; None when the node is no literal."""
    if isinstance(node, exp.Paren):
        return _constant(node.this, kind)
    if isinstance(node, exp.Neg):
        value = _constant(node.this, kind)
        return None if value is None else -value
    return _python(node, kind) if isinstance(node, (exp.Literal, exp.Cast)) else None


def _may_be(node: exp.Expr) -> tuple[bool, bool]:
    """Whether a number may be infinite, and whether it may be no number at all.

    Columns and literals are finite. A calculation may overflow; only one on an overflow may lose its value. `coalesce`
    and comparisons take values, which are null where there is none.
    """
    parts = [_may_be(child) for child in children(node)] if isinstance(node, _NUMERIC) else []
    infinite = any(part[0] for part in parts)
    if isinstance(node, ARITHMETIC):
        return True, infinite
    return infinite, any(part[1] for part in parts) and not isinstance(node, exp.Coalesce)


_NUMERIC: Final = (*ARITHMETIC, exp.Neg, exp.Abs, exp.Paren, exp.Coalesce)


def _size(node: exp.Expr) -> int:
    """Return how many nodes the expression of `node` has, those written out twice counted twice."""
    sizes = [_size(child) for child in children(node)]
    total = 1 + sum(sizes)
    if isinstance(node, exp.In):
        return total + sizes[0] * sum(child_size > 1 for child_size in sizes[1:])
    if isinstance(node, exp.Between):
        return total + sizes[0]
    if isinstance(node, exp.Div):
        return total + sizes[1]
    if isinstance(node, exp.Anonymous):
        return total + 4 * sizes[0]
    if isinstance(node, (*COMPARISONS, exp.Is, exp.Coalesce)):
        # Values are taken here, each once more to see whether there is one.
        return total + sum(size for child, size in zip(children(node), sizes, strict=True) if _may_be(child)[1])
    return total
