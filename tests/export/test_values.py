"""What stands in a cell: values by hand, hashes by Python's own library, telephone numbers by `phonenumbers`."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, Any

import phonenumbers
import polars as pl
import pytest

import abm
from abm.output.lists.phones import e164, one_e164
from abm.output.lists.steps import stepped
from abm.sources.digests import sha256_columns, sha256_texts
from tests.export.worlds import records, scored

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"
"""SHA-256 of test@example.com, as platforms print it."""
JOINED = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
"""A Persian word that is misspelt without its joiner."""
ADA = {
    "contact_id": "C1",
    "account_id": "A1",
    "email": "  Test@Example.COM ",
    "first_name": " Ada  Mary\u200b",
    "last_name": "O'Brien-LOVELACE",
    "title": "Chief Analyst of the Analytical Engine and all its many wheels",
    "country": "Vereinigte Staaten",
    "phone": "(212) 565-0000",
    "zip": " 94303-5300 ",
    "city": "Saint-Denis sur Loire",
    "state": "N.Y.",
}


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def row(folder: Path, target: str, **changes: Any) -> dict[str, str]:
    result = scored(folder, [{"account_id": "A1", "name": "Acme", "domain": "acme.com"}], [{**ADA, **changes}])
    done = abm.export(result, target, folder / "list.csv")
    (found,) = [each for each in records(done.files[0].path) if each.get("Type", "") in ("", "Customer List Item")]
    return found


def test_google(tmp_path: Path) -> None:
    assert row(tmp_path, "google-customer-match") == {
        "Email": PUBLISHED,
        "Phone": sha("+12125650000"),
        "First Name": sha("ada mary"),
        "Last Name": sha("o'brien-lovelace"),
        "Country": "US",
        "Zip": "94303-5300",
    }


def test_meta(tmp_path: Path) -> None:
    assert row(tmp_path, "meta-custom-audience") == {
        "email": PUBLISHED,
        "phone": sha("12125650000"),
        "fn": sha("ada mary"),
        "ln": sha("obrienlovelace"),
        "zip": sha("94303"),
        "ct": sha("saintdenissurloire"),
        "st": sha("ny"),
        "country": "US",
    }


def test_linkedin(tmp_path: Path) -> None:
    found = row(tmp_path, "linkedin-contacts", first_name="x" * 36, last_name="y" * 35)
    assert found["email"] == PUBLISHED
    assert (found["firstname"], found["lastname"]) == ("x" * 35, "y" * 35)
    assert found["jobtitle"] == "Chief Analyst of the Analytical Engine and all its"
    assert (found["employeecompany"], found["country"]) == ("Acme", "US")


def test_microsoft(tmp_path: Path) -> None:
    found = row(tmp_path, "microsoft-customer-match")
    assert (found["Sub Type"], found["Text"], found["Parent Id"]) == ("Email", PUBLISHED, "-1")


@pytest.mark.parametrize("mail", ["A.B+c@gmail.com", "a.b@googlemail.com"])
def test_addresses_at_gmail_keep_dots_and_tags(tmp_path: Path, mail: str) -> None:
    assert row(tmp_path, "google-customer-match", email=mail)["Email"] == sha(mail.lower())


@pytest.mark.parametrize("mail", ["no address", "a@b", "", None, "a@@b.com"])
def test_what_is_no_address_is_not_hashed(tmp_path: Path, mail: str | None) -> None:
    assert row(tmp_path, "google-customer-match", email=mail)["Email"] == ""


def test_a_number_without_country_is_none(tmp_path: Path) -> None:
    assert row(tmp_path, "google-customer-match", country=None)["Phone"] == ""


def test_numbers_that_a_table_holds_as_numbers(tmp_path: Path) -> None:
    assert row(tmp_path, "google-customer-match", phone=2125650000)["Phone"] == sha("+12125650000")


def test_digests() -> None:
    texts = ["test@example.com", None, "", "ü", "a" * 10_000, "test@example.com"]
    expected = [None if each is None else sha(each) for each in texts]
    assert sha256_texts(pl.Series(texts)).to_list() == expected
    assert sha256_texts(pl.Series([], dtype=pl.String)).to_list() == []
    many = pl.DataFrame(
        {"a b": [f"x{n}" for n in range(300_000)], 'c"': [None] * 300_000}, schema_overrides={'c"': pl.String}
    )
    found = sha256_columns(many)
    assert found.columns == many.columns
    assert [found["a b"][n] for n in (0, 123_456, 299_999)] == [sha(f"x{n}") for n in (0, 123_456, 299_999)]
    assert found['c"'].null_count() == 300_000


@pytest.mark.parametrize(
    ("steps", "given", "expected"),
    [
        (["domain"], ["https://www.Acme.co.uk/a?b", "GMAIL.com.", "x.gmail.com", "co.uk", "acme", "m.qq.com"],
         ["acme.co.uk", None, None, None, None, None]),
        (["country"], ["usa", "Deutschland", "de", "Nowhere", "N/A"], ["US", "DE", "DE", None, None]),
        (["trim"], ["a\r\n b\tc", "\u202ex\u202c", " \u200b ", JOINED], ["a b c", "x", None, JOINED]),
        (["first", "trim"], ["; a ;b", "a", ";"], ["a", "a", None]),
        (["no_punctuation"], ["O'Neil-Smith, Jr.", "(x)"], ["ONeilSmith Jr", "x"]),
        (["zip5"], ["94303-5300", "943035300", "WC2H 8LG"], ["94303", "94303", "WC2H 8LG"]),
        (["digits"], ["+49 (30) 1", "x"], ["49301", None]),
    ],
)  # fmt: skip
def test_steps(steps: list[Any], given: list[str], expected: list[str | None]) -> None:
    assert stepped(pl.Series(given), steps).to_list() == expected


@pytest.mark.slow
def test_telephone_numbers_as_the_library_reads_them() -> None:
    numbers = _numbers(random.Random(20260630), 12)
    texts, countries = [text for text, _ in numbers], [country for _, country in numbers]
    found = e164(pl.Series(texts), pl.Series(countries, dtype=pl.String)).to_list()
    wrong = [
        (text, country, one_e164(text, country), each)
        for text, country, each in zip(texts, countries, found, strict=True)
        if one_e164(text, country) != each
    ]
    assert wrong == []
    assert sum(each is not None for each in found) > len(found) // 2


def _numbers(rng: random.Random, each: int) -> list[tuple[str, str | None]]:
    """Numbers of every region, right and wrong, as people write them."""
    found: list[tuple[str, str | None]] = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        plan = phonenumbers.PhoneMetadata.metadata_for_region(region)
        example = phonenumbers.example_number(region)
        assert plan is not None
        assert example is not None
        for _ in range(each):
            national = "".join(
                rng.choice("0123456789") if rng.random() < 0.2 else sign for sign in str(example.national_number)
            )
            national = national[: len(national) - (rng.random() < 0.1)] + rng.choice(["", "", "", "", "7"])
            trunk = plan.national_prefix or ""
            ways = [
                f"+{plan.country_code} {national}",
                f"+{plan.country_code} (0){national}",
                f"{trunk}{national}",
                national,
            ]
            ways += [
                f"00{plan.country_code}{national}",
                f"{plan.country_code}{national}",
                f"Tel. {trunk}{national} ext. 5",
            ]
            text = rng.choice(ways)
            text = f"({text[:3]}) {text[3:]}" if rng.random() < 0.2 and text[0].isdigit() else text
            text = f"{text[:6]}-{text[6:]}" if rng.random() < 0.3 else text
            found.append((text, region if rng.random() < 0.9 else None))
    return found
