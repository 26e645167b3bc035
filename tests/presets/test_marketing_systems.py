"""HubSpot, Marketo and Pardot: who acted, who was merged, what is closed and won."""

from datetime import date

from tests.presets.reading import codes, read, rows
from tests.presets.test_salesforce import written

DAY = date(2026, 6, 30)


def test_hubspot_contacts_with_labels(tmp_path):
    text = "\ufeff" + written(
        {"Record ID": "1", "First Name": "Ann", "Last Name": "Doe", "Email": "a@x.com", "Job Title": "CFO",
         "Buying Role": "BUDGET_HOLDER;OTHER", "Associated Company IDs (Primary)": "", "Country/Region": "-",
         "Associated Company IDs": "71;72", "Create Date": "2026-06-30 10:15", "Original Source": "(No value)"},
        {"Record ID": "2", "First Name": "Bo", "Email": "b@x.com", "Buying Role": "Legal & Compliance",
         "Became a Marketing Qualified Lead Date": "2026-06-30 08:00"},
    )  # fmt: skip
    table = read(tmp_path, "contacts", "hubspot.contact", "contacts.csv", text)
    columns = ("contact_id", "account_id", "buying_role", "country", "lead_source", "created_at")
    assert rows(table, *columns) == [
        ("1", "71", "BUDGET_HOLDER", None, None, DAY),
        ("2", None, "legal_and_compliance", None, None, None),
    ]
    stages = read(tmp_path, "lead_stages", "hubspot.contact", "contacts.csv", text)
    assert rows(stages, "contact_id", "stage", "occurred_at") == [("2", "mql", DAY)]


def test_hubspot_contacts_of_a_connector(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "audit.csv").write_text("canonical_vid,vid_to_merge\n1,9\n1,8\n3,7\n")
    text = written(
        {
            "id": "1",
            "property_email": "a@x.com",
            "property_firstname": "A",
            "property_hs_merged_object_ids": "5;6",
            "property_createdate": "2026-06-30 9:05:00",
        },
        {"id": "2", "property_email": "b@x.com", "property_hs_calculated_merged_vids": "11:1575650000000;12:1"},
        {"id": "3", "property_email": "c@x.com", "_fivetran_deleted": "TRUE"},
    )
    options = {"with": {"contact_merge_audit": "audit.csv"}}
    table = read(tmp_path, "contacts", "hubspot.contact", "contacts.csv", text, **options)
    assert rows(table, "contact_id", "merged_ids") == [("1", "5;6;8;9"), ("2", "11;12")]
    assert codes(table) == {"dropped_rows": 1}


def test_hubspot_deals(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "stages.csv").write_text(
        "stage_id,label,closed_won,is_closed\ns1,Signed,true,true\ns2,Talking,false,false\ns3,Lost,false,true\n"
    )
    (tmp_path / "data" / "companies.csv").write_text("deal_id,company_id,type_id\n1,70,341\n1,71,5\n")
    text = written(
        {"deal_id": "1", "property_dealname": "a", "deal_pipeline_stage_id": "s1", "property_amount": "$1,000"},
        {"deal_id": "2", "property_dealname": "b", "deal_pipeline_stage_id": "s2"},
        {"deal_id": "3", "property_dealname": "c", "deal_pipeline_stage_id": "s3"},
        {"deal_id": "4", "property_dealname": "d", "deal_pipeline_stage_id": "s9", "is_deleted": "true"},
    )
    options = {"with": {"deal_pipeline_stage": "stages.csv", "deal_company": "companies.csv"}}
    table = read(tmp_path, "opportunities", "hubspot.deal", "deals.csv", text + "", **options, columns={
        "created_on": {"value": "2026-06-30"}})  # fmt: skip
    assert rows(table, "opportunity_id", "account_id", "stage", "is_closed", "is_won", "amount") == [
        ("1", "71", "Signed", True, True, 1000.0),
        ("2", None, "Talking", False, False, None),
        ("3", None, "Lost", True, False, None),
    ]


def test_hubspot_deals_with_labels(tmp_path):
    text = written(
        {"Record ID": "1", "Deal Name": "a", "Deal Stage": "Closed Won", "Create Date": "2026-06-30",
         "Associated Company IDs (Primary)": "71", "Associated Contact IDs": "1; 2"},
        {"Record ID": "2", "Deal Name": "b", "Deal Stage": "Closed lost", "Create Date": "2026-06-30"},
        {"Record ID": "3", "Deal Name": "c", "Deal Stage": "Contract sent", "Create Date": "2026-06-30"},
    )  # fmt: skip
    table = read(tmp_path, "opportunities", "hubspot.deal", "deals.csv", text)
    assert rows(table, "account_id", "is_closed", "is_won") == [
        ("71", True, True),
        (None, False, False),
        (None, True, False),
    ]
    people = read(tmp_path, "opportunity_contacts", "hubspot.deal", "deals.csv", text)
    assert rows(people, "opportunity_id", "contact_id") == [("1", "1"), ("1", "2")]


