"""Pictures: everybody who belongs on them, nothing on top of another, and text that stays text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest

import abm
from abm.model import model_from
from abm.output.graph.picture import MOST_PEOPLE, picture
from abm.output.graph.rendering import page, svg
from abm.output.graph.terminal import graph_lines
from abm.output.graph.words import sections
from abm.output.screen import Screen

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title></svg>", "=cmd()", "\u202eevil"]
HOSTILE += ["سلام عليكم", "株式会社" * 20, "x" * 300, "", " ", "{{ 7 * 7 }}", "\x1b[31mred", "&amp;"]


def crowd(names: list[str], count: int = 40) -> Any:
    """One account with so many people of such names, all warm, in two buying groups."""
    people = pl.DataFrame({"contact_id": [f"C{number:03}" for number in range(count)]}).with_columns(
        account_id=pl.lit("A1"),
        first_name=pl.Series([names[number % len(names)] for number in range(count)]),
        last_name=pl.Series([names[number % len(names)] for number in range(count)]),
        title=pl.Series(
            [["CFO", "Head of IT", "Engineer", names[number % len(names)]][number % 4] for number in range(count)]
        ),
    )
    events = people.select("contact_id", type=pl.lit("visit"), occurred_at=pl.lit("2026-06-20"))
    accounts = pl.DataFrame({"account_id": ["A1"], "name": [names[0]]})
    intent = pl.DataFrame({"topic": sorted(set(names) - {"", " "})})
    intent = intent.with_columns(account_id=pl.lit("A1"), observed_on=pl.lit("2026-06-20"), score=pl.lit(90.0))
    roles = {"buyer": {"required": True}, "evaluator": {"people": 3}, "user": {"people": 2}}
    rules = [("buyer", "title = 'CFO'"), ("evaluator", "title = 'Head of IT'"), ("user", "seniority_rank < 7")]
    model = {
        "name": "crowd",
        "version": 1,
        "signals": [{"name": "visit", "event": "visit", "points": 20}],
        "intent": {"topics": {"*": 1.0}},
        "roles": {"rules": [{"role": role, "when": when, "confidence": 0.9} for role, when in rules]},
        "buying_groups": [
            {"name": "first", "roles": roles},
            {"name": "second", "roles": {"user": {}, "legal": {"required": True}}},
        ],
    }
    tables = {"accounts": accounts, "contacts": people, "events": events, "intent": intent}
    return abm.score(tables, model_from(model), as_of="2026-06-30")


@pytest.fixture(scope="module")
def hostile():
    return abm.account_graph(crowd(HOSTILE), "A1")


def test_forty_people_stand_clear_of_each_other(hostile) -> None:
    shown = picture(hostile)
    assert len(shown.dots) == 40
    rows = sorted(dot.y for dot in shown.dots)
    assert min(low - high for high, low in pairwise(rows)) >= 30
    for kind in ("topic", "account", "group", "role"):
        cards = sorted((card for card in shown.cards if card.kind == kind), key=lambda card: card.y)
        assert cards
        assert all(above.y + above.height < below.y for above, below in pairwise(cards))
    assert all(card.y > 0 and card.y + card.height < shown.height - 60 for card in shown.cards)
    assert all(0 < dot.y < shown.height - 60 for dot in shown.dots)


def test_what_is_not_drawn_is_said() -> None:
    shown = picture(abm.account_graph(crowd(["Ada"], MOST_PEOPLE + 5), "A1"))
    assert len(shown.dots) == MOST_PEOPLE
    assert "Not drawn: 5 people" in shown.left_out


def test_an_empty_required_role_has_a_dashed_edge_and_a_critical_person_a_ring(demo) -> None:
    drawn = svg(abm.account_graph(demo, "A009"))
    assert len(re.findall(r'class="card alarm"[^>]*stroke-dasharray', drawn)) == 2, "a role, and the legend"
    assert drawn.count('class="ring"') == 2, "a person, and the legend"


class Tags(HTMLParser):
    """The tags and attributes of a page, as a browser finds them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_text_stays_text(hostile, demo) -> None:
    """No tag and no attribute that a page of harmless names has not."""
    harmless = [
        abm.account_graph(crowd(["Ada"]), "A1"),
        abm.account_graph(demo, "A001"),
        abm.account_graph(demo, "A009"),
    ]
    for write in (svg, page):
        shown = Tags(write(hostile))
        plain = [Tags(write(graph)) for graph in harmless]
        assert shown.tags <= set().union(*(each.tags for each in plain))
        assert shown.attributes <= set().union(*(each.attributes for each in plain))
        assert not shown.tags & {"script", "img", "a", "link", "iframe"}
        assert not set("\u202e\x1b") & set(write(hostile))


def test_names_can_be_read(hostile) -> None:
    text = "".join(ET.fromstring(svg(hostile)).itertext())
    for name in HOSTILE:
        if name.strip() and name.isprintable():
            assert name in text


def test_long_names_are_cut_and_kept(hostile) -> None:
    text = svg(hostile)
    assert "x" * 60 not in re.sub(r"<title.*?</title>", "", text)
    assert re.search(r"<title>x{300}", text)


def test_the_terminal_is_safe_and_nothing_is_wider_than_it(hostile) -> None:
    for width in (20, 40, 80, 200):
        lines = graph_lines(hostile, Screen(width))
        assert all(line.cell_len <= width for line in lines)
        assert not any(set("\x1b\u202e\n") & set(line.plain) for line in lines)


def test_words_name_those_who_connect(hostile) -> None:
    last, _ = sections(hostile)[-2:]
    (statement,) = last.statements
    assert (last.title, statement.measure) == ("all groups", "connectors")
    assert "first, second" in statement.lines[0]


def test_an_account_with_nobody_and_nothing(demo) -> None:
    accounts = pl.DataFrame({"account_id": ["A1"]})
    intent = pl.DataFrame({"account_id": ["A1"], "topic": ["x"], "observed_on": ["2026-06-01"], "score": [80.0]})
    for table in (intent, intent.head(0)):
        result = abm.score({"accounts": accounts, "intent": table}, demo.model, as_of="2026-06-30")
        for graph in (abm.account_graph(result, "A1"), abm.family_graph(result, "A1")):
            assert "nobody known" in svg(graph)
            assert "nobody known" in page(graph)
            assert "nobody known" in Screen(80).rendered(graph_lines(graph, Screen(80)))
