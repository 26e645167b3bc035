"""Rendering: briefs as Markdown, HTML or JSON, by Jinja2 templates that a team can replace.

Templates are data: they run in Jinja2's sandbox and see plain values only, whose text is escaped before they get it, so
that no template has to think of it.
"""

from __future__ import annotations

import json
import traceback
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import BaseLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup
from markupsafe import escape as escaped_html

from abm.errors import OutputError
from abm.output.explanation_markdown import escaped as escaped_markdown
from abm.output.text import safe, safe_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from abm.output.brief.facts import Brief

Format = Literal["markdown", "html", "json"]

ENDINGS: dict[Format, str] = {"markdown": ".md", "html": ".html", "json": ".json"}
SHIPPED = Path(__file__).resolve().parent / "templates"
FOLDER = "briefs"
"""The folder of a workspace whose templates win over those that are shipped."""

_NAMES = {"markdown": "{what}.md.jinja", "html": "{what}.html.jinja"}
_CODES = frozenset({"kind", "table", "column", "how", "file"})
"""Keys whose values are words of ours, compared in templates and shown by none."""

_MOST = 1 << 20
"""So many characters a template may hold; more is no template."""
_MOST_READ = 200
"""So many templates one page may be made of."""
_LONGEST = 1 << 24
"""So many characters a page may have."""


@dataclass(frozen=True)
class Templates:
    """Where templates come from, the first that has one of the name wins.

    Attributes:
        kind: Markdown or HTML.
        file: one template that is used instead of `brief.md.jinja` or `brief.html.jinja`.
        folders: folders of the team's own templates; behind them come those that are shipped, which can be named
            `shipped/brief.md.jinja` as well, to be extended.
    """

    kind: Literal["markdown", "html"]
    file: Path | None = None
    folders: tuple[Path, ...] = ()

    def page(self, brief: Brief, *, index: str | None = None) -> str:
        """Render one brief.

        Args:
            brief: the brief.
            index: file of the index to lead back to, if there is one.

        Raises:
            OutputError: the template is missing or fails; the message names its file and line.
        """
        return self._rendered("brief", {"brief": brief.as_dict(), "index": None if index is None else {"file": index}})

    def index(self, entries: Sequence[tuple[str, Brief]], stamp: Mapping[str, str]) -> str:
        """Render the list of several briefs.

        Args:
            entries: the file of each brief, and the brief.
            stamp: of the run.

        Raises:
            OutputError: the template is missing or fails.
        """
        listed = [{"file": file, **brief.as_dict()} for file, brief in entries]
        return self._rendered("index", {"briefs": listed, "stamp": dict(stamp)})

    @cached_property
    def _loader(self) -> _Loader:
        return _Loader(self)

    @cached_property
    def _environment(self) -> _Sandbox:
        """One for all pages: a template is read and compiled once."""
        return _environment(self._loader)

    def _rendered(self, what: str, values: Mapping[str, Any]) -> str:
        own = self.file if what == "brief" else None
        name = _OWN if own is not None else _NAMES[self.kind].format(what=what)
        shown = own or name
        shield = _shielded(values, _markdown if self.kind == "markdown" else _html)
        try:
            text = _joined(self._environment.get_template(name).generate(shield), str(shown))
        except TemplateSyntaxError as error:
            place = f"{error.filename or error.name or shown}:{error.lineno}"
            raise OutputError(f"{place}: the template cannot be read: {_said(error)}. {_HELP}") from None
        except OutputError:
            raise
        except RecursionError:
            raise OutputError(f"{shown}: the template includes itself without end. {_HELP}") from None
        except Exception as error:  # noqa: BLE001 - a template may fail in any way; whose fault it is, is known
            place = _place(error, self._loader.opened) or str(shown)
            raise OutputError(f"{place}: the template fails: {_said(error)}. {_HELP}") from None
        return _tidy(text) if self.kind == "markdown" else text


def _joined(parts: Iterable[str], name: str) -> str:
    kept, length = [], 0
    for part in parts:
        kept.append(part)
        length += len(part)
        if length > _LONGEST:
            raise OutputError(f"{name}: the page is longer than {_LONGEST:,} characters. Make the template say less.")
    return "".join(kept)


def brief_json(brief: Brief) -> str:
    """Return a brief as one JSON object: every statement with its facts and where they stand."""
    return safe_json(json.dumps(brief.as_dict(), indent=2, ensure_ascii=False) + "\n")


