"""What pydantic found wrong, in plain words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from abm.errors import did_you_mean
from abm.model.fields import describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from abm.model.places import Path

UNKNOWN_KEY = "unknown key"
"""How the message on a key that nobody knows begins."""

_EXPECTED = {
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "keys with values",
    "mapping_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "date_type": "a day such as 2026-01-31",
    "int_parsing_size": "a smaller number",
}
_MISSING = re.compile(r"the key '(.*?)' is missing")
_BOUNDS = {
    "greater_than": ("gt", "a number above"),
    "greater_than_equal": ("ge", "a number of at least"),
    "less_than": ("lt", "a number below"),
    "less_than_equal": ("le", "a number of at most"),
}


def in_plain_words(error: ErrorDetails, schema: type[BaseModel]) -> tuple[Path, str]:
    """Return the path of the value at fault and what is wrong with it.

    Args:
        error: One of `ValidationError.errors()`.
        schema: The model that was validated against, for the keys that would have been right.
    """
    path = tuple(part for part in error["loc"] if part != "[key]")
    kind = error["type"]
    if kind == "extra_forbidden":
        return path, _unknown_key(str(path[-1]), keys_at(path[:-1], schema))
    if kind == "missing":
        return path[:-1], _missing(path, schema)
    if kind == "invalid_key":
        key = error["input"]
        where = (*path[:-1], key) if isinstance(key, int) else path[:-1]
        return where, f"the key {describe(key)} is not a word. Write it in quotes"
    return path, _value(kind, error.get("ctx") or {}, error["input"], error["msg"])


def without_echoes(problems: list[tuple[Path, str]]) -> list[tuple[Path, str]]:
    """Drop the keys that are missing only because they are misspelt, which is said already."""
    misspelt = {
        (path[:-1], text.rpartition("Did you mean '")[2].removesuffix("'?"))
        for path, text in problems
        if text.startswith(UNKNOWN_KEY) and text.endswith("'?")
    }
    return [(path, text) for path, text in problems if (path, _missing_key(text)) not in misspelt]


def _missing_key(text: str) -> str:
    found = _MISSING.match(text)
    return found.group(1) if found else ""


def keys_at(path: Path, schema: type[BaseModel]) -> dict[str, str]:
    """Return the keys, with their descriptions, that may stand at `path`; empty where keys are free."""
    here: Any = schema
    for part in path:
        if _is_part(here) and part in here.model_fields:
            here = here.model_fields[part].annotation
        elif isinstance(part, int) or not _is_part(here):
            here = _inner(here)
        else:
            return {}
    here = here if _is_part(here) else _inner(here)
    fields = here.model_fields if _is_part(here) else {}
    return {field.alias or name: field.description or "" for name, field in fields.items()}


def _is_part(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BaseModel)


def _inner(annotation: Any) -> Any:
    """Return the part inside an optional, a list or a mapping."""
    waiting = [annotation]
    while waiting:
        here = waiting.pop()
        if _is_part(here):
            return here
        waiting += getattr(here, "__args__", ())
    return None


def _unknown_key(key: str, known: Mapping[str, str]) -> str:
    if not known:
        return f"{UNKNOWN_KEY} '{key}'"
    return f"{UNKNOWN_KEY} '{key}'. Keys here: {', '.join(known)}.{did_you_mean(key, known)}"


def _missing(path: Path, schema: type[BaseModel]) -> str:
    key = str(path[-1])
    meaning = keys_at(path[:-1], schema).get(key)
    return f"the key '{key}' is missing" + (f". Expected {key}: {meaning}" if meaning else "")


def _value(kind: str, context: Mapping[str, Any], value: object, message: str) -> str:
    got = describe(value)
    if kind == "value_error":
        return str(context.get("error", message))
    if kind == "literal_error":
        choices = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
        return f"expected one of {', '.join(choices)}; got {got}.{did_you_mean(str(value), choices)}"
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"expected {words} {context[key]:,.15g}, got {got}"
    if kind in ("too_short", "too_long", "missing_argument"):
        return f"expected {_size(kind, context)}, got {context.get('actual_length', 'none')}"
    if kind in _EXPECTED:
        hint = (
            ". Write it in quotes" if kind == "string_type" and not isinstance(value, (dict, list, type(None))) else ""
        )
        return f"expected {_EXPECTED[kind]}, got {got}{hint}"
    return f"{message[:1].lower()}{message[1:]}; got {got}"


def _size(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "too_long":
        return f"at most {context.get('max_length')} values"
    return f"at least {context.get('min_length')} in the list"
