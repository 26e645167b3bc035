"""Tables that real connectors wrote: every row is read, left out by a rule that is counted, or reported."""

import csv
from pathlib import Path

import polars as pl
import pytest

import abm
from abm.workspace.loader import load_workspace

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
DROPPED = "dropped_rows"

HUBSPOT = {
    "accounts": ["company_data.csv"],
    "contacts": ["contact_data.csv"],
    "events": [
        "email_event_data.csv",
        "contact_form_submission_data.csv",
        "engagement_call_data.csv",
        "engagement_meeting_data.csv",
    ],
    "opportunities": ["deal_data.csv"],
    "opportunity_contacts": ["deal_contact_data.csv"],
}
SALESFORCE = {
    "accounts": ["sf_account_data.csv"],
    "contacts": ["sf_contact_data.csv", "sf_lead_data.csv"],
    "events": ["sf_task_data.csv", "sf_event_data.csv"],
    "opportunities": ["sf_opportunity_data.csv"],
    "lead_stages": ["sf_lead_data.csv"],
}


def workspace(name):
    if not (DATA / name).is_dir():
        pytest.skip(f"the tables of {name} are not there")
    return load_workspace(ROOT / "fixtures" / name, data=DATA / name)


def records(path):
    """The data rows of a file, as Python's own reader finds them."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [row for row in csv.reader(stream) if row][1:]


def by_column(path):
    """The same as dictionaries."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "files"), [("hubspot_fivetran", HUBSPOT), ("salesforce_fivetran", SALESFORCE)])
def test_every_row_is_read_or_counted(name, files):
    tables = workspace(name).tables
    assert list(tables) == [table for table in tables if table in files]
    for table, sources in files.items():
        frame = tables[table].frame.select("_row").collect()
        there = [len(records(DATA / name / file)) for file in sources]
        left_out = sum(finding.count for finding in tables[table].findings if finding.code == DROPPED)
        assert frame["_row"].n_unique() + left_out == sum(there), table
        assert frame["_row"].null_count() == 0
        assert (frame["_row"].max() or 0) <= sum(there)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hubspot_fivetran", "salesforce_fivetran"])
def test_values_that_cannot_be_read_are_reported(name):
    """What a file has in a column of days or numbers arrives, or a finding says that it does not."""
    for table in workspace(name).tables.values():
        unread = [finding for finding in table.findings if finding.code == "unparseable"]
        assert not unread, unread


def test_hubspot_columns_hold_what_the_files_say():
    tables = workspace("hubspot_fivetran").tables
    by_name = by_column(DATA / "hubspot_fivetran" / "contact_data.csv")
    contacts = tables["contacts"].frame.select("contact_id", "email", "company", "merged_ids").collect()
    assert contacts["contact_id"].to_list() == [row["id"] for row in by_name]
    assert contacts["email"].to_list() == [row["property_email"] or None for row in by_name]
    merged = {row["id"]: row["property_hs_merged_object_ids"] or None for row in by_name}
    assert dict(contacts.select("contact_id", "merged_ids").iter_rows()) == merged
    events = tables["events"].frame.select("type", "_row").collect()
    kinds = dict(events.group_by("type").len().iter_rows())
    mails = by_column(DATA / "hubspot_fivetran" / "email_event_data.csv")
    opens = [row for row in mails if row["type"] == "OPEN" and row["filtered_event"].lower() != "true"]
    assert kinds["email_open"] == len(opens)
    assert kinds["form_submit"] == len(records(DATA / "hubspot_fivetran" / "contact_form_submission_data.csv"))


@pytest.mark.slow
def test_merged_contacts_of_hubspot_are_one_person():
    loaded = workspace("hubspot_fivetran")
    result = abm.score(loaded, loaded.model, as_of=loaded.as_of)
    (found,) = [finding for finding in result.findings if finding.code == "duplicate_person"]
    assert set(found.samples) == {"46897301", "76226001", "76340251"}


def test_the_family_of_acme_won_519349_over_5_accounts():
    loaded = workspace("maven_crm")
    result = abm.score(loaded, loaded.model, as_of=loaded.as_of)
    deals = loaded.tables["opportunities"].frame.collect()
    assert deals.height == len(records(DATA / "maven_crm" / "sales_pipeline.csv"))
    accounts = loaded.tables["accounts"].frame.select("account_id", "parent_account_id").collect()
    acme = accounts.filter(pl.coalesce("parent_account_id", "account_id") == "Acme Corporation")
    assert acme.height == 5
    won = deals.filter(deals["is_won"] & deals["account_id"].is_in(acme["account_id"].to_list()))
    assert won["amount"].sum() == 519_349
    (family,) = result.polars["families"].filter(account_id="Acme Corporation").to_dicts()
    assert family["won_opportunities"] == won.height
