"""A whole CRM ranked: every row of its nine tables accounted for, an account worked out by hand, the future unseen."""

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from ruamel.yaml import YAML

import abm
from abm.errors import WorkspaceError

REPOSITORY = Path(__file__).parents[2]
WORKSPACE = REPOSITORY / "fixtures" / "leadforge"
DATA = REPOSITORY.parent / "shared" / "data" / "leadforge" / "tables"
AS_OF = date(2024, 1, 31)
TABLES = (
    "accounts",
    "contacts",
    "customers",
    "leads",
    "opportunities",
    "sales_activities",
    "sessions",
    "subscriptions",
    "touches",
)
TITLES = {
    "AP Lead": ("lead", "finance"),
    "AP Manager": ("manager", "finance"),
    "Accounts Payable Manager": ("manager", "finance"),
    "CFO": ("c_level", "finance"),
    "CTO": ("c_level", "engineering"),
    "Director of Procurement": ("director", "procurement"),
    "Finance Operations Manager": ("manager", "finance"),
    "Head of Finance": ("head", "finance"),
    "Head of IT": ("head", "it"),
    "Head of Procurement": ("head", "procurement"),
    "IT Director": ("director", "it"),
    "Procurement Manager": ("manager", "procurement"),
    "Strategic Sourcing Manager": ("manager", "procurement"),
    "VP Engineering": ("vp", "engineering"),
    "VP Finance": ("vp", "finance"),
    "VP of Finance": ("vp", "finance"),
}
ROLES = {"economic_buyer": (3, 1), "champion": (3, 1), "technical_evaluator": (2, 1), "user": (1, 2)}


@pytest.fixture(scope="module")
def raw():
    if not DATA.is_dir():
        pytest.skip("the leadforge tables are not there")
    return {name: pl.read_parquet(DATA / f"{name}.parquet") for name in TABLES}


@pytest.fixture(scope="module")
def workspace(raw):  # noqa: ARG001 - skips
    return abm.load_workspace(WORKSPACE, data=DATA)


@pytest.fixture(scope="module")
def tables(workspace):
    return {name: table.frame.collect() for name, table in workspace.tables.items()}


@pytest.fixture(scope="module")
def result(workspace):
    return abm.score(workspace)


def test_without_data_says_which_folder_is_missing():
    with pytest.raises(WorkspaceError) as caught:
        abm.load_workspace(WORKSPACE)
    assert f"{WORKSPACE / 'data'}: there is no such folder" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_model_has_no_warnings():
    assert abm.load_model(WORKSPACE / "model.yaml").warnings == ()


def test_every_row_is_read_or_left_out_on_purpose(raw, tables):
    for name in ("accounts", "contacts", "opportunities"):
        assert tables[name].height == raw[name].height
    assert tables["opportunity_contacts"].height == tables["lead_stages"].height == raw["opportunities"].height
    # Sold is bought: what customers and subscriptions add to the deals is the account's first day as a customer.
    assert raw["customers"].height == raw["subscriptions"].height == tables["opportunities"]["is_won"].sum()
    customers = tables["accounts"].drop_nulls("customer_since")
    assert set(customers["account_id"]) == set(raw["customers"]["account_id"])

    events, sources = tables["events"], _event_days(raw)
    assert Counter(events["source"]) == {source: len(days) for source, days in sources.items()}
    sessions = raw["sessions"]
    assert events.filter(pl.col("type") == "pricing_view")["count"].sum() == sessions["pricing_page_views"].sum()
    assert events.filter(pl.col("type") == "demo_view")["count"].sum() == sessions["demo_page_views"].sum()
    # Every session is there, every event has its own id and a contact, and no join lost or doubled one.
    seen = events.filter(pl.col("source") == "sessions")["event_id"].str.split("/").list.first()
    assert set(seen) == set(sessions["session_id"])
    assert events["event_id"].n_unique() == events.height
    assert set(events["contact_id"]) <= set(raw["contacts"]["contact_id"])


