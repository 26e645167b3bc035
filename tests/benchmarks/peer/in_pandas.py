"""Leads and account scores of the starter model, written by hand with pandas: `python -m ... TABLES OUT`.

As somebody would write it who knows pandas and the formulas: vectorised, one step after the other, without the tables
that show where points come from.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from tests.benchmarks.data import AS_OF

TODAY = pd.Timestamp(AS_OF)
MICRO = 1_000_000
SIGNALS = pd.DataFrame(
    {
        "points": [50, 15, 12, 8, 3, 1, -20],
        "half_life": [60, 30, 30, 30, 30, 30, 180],
        "daily_cap": [1, 2, 1, 2, 1, 5, 1],
        "max_points": [None, 45, None, 24, 9, None, None],
    }
)
RANKS = {"owner": 9, "c_level": 9, "vp": 8, "head": 7, "director": 7, "manager": 6, "lead": 5, "senior": 4}
RANKS |= {"individual": 3, "junior": 2, "intern": 1}
FREE = {"gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "live.com", "aol.com"}
WORDS = {"economic_buyer": 1, "decision_maker": 1, "budget_holder": 1, "executive_sponsor": 1, "champion": 2}
WORDS |= {"technical_evaluator": 4, "technical_buyer": 4, "evaluator": 4, "user": 8, "end_user": 8, "business_user": 8}
ROLES = [(1, 3, 1), (2, 3, 1), (4, 2, 2), (8, 1, 2)]
"""Bit, weight and seats, in the order of the template, which is that of weight a seat too."""


def run(tables: Path, out: Path) -> None:
    """Write `leads` and `accounts` with their scores."""
    out.mkdir(parents=True, exist_ok=True)
    accounts, contacts = read_accounts(tables), pd.read_parquet(tables / "contacts").drop_duplicates("contact_id")
    contacts = placed(contacts, accounts)
    points = engagement(cells(tables, accounts, contacts))
    people = leads(contacts, accounts, points, seats_of(tables, contacts))
    shown = people.reset_index()[["contact_id", "fit_points", "x", "score", "status"]]
    shown.assign(**{name: shown[name] / MICRO for name in ("fit_points", "x", "score")}).rename(
        columns={"x": "engagement"}
    ).sort_values("contact_id").to_parquet(out / "leads.parquet", index=False)
    scores = account_scores(accounts, people, points, intent(tables))
    (scores / MICRO).reset_index().sort_values("account_id").to_parquet(out / "accounts.parquet", index=False)


def read_accounts(tables: Path) -> pd.DataFrame:
    frame = pd.read_parquet(tables / "accounts.parquet").drop_duplicates("account_id").set_index("account_id")
    frame["account_fit"] = 15 * MICRO * frame["industry"].isin(["Software", "Finance", "Manufacturing"])
    frame["account_fit"] += 10 * MICRO * (frame["employees"] >= 500)
    frame["rules_known"] = frame[["industry", "employees"]].notna().sum(axis=1)
    return frame


def placed(contacts: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Give each contact its account: the one it names, else the one that owns its mail domain."""
    host = contacts["email"].str.strip().str.lower().str.split("@").str[1]
    owner = pd.Series(accounts.index, index=accounts["domain"].str.lower())
    by_mail = host.where(~host.isin(FREE)).map(owner)
    known = contacts["account_id"].isin(accounts.index)
    return contacts.assign(account_id=contacts["account_id"].where(known, by_mail)).set_index("contact_id")


