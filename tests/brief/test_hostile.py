"""Names stay text in every form, and addresses of people who want no mail stay out of it."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import polars as pl
import pytest

import abm
from abm.output.brief import Brief, briefs
from abm.output.brief.rendering import Templates, brief_json
from abm.workspace.bundled import bundled
from tests.output.results import demo_result

NAMES = [
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "[click](http://evil.example) ![x](y) **b** `c` # d | e",
    "\x1b[31mred\x1b[0m\x9b2J",
    "\u202egnp.exe\u2066 \u200b\ufeff",
    "{{ 7 * 7 }} {% raw %} {{ brief.stamp }}",
    "{score} {0} %s",
    "a\nb\r\n# heading\n\n- item",
    "x" * 300,
    "<a href=javascript:alert(1)>",
    "http://evil.example www.evil.example @all :smile:",
    "&lt;b&gt; &amp; &#60;i&#62;",
]


_TAME: list[Brief] = []


class Tags(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def world(name: str) -> Any:
    tables = {
        "accounts": pl.DataFrame(
            {"account_id": ["A1"], "name": [name], "industry": [name], "owner": [name], "country": [name],
             "employees": [900]}
        ),
        "contacts": pl.DataFrame(
            {
                "contact_id": ["C1", "C2"], "account_id": ["A1", "A1"], "first_name": [name, name],
                "last_name": [name, None], "title": ["CFO", name], "email": ["c1@a.example", "c2@a.example"],
                "lead_source": [name, name], "opted_out": [False, True],
            }
        ),
        "events": pl.DataFrame(
            {"event_id": ["E1", "E2"], "contact_id": ["C1", "C2"], "type": ["demo_request", "download"],
             "occurred_at": [date(2026, 6, 20), date(2026, 6, 21)]}
        ),
        "intent": pl.DataFrame(
            {"account_id": ["A1"], "topic": [name], "source": [name], "score": [90.0],
             "observed_on": [date(2026, 6, 28)]}
        ),
    }  # fmt: skip
    return abm.score(tables, bundled("config", "starter.yaml"), as_of=date(2026, 6, 30))


@pytest.mark.parametrize("name", [*NAMES[:2], *(pytest.param(each, marks=pytest.mark.slow) for each in NAMES[2:])])
def test_names_stay_text(name: str) -> None:
    (brief,) = briefs(world(name), ["A1"], workspace=name)
    if not _TAME:
        _TAME.extend(briefs(world("tame"), ["A1"], workspace="tame"))
    (tame,) = _TAME
    for kind in ("html", "markdown"):
        page = Templates(kind).page(brief)
        assert page.replace("\n", "").isprintable()
        if kind == "html":
            found, expected = Tags(), Tags()
            found.feed(page)
            expected.feed(Templates("html").page(tame))
            assert found.tags == expected.tags
        else:
            # Nothing begins markup: as many headings, items and rules as a tame name has, and no live mark in between.
            assert _skeleton(page) == _skeleton(Templates("markdown").page(tame))
            assert not re.search(r"(?<!\\)[`\[\]<>|]", page.replace("&lt;", "").replace("&gt;", ""))
            assert "http://" not in page
            assert html.unescape(page).count("49") == name.count("49")
    told = json.loads(brief_json(brief))
    assert told["name"] == " ".join(name.split())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", brief_json(brief))


def _skeleton(page: str) -> list[str]:
    """How each line begins."""
    return [re.sub(r"(?s)^(\s*(?:#+ |- |\*\*|_)?).*", r"\1", line) for line in page.split("\n")]


@pytest.mark.slow
def test_who_opted_out_has_no_address_anywhere() -> None:
    result = demo_result()
    rows = result.contact_rows()
    assert rows is not None
    out = rows.filter(pl.col("opted_out")).collect()
    gone = [each for each in out["email"].to_list() if each]
    theirs = result.polars["leads"].filter(pl.col("contact_id").is_in(out["contact_id"].implode()))
    found = briefs(result, theirs["account_id"].drop_nulls().unique().sort().to_list())
    markdown, page = Templates("markdown"), Templates("html")
    everything = "".join(f"{html.unescape(markdown.page(each))}{page.page(each)}{brief_json(each)}" for each in found)
    assert len(gone) > 3
    assert not [each for each in gone if each in everything]
    assert "Do not mail." in everything


def test_who_opted_out_and_has_neither_name_nor_another_id() -> None:
    """Some systems use the address as the id, and people may have no name."""
    tables = {
        "accounts": pl.DataFrame({"account_id": ["A1"], "name": ["A"], "industry": ["Software"]}),
        "contacts": pl.DataFrame(
            {"contact_id": ["x@a.example"], "account_id": ["A1"], "email": ["x@a.example"], "title": ["CFO"],
             "opted_out": [True]}
        ),
        "events": pl.DataFrame(
            {"event_id": ["1"], "contact_id": ["x@a.example"], "type": ["demo_request"],
             "occurred_at": [date(2026, 6, 20)]}
        ),
    }  # fmt: skip
    result = abm.score(tables, bundled("config", "starter.yaml"), as_of=date(2026, 6, 30))
    (brief,) = briefs(result, ["A1"])
    for text in (each.text for each in brief.statements()):
        assert "@" not in text
    assert "@" not in Templates("html").page(brief).split("<body>")[1]


def test_disqualified_people_are_no_contacts() -> None:
    result = demo_result()
    out = set(result.polars["leads"].filter(pl.col("status") == "disqualified")["contact_id"])
    seen = 0
    for brief in briefs(result, result.polars["accounts"]["account_id"].to_list()):
        for each in brief.statements():
            who = {fact.key.get("contact_id") for fact in each.facts} & out
            seen += bool(who)
            assert not who or each.kind in {"disqualified", "signal"}, each
            assert not who or "isqualified" in each.text
    assert seen > 5
