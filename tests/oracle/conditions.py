"""The condition language, parsed by recursive descent and evaluated value by value with SQL's three-valued logic.

    or_ := and_ (OR and_)*            and_ := not_ (AND not_)*          not_ := NOT not_ | predicate
    predicate := sum [= <> != < <= > >= sum | IS [NOT] NULL
                      | [NOT] (IN (..) | BETWEEN sum AND sum | LIKE sum | ILIKE sum)]
    sum := product ((+|-) product)*   product := unary ((*|/) unary)*   unary := - unary | primary

True, False and None are the three truth values; every function gives None as soon as an argument is None, but coalesce.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

Names = Mapping[str, Any]
Node = Callable[[Names, date], Any]

TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<string>'(?:[^']|'')*')
    | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)
    | (?P<symbol><>|!=|<=|>=|[=<>+\-*/(),])
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {"lower": str.lower, "upper": str.upper, "length": len, "abs": abs}


class BadConditionError(ValueError):
    """The text is not a condition of DESIGN 3."""


def holds(text: str | bool, names: Names, as_of: date) -> bool:
    """Whether the condition matches: a null condition does not."""
    return truth(text, names, as_of) is True


def truth(text: str | bool, names: Names, as_of: date) -> bool | None:
    """True, False or None. `text` may be a YAML boolean."""
    if isinstance(text, bool):
        return text
    value = parse(text)(names, as_of)
    if value is not None and not isinstance(value, bool):
        raise BadConditionError(f"{text!r} is not a test: it gave {value!r}")
    return value


@lru_cache(maxsize=20_000)
def parse(text: str) -> Node:
    parser = _Parser(_tokens(text), text)
    node = parser.or_()
    parser.expect("end", "")
    return node


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    at = 0
    while not tokens or tokens[-1][0] != "end":
        found = TOKEN.match(text, at)
        if found is None:
            raise BadConditionError(f"{text!r}: nothing readable at character {at}")
        kind = str(found.lastgroup)
        tokens.append((kind, found.group(kind)))
        at = found.end()
    return tokens


def both(left: bool | None, right: bool | None) -> bool | None:
    """SQL's AND."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def either(left: bool | None, right: bool | None) -> bool | None:
    """SQL's OR."""
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def negated(value: bool | None) -> bool | None:
    return None if value is None else not value


def like(text: str | None, pattern: str | None) -> bool | None:
    """SQL's LIKE: % any run, _ any one character, everything else itself, over line breaks too."""
    if text is None or pattern is None:
        return None
    pieces = [".*" if sign == "%" else "." if sign == "_" else re.escape(sign) for sign in pattern]
    return re.fullmatch("".join(pieces), text, re.DOTALL) is not None


def _compare(sign: str, left: Any, right: Any) -> bool | None:
    return None if left is None or right is None else COMPARISONS[sign](left, right)


def _arithmetic(sign: str, left: Any, right: Any) -> Any:
    if left is None or right is None or (sign == "/" and right == 0):
        return None
    action: Callable[[Any, Any], Any] = {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": operator.truediv,
    }[sign]
    return action(left, right)


def _among(value: Any, members: list[Any]) -> bool | None:
    answer: bool | None = False
    for member in members:
        answer = either(answer, _compare("=", value, member))
    return answer


