"""The page: everything that was gathered put into one self-contained HTML file."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from abm.output.report.bundles import Bundles

_HERE = Path(__file__).resolve().parent
_SCRIPTS = ("base", "theme", "charts", "ranking", "account", "start")
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that turn the text after them round, so that `exe.txt` may read `txt.exe`."""
_SHOWN = dict.fromkeys(map(ord, _TURNING), "\N{REPLACEMENT CHARACTER}")
_UNSAFE = {**_SHOWN, **{ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}}


def page_html(values: Mapping[str, Any], data: Mapping[str, Any], details: Sequence[Any], bundles: Bundles) -> str:
    """Render the page.

    Args:
        values: what the template says; text is escaped by it.
        data: what the scripts read.
        details: what they read when an account is opened, the first for the first row.
        bundles: scripts and styles of others.

    Returns:
        The page. Its policy lets run only the scripts that stand in it, by their digest, and lets nothing be loaded.
    """
    own = "\n".join(_text(f"browser/{name}.js") for name in _SCRIPTS)
    scripts = [bundles.charts, bundles.tables, own]
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        finalize=_readable,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja").render(
        values,
        policy=policy(scripts),
        style=_trusted(_text("browser/page.css")),
        scripts=[_trusted(each) for each in scripts],
        data=_trusted(in_script(data)),
        details=(_trusted(in_script(each)) for each in details),
    )


def policy(scripts: Sequence[str]) -> str:
    """The content security policy of a page with these scripts: nothing is loaded, nothing else runs.

    >>> policy(["x"])[:73]
    "default-src 'none'; script-src 'sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAi"
    """
    digests = " ".join(f"'sha256-{b64encode(sha256(each.encode()).digest()).decode()}'" for each in scripts)
    rest = "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; script-src {digests}; {rest}"


def in_script(value: Any) -> str:
    r"""JSON as it may stand in a script element: nothing in it can end the element, or be taken for markup.

    Characters that turn the direction of writing become U+FFFD, so that one sees that there was something.

    >>> in_script({"name": "</script> & Söhne"})
    '{"name":"\\u003c/script\\u003e \\u0026 Söhne"}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_UNSAFE)


def _readable(value: Any) -> Any:
    """Text that reads in the order in which it was written; of other values and what is ours, nothing changes."""
    return value.translate(_SHOWN) if isinstance(value, str) and not isinstance(value, Markup) else value


def _trusted(text: str) -> Markup:
    """What is ours, or was escaped for where it stands."""
    return Markup(text)  # noqa: S704 - never text of the data as it was given


def _text(path: str) -> str:
    return (_HERE / path).read_text(encoding="utf-8")
