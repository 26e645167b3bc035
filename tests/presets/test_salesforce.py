"""Salesforce: ids of both lengths, leads that became contacts, merged and deleted rows, what a buyer did."""

import csv
import io
from datetime import date

from tests.presets.reading import codes, read, rows

DAY = date(2026, 6, 30)


def written(*records):
    """Records as a CSV file with all their keys."""
    stream = io.StringIO()
    names = list(dict.fromkeys(name for record in records for name in record))
    writer = csv.DictWriter(stream, names)
    writer.writeheader()
    writer.writerows(records)
    return stream.getvalue()


def test_ids_of_15_letters_become_those_of_18(tmp_path):
    # Pairs as Salesforce prints them: the last three letters say which of the others are capitals.
    pairs = {"005D0000001KyEI": "005D0000001KyEIIA0", "0015500000Xyy06": "0015500000Xyy06AAB", "x": "x"}
    text = written(*({"Id": each, "Company": "Acme", "IsConverted": "false", "Email": "e"} for each in pairs))
    table = read(tmp_path, "contacts", "salesforce.lead", "leads.csv", text)
    assert rows(table, "contact_id") == sorted((each,) for each in pairs.values())


def test_leads_and_contacts_are_one_person(tmp_path):
    (tmp_path / "data").mkdir()
    leads = written(
        {"Id": "00Q1", "Company": "Acme", "IsConverted": "true", "ConvertedContactId": "0031",
         "ConvertedAccountId": "0011", "ConvertedDate": "2026-06-01"},
        {"Id": "00Q2", "Company": "Bolt", "IsConverted": "false"},
    )  # fmt: skip
    (tmp_path / "data" / "leads.csv").write_text(leads)
    contacts = written(
        {"Id": "0031", "AccountId": "0011", "LastName": "Doe", "Email": "d@acme.com", "LeadSource": "Web"},
        {"Id": "0032", "IsDeleted": "true", "MasterRecordId": "0031"},
        {"Id": "0033", "IsDeleted": "true", "MasterRecordId": ""},
    )
    table = read(tmp_path, "contacts", "salesforce.contact", "c.csv", contacts, **{"with": {"lead": "leads.csv"}})
    assert rows(table, "contact_id", "account_id", "merged_ids") == [("0031", "0011", "0032;00Q1")]
    assert codes(table) == {"dropped_rows": 2}
    assert {finding.rows for finding in table.findings} == {(2, 3)}
    lead = read(tmp_path, "contacts", "salesforce.lead", "leads.csv", leads)
    assert rows(lead, "contact_id", "converted_account_id") == [("00Q1", "0011"), ("00Q2", None)]
    stages = read(tmp_path, "lead_stages", "salesforce.lead", "leads.csv", leads)
    assert rows(stages, "contact_id", "stage", "occurred_at") == [("00Q1", "sql", date(2026, 6, 1))]


def test_tasks_are_first_of_all_what_a_rep_did(tmp_path):
    def task(name, **more):
        known = {"Id": name, "WhoId": "0031", "ActivityDate": "2026-07-15", "Status": "Completed", "Subject": "s"}
        return known | {"CompletedDateTime": "2026-06-30T10:00:00.000Z"} | more

    text = written(
        task("call", Type="Call", CallDisposition="Connected", WhatId="0019"),
        task("missed", Type="Call", CallDisposition="No Answer"),
        task("in", TaskSubtype="Call", CallType="Inbound", AccountId="0018", WhatId="0019"),
        task("unknown", TaskSubtype="Call"),
        task("mail", TaskSubtype="Email", Subject="Email: our offer"),
        task("reply", Type="Email Reply"),
        task("open", Status="Not Started", CompletedDateTime=""),
        task("todo", CompletedDateTime=""),
        task("gone", IsDeleted="1"),
    )
    table = read(tmp_path, "events", "salesforce.task", "tasks.csv", text)
    assert rows(table, "event_id", "type", "account_id", "occurred_at") == [
        ("call", "call_connected", "0019", DAY),
        ("in", "inbound_call", "0018", DAY),
        ("reply", "email_reply", None, DAY),
        ("todo", "task", None, date(2026, 7, 15)),
        ("unknown", "call_logged", None, DAY),
    ]
    assert {finding.samples[0]: finding.count for finding in table.findings} == {
        "deleted": 1,
        "mail_of_a_rep": 1,
        "nobody_reached": 1,
        "not_done": 1,
    }


def test_campaign_members_count_when_they_responded(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "campaigns.csv").write_text("Id,Name,Type,StartDate\n7011,Summer talk,Webinar,2026-06-01\n")
    text = written(
        {"Id": "00v1", "CampaignId": "7011", "LeadId": "00Q1", "ContactId": "0031", "HasResponded": "true",
         "Status": "Attended", "FirstRespondedDate": "2026-06-30"},
        {"Id": "00v2", "CampaignId": "7012", "LeadId": "00Q2", "HasResponded": "true", "Status": "Responded",
         "CreatedDate": "2026-06-30"},
        {"Id": "00v3", "CampaignId": "7011", "LeadId": "00Q2", "HasResponded": "false", "Status": "Sent"},
    )  # fmt: skip
    options = {"with": {"campaign": "campaigns.csv"}}
    table = read(tmp_path, "events", "salesforce.campaign_member", "campaign_members.csv", text, **options)
    assert rows(table, "contact_id", "type", "campaign", "occurred_at") == [
        ("0031", "webinar_attended", "Summer talk", DAY),
        ("00Q2", "campaign_response", "7012", DAY),
    ]
    assert codes(table) == {"dropped_rows": 1}


def test_accounts(tmp_path):
    text = written(
        {"Id": "0011", "Name": "Acme", "Website": "https://www.Acme.com/en?x=1", "BillingCountry": "US",
         "ParentId": "", "Type": "Customer - Direct", "NumberOfEmployees": "1,200", "AnnualRevenue": "USD 1,000.50"},
        {"Id": "0012", "Name": "Bolt", "Website": "shop.bolt.io", "ParentId": "0011", "Type": "Partner"},
        {"Id": "0013", "Name": "Old", "IsDeleted": "TRUE"},
    )  # fmt: skip
    table = read(tmp_path, "accounts", "salesforce.account", "accounts.csv", text)
    columns = ("account_id", "domain", "parent_account_id", "lifecycle", "employees", "annual_revenue")
    assert rows(table, *columns) == [
        ("0011", "acme.com", None, "customer", 1200.0, 1000.5),
        ("0012", "shop.bolt.io", "0011", "Partner", None, None),
    ]


def test_roles_stay_the_words_of_the_crm(tmp_path):
    text = written(
        {"Id": "1", "OpportunityId": "0061", "ContactId": "0031", "Role": "Economic Decision Maker", "IsPrimary": "1"},
        {"Id": "2", "OpportunityId": "0061", "ContactId": "0032", "Role": "Other", "IsPrimary": "0"},
        {"Id": "3", "OpportunityId": "0061", "ContactId": "0033", "Role": "Evaluator", "IsDeleted": "true"},
    )
    table = read(tmp_path, "opportunity_contacts", "salesforce.opportunity_contact_role", "roles.csv", text)
    assert rows(table, "contact_id", "role", "is_primary") == [
        ("0031", "Economic Decision Maker", True),
        ("0032", None, False),
    ]
