"""Precision and recall on contacts made from the Fortune 1000, noise by noise; run with `-s` to see them."""

from __future__ import annotations

import csv
import html
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pytest

from abm.identity.matching import match_contacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = Path(__file__).resolve().parents[3] / "shared/data"
COMPANIES = DATA / "fortune1000/Fortune_1000.csv"
OTHERS = DATA / "maven_crm/accounts.csv"

pytestmark = pytest.mark.skipif(not COMPANIES.exists(), reason="needs the data of others beside the repository")

LEGAL_FORMS = (
    "Inc",
    "Inc.",
    ", Inc.",
    "Incorporated",
    "Corp",
    "Corp.",
    "Corporation",
    "Co.",
    "Company",
    "& Co.",
    "LLC",
    "L.L.C.",
    "Ltd",
    "Ltd.",
    "Limited",
    "PLC",
    "LP",
    "N.V.",
    "GmbH",
    "AG",
    "S.A.",
    "Co., Ltd.",
    "Pty Ltd",
    "B.V.",
    "SE",
    "S.p.A.",
    "Oy",
    "AB",
    "A/S",
    "K.K.",
)
ABBREVIATED = {
    "International": ("Intl", "Int'l", "Intl."),
    "Technologies": ("Tech", "Techs.", "Technology"),
    "Technology": ("Tech",),
    "Manufacturing": ("Mfg", "Mfg."),
    "Services": ("Svcs", "Svc", "Srvcs"),
    "Holdings": ("Hldgs", "Hldg"),
    "Holding": ("Hldg",),
    "Group": ("Grp", "Grp."),
    "Financial": ("Fin", "Fin'l", "Finl"),
    "Industries": ("Ind", "Inds.", "Indus."),
    "Systems": ("Sys", "Sys."),
    "Solutions": ("Soln", "Solns"),
    "Communications": ("Comm", "Comms"),
    "American": ("Amer", "Amer."),
    "National": ("Natl", "Nat'l"),
    "Insurance": ("Ins", "Ins."),
    "Energy": ("Enrgy",),
    "Pharmaceuticals": ("Pharma", "Pharm."),
    "Laboratories": ("Labs", "Lab"),
    "Brothers": ("Bros", "Bros."),
    "Management": ("Mgmt", "Mgt"),
    "Electric": ("Elec", "Elec."),
    "Partners": ("Ptnrs",),
    "Resources": ("Res.", "Rsrcs"),
    "Enterprises": ("Entps", "Enterprise"),
    "General": ("Gen", "Gen'l"),
    "Company": ("Co",),
    "Medical": ("Med",),
    "Products": ("Prods", "Prod."),
    "Transportation": ("Transp", "Trans"),
    "Airlines": ("Airline",),
    "United": ("Utd",),
    "Properties": ("Props",),
    "Materials": ("Matls",),
    "Foods": ("Food",),
    "Logistics": ("Logistic",),
    "Networks": ("Network", "Ntwks"),
}
SUB_DOMAINS = ("mail", "us", "emea", "corp", "eu.mail", "de", "research", "hq")
CONSUMERS = ("gmail.com", "yahoo.com", "hotmail.com", "gmx.de", "comcast.net", "web.de")
COUNTRIES = ("US", "USA", "United States", "U.S.A.", "united states of america")
ELSEWHERE = ("Germany", "FR", "Japan", "Brasil", "United Kingdom", "IND")


class Firm(NamedTuple):
    id: str
    name: str
    website: str
    domain: str


class Lead(NamedTuple):
    kind: str
    email: str | None
    company: str | None
    country: str | None
    account_id: str | None


def firms() -> list[Firm]:
    with COMPANIES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = []
    for number, row in enumerate(rows):
        host = re.sub(r"^https?://(www\.)?", "", row["Website"]).split("/")[0]
        found.append(Firm(f"F{number:04}", row["company"], row["Website"], ".".join(host.split(".")[-2:])))
    return found


def typo(name: str, rng: random.Random) -> str:
    """One slip in a letter: left out, doubled, replaced or swapped with its neighbour."""
    letters = [place for place, letter in enumerate(name) if letter.isalpha()]
    place = rng.choice(letters)
    match rng.randrange(4):
        case 0:
            return name[:place] + name[place + 1 :]
        case 1:
            return name[:place] + name[place] + name[place:]
        case 2:
            return name[:place] + rng.choice("abcdefghijklmnopqrstuvwxyz") + name[place + 1 :]
        case _:
            return name[:place] + name[place : place + 2][::-1] + name[place + 2 :]


def abbreviated(name: str, rng: random.Random) -> str:
    return " ".join(rng.choice(ABBREVIATED[word]) if word in ABBREVIATED else word for word in name.split())


def restyled(name: str, rng: random.Random) -> str:
    plain = html.unescape(name)
    styles: list[Callable[[str], str]] = [
        str.upper,
        str.lower,
        lambda text: text.replace("&", " and "),
        lambda text: text.replace("&", "&amp;").replace("\u2019", "&#8217;"),
        lambda text: text.replace("\u2019", "'").replace(".", ""),
        lambda text: f"  {text} ",
        lambda text: f"The {text}",
        lambda text: f"{text}, The",
        lambda text: text.replace("-", " "),
        lambda text: text.replace("\u2019", "").replace("'", ""),
    ]
    return rng.choice(styles)(plain)


