"""The story of each demo account that make_demo.py tells is in its brief."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

import abm
from abm.output.brief import briefs
from abm.output.brief.rendering import Templates
from tests.output.results import demo_result

GOLDEN = Path(__file__).parent / "golden"

# What the story says, in the words of the brief; "!" before what must not be in it.
STORIES: dict[str, list[str]] = {
    "A001": [
        "rank 1 of 56", "6 of 11 known people are engaged, in 4 roles", "100 % of the committee is engaged",
        "They research crm software, revenue intelligence and sales analytics far more than usual",
        *(f"{topic}: spiking" for topic in ("crm software", "revenue intelligence", "sales analytics")),
        *(f"{name}" for name in ("Ingrid Solheim", "Tomasz Wieczorek", "Priya Raghunathan", "Lukas Brandstätter")),
        "Amélie Rousseau", "Mateo Ibáñez", "webinar", "!nobody known",
    ],
    "A002": [
        "Not qualified yet", "All engagement hangs on 1 of 8 known people",
        "Oliver Pemberton (Marketing Intern): 320 page views",
        "Outside the committee, with no role in it:", "nobody known who could fill it: economic buyer (required)",
        "an engaged economic buyer would lift the score", "Fit 100.0 of 100",
    ],
    "A003": [
        "Stage: in market", "Nobody is known there, so there is nobody to call yet", "marketing automation: spiking",
        "They research crm software, marketing automation and data warehouse far more than usual", "find somebody new",
        "data warehouse: spiking", "!Call ",
    ],
    "A004": [
        "excluded by the rule customer", "1 won opportunity", "4 of 10 known people are engaged, in 4 roles",
        "Siobhán Keaney (Chief Operating Officer)", "Rafael Monteiro", "Wei Zhang", "Dorothy Ashcombe",
        "Nothing to do for a new deal", "!Next best step",
    ],
    "A005": [
        "Not for sales: excluded by the rule competitor", "demo request by Chad Vandermeer, disqualified",
        "Disqualified, not to be called: 7 people, among them Chad Vandermeer (rule competitor)", "!asked to be called",
        "!Call ", "!@",
    ],
    "A006": ["Parent of Valdemira Ceramics (42.7 points, 1 engaged) and Valdemira Embalagens (41.9 points, 1 engaged)",
             "Nobody is engaged; 3 people are known", "6,200 employees"],
    "A007": ["Part of Valdemira Group", "All engagement hangs on 1 of 8 known people",
             "Carmen Escudero (Directora Financiera)", "Economic buyer: 1 of 1 seat engaged",
             "missing: an engaged champion"],
    "A008": ["Part of Valdemira Group", "All engagement hangs on 1 of 7 known people",
             "Tiago Figueiredo (Gerente de Operações)", "Champion: 1 of 1 seat engaged",
             "missing: an engaged economic buyer"],
    "A009": [
        "Qualified at once by the trigger hand raise", "1 of 1 known person is engaged",
        "Katharina Vogelsang (CFO) asked to be called: demo request on 28 June, 2 days ago",
        "Call Katharina Vogelsang (CFO) first: this person asked for it",
    ],
    "A010": ["40,000 employees", "Nobody is engaged; 32 people are known", "20 days ago", "email click by"],
    "A011": ["2 employees", "Segment: smb", "Qualified: 61.6 points, 50 needed", "2 of 2 known people are engaged",
             "crm software: spiking", "Jonas Lindinger", "Miriam Lindqvist-Hofer"],
    "A012": ["Sales is already there: 1 open opportunity", "Stage: opportunity", "Adaeze Okonkwo (Managing Director)",
             "90 % sure of the role", "Callum Fairweather (Head of Business Operations)", "Nadia Benhaddou"],
    "A013": [
        "Nobody is engaged", "The last person to be seen was", "20 February", "130 days ago",
        "29 December 2025: demo request by Thibault Garnier", "Bérénice Lacombe (Directrice Financière): not engaged",
    ],
    "A014": ["Unsubscribe by Lakshmi Venkatesan on 29 June, 1 day ago", "29 June: unsubscribe by Lakshmi Venkatesan",
             "Do not mail.", "!lakshmi.venkatesan@"],
    "A015": [
        "7 of 40 known people are engaged", "Disqualified, not to be called: 33 people", "(rule student)",
        "Does not hold: target industry (industry is 'Education')", "Gwendolyn Achterberg (Professor of Marketing)",
        "Not qualified yet", "5 % of the committee is engaged",
    ],
    "A016": [
        "All engagement hangs on 1 of 9 known people", "Desmond Achebe (Sales Operations Manager): 4 pricing views",
        "Champion: 1 of 1 seat engaged", "Economic buyer, required: nobody engaged", "Find a second person",
    ],
}  # fmt: skip
WORDS = {"webinar": "event attended"}


def pages() -> dict[str, str]:
    """The text of each brief."""
    found = briefs(demo_result(), list(STORIES), workspace="demo")
    return {each.account_id: "\n".join(one.text for one in each.statements()) for each in found}


_PAGES: dict[str, str] = {}


@pytest.mark.parametrize("account_id", list(STORIES))
def test_the_story_is_in_its_brief(account_id: str) -> None:
    _PAGES.update(_PAGES or pages())
    text = _PAGES[account_id]
    for each in STORIES[account_id]:
        said = WORDS.get(each, each)
        if said.startswith("!"):
            assert said[1:] not in text, said
        else:
            assert said in text, said


def test_every_story_of_the_demo_is_tried() -> None:
    path = abm.demo_folder() / "make_demo.py"
    spec = importlib.util.spec_from_file_location("make_demo", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_demo"] = module
    spec.loader.exec_module(module)
    assert [each.account_id for each in module.STORY] == list(STORIES)
    for each, told in zip(module.STORY, briefs(demo_result(), list(STORIES)), strict=True):
        text = "\n".join(one.text for one in told.statements())
        # Everybody with a part in the story is named; of the competitor's people some are.
        missing = [who.last for who in each.people if who.last not in text]
        assert missing == [], each.account_id


@pytest.mark.parametrize(("account_id", "name"), [("A009", "hand_raise"), ("A016", "champion_alone")])
def test_the_briefs_are_the_ones_that_were_read(account_id: str, name: str) -> None:
    """Look for: what a colleague would say first, in words; names, days, and what to do."""
    page = Templates("markdown").page(briefs(demo_result(), [account_id], workspace="demo")[0])
    file = GOLDEN / f"{name}.md"
    if os.environ.get("WRITE_GOLDEN"):
        file.write_text(page, "utf-8")
    assert page == file.read_text("utf-8")


def test_a_brief_is_short() -> None:
    """What one reads before a call (headline, why now, what next) in a minute at four words a second; all in two."""
    for each in briefs(demo_result(), demo_result().polars["accounts"]["account_id"].to_list()):
        first = [each.headline, *(one for part in each.sections[:2] for one in part.statements)]
        assert sum(len(one.text.split()) for one in first) < 200, each.account_id
        assert sum(len(one.text.split()) for one in each.statements()) < 480, each.account_id