def _event_days(raw):
    """The day of every event that should be there, by source."""
    touches, activities, sessions = raw["touches"], raw["sales_activities"], raw["sessions"]
    outcomes = ["connected", "meeting_set", "demo_completed"]
    two_sided = pl.col("activity_outcome").is_in(outcomes) & (pl.col("activity_type") != "email")
    pricing, demo = pl.col("pricing_page_views"), pl.col("demo_page_views")
    kinds = (pricing, demo, pl.col("page_views") - pricing - demo)
    return {
        "touches": touches.filter(pl.col("touch_direction") == "inbound")["touch_timestamp"].to_list(),
        "sales_activities": activities.filter(two_sided)["activity_timestamp"].to_list(),
        "sessions": [day for kind in kinds for day in sessions.filter(kind > 0)["session_timestamp"]],
    }


def test_bands_and_words_become_numbers_and_days(raw, tables):
    accounts = raw["accounts"].join(tables["accounts"], on="account_id", validate="1:1")
    staff = dict(accounts.select("employee_band", "employees").unique().rows())
    assert staff == {"200-499": 200.0, "500-999": 500.0, "1000-1999": 1000.0, "2000+": 2000.0}
    revenue = dict(accounts.select("estimated_revenue_band", "annual_revenue").unique().rows())
    assert revenue == {"$1M-$10M": 1e6, "$10M-$50M": 1e7, "$50M-$200M": 5e7, "$200M+": 2e8}
    assert set(accounts.select("region", "country").unique().rows()) == {("UK", "GB"), ("US", "US")}
    assert accounts["customer_since"].dtype == pl.Date
    assert tables["contacts"]["created_at"].null_count() == tables["events"]["occurred_at"].null_count() == 0


def test_no_finding_but_the_future(raw, result):
    later = sum(day > AS_OF.isoformat() for days in _event_days(raw).values() for day in days)
    deals = (raw["opportunities"]["created_at"] > AS_OF.isoformat()).sum()
    found = result.issues.select("table", "code", "level", "count").rows()
    assert sorted(found) == [
        ("events", "after_as_of", "note", later),
        ("opportunities", "after_as_of", "note", deals),
    ]


def test_titles_speak_not_the_drawn_seniority(raw, result):
    people = raw["contacts"].select("contact_id", "job_title", "buyer_role").join(result.leads, on="contact_id")
    read = people.select("job_title", "seniority", "department").unique().rows()
    assert {title: (seniority, department) for title, seniority, department in read} == TITLES
    words = people.select("buyer_role", pl.col("role")).unique().rows()
    assert dict(words) == {role: role for role in list(ROLES)[:3]} | {"end_user": "user"}


def test_ranks_every_account_that_is_no_customer_yet(raw, result):
    accounts = result.accounts
    assert result.as_of == AS_OF
    assert accounts.height == 1500
    customers = raw["customers"].filter(pl.col("customer_start_at") <= AS_OF.isoformat())
    excluded = accounts.filter("is_excluded")
    assert set(excluded["account_id"]) == set(customers["account_id"])
    assert set(excluded["stage"]) == {"customer"}
    assert (excluded["won_opportunities"] > 0).all()
    ranking = abm.rank(result)
    assert ranking["rank"].to_list() == list(range(1, 1500 - excluded.height + 1))
    assert ranking["score"].is_sorted(descending=True)
    assert abm.rank(result, excluded=True).height == 1500


def test_scores_are_plausible(result):
    accounts = result.accounts
    assert accounts["intent"].null_count() == 1500
    for component in ("fit", "leads", "engagement", "coverage", "score"):
        assert accounts[component].null_count() == 0
        assert accounts[component].is_between(0, 100).all()
    assert 0.05 < accounts["is_mqa"].mean() < 0.25
    assert 0.1 < result.leads["is_mql"].mean() < 0.4
    assert accounts["score"].quantile(0.9) - accounts["score"].quantile(0.1) > 25
    assert accounts.filter("is_mqa")["engaged_roles"].min() == 2
    # Nobody known, or nobody active: at the bottom, by fit alone.
    assert accounts.filter(pl.col("engagement_points") == 0)["score"].max() < accounts["score"].median()


