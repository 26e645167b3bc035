"""Which SQL is a condition: a closed part of the language, parsed by sqlglot and checked sign by sign, node by node.

What is not listed in `ALLOWED` is refused, whatever sqlglot makes of it.
"""

from __future__ import annotations

import math
import re
from datetime import date
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import Token, TokenType, exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, TokenError

from abm.errors import ConditionError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FUNCTIONS = ("lower", "upper", "length", "coalesce", "abs", "days_since")
"""The functions a condition may call; their names are not case-sensitive."""

PREFIXES = ("contact", "account")
"""The tables a column may be prefixed with."""

ALLOWED = (
    "= <> != < <= > >=, and, or, not, in, between, like, ilike, is null, + - * /, text in single quotes, numbers,"
    f" date '2026-01-31', true, false, column names, {', '.join(FUNCTIONS)}"
)
"""The whole language in one line, for messages."""

MAX_TOKENS = 20_000
MAX_NESTING = 20
MAX_DEPTH = 100
_SHOWN = 60
_TOO_DEEP = "the condition is nested too deeply. Write it flatter, or split it into several rules"
_LEVELS = {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_NOT_FUNCTIONS = frozenset({"and", "or", "not", "in", "like", "ilike", "is", "between"})
_PREDICATES = frozenset(
    {
        *(TokenType.EQ, TokenType.NEQ, TokenType.LT, TokenType.LTE, TokenType.GT, TokenType.GTE),
        *(TokenType.LIKE, TokenType.ILIKE, TokenType.IN, TokenType.IS, TokenType.BETWEEN),
    }
)
_SYMBOLS = _PREDICATES | {
    *(TokenType.L_PAREN, TokenType.R_PAREN, TokenType.COMMA, TokenType.DOT),
    *(TokenType.PLUS, TokenType.DASH, TokenType.STAR, TokenType.SLASH),
    *(TokenType.STRING, TokenType.NUMBER, TokenType.IDENTIFIER, TokenType.VAR),
}
_NODES: dict[type[exp.Expr], frozenset[str]] = {
    **dict.fromkeys((exp.And, exp.Or, exp.Add, exp.Sub, exp.Mul, exp.Div), frozenset({"this", "expression"})),
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE), frozenset({"this", "expression"})),
    **dict.fromkeys((exp.Not, exp.Paren, exp.Neg), frozenset({"this"})),
    **dict.fromkeys((exp.Lower, exp.Upper, exp.Length, exp.Abs), frozenset({"this"})),
    **dict.fromkeys((exp.Like, exp.ILike), frozenset({"this", "expression", "negate"})),
    exp.Is: frozenset({"this", "expression"}),
    exp.In: frozenset({"this", "expressions"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.Coalesce: frozenset({"this", "expressions"}),
    exp.Anonymous: frozenset({"this", "expressions"}),
    exp.Column: frozenset({"this", "table"}),
    exp.Literal: frozenset({"this", "is_string"}),
    exp.Boolean: frozenset({"this"}),
    exp.Cast: frozenset({"this", "to"}),
}


def column_name(column: exp.Column) -> str:
    """Return the name of a column node as it is written, prefix included and quotes left off."""
    prefix = column.args.get("table")
    return f"{prefix.name}.{column.name}" if prefix is not None else column.name


def chain(node: exp.And | exp.Or) -> list[exp.Expr]:
    """Return the terms of a run of `and` or of `or` in order; without recursion, because runs may be long.

    >>> len(chain(parse_tree("a or b or (c or d)")))
    3
    """
    terms: list[exp.Expr] = []
    waiting: list[exp.Expr] = [node]
    while waiting:
        current = waiting.pop()
        if type(current) is type(node):
            waiting += [current.args["expression"], current.args["this"]]
        else:
            terms.append(current)
    return terms


def children(node: exp.Expr) -> list[exp.Expr]:
    """Return what a checked node is made of, in order; a run of `and` or `or` counts as one node."""
    if isinstance(node, (exp.And, exp.Or)):
        return chain(node)
    if isinstance(node, (exp.Column, exp.Literal, exp.Boolean, exp.Cast)):
        return []
    if isinstance(node, exp.Is):
        return [node.this]
    first = [] if isinstance(node, exp.Anonymous) else [node.args.get(key) for key in ("this", "low", "high")]
    found = [*first, node.args.get("expression"), *(node.args.get("expressions") or [])]
    return [child for child in found if isinstance(child, exp.Expr)]


def day_of(cast: exp.Cast) -> date:
    """Return the day of a checked `date '...'` node."""
    return date.fromisoformat(cast.this.this)


def parse_tree(text: str) -> exp.Expr:
    """Return the checked tree of a condition.

    Raises:
        ConditionError: The text is not a condition; the message quotes the offending part and says what may be written
            instead.
    """
    try:
        tokens = sqlglot.tokenize(text)
        _check_tokens(tokens)
        tree = _parsed(tokens, text)
        _check_chains(tokens)
        problems = list(dict.fromkeys(_problems(tree, 0)))
    except TokenError as error:
        msg = f"{_quoted(text)} cannot be read: a quote or a comment is not closed. Close it"
        raise ConditionError(msg) from error
    except ParseError as error:
        raise ConditionError(_parse_message(text, error)) from error
    except RecursionError as error:
        raise ConditionError(_TOO_DEEP) from error
    if problems:
        raise ConditionError(" ".join(problems))
    return tree


def _parsed(tokens: list[Token], text: str) -> exp.Expr:
    # The parser takes the tokens, so that a long condition is not cut into words twice.
    trees = Dialect.get_or_raise(None).parser().parse_into(exp.Condition, tokens, text)
    if len(trees) != 1 or trees[0] is None:
        raise ParseError(f"{len(trees)} conditions in one")
    return trees[0]


def _quoted(text: str) -> str:
    flat = " ".join(text.split())
    return f'"{flat}"' if len(flat) <= _SHOWN else f'"{flat[:_SHOWN]}..."'


def _parse_message(text: str, error: ParseError) -> str:
    details = error.errors[0] if error.errors else {}
    near = str(details.get("highlight") or "").strip()
    before = " ".join(str(details.get("start_context") or "").split())[-_SHOWN // 2 :]
    where = f" at '{near}'" + (f", after '{before}'" if before else "") if near else ""
    hint = _word_hint(near) if _PLAIN_NAME.match(near) else ""
    return f"{_quoted(text)} cannot be read{where}.{hint} A condition may use: {ALLOWED}."


def _word_hint(word: str) -> str:
    if word.lower() in _NOT_FUNCTIONS:
        return ""
    reserved = all(token.token_type is not TokenType.VAR for token in sqlglot.tokenize(word))
    return f' A column called {word} is written "{word}".' if reserved else did_you_mean(word, sorted(_NOT_FUNCTIONS))


def _check_tokens(tokens: list[Token]) -> None:
    """Refuse what the tree no longer shows: foreign signs, other names of functions, chains that SQLs group apart."""
    if not tokens:
        msg = 'the condition is empty. Write "true" for one that always holds'
        raise ConditionError(msg)
    if len(tokens) > MAX_TOKENS:
        msg = f"the condition has {len(tokens):,} words and signs, more than {MAX_TOKENS:,}. Put the list into a column"
        raise ConditionError(msg)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        word = _PLAIN_NAME.match(token.text) is not None
        if token.token_type is TokenType.VAR and not token.text.isprintable():
            sign = next(each for each in token.text if not each.isprintable())
            msg = f"the character U+{ord(sign):04X} may not be used, except in quotes. Remove it; it may be invisible"
            raise ConditionError(msg)
        if token.token_type not in _SYMBOLS and not word:
            msg = f"'{token.text}' may not be used. A condition may use: {ALLOWED}."
            raise ConditionError(msg)
        kind = following.token_type if following is not None else None
        if kind is TokenType.L_PAREN and word and token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER):
            _check_function(token.text)
        if token.token_type is TokenType.COMMA and kind is TokenType.R_PAREN:
            msg = "a comma is followed by ')'. Leave the comma out"
            raise ConditionError(msg)
    _check_nesting(tokens)


def _check_nesting(tokens: list[Token]) -> None:
    """Refuse what the parser, which recurses some twenty calls per level, could not take."""
    level = run = 0
    for token in tokens:
        level += _LEVELS.get(token.token_type, 0)
        run = run + 1 if token.token_type in (TokenType.NOT, TokenType.DASH) else 0
        if max(level, run) > MAX_NESTING:
            raise ConditionError(_TOO_DEEP)


def _check_function(name: str) -> None:
    lowered = name.lower()
    if lowered in _NOT_FUNCTIONS or lowered in FUNCTIONS:
        return
    is_day = lowered in ("date", "cast", "to_date")
    hint = " A day is written date '2026-01-31'." if is_day else did_you_mean(lowered, FUNCTIONS)
    msg = f"unknown function '{name}'. Functions: {', '.join(FUNCTIONS)}.{hint}"
    raise ConditionError(msg)


def _check_chains(tokens: list[Token]) -> None:
    """Refuse `a = b is null` and its like: SQL dialects group them differently."""
    open_tests = [0]
    in_between = [False]
    for token in tokens:
        kind = token.token_type
        if kind is TokenType.L_PAREN:
            open_tests.append(0)
            in_between.append(False)
        elif kind is TokenType.R_PAREN and len(open_tests) > 1:
            open_tests.pop()
            in_between.pop()
        elif kind is TokenType.AND and in_between[-1]:
            in_between[-1] = False
        elif kind in (TokenType.AND, TokenType.OR, TokenType.COMMA):
            open_tests[-1] = 0
        elif kind in _PREDICATES:
            open_tests[-1] += 1
            in_between[-1] = kind is TokenType.BETWEEN
            if open_tests[-1] > 1:
                msg = f"'{token.text}' follows another comparison. Put parentheses around the one that is meant first"
                raise ConditionError(msg)


def _problems(node: exp.Expr, depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH:
        raise ConditionError(_TOO_DEEP)
    allowed = _NODES.get(type(node))
    if isinstance(node, exp.Null):
        yield "null may only follow 'is' or 'is not': write x is null; to stand in for null, coalesce(x, 0)."
        return
    extra = allowed is None or any(value for key, value in node.args.items() if key not in allowed)
    special = "" if extra else _special(node)
    if extra or special:
        yield special or f"{_piece(node)} may not be used. A condition may use: {ALLOWED}."
        return
    for child in children(node):
        yield from _problems(child, depth + 1)


def _piece(node: exp.Expr) -> str:
    text = node.sql()
    return f"'{text}'" if len(text) <= _SHOWN else f"'{text[:_SHOWN]}...'"


def _special(node: exp.Expr) -> str:
    """Return what is wrong with a node of an allowed type, or nothing."""
    rule = _SPECIAL.get(type(node))
    return rule(node) if rule else ""


def _in_problem(node: exp.Expr) -> str:
    text = "'in' needs a list with at least one value in parentheses, such as in ('a', 'b')."
    return "" if node.args.get("expressions") else text


def _is_problem(node: exp.Expr) -> str:
    if isinstance(node.args["expression"], exp.Null):
        return ""
    return f"{_piece(node)}: 'is' is only for null. Write x is null, x is not null, or compare with =."


def _like_problem(node: exp.Expr) -> str:
    pattern = node.args["expression"]
    if isinstance(pattern, exp.Literal) and pattern.is_string:
        return ""
    return f"{_piece(node)}: the pattern must be text in single quotes, such as '%pricing%'."


def _column_problem(node: exp.Expr) -> str:
    prefix = node.args.get("table")
    if isinstance(node.this, exp.Star):
        return f"{_piece(node)} may not be used. Name one column."
    if prefix is not None and prefix.name not in PREFIXES:
        hint = did_you_mean(prefix.name, PREFIXES)
        return f"{_piece(node)}: only 'contact.' and 'account.' may stand before a column.{hint}"
    return ""


def _literal_problem(node: exp.Expr) -> str:
    if node.args["is_string"]:
        return ""
    try:
        finite = math.isfinite(float(node.name))
    except ValueError:
        finite = False
    return "" if finite else f"'{node.name}' is not a number that can be compared with."


def _date_problem(node: exp.Expr) -> str:
    inner = node.this
    is_text = isinstance(inner, exp.Literal) and inner.is_string
    if not is_text or not node.args["to"].is_type(exp.DType.DATE):
        return f"{_piece(node)} may not be used. A day is written date '2026-01-31'."
    try:
        valid = _ISO_DAY.match(inner.name) is not None and date.fromisoformat(inner.name) is not None
    except ValueError:
        valid = False
    return "" if valid else f"date '{inner.name}' is not a day. Write year-month-day, such as date '2026-01-31'."


def _call_problem(node: exp.Expr) -> str:
    if node.name.lower() != "days_since":
        return f"unknown function '{node.name}'. Functions: {', '.join(FUNCTIONS)}.{did_you_mean(node.name, FUNCTIONS)}"
    return "" if len(node.expressions) == 1 else "days_since takes one date column, such as days_since(created_at)."


_SPECIAL: dict[type[exp.Expr], Callable[[exp.Expr], str]] = {
    exp.In: _in_problem,
    exp.Is: _is_problem,
    exp.Like: _like_problem,
    exp.ILike: _like_problem,
    exp.Column: _column_problem,
    exp.Literal: _literal_problem,
    exp.Cast: _date_problem,
    exp.Anonymous: _call_problem,
}
