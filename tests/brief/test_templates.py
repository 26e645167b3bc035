"""Templates are data: a team's own win, what fails is said with file and line, and nothing of Python is reached."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from abm.errors import OutputError
from abm.output.brief import briefs
from abm.output.brief.rendering import SHIPPED, Templates, brief_json
from tests.output.results import demo_result

if TYPE_CHECKING:
    from pathlib import Path

    from abm.output.brief import Brief

_BRIEFS: list[Brief] = []


def brief() -> Brief:
    if not _BRIEFS:
        _BRIEFS.extend(briefs(demo_result(), ["A001"], workspace="demo"))
    return _BRIEFS[0]


def own(folder: Path, text: str, name: str = "own.md.jinja") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_a_team_words_things_in_its_own_way(tmp_path: Path) -> None:
    loop = "{% for part in brief.sections if part.kind == 'who' %}{{ part.statements[0].text }}{% endfor %}"
    text = "{{ brief.name }} hat {{ brief.account.score.shown }} Punkte.\n" + loop
    page = Templates("markdown", own(tmp_path, text)).page(brief())
    assert page == "Copperfinch Robotics hat 86.9 Punkte.\n100 % of the committee is engaged.\n"


def test_the_folder_of_the_workspace_wins(tmp_path: Path) -> None:
    own(tmp_path, "house {{ brief.name }}", "brief.md.jinja")
    assert Templates("markdown", None, (tmp_path,)).page(brief()) == "house Copperfinch Robotics\n"
    assert Templates("html", None, (tmp_path,)).page(brief()).startswith("<!doctype html>")


def test_a_shipped_template_may_be_extended_and_its_parts_replaced(tmp_path: Path) -> None:
    file = own(tmp_path, '{% extends "shipped/brief.md.jinja" %}{% block bottom %}\nConfidential\n{% endblock %}')
    page = Templates("markdown", file).page(brief())
    assert page.startswith("# Copperfinch Robotics")
    assert page.endswith("Confidential\n")


def test_what_templates_see_is_what_json_holds(tmp_path: Path) -> None:
    file = own(tmp_path, "{% for each in brief %}{{ each }} {% endfor %}", "keys.html.jinja")
    assert Templates("html", file).page(brief()).split() == list(json.loads(brief_json(brief())))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("one\n{% if %}", 2, "cannot be read"),
        ("one\n\n{{ brief.nmae }}", 3, "nmae"),
        ("{% for x in brief.sections %}\n{{ x.statements[99].text }}\n{% endfor %}", 2, "fails"),
        ("{{ 1 / 0 }}", 1, "division by zero"),
        ("a\n{% include 'nothing.jinja' %}", 2, "nothing.jinja"),
        ("a\n{% include '../../etc/passwd' %}", 2, "there is no template"),
        ("a\n{{ brief | nofilter }}", 2, "nofilter"),
        ("{% macro m() %}\n{{ nothing }}\n{% endmacro %}\n{{ m() }}", 2, "nothing"),
    ],
)
@pytest.mark.parametrize("name", ["own.md.jinja", "own.txt"])
def test_a_failing_template_says_where(tmp_path: Path, text: str, line: int, said: str, name: str) -> None:
    file = own(tmp_path, text, name)
    with pytest.raises(OutputError) as caught:
        Templates("markdown", file).page(brief())
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ brief.__class__ }}",
        "{{ brief.name.__init__.__globals__ }}",
        "{{ range.__globals__ }}",
        "{{ brief.sections.append(1) }}",
        "{{ brief.update({'name': 1}) }}",
        "{{ '{0.__class__}'.format(brief) }}",
        "{{ brief.name|attr('__class__') }}",
        "{{ self.__init__.__globals__ }}",
        "{{ lipsum() }}",
        "{{ cycler }}",
        "{{ range(1000000000)|list }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}xxxxxxxxxxxxxxxx{% endfor %}{% endfor %}",
        "{% include 'own.md.jinja' %}",
        "{% import 'os' as os %}",
    ],
)
def test_a_template_reaches_nothing_of_python(tmp_path: Path, text: str) -> None:
    with pytest.raises(OutputError):
        Templates("markdown", own(tmp_path, text)).page(brief())


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"x" * (1 << 20) + b"x"])
def test_what_is_no_template_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "own.md.jinja"
    file.write_bytes(data)
    with pytest.raises(OutputError, match=r"own\.md\.jinja"):
        Templates("markdown", file).page(brief())


def test_links_do_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    secret = own(tmp_path, "secret", "secret.txt")
    folder = tmp_path / "briefs"
    folder.mkdir()
    (folder / "brief.md.jinja").symlink_to(secret)
    assert Templates("markdown", None, (folder,)).page(brief()).startswith("# Copperfinch")


def test_pages_hold_nothing_that_is_fetched() -> None:
    page = Templates("html").page(brief(), index="index.html")
    assert not [each for each in ("http:", "https:", "<script", "src=", "url(", "@import", "<link") if each in page]
    assert page.count("href=") == 1
    assert len(page) < 20_000


def test_shipped_templates_are_package_data() -> None:
    assert {each.name for each in SHIPPED.iterdir()} >= {
        *("brief.md.jinja", "brief.html.jinja", "index.md.jinja", "index.html.jinja", "page.html.jinja"),
    }
