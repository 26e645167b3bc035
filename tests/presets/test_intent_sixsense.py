"""6sense: `-` is nothing, two formats of days in one column, a byte order mark, a trailing empty column."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.presets.reading import codes, read, rows, shapes_for

if TYPE_CHECKING:
    from pathlib import Path

SCORES = """\
\ufeffcompany_domain,company_name,product,company_intent_score,company_buying_stage,company_profile_score,\
company_profile_fit,contact_intent_score,contact_grade,is_6qa,date,
acme.com,Acme,CRM,85,Purchase,90,Strong,-,-,True,07/18/2026,
https://www.Globex.com/,-,CRM,-,Consideration,55,Moderate,-,-,False,2026-07-19,
globex.com,Globex &amp; Co,Mail,12,Target,55,Moderate,-,-,-,7/9/2026,
-,Nobody,CRM,40,Awareness,1,Weak,-,-,False,2026-07-19,
"""

CLICKS = """\
company_domain,campaign,date,clicks
acme.com,spring,07/01/2026,5
acme.com,spring,2026-07-08,9
acme.com,spring,7/15/2026,9
acme.com,spring,07/22/2026,2
globex.com,spring,2026-07-08,0
globex.com,spring,2026-07-15,3
globex.com,-,2026-07-15,7
"""


def test_the_header_is_recognised() -> None:
    assert shapes_for(SCORES.splitlines()[0].lstrip("\ufeff").split(",")) == ["sixsense.scores"]
    assert shapes_for(["company_domain", "product", "intent_score", "buying_stage", "is_6_qa"]) == ["sixsense.scores"]
    assert shapes_for(["Email Address", "Contact Grade"]) == ["sixsense.people"]
    assert shapes_for(CLICKS.splitlines()[0].split(",")) == ["sixsense.clicks"]


def test_scores_are_observations_of_products(tmp_path: Path) -> None:
    table = read(tmp_path, "intent", "sixsense.scores", "scores.csv", SCORES)
    assert rows(table, "domain", "topic", "score", "observed_on", "source") == [
        ("acme.com", "CRM", 85.0, date(2026, 7, 18), "6sense"),
        ("globex.com", "Mail", 12.0, date(2026, 7, 9), "6sense"),
        # Without a score the middle of its stage, 50 to 69, stands for it.
        ("https://www.Globex.com/", "CRM", 60.0, date(2026, 7, 19), "6sense"),
        (None, "CRM", 40.0, date(2026, 7, 19), "6sense"),
    ]
    assert codes(table) == {}
    assert "column_12" not in table.kinds


def test_one_account_per_domain(tmp_path: Path) -> None:
    table = read(tmp_path, "accounts", "sixsense.scores", "scores.csv", SCORES)
    columns = ("account_id", "domain", "name", "sixsense_stage", "sixsense_fit", "sixsense_profile", "is_6qa")
    # Of Globex' two products the one of the newest day speaks.
    assert rows(table, *columns) == [
        ("acme.com", "acme.com", "Acme", "Purchase", "Strong", 90.0, True),
        ("globex.com", "globex.com", "Globex & Co", "Consideration", "Moderate", 55.0, False),
    ]
    assert (table.kinds["sixsense_profile"], table.kinds["is_6qa"]) == ("number", "boolean")


def test_the_day_may_be_in_the_name(tmp_path: Path) -> None:
    content = "company_domain,product,intent_score,buying_stage\nacme.com,CRM,70,Decision\n"
    table = read(tmp_path, "intent", "sixsense.scores", "scores_2026-07-19.csv", content)
    assert rows(table, "topic", "score", "observed_on") == [("CRM", 70.0, date(2026, 7, 19))]


def test_people_with_grades(tmp_path: Path) -> None:
    content = "Email,First Name,Contact Grade,Contact Intent Score\nAda@Acme.com,Ada,A,88\n-,Bob,D,-\n"
    table = read(tmp_path, "contacts", "sixsense.people", "people.csv", content)
    assert rows(table, "contact_id", "email", "first_name", "Contact Grade", "Contact Intent Score") == [
        ("ada@acme.com", "Ada@Acme.com", "Ada", "A", "88")
    ]
    assert codes(table) == {"dropped_rows": 1}


def test_cumulative_clicks_are_never_summed(tmp_path: Path) -> None:
    table = read(tmp_path, "events", "sixsense.clicks", "clicks.csv", CLICKS)
    assert rows(table, "domain", "type", "campaign", "occurred_at", "count") == [
        # 5 is where counting begins; 9 is 4 more; 9 is none; 2 after 9 was reset, so 2.
        ("acme.com", "ad_click", "spring", date(2026, 7, 22), 2),
        ("acme.com", "ad_click", "spring", date(2026, 7, 8), 4),
        ("globex.com", "ad_click", "spring", date(2026, 7, 15), 3),
    ]
