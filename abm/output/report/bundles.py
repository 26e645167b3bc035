"""Bundles: the JavaScript and styles of charts and tables as text, from the packages that carry them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from abm.errors import InternalError, OutputError

_NEEDED = ("altair", "vl_convert", "itables")
_TABLES = "itables/html/dt_bundle"
_EXPORTS = re.compile(r"export\s*\{([^{}]*)\}\s*;?")
_NAMED = re.compile(r"\s*([\w$]+)(?:\s+as\s+([\w$]+))?\s*")


@dataclass(frozen=True, slots=True)
class Bundles:
    """What a page needs of others, to be written into it.

    Attributes:
        charts: JavaScript that defines `vegaEmbed`.
        tables: JavaScript that defines `DataTables`, an object whose `default` is the class DataTable.
        styles: the style sheet of the tables.
    """

    charts: str
    tables: str
    styles: str


def require_drawing() -> None:
    """Make sure that reports can be drawn; asked early, it saves the work that would come to nothing.

    Raises:
        OutputError: an optional package is missing.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise OutputError(
            f"report: charts and tables are drawn with packages that are not installed: {', '.join(missing)}."
            " Install them with: pip install 'abm[report]'."
        )


@cache
def bundles() -> Bundles:
    """Collect the bundles; nothing is fetched, all of it lies in the installed packages and is read once a process.

    Raises:
        OutputError: an optional package is missing.
    """
    require_drawing()
    from vl_convert import javascript_bundle  # noqa: PLC0415

    script = _file(f"{_TABLES}.js")
    return Bundles(
        charts=_inline(javascript_bundle("window.vegaEmbed = vegaEmbed;")),
        tables=_inline(as_script(script, "DataTables")),
        styles=_inline(_file(f"{_TABLES}.css")),
    )


def as_script(module: str, name: str) -> str:
    """Return a JavaScript module as a plain script that defines one object with what the module exports.

    A page that is opened as a file cannot import modules, nor should it be allowed to make scripts of text.

    >>> as_script("const a=1,b=2;export{a as default,b};", "Tables")
    '(()=>{const a=1,b=2;globalThis.Tables={"default":a,"b":b};})();'
    """
    found = list(_EXPORTS.finditer(module))
    if not found:
        raise InternalError("the bundle of tables exports nothing. Expected one export list, as itables has.")
    last = found[-1]
    pairs = [_NAMED.fullmatch(each) for each in last[1].split(",") if each.strip()]
    listed = ",".join(f'"{pair[2] or pair[1]}":{pair[1]}' for pair in pairs if pair is not None)
    return f"(()=>{{{module[: last.start()]}globalThis.{name}={{{listed}}};{module[last.end() :]}}})();"


def _file(path: str) -> str:
    """A file of an installed package, read without importing it: that would load pandas."""
    try:
        found = Path(str(distribution(path.partition("/")[0]).locate_file(path)))
    except PackageNotFoundError:
        raise InternalError(f"the package that should hold {path} has no record of itself.") from None
    return found.read_text(encoding="utf-8")


def _inline(text: str) -> str:
    """The text as it may stand in a script or style element: nothing in it may end the element."""
    return re.sub(r"<(?=/(?:script|style)|!--)", r"\\x3c", text, flags=re.IGNORECASE)
