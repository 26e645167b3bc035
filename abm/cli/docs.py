"""`abm docs`: the pages that explain abm, and the reference of the library, as HTML for those who want it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import abm
from abm.cli.faults import FINE
from abm.cli.streams import emit, tell
from abm.errors import NotFoundError, OutputError, did_you_mean
from abm.output.files import folder, writing

PAGES = {
    "ten_minutes": "from raw exports to a ranked list, step by step",
    "numbers": "how each number is computed, on one account of the demo",
    "glossary": "the words, a line each",
}
"""The pages, which lie in abm/docs, in the order in which they are read."""

MODULES = (
    "abm",
    "abm.docs",
    "abm.scoring.result",
    "abm.scoring.explanation.explanation",
    "abm.evaluation.compare",
    "abm.workspace.loader",
    "abm.model.schema",
    "abm.tables.contracts",
    "abm.errors",
)
"""What the reference shows: the public names, the pages, and what the public functions take and give."""


def run(page: str | None, target: Path | None) -> int:
    """Print a page or the list of them, or write everything as HTML."""
    if target is not None:
        write_html(target)
        tell(f"Open {target / 'index.html'}.")
    elif page is None:
        width = max(map(len, PAGES))
        emit("".join(f"abm docs {name:<{width}}  {about}\n" for name, about in PAGES.items()))
    else:
        emit(page_text(page))
    return FINE


def page_text(name: str) -> str:
    """Return a page as Markdown.

    Raises:
        NotFoundError: there is no such page.
    """
    if name not in PAGES:
        raise NotFoundError(f"there is no page '{name}'.{did_you_mean(name, PAGES)} Pages: {', '.join(PAGES)}.")
    return (Path(abm.__file__).parent / "docs" / f"{name}.md").read_text("utf-8")


def write_html(target: Path) -> None:
    """Write the pages and the reference of the library as HTML files that link to one another.

    Raises:
        OutputError: pdoc is not installed, or the folder cannot be written.
    """
    if find_spec("pdoc") is None:
        raise OutputError(
            "docs: HTML is written by the package pdoc, which is not installed."
            " Install it with: pip install 'abm[docs]'. Or print a page: abm docs numbers."
        )
    import pdoc  # noqa: PLC0415

    # pdoc shows what a module holds, and a public name is there only once it was used.
    for name in abm.__all__:
        setattr(abm, name, getattr(abm, name))
    with folder(target), writing(target):
        pdoc.render.configure(docformat="google", footer_text="")
        pdoc.pdoc(*MODULES, output_directory=target)
