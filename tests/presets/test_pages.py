"""Every shipped page: its names are canonical ones, its SQL runs, its shapes are told by the headers people export."""

import itertools
import re

import polars as pl
import pytest

from abm.sources.presets.apply import Recipe, made_by
from abm.sources.presets.header import fits
from abm.sources.presets.library import find_shape, load_preset, shipped_presets
from abm.sources.shipped import shipped
from abm.sources.tables import Part, RawTable
from abm.tables.contracts import CONTRACTS, Kind

PAGES = shipped_presets()
SHAPES = [shape for page in PAGES.values() for shape in page.shapes.values()]
TABLES = [(shape, table) for shape in SHAPES for table in shape.tables]
WORD = re.compile(r"[a-z][a-z0-9_]*( [a-z]+)*")

# The columns as the vendors' documentation lists them (labels), and as a connector names them.
LABELS = {
    "hubspot.contact": "Record ID, First Name, Last Name, Email, Phone Number, Job Title, Buying Role, Contact owner,"
    " Lifecycle Stage, Lead Status, Original Source, Associated Company, Associated Company IDs, Associated Company IDs"
    " (Primary), Create Date, Last Activity Date, Country/Region",
    "hubspot.company": "Record ID, Company name, Company Domain Name, Industry, Number of Employees, Annual Revenue,"
    " Target Account, Ideal Customer Profile Tier, Country/Region, Create Date",
    "hubspot.deal": "Record ID, Deal Name, Deal Stage, Pipeline, Amount, Close Date, Create Date,"
    " Associated Company IDs (Primary)",
    "hubspot.email_event": "id, type, recipient, created, email_campaign_id",
    "salesforce.lead": "Id, FirstName, LastName, Email, Title, Company, Website, Status, LeadSource, Industry,"
    " NumberOfEmployees, AnnualRevenue, Country, OwnerId, IsConverted, ConvertedAccountId, ConvertedContactId,"
    " ConvertedOpportunityId, ConvertedDate, CreatedDate",
    "salesforce.contact": "Id, AccountId, FirstName, LastName, Email, Title, Department, LeadSource, MailingCountry,"
    " HasOptedOutOfEmail, CreatedDate",
    "salesforce.account": "Id, Name, Website, ParentId, Type, Industry, NumberOfEmployees, AnnualRevenue,"
    " BillingCountry, OwnerId, CreatedDate",
    "salesforce.task": "Id, WhoId, WhatId, AccountId, Subject, ActivityDate, Status, Type, TaskSubtype, CreatedDate,"
    " CompletedDateTime",
    "salesforce.campaign_member": "Id, CampaignId, LeadId, ContactId, AccountId, Status, HasResponded,"
    " FirstRespondedDate, CreatedDate",
    "salesforce.opportunity_contact_role": "Id, OpportunityId, ContactId, Role, IsPrimary, IsDeleted",
    "salesforce.opportunity": "Id, AccountId, Name, StageName, Amount, CloseDate, IsClosed, IsWon, CreatedDate, Type",
    "marketo.activity": "marketoGUID, leadId, activityDate, activityTypeId, campaignId, primaryAttributeValueId,"
    " primaryAttributeValue, attributes",
    "pardot.visitor_activity": "id, campaign_id, created_at, email_id, form_id, prospect_id, type, type_name,"
    " visitor_id, details",
}
CONNECTORS = {
    "hubspot.contact": "id, property_email, property_company, property_firstname, property_lastname, property_jobtitle,"
    " property_createdate, property_hs_merged_object_ids",
    "salesforce.lead": "id, first_name, last_name, email, company, is_converted, converted_contact_id,"
    " converted_date, created_date",
    "salesforce.contact": "id, account_id, first_name, last_name, email, mailing_country, created_date, is_deleted",
    "salesforce.account": "id, name, website, parent_id, billing_country, number_of_employees, is_deleted",
    "salesforce.task": "id, who_id, what_id, account_id, subject, activity_date, status, type, is_deleted",
}


def headers():
    return [(name, header.split(", ")) for known in (LABELS, CONNECTORS) for name, header in known.items()]