def cells(tables: Path, accounts: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """Count events by person (or account), signal and age."""
    columns = ["event_id", "contact_id", "account_id", "domain", "type", "occurred_at", "url"]
    events = pd.read_parquet(tables / "events", columns=columns)
    events = events[events["occurred_at"] < TODAY + pd.Timedelta(days=1)].drop_duplicates("event_id")
    kind, pricing = events["type"], events["url"].str.contains("/pricing", case=False, regex=False)
    tests = [
        kind.isin(["demo_request", "contact_sales"]),
        (kind == "page_view") & pricing.fillna(value=False).astype(bool),
        kind.isin(["webinar_attended", "event_attended"]),
        kind.isin(["download", "form_submit"]),
        kind.isin(["email_click", "email_reply"]),
        kind == "page_view",
        kind == "unsubscribe",
    ]
    events["signal"] = np.select(tests, range(7), default=-1)
    owner = pd.Series(accounts.index, index=accounts["domain"].str.lower())
    account = events["account_id"].where(events["account_id"].isin(accounts.index))
    account = account.fillna(events["domain"].str.lower().map(owner))
    person = events["contact_id"].where(events["contact_id"].isin(contacts.index))
    events["who"] = person.fillna(account)
    events["age"] = (TODAY - events["occurred_at"].dt.normalize()).dt.days
    counted = events[(events["signal"] >= 0) & events["who"].notna()]
    return counted.groupby(["who", "signal", "age"], sort=True).size().rename("n").reset_index()


def engagement(cell: pd.DataFrame) -> pd.DataFrame:
    """Points under caps and decay, newest first: x, r, newest age and raised hand by person or account."""
    cell = cell.join(SIGNALS, on="signal")
    cell["fresh"] = (np.minimum(cell["n"], cell["daily_cap"]) * cell["points"] * MICRO).astype("int64")
    spent = cell.groupby(["who", "signal"])["fresh"].cumsum() - cell["fresh"]
    left = (cell["max_points"] * MICRO - spent).clip(lower=0)
    cell["kept"] = cell["fresh"].where(cell["max_points"].isna(), np.minimum(cell["fresh"], left)).astype("int64")
    web = cell[cell["signal"].isin([1, 5])].sort_values(["who", "age", "signal"])
    spent = web.groupby("who")["kept"].cumsum() - web["kept"]
    cell.loc[web.index, "kept"] = np.minimum(web["kept"], (50 * MICRO - spent).clip(lower=0))
    factor = np.round(2.0 ** (-cell["age"] / cell["half_life"]) * 1e6).astype("int64")
    cell["worth"] = np.sign(cell["kept"]) * (cell["kept"].abs() * factor // MICRO)
    cell["recent"] = cell["fresh"].where((cell["fresh"] > 0) & (cell["age"] < 90), 0)
    cell["hand"] = (cell["signal"] == 0) & (cell["age"] < 30)
    found = cell.groupby("who").agg(x=("worth", "sum"), r=("recent", "sum"), age=("age", "min"), hand=("hand", "max"))
    return found.assign(x=found["x"].clip(lower=0))


def bits(texts: pd.Series) -> pd.Series:
    """The seats that each text names, as bits; null where it names nobody."""
    meant = {}
    for text in texts.dropna().unique():
        words = {word.strip().lower().replace(" ", "_").replace("-", "_") for word in text.split(";") if word.strip()}
        meant[text] = sum({WORDS[word] for word in words if word in WORDS}) if words else None
    return texts.map(meant)


def seats_of(tables: Path, contacts: pd.DataFrame) -> pd.Series:
    """Who may take which seat, as bits: what a live opportunity says, else the contact, else the title."""
    deals = pd.read_parquet(tables / "opportunities.parquet").drop_duplicates("opportunity_id")
    deals = deals[pd.to_datetime(deals["created_on"]) <= TODAY]
    is_open = ~deals["is_closed"].astype(bool) | (pd.to_datetime(deals["closed_on"]) > TODAY)
    live = deals[is_open | deals["is_won"].astype(bool)].set_index("opportunity_id")["account_id"]
    rows = pd.read_parquet(tables / "opportunity_contacts.parquet")
    rows = rows[rows["opportunity_id"].map(live) == rows["contact_id"].map(contacts["account_id"])]
    rows = rows.assign(bits=bits(rows["role"])).dropna(subset="bits")
    said = rows.groupby("contact_id")["bits"].agg(lambda each: np.bitwise_or.reduce(each.astype("int64")))
    explicit = said.reindex(contacts.index).fillna(bits(contacts["buying_role"])).fillna(0).astype("int64")
    rank, department = contacts["seniority"].map(RANKS), contacts["department"]
    inferred = (
        1 * ((rank >= 7) & department.isin(["finance", "executive", "procurement"]))
        + 2 * ((rank >= 5) & department.isin(["operations", "sales", "marketing"]))
        + 4 * department.isin(["it", "engineering", "security", "data"])
        + 8 * rank.between(2, 6)
    )
    return explicit.where(explicit > 0, inferred)


def leads(contacts: pd.DataFrame, accounts: pd.DataFrame, points: pd.DataFrame, seats: pd.Series) -> pd.DataFrame:
    """People with fit, engagement, score and status."""
    of = contacts["account_id"]
    rank = contacts["seniority"].map(RANKS)
    person = MICRO * np.select([rank >= 7, rank.between(5, 6)], [20, 10], default=0)
    lead = pd.DataFrame({"account_id": of, "mask": seats}).join(points)
    lead["fit_points"] = np.clip(person + of.map(accounts["account_fit"]).fillna(0), 0, 100 * MICRO).astype("int64")
    lead[["x", "r"]] = lead[["x", "r"]].fillna(0).astype("int64")
    lead["score"] = lead["fit_points"] + lead["x"]
    lead["slot"] = np.select([lead["mask"] & bit > 0 for bit, _, _ in ROLES], range(4), default=-1)
    competitor = of.map(accounts["lifecycle"]) == "competitor"
    student = contacts["title"].str.contains("student", case=False).fillna(value=False).astype(bool)
    unknown = lead["age"].isna() & rank.isna() & (of.map(accounts["rules_known"]).fillna(0) == 0)
    hand = lead["hand"].fillna(value=False).astype(bool) & ~competitor
    is_mql = (lead["score"] >= 65 * MICRO) & (person >= 10 * MICRO) & (lead["x"] >= 15 * MICRO)
    words = ["hand_raiser", "disqualified", "mql", "insufficient_data"]
    lead["status"] = np.select([hand, student | competitor, is_mql, unknown], words, default="nurture")
    return lead


def intent(tables: Path) -> pd.Series:
    """The three most interesting topics of each account, put together."""
    rows = pd.read_parquet(tables / "intent")
    rows["age"] = (TODAY - pd.to_datetime(rows["observed_on"])).dt.days
    rows = rows[rows["age"].between(0, 59)].sort_values(["age", "score"], ascending=[True, False])
    newest = rows.drop_duplicates(["account_id", "topic", "source"])
    strength = np.floor(((newest["score"] - 50) / 50).clip(0, 1) * 1e6 + 0.5)
    heat = strength * np.floor(2.0 ** (-newest["age"] / 21) * 1e6 + 0.5)
    top = newest.assign(heat=heat).groupby(["account_id", "topic"])["heat"].max().sort_values(ascending=False)
    top = top.groupby("account_id").head(3) * 300_000 / 1e18
    return rounded((1 - (1 - top).groupby("account_id").prod()) * 1e8)


def sat(x: pd.Series) -> pd.Series:
    return pd.Series(1 - 2.0 ** (-x / MICRO / 20))


def rounded(value: pd.Series) -> pd.Series:
    return pd.Series(np.floor(value + 0.5)).astype("int64")


def account_scores(
    accounts: pd.DataFrame, people: pd.DataFrame, points: pd.DataFrame, interest: pd.Series
) -> pd.DataFrame:
    """The five components and the score."""
    member = people[people["account_id"].notna() & (people["status"] != "disqualified")]
    found = pd.DataFrame(index=accounts.index)
    found["fit"] = rounded((accounts["account_fit"] / (15 * MICRO)).clip(0, 1) * 1e8)
    best = member.pivot_table(values="score", index="account_id", columns="slot", aggfunc="max")
    best = best.reindex(index=found.index, columns=range(4)).fillna(0)
    warm = member[member["x"] > 0].reset_index().sort_values(["x", "contact_id"], ascending=[False, True])
    place = warm.groupby(["account_id", "slot"]).cumcount()
    led, warmth = pd.Series(0.0, index=found.index), pd.Series(0.0, index=found.index)
    for slot, (_, weight, count) in enumerate(ROLES):
        led = led + weight * best[slot].clip(upper=65 * MICRO)
        seated = warm[(warm["slot"] == slot) & (place < count)]
        own = sat(seated["x"]).groupby(seated["account_id"]).sum().reindex(found.index).fillna(0)
        warmth = warmth + weight * rounded(own / count * 1e6)
    other = member[member["slot"] < 0].groupby("account_id")["x"].max().reindex(found.index).fillna(0)
    anonymous = points["x"].reindex(found.index).fillna(0)
    found["leads"] = rounded(led / (65 * MICRO * 9) * 1e8)
    rest = 0.5 * 1e6 * (sat(other) + sat(anonymous))
    found["engagement"] = rounded(((warmth + rest) * 100 / 9).clip(upper=1e8))
    found["coverage"] = coverage(member[(member["r"] >= 10 * MICRO) & (member["x"] > 0)], found.index)
    found["intent"] = interest.reindex(found.index).fillna(0).astype("int64")
    weights = {"fit": 200_000, "leads": 150_000, "engagement": 200_000, "coverage": 250_000, "intent": 200_000}
    total = sum(found[name] * weight for name, weight in weights.items())
    return found.assign(score=(2 * total + MICRO) // (2 * MICRO))


def coverage(engaged: pd.DataFrame, index: pd.Index) -> pd.Series:
    """The best seating of engaged people, by Hall's theorem over sets of roles."""
    able = {
        subset: engaged[engaged["mask"] & subset > 0].groupby("account_id").size().reindex(index).fillna(0)
        for subset in range(1, 16)
    }
    before, seated = pd.Series(0, index=index), pd.Series(0, index=index)
    for k, (_, weight, count) in enumerate(ROLES):
        first = ROLES[: k + 1]
        options = []
        for subset in range(1 << (k + 1)):
            free = sum(many for bit, _, many in first if not bit & subset)
            options.append(able[subset] + free if subset else pd.Series(free, index=index))
        filled = pd.concat(options, axis=1).min(axis=1)
        seated = seated + (filled - before) * (2 * weight // count)
        before = filled
    return rounded(seated / 18 * 1e8)


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]))