@pytest.mark.parametrize("rank", [1, 2, 50, 400, 900])
def test_an_account_by_hand(raw, result, rank):
    row = result.accounts.row(by_predicate=pl.col("rank") == rank, named=True)
    account = raw["accounts"].row(by_predicate=pl.col("account_id") == row["account_id"], named=True)
    model = YAML(typ="safe").load(WORKSPACE / "model.yaml")
    large = account["employee_band"] in ("1000-1999", "2000+")
    threshold = 110 if large else 100
    account_fit = (
        10
        + 10 * (account["employee_band"] != "2000+")
        + 10 * (account["estimated_revenue_band"] != "$1M-$10M")
        + 10 * (account["process_maturity_band"] != "low")
    )
    people = []
    for contact in raw["contacts"].filter(pl.col("account_id") == row["account_id"]).to_dicts():
        seniority, department = TITLES[contact["job_title"]]
        fit = 15 if seniority in ("c_level", "vp", "head", "director") else 10
        fit += 10 * (department in ("finance", "procurement"))
        fit -= 10 * (contact["email_domain_type"] == "personal")
        points, fresh = _engagement(model, _happened(raw, contact["contact_id"]))
        role = {"end_user": "user"}.get(contact["buyer_role"], contact["buyer_role"])
        lead = account_fit + fit + points / 1e6
        people.append((role, points / 1e6, fresh >= 15 and points > 0, lead))
        told = result.leads.row(by_predicate=pl.col("contact_id") == contact["contact_id"], named=True)
        assert (told["engagement"], told["score"]) == pytest.approx((points / 1e6, lead), abs=1e-9)
        assert told["is_mql"] == (lead >= threshold and points >= 30_000_000 and fit >= 10)
    warmth = coverage = leads = 0.0
    for role, (weight, seats) in ROLES.items():
        mine = [person for person in people if person[0] == role]
        heat = sorted((1 - 2 ** (-points / 40) for _, points, _, _ in mine), reverse=True)
        # Warmth is a column of the committee, so it is rounded to millionths before it is combined.
        warmth += weight * round(sum(heat[:seats]) / seats, 6)
        coverage += weight * min(seats, sum(engaged for _, _, engaged, _ in mine)) / seats
        leads += weight * min(1, max((score / threshold for *_, score in mine), default=0))
    expected = {
        "fit": account_fit / 40 * 100,
        "leads": leads / 9 * 100,
        "engagement": warmth / 9 * 100,
        "coverage": coverage / 9 * 100,
    }
    assert {name: row[name] for name in expected} == pytest.approx(expected, abs=2e-6)
    weights = {"fit": 0.2, "leads": 0.15, "engagement": 0.2, "coverage": 0.25}
    score = sum(weights[name] * expected[name] for name in weights) / 0.8
    assert row["score"] == pytest.approx(score, abs=2e-6)
    assert row["engagement_points"] == pytest.approx(sum(points for _, points, _, _ in people), abs=1e-9)
    qualifies = score >= 60 and expected["coverage"] >= 40 and row["engaged_roles"] >= 2 and expected["fit"] >= 50
    assert row["is_mqa"] == qualifies