def test_hubspot_engagements_belong_to_everyone_who_was_there(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "who.csv").write_text("engagement_id,contact_id\n1,c1\n1,c2\n2,c1\n")
    text = written(
        {"engagement_id": "1", "start_time": "2026-06-30 10:00:00", "meeting_outcome": "COMPLETED"},
        {"engagement_id": "2", "start_time": "2026-06-30 10:00:00", "meeting_outcome": "SCHEDULED"},
        {"engagement_id": "3", "start_time": "2026-06-30 10:00:00", "meeting_outcome": "NO_SHOW"},
        {"engagement_id": "4", "start_time": "soon", "meeting_outcome": ""},
    )
    options = {"with": {"engagement_contact": "who.csv"}}
    table = read(tmp_path, "events", "hubspot.meeting", "engagement_meeting.csv", text, **options)
    assert rows(table, "event_id", "contact_id", "type") == [
        ("1/c1", "c1", "meeting_held"),
        ("1/c2", "c2", "meeting_held"),
        ("2/c1", "c1", "meeting_booked"),
        ("4", None, "meeting_held"),
    ]
    found = {finding.code: finding for finding in table.findings}
    assert found["unparseable"].rows == (4,)
    assert found["dropped_rows"].rows == (3,)


def test_marketo_activities(tmp_path):
    def activity(kind, attributes="null", value="v", when="2026-06-30T14:06:20Z"):
        return f"g{kind},7,{when},{kind},55,1,{value}," + '"' + attributes.replace('"', '""') + '"\n'

    header = "marketoGUID,leadId,activityDate,activityTypeId,campaignId,primaryAttributeValueId,primaryAttributeValue"
    text = f"{header},attributes\n" + "".join(
        [
            activity(1, '{"Webpage URL": "/pricing", "Query Parameters": ""}'),
            activity(2, when="2026-06-30T14:06:20+0000"),
            activity(3),
            activity(9),
            activity(10, '{"Is Bot Activity": false}'),
            activity(11, '{"Link": "https://x.com/a", "Is Bot Activity": "true"}'),
            activity(46, '{"Description": "talked'),
            activity(104, '{"Success": true, "New Status": "Attended"}', "Summer talk"),
            activity(100001),
            *(activity(each) for each in (6, 7, 12, 13, 22, 39)),
        ]
    )
    table = read(tmp_path, "events", "marketo.activity", "activities.csv", text)
    assert rows(table, "type", "url", "campaign", "occurred_at") == [
        ("activity_100001", None, "55", DAY),
        ("email_open", None, "55", DAY),
        ("form_submit", None, "55", DAY),
        ("interesting_moment", None, "55", DAY),
        ("link_click", "v", "55", DAY),
        ("page_view", "/pricing", "55", DAY),
        ("program_success", None, "Summer talk", DAY),
        ("unsubscribe", None, "55", DAY),
    ]
    assert {finding.samples[0]: finding.count for finding in table.findings if finding.code == "dropped_rows"} == {
        "no_action_of_the_buyer": 6,
        "robot": 1,
    }


def test_marketo_merges(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "activities.csv").write_text(
        "marketoGUID,leadId,activityDate,activityTypeId,attributes\n"
        'g1,7,2026-06-30T00:00:00Z,32,"{""Merge IDs"": [""11"", ""12""]}"\n'
        'g2,7,2026-06-30T00:00:00Z,32,"{""Merge IDs"": ""[13]""}"\n'
        "g3,8,2026-06-30T00:00:00Z,1,null\n"
    )
    text = "id,email,firstName,createdAt\n7,a@x.com,A,2026-01-01\n8,b@x.com,null,2026-01-01\n"
    table = read(tmp_path, "contacts", "marketo.lead", "l.csv", text, **{"with": {"activity": "activities.csv"}})
    merged = {key: set((ids or "").split(";")) for key, ids in rows(table, "contact_id", "merged_ids")}
    assert merged == {"7": {"11", "12", "13"}, "8": {""}}
    assert rows(table, "first_name") == [("A",), (None,)]


def test_pardot_activities(tmp_path):
    kinds = [(1, "Email"), (2, "Page View"), (2, "File"), (3, "Form"), (4, "Form"), (4, "Form Handler"), (6, "Email"),
             (8, "New Opportunity"), (11, "Email"), (12, "Email"), (24, "Webinar"), (36, "Email")]  # fmt: skip
    text = written(
        *(
            {
                "id": str(n),
                "prospect_id": "7",
                "type": str(kind),
                "type_name": name,
                "created_at": "2026-06-30 07:24:17 UTC",
            }
            for n, (kind, name) in enumerate(kinds)
        ),
        {"id": "x", "prospect_id": "", "type": "2", "type_name": "Page View", "created_at": "2026-06-30 07:24:17 UTC"},
    )
    table = read(tmp_path, "events", "pardot.visitor_activity", "visitor_activity.csv", text)
    assert rows(table, "type", "occurred_at") == [
        ("email_click", DAY),
        ("email_open", DAY),
        ("file_access", DAY),
        ("form_error", DAY),
        ("form_handler_submit", DAY),
        ("form_submit", DAY),
        ("opportunity_created", DAY),
        ("page_view", DAY),
        ("unsubscribe", DAY),
        ("webinar_attended", DAY),
    ]
    assert codes(table) == {"dropped_rows": 3}


def test_pardot_prospects(tmp_path):
    text = written(
        {"id": "7", "email": "a@x.com", "first_name": "A", "job_title": "CFO", "crm_account_fid": "0015500000Xyy06",
         "crm_contact_fid": "0031", "created_at": "2026-06-30 09:50:36 UTC", "is_do_not_email": "true"},
        {"id": "8", "email": "b@x.com", "_fivetran_deleted": "true"},
    )  # fmt: skip
    table = read(tmp_path, "contacts", "pardot.prospect", "prospects.csv", text)
    columns = ("contact_id", "account_id", "title", "created_at", "opted_out")
    assert rows(table, *columns) == [("7", "0015500000Xyy06AAB", "CFO", DAY, True)]