def leads(known: list[Firm], absent: list[str], rng: random.Random) -> Iterator[Lead]:  # a kind each
    """Yield labelled leads; where a firm shares its domain, only its name tells."""
    shared = {firm.domain for firm in known if sum(firm.domain == other.domain for other in known) > 1}
    for firm in known:
        name, home = html.unescape(firm.name), rng.choice(COUNTRIES)
        free = f"{rng.choice('abcxyz')}{rng.randrange(999)}@{rng.choice(CONSUMERS)}"
        no_mail = rng.choice([None, free])
        if firm.domain not in shared:
            yield Lead("work mail", f"a.b@{firm.domain}", None, None, firm.id)
            yield Lead(
                "sub-domain", f"a.b@{rng.choice(SUB_DOMAINS)}.{firm.domain}", rng.choice([None, name]), home, firm.id
            )
            yield Lead(
                "work mail, wrong country", f"a.b@{firm.domain}", typo(name, rng), rng.choice(ELSEWHERE), firm.id
            )
            yield Lead("look-alike", f"a.b@{rng.choice(['not', 'my-old-', 'x'])}{firm.domain}", None, home, None)
            yield Lead(
                "look-alike", f"a.b@{firm.domain}.{rng.choice(['example.org', 'co', 'mail.ru'])}", None, home, None
            )
        else:
            yield Lead("shared domain, name", f"a.b@{firm.domain}", f"{name} Inc.", home, firm.id)
            yield Lead("shared domain, no name", f"a.b@{firm.domain}", None, home, None)
        yield Lead("name, consumer mail", free, name, home, firm.id)
        yield Lead("legal form", no_mail, f"{name} {rng.choice(LEGAL_FORMS)}".replace(" ,", ","), home, firm.id)
        yield Lead("spelling", no_mail, restyled(firm.name, rng), home, firm.id)
        if abbreviated(name, rng) != name:
            yield Lead("abbreviation", no_mail, abbreviated(name, rng), home, firm.id)
        if len(re.sub(r"[^A-Za-z]", "", name)) > 5:
            yield Lead("typo", no_mail, typo(name, rng), home, firm.id)
        words = name.split()
        if len(words) > 2 and words[-2] not in {"&", "of", "for"}:
            yield Lead("dropped word", no_mail, " ".join(words[:-1]), home, firm.id)
        yield Lead("name, wrong country", no_mail, name, rng.choice(ELSEWHERE), None)
    for name in absent:
        plain = html.unescape(name)
        domain = re.sub("[^a-z0-9]", "", plain.lower()) + ".com"
        noisy = rng.choice(
            [plain, f"{plain} {rng.choice(LEGAL_FORMS)}", typo(plain, rng), abbreviated(plain, rng), plain.upper()]
        )
        for mail in (None, f"a.b@{domain}", f"ab@{rng.choice(CONSUMERS)}"):
            yield Lead("not in the list", mail, noisy, rng.choice(COUNTRIES), None)


@pytest.fixture(scope="module", params=[1, 2])
def labelled(request: pytest.FixtureRequest) -> pl.DataFrame:
    """The answer of `match_contacts` beside the truth."""
    rng = random.Random(request.param)
    everybody = firms()
    held_out = set(rng.sample(range(len(everybody)), 150))
    known = [firm for place, firm in enumerate(everybody) if place not in held_out]
    domains = {firm.domain for firm in known}
    absent = [firm.name for place, firm in enumerate(everybody) if place in held_out and firm.domain not in domains]
    with OTHERS.open(encoding="utf-8") as file:
        absent += [row["account"] for row in csv.DictReader(file)]
    made = list(leads(known, absent, rng))
    accounts = pl.LazyFrame(
        {
            "account_id": [firm.id for firm in known],
            "name": [firm.name for firm in known],
            "domain": [firm.website for firm in known],
            "country": ["US"] * len(known),
        }
    )
    contacts = pl.DataFrame(made, schema=list(Lead._fields), orient="row").with_columns(
        pl.int_range(pl.len()).cast(pl.String).str.zfill(6).alias("contact_id")
    )
    result = match_contacts(contacts.drop("account_id").lazy(), accounts.lazy())
    found = result.matches.rename({"account_id": "found"})
    return contacts.join(found, on="contact_id", validate="1:1")


def test_precision_and_recall(labelled: pl.DataFrame) -> None:
    right, given = pl.col("found") == pl.col("account_id"), pl.col("found").is_not_null()
    meant = pl.col("account_id").is_not_null()
    figures = (
        pl.len().alias("leads"),
        ((right & given).sum() / given.sum()).alias("precision"),
        ((right & given).sum() / meant.sum()).alias("recall"),
        (given & ~right.fill_null(value=False)).sum().alias("wrong"),
    )
    with pl.Config(tbl_rows=50, float_precision=4, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True):
        print(labelled.group_by("kind", maintain_order=True).agg(*figures))  # noqa: T201  # what the test shows
        print(labelled.select(figures))  # noqa: T201
    total = labelled.select(figures).row(0, named=True)
    assert total["precision"] >= 0.995
    assert total["recall"] >= 0.93


def test_what_looks_alike_never_matches(labelled: pl.DataFrame) -> None:
    assert (
        labelled.filter(pl.col("kind") == "look-alike")["found"].null_count()
        == labelled.filter(pl.col("kind") == "look-alike").height
    )


def test_a_shared_domain_without_a_name_is_ambiguous_and_lists_who_shares_it(labelled: pl.DataFrame) -> None:
    rows = labelled.filter(pl.col("kind") == "shared domain, no name")
    assert rows["method"].unique().to_list() in ([], ["ambiguous"])
    assert (rows["candidates"].list.len() == 2).all()