def _happened(raw, contact):
    """Occurrences by type of event and age in days: what the workspace's comments say, in plain Python."""
    leads = raw["leads"].filter(pl.col("contact_id") == contact)["lead_id"].to_list()
    happened: Counter[tuple[str, int]] = Counter()

    def note(kind, day, count):
        age = (AS_OF - date.fromisoformat(day)).days
        if age >= 0 and count > 0:
            happened[kind, age] += count

    for touch in raw["touches"].filter(pl.col("lead_id").is_in(leads)).to_dicts():
        kind = {"call": "inbound_call", "email": "inbound_email"}.get(touch["touch_type"], touch["touch_type"])
        note(kind, touch["touch_timestamp"], touch["touch_direction"] == "inbound")
    for session in raw["sessions"].filter(pl.col("lead_id").is_in(leads)).to_dicts():
        day, pricing, demo = session["session_timestamp"], session["pricing_page_views"], session["demo_page_views"]
        note("pricing_view", day, pricing)
        note("demo_view", day, demo)
        note("page_view", day, session["page_views"] - pricing - demo)
    for activity in raw["sales_activities"].filter(pl.col("lead_id").is_in(leads)).to_dicts():
        reached = "call_connected" if activity["activity_type"] == "call" else "meeting_held"
        outcomes = {"demo_completed": "demo_attended", "meeting_set": "meeting_booked", "connected": reached}
        kind = outcomes.get(activity["activity_outcome"])
        if kind is not None and activity["activity_type"] != "email":
            note(kind, activity["activity_timestamp"], 1)
    return happened


def _engagement(model, happened):
    """Micro-points after caps and decay, and fresh points of the last 30 days before them."""
    kinds = {}
    for order, signal in enumerate(model["signals"]):
        for kind in signal["event"] if isinstance(signal["event"], list) else [signal["event"]]:
            kinds[kind] = order
    cells: Counter[tuple[int, int]] = Counter()
    for (kind, age), count in happened.items():
        cells[age, kinds[kind]] += count
    signal_left = [signal["max_points"] for signal in model["signals"]]
    group_left = {name: group["max_points"] for name, group in model["signal_groups"].items()}
    total = recent = 0
    for age, order in sorted(cells):
        signal = model["signals"][order]
        points = min(cells[age, order], signal["daily_cap"]) * signal["points"]
        recent += points if age < 30 else 0
        spent = min(points, signal_left[order])
        signal_left[order] -= spent
        if "group" in signal:
            spent = min(spent, group_left[signal["group"]])
            group_left[signal["group"]] -= spent
        total += spent * round(2 ** (-age / signal.get("half_life_days", 30)) * 1_000_000)
    return total, recent


def _without_outcomes(raw):
    hidden = ("converted_within_90_days", "conversion_timestamp", "current_stage", "is_sql")
    return {"leads": raw["leads"].drop(hidden), "opportunities": raw["opportunities"].drop("stage")}


def _without_the_future(raw):
    day = AS_OF.isoformat()
    closed = pl.col("closed_at") <= day
    customers = raw["customers"].filter(pl.col("customer_start_at") <= day)
    deals = raw["opportunities"].filter(pl.col("created_at") <= day)
    return {
        "touches": raw["touches"].filter(pl.col("touch_timestamp") <= day),
        "sessions": raw["sessions"].filter(pl.col("session_timestamp") <= day),
        "sales_activities": raw["sales_activities"].filter(pl.col("activity_timestamp") <= day),
        "opportunities": deals.with_columns(pl.when(closed).then(pl.col(c)) for c in ("close_outcome", "closed_at")),
        "customers": customers,
        "subscriptions": raw["subscriptions"].join(customers, on="customer_id", how="semi"),
        "leads": _without_outcomes(raw)["leads"],
    }


@pytest.mark.parametrize("change", [_without_outcomes, _without_the_future])
def test_how_the_story_ends_changes_nothing(raw, result, change, tmp_path):
    for name in TABLES:
        shutil.copy(DATA / f"{name}.parquet", tmp_path)
    for name, frame in change(raw).items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    other = abm.score(abm.load_workspace(WORKSPACE, data=tmp_path))
    for name in ("accounts", "leads", "groups", "committee"):
        assert_frame_equal(getattr(other, name), getattr(result, name), check_exact=True)
