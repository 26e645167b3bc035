"""The pages and the reference as HTML: written without a warning, with every public name, and no link into the void."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

import abm
from abm.cli.docs import MODULES, PAGES, page_text
from abm.cli.docs import __file__ as docs_module
from tests.cli.running import abm as command

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("docs")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        command("docs", "-o", folder)
    return folder


@pytest.mark.slow
def test_every_public_name_is_described(written: Path) -> None:
    page = (written / "abm.html").read_text("utf-8")
    for name in abm.__all__:
        section = page.split(f'<section id="{name}">')[1].split("</section>")[0]
        assert 'class="docstring"' in section, name


@pytest.mark.slow
def test_the_pages_are_in_it(written: Path) -> None:
    page = (written / "abm" / "docs.html").read_text("utf-8")
    for name in PAGES:
        title = page_text(name).splitlines()[0].removeprefix("# ")
        assert f">{title}</h1>" in page


def test_the_first_page_leads_to_them(written: Path) -> None:
    assert 'href="abm/docs.html"' in (written / "abm.html").read_text("utf-8")


def test_every_module_has_a_page(written: Path) -> None:
    for name in MODULES:
        assert (written / f"{name.replace('.', '/')}.html").is_file()


def test_links_lead_somewhere(written: Path) -> None:
    pages = {path: path.read_text("utf-8") for path in written.rglob("*.html")}
    anchors = {path: set(re.findall(r'id="([^"]+)"', text)) for path, text in pages.items()}
    lost = []
    for path, text in pages.items():
        for link in re.findall(r'href="([^"]+)"', text):
            if link.startswith(("http", "data:", "${")):
                continue
            file, _, anchor = unquote(link).partition("#")
            target = (path.parent / file).resolve() if file else path
            if target not in pages or (anchor and anchor not in anchors[target]):
                lost.append(f"{path.name}: {link}")
    assert not lost
    assert str(docs_module) not in "".join(pages.values())


def test_the_list_of_pages() -> None:
    assert [line.split()[2] for line in command("docs").stdout.splitlines()] == list(PAGES)


def test_a_page_is_printed_as_it_is() -> None:
    assert command("docs", "glossary").stdout == page_text("glossary")


def test_a_page_that_is_not_there() -> None:
    assert "Did you mean 'glossary'?" in command("docs", "glosary", code=2).stderr
