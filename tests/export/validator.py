"""What the platforms accept, written from their documentation (FORMATS.md, section Out) and from nothing of ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.export.worlds import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEADERS = {
    "linkedin-companies": "companyname,companywebsite,companyemaildomain,linkedincompanypageurl,stocksymbol,industry,"
    "city,state,companycountry,zipcode",
    "linkedin-contacts": "email,firstname,lastname,jobtitle,employeecompany,country,googleaid",
    "google-customer-match": "Email,Phone,First Name,Last Name,Country,Zip",
    "sixsense-accounts": "Account Name,Country,Domain",
    "demandbase-accounts": "Account Name,Account Domain,Owner,Phone Number,Employees,Annual Revenue,Industry,"
    "External Account ID",
    "demandbase-people": "First Name,Last Name,Email,External Person Id,Account Name,Account Domain,"
    "External Account Id,Person Type,Postal Code,Role,Title,State",
}
META = {
    "email",
    "phone",
    "madid",
    "fn",
    "ln",
    "zip",
    "ct",
    "st",
    "country",
    "dob",
    "doby",
    "gen",
    "age",
    "uid",
    "value",
}
LEAST = {
    "linkedin-companies": 300,
    "linkedin-contacts": 300,
    "google-customer-match": 100,
    "meta-custom-audience": 100,
    "microsoft-customer-match": 300,
}
MOST_ROWS = {"linkedin-companies": 300_000, "linkedin-contacts": 300_000, "sixsense-accounts": 25_000}
MOST_BYTES = {"linkedin-companies": 20_000_000, "linkedin-contacts": 20_000_000}
MACHINES = (
    *HEADERS,
    "meta-custom-audience",
    "microsoft-customer-match",
    "salesforce-upsert",
    "hubspot-companies",
    "hubspot-contacts",
)

SHA256 = re.compile(r"[0-9a-f]{64}")
ISO = re.compile(r"[A-Z]{2}")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
HOST = re.compile(r"[^\s/:@]+\.[^\s/:@.]+")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
API_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
CONSUMER = {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "yahoo.com", "gmx.de", "aol.com", "qq.com"}

Row = dict[str, str]


def problems(target: str, path: Path) -> list[str]:
    """What the platform would say to a file."""
    header, *rows = read(path)
    found = list(_of_header(target, header))
    if path.read_bytes()[:3] == b"\xef\xbb\xbf" or b"\0" in path.read_bytes():
        found.append("not plain UTF-8")
    if len(rows) > MOST_ROWS.get(target, len(rows)) or path.stat().st_size > MOST_BYTES.get(target, 1 << 40):
        found.append("too large")
    if target == "sixsense-accounts" and " " in path.name:
        found.append("a space in the file's name")
    for number, cells in enumerate(rows):
        if len(cells) != len(header):
            found.append(f"row {number}: {len(cells)} cells")
            continue
        row = dict(zip(header, cells, strict=True))
        found += [f"row {number}: {each}" for each in RULES[target](row)]
    return found


def _of_header(target: str, header: list[str]) -> Iterator[str]:
    if target in HEADERS and header != HEADERS[target].split(","):
        yield f"the header is {header}"
    if target == "meta-custom-audience" and not set(header) <= META:
        yield f"unknown columns {set(header) - META}"
    if target == "salesforce-upsert" and not (
        header[0].endswith("__c") and all(API_NAME.fullmatch(each) for each in header)
    ):
        yield f"no API names: {header}"
    if target == "hubspot-companies" and not {"Company Domain Name", "Record ID"} & set(header):
        yield "nothing that HubSpot knows companies by"
    if target == "hubspot-contacts" and not {"Email", "Record ID"} & set(header):
        yield "nothing that HubSpot knows contacts by"
    if len(header) >= 1000 or len(set(header)) < len(header):
        yield "too many columns, or one twice"


def _linkedin_companies(row: Row) -> Iterator[str]:
    if not (row["companyname"] or row["companywebsite"] or row["companyemaildomain"]):
        yield "neither name nor website nor domain"
    yield from _hosts(row, "companywebsite", "companyemaildomain")
    yield from _country(row["companycountry"])


def _linkedin_contacts(row: Row) -> Iterator[str]:
    if not (row["email"] or (row["firstname"] and row["lastname"]) or row["googleaid"]):
        yield "nobody"
    if row["email"] and not (MAIL.fullmatch(row["email"]) or SHA256.fullmatch(row["email"])):
        yield "email"
    lengths = {"firstname": 35, "lastname": 35, "jobtitle": 50, "employeecompany": 50}
    yield from (f"{name} is too long" for name, most in lengths.items() if len(row[name]) > most)
    yield from _country(row["country"])


def _google(row: Row) -> Iterator[str]:
    yield from _hashed(row, "Email", "Phone", "First Name", "Last Name")
    yield from _country(row["Country"])
    if SHA256.fullmatch(row["Zip"]):
        yield "the zip is hashed"
    if not (row["Email"] or row["Phone"] or all(row[each] for each in ("First Name", "Last Name", "Country", "Zip"))):
        yield "nobody"


def _meta(row: Row) -> Iterator[str]:
    yield from _hashed(row, *(each for each in row if each != "country"))
    yield from _country(row.get("country", ""))
    if not any(row[each] for each in row if each != "country"):
        yield "nobody"


def _microsoft(row: Row) -> Iterator[str]:
    if row["Type"] == "Customer List":
        if row["Action Type"] not in {"Add", "Remove", "Replace"}:
            yield "Action Type"
    elif row["Type"] == "Customer List Item":
        if not row["Parent Id"] or row["Sub Type"] != "Email":
            yield "Parent Id or Sub Type"
        if not (MAIL.fullmatch(row["Text"]) or SHA256.fullmatch(row["Text"])):
            yield "Text"
    elif row["Type"] != "Format Version":
        yield "Type"


def _sixsense(row: Row) -> Iterator[str]:
    yield from _hosts(row, "Domain")
    yield from _country(row["Country"])


def _demandbase_accounts(row: Row) -> Iterator[str]:
    if not (row["Account Name"] and row["Account Domain"]):
        yield "name and domain are needed"
    yield from _hosts(row, "Account Domain")
    if row["Phone Number"] and not E164.fullmatch(row["Phone Number"]):
        yield "Phone Number"


def _demandbase_people(row: Row) -> Iterator[str]:
    if not all(row[each] for each in ("First Name", "Last Name", "Email", "External Person Id")):
        yield "the first four are needed"
    if not MAIL.fullmatch(row["Email"]):
        yield "Email"
    yield from _hosts(row, "Account Domain")


def _hubspot_companies(row: Row) -> Iterator[str]:
    if not HOST.fullmatch(row["Company Domain Name"]):
        yield "Company Domain Name"
    yield from _hosts(row, "Company Domain Name")


def _hubspot_contacts(row: Row) -> Iterator[str]:
    if not MAIL.fullmatch(row["Email"]):
        yield "Email"


def _salesforce(row: Row) -> Iterator[str]:
    if not next(iter(row.values())):
        yield "no external id"


def _hashed(row: Row, *names: str) -> Iterator[str]:
    yield from (f"{name} is not hashed" for name in names if row[name] and not SHA256.fullmatch(row[name]))


def _hosts(row: Row, *names: str) -> Iterator[str]:
    for name in names:
        if row[name] and (not HOST.fullmatch(row[name]) or row[name] != row[name].lower()):
            yield f"{name} is no domain"
        if row[name] in CONSUMER:
            yield f"{name} is a consumer's"


def _country(code: str) -> Iterator[str]:
    if code and not ISO.fullmatch(code):
        yield "no ISO country"


RULES: dict[str, Callable[[Row], Iterator[str]]] = {
    "linkedin-companies": _linkedin_companies,
    "linkedin-contacts": _linkedin_contacts,
    "google-customer-match": _google,
    "meta-custom-audience": _meta,
    "microsoft-customer-match": _microsoft,
    "sixsense-accounts": _sixsense,
    "demandbase-accounts": _demandbase_accounts,
    "demandbase-people": _demandbase_people,
    "hubspot-companies": _hubspot_companies,
    "hubspot-contacts": _hubspot_contacts,
    "salesforce-upsert": _salesforce,
}
