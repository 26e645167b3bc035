"""A condition of a model: its text, its checked tree and the columns that it names.

Whether the columns exist and their kinds fit is decided when a condition is bound to tables (`abm.scoring.compiler`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from pydantic_core import core_schema
from sqlglot import exp

from abm.errors import ConditionError
from abm.model.syntax import children, column_name, parse_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Condition:
    """A checked condition: what was written, its tree, and the columns it names.

    Two conditions are equal when their texts are. `names` are the columns as they are written in the condition, without
    quotes, each once, in order of appearance: `"url"`, `"contact.title"`, `"account.industry"`.

    >>> Condition.parse("url like '%/pricing%' and account.industry is not null").names
    ('url', 'account.industry')
    """

    text: str
    tree: exp.Expr = field(compare=False, repr=False)
    names: tuple[str, ...] = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the condition that `text` writes.

        Raises:
            ConditionError: The text is not a condition; the message quotes the offending part and says what may be
                written instead.
        """
        tree = parse_tree(text)
        columns = sorted(_columns(tree), key=_position)
        return cls(text.strip(), tree, tuple(dict.fromkeys(column_name(column) for column in columns)))

    @property
    def counts_days(self) -> bool:
        """Whether it calls `days_since`, and so says something else on another day."""
        return any(isinstance(node, exp.Anonymous) for node in _nodes(self.tree))

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[Callable[[str], Condition], tuple[str]]:
        # The tree of a long condition is deeper than pickle may recurse; its text says the same.
        return Condition.parse, (self.text,)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        """Let models declare fields of this type; they are written as text."""
        return core_schema.no_info_plain_validator_function(
            cls._validated,
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
            json_schema_input_schema=core_schema.str_schema(),
        )

    @classmethod
    def _validated(cls, value: object) -> Condition:
        if isinstance(value, Condition):
            return value
        if isinstance(value, bool):
            return cls.parse("true" if value else "false")
        if not isinstance(value, str):
            msg = 'expected a condition in quotes, such as "employees >= 500"'
            raise ValueError(msg)  # noqa: TRY004 - pydantic turns only a ValueError into an error of the field
        try:
            return cls.parse(value)
        except ConditionError as error:
            raise ValueError(str(error)) from error


def _columns(tree: exp.Expr) -> Iterator[exp.Column]:
    return (node for node in _nodes(tree) if isinstance(node, exp.Column))


def _nodes(tree: exp.Expr) -> Iterator[exp.Expr]:
    # Without recursion: a condition of thousands of terms is deeper than Python's stack.
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += children(node)


def _position(column: exp.Column) -> int:
    return int(column.this.meta.get("start", 0))