def _lowered(value: str | None) -> str | None:
    return None if value is None else value.lower()


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], text: str) -> None:
        self.tokens = tokens
        self.text = text
        self.at = 0

    def is_word(self, *words: str) -> bool:
        kind, value = self.tokens[self.at]
        return kind == "name" and value.lower() in words

    def is_symbol(self, *symbols: str) -> bool:
        kind, value = self.tokens[self.at]
        return kind == "symbol" and value in symbols

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][1]

    def took_word(self, word: str) -> bool:
        if not self.is_word(word):
            return False
        self.take()
        return True

    def expect(self, kind: str, value: str) -> None:
        if self.tokens[self.at][0] != kind or self.tokens[self.at][1].lower() != value:
            raise BadConditionError(f"{self.text!r}: {value or 'the end'} expected, not {self.tokens[self.at][1]!r}")
        self.take()

    def or_(self) -> Node:
        node = self.and_()
        while self.took_word("or"):
            node = self._joined(either, node, self.and_())
        return node

    def and_(self) -> Node:
        node = self.not_()
        while self.took_word("and"):
            node = self._joined(both, node, self.not_())
        return node

    @staticmethod
    def _joined(join: Callable[[Any, Any], Any], left: Node, right: Node) -> Node:
        return lambda names, as_of: join(left(names, as_of), right(names, as_of))

    def not_(self) -> Node:
        if self.took_word("not"):
            return self._negated(self.not_())
        return self.predicate()

    @staticmethod
    def _negated(node: Node) -> Node:
        return lambda names, as_of: negated(node(names, as_of))

    def predicate(self) -> Node:
        left = self.sum()
        if self.is_symbol(*COMPARISONS):
            sign = self.take()
            return self._joined(lambda a, b: _compare(sign, a, b), left, self.sum())
        if self.took_word("is"):
            negative = self.took_word("not")
            self.expect("name", "null")
            return lambda names, as_of: (left(names, as_of) is None) != negative
        negative = self.took_word("not")
        if self.is_word("in", "between", "like", "ilike"):
            node = self._range(left, self.take().lower())
            return self._negated(node) if negative else node
        if negative:
            raise BadConditionError(f"{self.text!r}: in, between, like or ilike expected after not")
        return left

    def _range(self, left: Node, word: str) -> Node:
        if word == "in":
            self.expect("symbol", "(")
            members = self._listed()
            return lambda names, as_of: _among(left(names, as_of), [member(names, as_of) for member in members])
        right = self.sum()
        if word == "between":
            self.expect("name", "and")
            high = self.sum()
            return lambda names, as_of: both(
                _compare(">=", left(names, as_of), right(names, as_of)),
                _compare("<=", left(names, as_of), high(names, as_of)),
            )
        if word == "like":
            return self._joined(like, left, right)
        return self._joined(lambda a, b: like(_lowered(a), _lowered(b)), left, right)

    def _listed(self) -> list[Node]:
        """Expressions up to the closing bracket, at least one."""
        members = [self.or_()]
        while self.is_symbol(","):
            self.take()
            members.append(self.or_())
        self.expect("symbol", ")")
        return members

    def sum(self) -> Node:
        node = self.product()
        while self.is_symbol("+", "-"):
            node = self._computed(self.take(), node, self.product())
        return node

    def product(self) -> Node:
        node = self.unary()
        while self.is_symbol("*", "/"):
            node = self._computed(self.take(), node, self.unary())
        return node

    def _computed(self, sign: str, left: Node, right: Node) -> Node:
        return self._joined(lambda a, b: _arithmetic(sign, a, b), left, right)

    def unary(self) -> Node:
        if self.is_symbol("-"):
            self.take()
            return self._computed("-", lambda _names, _as_of: 0, self.unary())
        return self.primary()

    def primary(self) -> Node:
        kind, value = self.tokens[self.at]
        if self.is_symbol("("):
            self.take()
            node = self.or_()
            self.expect("symbol", ")")
            return node
        if kind == "name":
            return self._word()
        if kind not in ("number", "string"):
            raise BadConditionError(f"{self.text!r}: a value expected, not {value!r}")
        literal: Any = _number(value) if kind == "number" else _text(value)
        self.take()
        return lambda _names, _as_of: literal

    def _word(self) -> Node:
        word = self.take()
        lowered = word.lower()
        if lowered == "date" and self.tokens[self.at][0] == "string":
            day = date.fromisoformat(_text(self.take()))
            return lambda _names, _as_of: day
        if self.is_symbol("("):
            self.take()
            return self._call(lowered, self._listed())
        if lowered in ("true", "false"):
            return lambda _names, _as_of: lowered == "true"
        return lambda names, _as_of: names[word]

    def _call(self, function: str, arguments: list[Node]) -> Node:
        if function == "coalesce":
            return lambda names, as_of: next(
                (value for node in arguments for value in [node(names, as_of)] if value is not None), None
            )
        if len(arguments) != 1 or function not in (*FUNCTIONS, "days_since"):
            raise BadConditionError(f"{self.text!r}: no function {function} of {len(arguments)} arguments")
        [argument] = arguments
        if function == "days_since":
            return lambda names, as_of: _days_since(argument(names, as_of), as_of)
        return lambda names, as_of: _applied(FUNCTIONS[function], argument(names, as_of))


def _applied(function: Callable[..., Any], value: Any) -> Any:
    return None if value is None else function(value)


def _days_since(day: date | None, as_of: date) -> int | None:
    return None if day is None else (as_of - day).days


def _number(text: str) -> float:
    return int(text) if text.isdigit() else float(text)


def _text(quoted: str) -> str:
    return quoted[1:-1].replace("''", "'")
