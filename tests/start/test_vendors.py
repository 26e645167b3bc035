"""Exports as the vendors document them: each header is known for what it is, and a folder of them is scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from abm.model.loader import load_model
from abm.sources.presets.library import shipped_presets
from abm.workspace.settings import read_settings
from abm.workspace.start.meaning import meaning
from abm.workspace.start.sample import Sample
from tests.cli.running import abm
from tests.start.folders import DOMAINS, bombora, write

if TYPE_CHECKING:
    from pathlib import Path

HEADERS = {
    "hubspot.contact": "Record ID, First Name, Last Name, Email, Phone Number, Job Title, Buying Role, Contact owner,"
    " Lifecycle Stage, Lead Status, Original Source, Associated Company, Associated Company IDs,"
    " Associated Company IDs (Primary), Create Date, Last Activity Date, Country/Region",
    "hubspot.company": "Record ID, Company name, Company Domain Name, Industry, Number of Employees, Annual Revenue,"
    " Target Account, Ideal Customer Profile Tier, Country/Region, Create Date",
    "hubspot.deal": "Record ID, Deal Name, Deal Stage, Pipeline, Amount, Close Date, Create Date,"
    " Associated Company IDs (Primary)",
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
    "bombora.surge": "Company Name, Domain, Size, Industry, Category, Topic, Composite Score, Bucket Code, Metro Area,"
    " Metro Composite Score, Metro Bucket Code, Domain Origin Country",
    "bombora.master": "Company Name, Domain, Size, Industry, Category, Topic, Composite Score,"
    " metro_1[score]|metro_2[score], Domain Country Origin",
    "sixsense.scores": "company_domain, product, company_intent_score, company_buying_stage, company_profile_score,"
    " company_profile_fit, contact_intent_score, contact_grade, is_6qa",
    "trustradius.activity": "Activity Date, Account Name, Account Domain, Account ID, Description, Annual Revenue,"
    " Size, Sector, Industry, City, State, Country",
    "salesforce_buyer_intent.intent": "AccountId, PartyId, LeadId, IntentDateTime, IntentTopicName,"
    " IntentTopicStrngScrText, IsTrending, PeopleResearchingCount, ThirdPartyProviderName",
}


@pytest.mark.parametrize("reference", HEADERS)
def test_a_documented_header_is_known_whatever_the_file_is_called(reference: str) -> None:
    names = [name.strip() for name in HEADERS[reference].split(",")]
    found = meaning(
        Sample("export.csv", tuple(names), pl.DataFrame({name: ["x"] for name in names}), 1), shipped_presets()
    )
    assert (found.label, found.rivals, found.passed) == (reference, (), None)


def test_no_page_takes_the_files_of_another() -> None:
    """A file with the columns that one shape reads is never as near to another shape."""
    pages = shipped_presets()
    for shape in (shape for page in pages.values() for shape in page.shapes.values() if shape.header):
        wanted = [column.from_ for rule in shape.tables.values() for column in rule.columns.values() if column.from_]
        for pick in (0, -1):
            names = list(dict.fromkeys(each[pick] for each in (*shape.header, *wanted)))
            rows = pl.DataFrame({name: ["x"] for name in names})
            found = meaning(Sample("export.csv", tuple(names), rows, 1), pages)
            assert (found.label, found.rivals) == (shape.reference, ())


def salesforce(folder: Path) -> Path:
    """A weekly data export, ids of 18 characters, as Data Loader writes it; and the intent file beside it."""
    accounts, people = (
        [f"001A0000000000{n:02d}AAA" for n in range(12)],
        [f"003A0000000000{n:02d}AAA" for n in range(36)],
    )
    titles = ["CFO", "VP Operations", "IT Manager", "Engineer"]
    kinds = ["Prospect", "Customer - Direct"]
    stamp = "2026-06-{:02d}T09:30:00.000+0000"
    twice = [stamp.format(12)] * 2
    write(
        folder,
        "Account.csv",
        ["Id", "Name", "Website", "ParentId", "Type", "Industry", "NumberOfEmployees", "CreatedDate"],
        [
            [
                a,
                f"Firm {n}",
                f"https://{DOMAINS[n]}",
                "",
                kinds[n == 3],
                "Tech",
                900,
                stamp.format(1),
            ]
            for n, a in enumerate(accounts)
        ],
    )
    write(
        folder,
        "Contact.csv",
        ["Id", "AccountId", "FirstName", "LastName", "Email", "Title", "LeadSource", "CreatedDate"],
        [
            [c, accounts[n % 12], "P", str(n), f"p{n}@{DOMAINS[n % 12]}", titles[n % 4], "Web", stamp.format(1)]
            for n, c in enumerate(people)
        ],
    )
    write(
        folder,
        "CampaignMember.csv",
        ["Id", "CampaignId", "LeadId", "ContactId", "Status", "HasResponded", "FirstRespondedDate", "CreatedDate"],
        [
            [f"00vA0000000000{n:02d}AAA", "701A000000000", "", c, "Attended", "1", "2026-06-10", stamp.format(5)]
            for n, c in enumerate(people)
        ],
    )
    write(
        folder,
        "Task.csv",
        [name.strip() for name in HEADERS["salesforce.task"].split(",")],
        [
            [f"00TA0000000000{n:02d}AAA", c, "", "", "Call", "2026-06-12", "Completed", "Call", "Call", *twice]
            for n, c in enumerate(people)
        ],
    )
    return bombora(folder)


@pytest.mark.slow
def test_a_folder_of_salesforce_and_bombora(tmp_path: Path) -> None:
    folder = salesforce(tmp_path / "crm")
    done = abm("init", folder)
    for reference in ("salesforce.account", "salesforce.contact", "salesforce.campaign_member", "bombora.surge"):
        assert reference in done.stdout
    tables = read_settings(folder / "workspace.yaml")[0].tables
    assert [source.preset for source in tables["accounts"]] == ["salesforce.account"]
    assert "every company that the vendor names" in (folder / "workspace.yaml").read_text()
    model = load_model(folder / "model.yaml")
    assert model.warnings == ()
    assert model.mqa.exclude[1].when.text == "lifecycle = 'customer'", "the page has put it into abm's word"
    ranked = abm("rank", "-w", folder, "--all", "--format", "csv").stdout.splitlines()
    assert len(ranked) == 13
    assert len(abm("rank", "-w", folder, "--format", "csv").stdout.splitlines()) == 12, "the customer is left out"
