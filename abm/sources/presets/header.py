"""Names of columns compared plainly: how a file is recognised, and how a page's names find the file's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from abm.sources.presets.schema import Shape, WithFile

_SIGNS = re.compile(r"[\W_]+")


def plain_name(text: str) -> str:
    """Return a column name as names are compared: lower case, letters and digits only.

    >>> plain_name("Is Converted"), plain_name("is_converted"), plain_name("Associated Company IDs (Primary)")
    ('isconverted', 'isconverted', 'associatedcompanyidsprimary')
    """
    return _SIGNS.sub("", text.casefold()) or text.strip()


def fits(shape: Shape | WithFile, header: Sequence[str]) -> bool:
    """Return whether a file with these column names is recognised as the shape.

    Every entry of the shape's `header` must be there, under any of its names. A shape without `header` fits no header:
    its files have none, and are known by the number of their columns (`names`), their content and their name.

    >>> from abm.sources.presets.schema import Shape
    >>> lead = Shape.model_validate({"title": "Lead", "header": ["Id", ["Email", "property_email"]]})
    >>> fits(lead, ["id", "property_email", "x"]), fits(lead, ["Id", "Company"]), fits(lead, [])
    (True, False, False)
    """
    there = {plain_name(name) for name in header}
    return bool(shape.header) and all(any(plain_name(name) in there for name in names) for names in shape.header)


def found_as(names: Iterable[str], columns: Iterable[str]) -> dict[str, str]:
    """Return which column of a file each name of a page means; names that the file lacks are left out.

    Args:
        names: names as a page writes them.
        columns: the file's columns, in order; the very same name wins over one that is only plainly the same, and of
            several such the first.

    >>> found_as(["IsConverted", "Id", "Fax"], ["ID", "id", "is_converted"])
    {'IsConverted': 'is_converted', 'Id': 'ID'}
    """
    exact: dict[str, str] = {}
    plain: dict[str, str] = {}
    for column in columns:
        exact[column] = column
        plain.setdefault(plain_name(column), column)
    found = {name: exact.get(name) or plain.get(plain_name(name)) for name in names}
    return {name: column for name, column in found.items() if column is not None}