def index_json(entries: Sequence[tuple[str, Brief]], stamp: Mapping[str, str]) -> str:
    """Return the list of several briefs as JSON."""
    listed = [
        {"file": file, "account_id": each.account_id, "name": each.name.shown, "headline": each.headline.text}
        for file, each in entries
    ]
    return safe_json(json.dumps({"stamp": dict(stamp), "briefs": listed}, indent=2, ensure_ascii=False) + "\n")


_OWN = "\0own"
"""The name under which the one template is found that was named by its file."""
_PREFIX = "shipped/"
_HELP = "`abm brief` without --template, and without such a file in briefs/, uses the one that is shipped."


class _Loader(BaseLoader):
    """Templates by name: the team's, then those that are shipped; `opened` are the files that were read."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self.opened: set[str] = set()
        self._times = 0

    def get_source(self, environment: Any, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:  # noqa: ARG002
        self._times += 1
        if self._times > _MOST_READ:
            raise OutputError(
                f"{self._templates.file or template}: the templates include one another without end. {_HELP}"
            )
        for path in self._candidates(template):
            if path.is_file() or (template == _OWN and path.exists()):
                self.opened.add(str(path))
                return _read(path), str(path), lambda: True
        if template == _OWN:
            raise OutputError(f"{self._templates.file}: there is no such file. Name a template.")
        raise TemplateNotFound(template, f"there is no template '{template}' {self._where()}")

    def _where(self) -> str:
        beside = () if self._templates.file is None else (self._templates.file.parent,)
        return f"in {', '.join(map(str, (*beside, *self._templates.folders)))} or among the shipped ones"

    def _candidates(self, name: str) -> list[Path]:
        if name == _OWN:
            assert self._templates.file is not None
            return [self._templates.file]
        if name.startswith(_PREFIX):
            return _below(SHIPPED, name.removeprefix(_PREFIX))
        beside = () if self._templates.file is None else (self._templates.file.parent,)
        return [path for folder in (*beside, *self._templates.folders, SHIPPED) for path in _below(folder, name)]


def _below(folder: Path, name: str) -> list[Path]:
    """The path of a name below a folder; nothing for a name that leads out of it."""
    root = folder.resolve()
    path = (root / name).resolve()
    return [path] if path.is_relative_to(root) and "\0" not in name else []


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST + 1)
    except OSError as error:
        raise OutputError(f"{path}: cannot be read ({error.strerror}). Name a template that can.") from None
    if len(data) > _MOST:
        raise OutputError(f"{path}: is larger than a template may be ({_MOST:,} bytes). Is it the right file?")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise OutputError(f"{path}:{line}: is not UTF-8 text. Save the template as UTF-8.") from None


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, without the operators that make much of little."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        plain = isinstance(left, int | float) and isinstance(right, int | float)
        if operator == "**" or not plain:
            raise SecurityError(f"templates have no operator {operator} for this")
        return super().call_binop(context, operator, left, right)


def _environment(loader: _Loader) -> _Sandbox:
    environment = _Sandbox(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals = {name: environment.globals[name] for name in ("range", "namespace")}
    return environment


def _shielded(value: Any, escape: Callable[[str], Markup]) -> Any:
    """The values with every text of the data escaped for good: no filter or block makes markup of it again."""
    if isinstance(value, dict):
        return {key: each if key in _CODES else _shielded(each, escape) for key, each in value.items()}
    if isinstance(value, list):
        return [_shielded(each, escape) for each in value]
    return escape(value) if isinstance(value, str) else value


def _markdown(text: str) -> Markup:
    return Markup(escaped_markdown(text))  # noqa: S704 - escaped it is, for Markdown, and entities for what HTML reads


def _html(text: str) -> Markup:
    return escaped_html(safe(text))


def _said(error: Exception) -> str:
    told = getattr(error, "message", None) if isinstance(error, TemplateError) else None
    words = " ".join(str(told or error).split()).removesuffix(".") or type(error).__name__
    return safe(words[:300])


def _place(error: Exception, opened: set[str]) -> str | None:
    """File and line of the template in which an error arose; Jinja2 puts them into the traceback."""
    frames = [each for each in traceback.extract_tb(error.__traceback__) if each.filename in opened]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else None


def _tidy(text: str) -> str:
    """No blank lines but one between blocks."""
    lines = [line.rstrip() for line in text.strip().split("\n")]
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    return "\n".join(kept) + "\n"