@pytest.mark.parametrize(("reference", "header"), headers())
def test_headers_are_told(reference, header):
    """By the shape they are, and by no other that says as much."""
    shape = find_shape(reference, PAGES)
    assert fits(shape, header)
    rivals = [each for each in SHAPES if each is not shape and fits(each, header)]
    assert all(len(each.header) < len(shape.header) for each in rivals), [each.reference for each in rivals]


@pytest.mark.parametrize(("reference", "header"), headers())
def test_a_file_of_these_columns_makes_its_tables(reference, header):
    """Every label that an export has is used, or kept beside; required columns are made of it."""
    shape = find_shape(reference, PAGES)
    frame = pl.LazyFrame({name: ["1"] for name in header}).with_columns(pl.lit(1, pl.Int64).alias("_row"))
    for table in shape.tables:
        needed = {name: RawTable(table, name, frame) for name, file in shape.with_.items() if file.required}
        made = made_by(Recipe(shape, others=needed), RawTable(table, "f.csv", frame, (Part("f.csv"),)))
        columns = made.frame.collect_schema()
        contract = CONTRACTS[table]
        assert set(contract.required) <= set(columns)
        assert all(set(names) & set(columns) for names in contract.needs_one_of)
        assert {finding.code for finding in made.findings} <= {"dropped_rows", "unmapped_value"}


@pytest.mark.parametrize(("shape", "table"), TABLES, ids=lambda each: getattr(each, "reference", each))
def test_names_are_canonical(shape, table):
    contract = CONTRACTS[table]
    rule = shape.tables[table]
    if shape.reference.partition(".")[0] in ("hubspot", "salesforce", "marketo", "pardot"):
        assert set(rule.columns) <= set(contract.columns)
    if rule.columns:
        assert set(contract.required) <= set(rule.columns)
        assert all(set(names) & set(rule.columns) for names in contract.needs_one_of)


@pytest.mark.parametrize(("shape", "table"), TABLES, ids=lambda each: getattr(each, "reference", each))
def test_value_maps_have_known_targets(shape, table):
    for column, rule in shape.tables[table].columns.items():
        kind = CONTRACTS[table].columns.get(column, Kind.TEXT)
        for value in rule.values.values():
            if kind in (Kind.NUMBER, Kind.INTEGER) and value is not None:
                assert float(value) is not None
            elif kind is Kind.BOOLEAN:
                assert value in (None, "true", "false")
            elif value is not None:
                assert WORD.fullmatch(value), (column, value)


@pytest.mark.parametrize(("shape", "table"), TABLES, ids=lambda each: getattr(each, "reference", each))
@pytest.mark.parametrize("given", [True, False], ids=["with", "without"])
def test_the_sql_runs_over_any_version_of_a_file(shape, table, given):
    """With all columns that tell the file and nothing else, with and without the other files."""
    names = dict.fromkeys(names[0] for names in shape.header)
    frame = pl.LazyFrame({name: ["1", None] for name in names or shape.names})
    raw = RawTable(table, "f.csv", frame.with_row_index("_row", 1).cast({"_row": pl.Int64}), (Part("f.csv"),))
    others = {
        name: RawTable(table, name, pl.LazyFrame({each[0]: ["1"] for each in file.header}))
        for name, file in shape.with_.items()
        if given or file.required
    }
    made = made_by(Recipe(shape, others=others), raw).frame.collect()
    assert "_row" in made.columns


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_pages_speak_to_people(page):
    assert page.title
    assert len(page.about) > 200
    assert all(shape.title for shape in page.shapes.values())


def test_files_are_called_as_their_pages():
    files = sorted(shipped("config", "sources").glob("*.yaml"))
    assert [load_preset(path).name for path in files] == list(PAGES)


def test_no_shape_stands_for_all_of_another():
    """Of two shapes of a page that one header fits, one says more."""
    for page in PAGES.values():
        for one, other in itertools.permutations(page.shapes.values(), 2):
            header = [names[0] for names in one.header]
            if one.header and fits(other, header):
                assert len(other.header) < len(one.header) or other.files != one.files, (one.reference, other.reference)
