"""Mail addresses against tables written by hand, and the pattern against the engines that will run it."""

import json
import re
from pathlib import Path

import duckdb
import polars as pl
import pytest

from abm.identity.mail import (
    GIANTS,
    MAIL_PATTERN,
    free_providers,
    mail_domain,
    mail_kind,
    mailbox,
    normal_mail,
    role_mailboxes,
)

SHARED = Path(__file__).parents[3] / "shared/data"

VALID = [
    "a@b.co",
    "ada@acme.com",
    "ada.lovelace@mail.acme.co.uk",
    "ada+news@acme.com",
    "ada_l@acme.com",
    "ada-l@acme.com",
    "o'brien@acme.ie",
    "1234@acme.com",
    "_@acme.com",
    "ada@3m.com",
    "ada@1and1.de",
    "ada@a-b.de",
    "ada@a--b.de",
    "ada@123.456.com",
    "jörg@müller.de",
    "用户@例子.公司",
    "ada@xn--mller-kva.de",
    "ada@acme.xn--p1ai",
    "почта@почта.рф",
    "ada@acme.technology",
    "#!$%&'*+/=?^_`{|}~@acme.com",
]

INVALID = [
    "ada",
    "@",
    "@acme.com",
    "ada@",
    "ada@acme",
    "ada@@acme.com",
    "ada@b@acme.com",
    "ada lovelace@acme.com",
    "ada@acme .com",
    "ada@ac me.com",
    "ada@acme..com",
    "ada@.acme.com",
    "ada@acme.com.",
    "ada@-acme.com",
    "ada@acme-.com",
    "ada@ac_me.com",
    "ada@acme.c",
    "ada@acme.123",
    "ada@192.168.0.1",
    "ada@[192.168.0.1]",
    ".ada@acme.com",
    "ada.@acme.com",
    "ada..l@acme.com",
    "<ada@acme.com>",
    "ada <ada@acme.com>",
    "mailto:ada@acme.com",
    "ada@acme.com,bob@acme.com",
    "ada@acme.com;bob@acme.com",
    "ada@acme.com bob@acme.com",
    "ada@acme.com/x",
    "ada@acme,com",
    '"ada"@acme.com',
    "(ada)@acme.com",
    "ada\\l@acme.com",
    "ada\u00a0l@acme.com",
    "ada@acme\u00a0.com",
    "ada\u200b@acme.com",
    "ada@acme.com\u200b",
    "ada\tl@acme.com",
    "ada\n@acme.com",
    "ada@acme.c\nom",
    "n/a",
    "none",
    "ada(at)acme.com",
]


@pytest.mark.parametrize("mail", VALID)
def test_valid(mail: str) -> None:
    assert re.search(MAIL_PATTERN, mail)
    assert mail_kind(mail) == "work"


@pytest.mark.parametrize("mail", INVALID)
def test_invalid(mail: str) -> None:
    assert not re.search(MAIL_PATTERN, mail)
    assert mail_kind(mail) == "invalid"
    assert mail_domain(mail) is None


def test_pattern_means_the_same_in_rust() -> None:
    mails = pl.Series("mail", VALID + INVALID)
    assert mails.str.contains(MAIL_PATTERN).to_list() == [True] * len(VALID) + [False] * len(INVALID)


def test_pattern_means_the_same_in_re2() -> None:
    mails = pl.DataFrame({"place": range(len(VALID + INVALID)), "mail": VALID + INVALID})
    with duckdb.connect() as connection:
        connection.register("mails", mails.to_arrow())
        rows = connection.execute("select regexp_matches(mail, ?) from mails order by place", [MAIL_PATTERN]).fetchall()
    assert [row[0] for row in rows] == [True] * len(VALID) + [False] * len(INVALID)


LONG = ["a" * 100_000, "a@" + "a" * 100_000, "a@" + "a." * 50_000, "a." * 50_000, "@" * 100_000]


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_a_long_text_is_invalid(text: str) -> None:
    """A pattern that backtracks would not come back from these."""
    assert mail_kind(text) == "invalid"


@pytest.mark.parametrize(
    ("mail", "kind"),
    [
        (None, None),
        ("", None),
        ("   ", None),
        ("ada@acme.com", "work"),
        (" ADA@ACME.COM ", "work"),
        ("info@acme.com", "role"),
        ("Info@Acme.com", "role"),
        ("sales+demo@acme.com", "role"),
        ("no-reply@acme.com", "role"),
        ("vertrieb@acme.de", "role"),
        ("kontakt@acme.de", "role"),
        ("ventas@acme.es", "role"),
        ("compras@acme.mx", "role"),
        ("contato@acme.com.br", "role"),
        ("vendas@acme.com.br", "role"),
        ("commercial@acme.fr", "role"),
        ("comptabilite@acme.fr", "role"),
        ("information.desk@acme.com", "work"),
        ("sally@acme.com", "work"),
        ("ada@gmail.com", "free"),
        ("info@gmail.com", "free"),
        ("ada+x@GoogleMail.com", "free"),
        ("ada@www.gmail.com", "free"),
        ("ada@hey.com", "free"),
        ("ada@web.de", "free"),
        ("ada@cox.net", "free"),
        ("ada@cox.com", "work"),
        ("ada@frontier.com", "work"),
        ("ada@sky.com", "work"),
        ("ada@telstra.com.au", "work"),
        ("ada@notgmail.com", "work"),
        ("ada@gmail.com.acme.com", "work"),
        ("not a mail", "invalid"),
    ],
)
def test_kind(mail: str | None, kind: str | None) -> None:
    assert mail_kind(mail) == kind


@pytest.mark.parametrize(
    ("mail", "kind"),
    [
        ("ada@orange.fr", "work"),
        ("contact@orange.fr", "role"),
        ("ada@free.fr", "free"),
        ("ada@gmail.com", "free"),
        ("info@gmail.com", "free"),
    ],
)
def test_a_provider_that_an_account_owns_is_an_employer_save_the_giants(mail: str, kind: str) -> None:
    assert mail_kind(mail, owned=frozenset({"orange.fr", "gmail.com"})) == kind


def test_giants_are_those_of_the_contract() -> None:
    text = (
        "gmail.com, googlemail.com, outlook.com, hotmail.com, live.com, yahoo.com, icloud.com, me.com, aol.com, "
        "gmx.com, gmx.de, proton.me, protonmail.com, mail.ru, qq.com, 163.com"
    )
    assert frozenset(text.split(", ")) == GIANTS
    assert GIANTS.issubset(free_providers())


CONSUMER = [
    "hey.com", "web.de", "gmx.net", "orange.fr", "libero.it", "uol.com.br", "wp.pl", "seznam.cz", "naver.com",
    "yandex.ru", "comcast.net", "cox.net", "yahoo.co.uk", "yahoo.fr", "yahoo.co.jp", "hotmail.fr", "hotmail.co.uk",
    "live.co.uk", "live.nl", "outlook.de", "outlook.fr", "msn.com", "t-online.de", "freenet.de", "bluewin.ch",
    "laposte.net", "skynet.be", "ziggo.nl", "btinternet.com", "bigpond.com", "xtra.co.nz", "shaw.ca",
    "terra.com.br", "sapo.pt", "docomo.ne.jp", "126.com", "rediffmail.com", "ukr.net", "abv.bg", "freemail.hu",
    "tutanota.com", "fastmail.com", "pm.me",
]  # fmt: skip


@pytest.mark.parametrize("domain", CONSUMER)
def test_consumer_provider(domain: str) -> None:
    assert domain in free_providers()


EMPLOYERS = [
    "cox.com", "frontier.com", "sky.com", "telstra.com.au", "telstra.com", "orange.com", "telekom.de",
    "vodafone.com", "att.com", "verizon.com", "comcast.com", "google.com", "microsoft.com", "apple.com",
    "yahooinc.com", "1und1.de", "swisscom.com", "telefonica.com", "naver.co", "tim.it", "acme.com",
]  # fmt: skip


@pytest.mark.parametrize("domain", EMPLOYERS)
def test_employer(domain: str) -> None:
    assert domain not in free_providers()


def test_lists_are_normal() -> None:
    assert 500 < len(free_providers()) < 3000
    assert all(mail_domain(f"a@{domain}") == domain for domain in free_providers())
    assert 200 < len(role_mailboxes()) < 1000
    assert all(mail_kind(f"{box}@acme.com") == "role" and mailbox(f"{box}@acme.com") == box for box in role_mailboxes())


@pytest.mark.skipif(not (SHARED / "free_email/domains.json").exists(), reason="needs the shared data")
def test_most_big_providers_of_a_foreign_list_are_known() -> None:
    foreign = set(json.loads((SHARED / "free_email/domains.json").read_text()))
    ours = free_providers()
    # The regional faces of the biggest, by the foreign list; what it lacks is no fault of ours.
    big = {domain for domain in foreign if re.fullmatch(r"(hotmail|live|outlook|yahoo)\.(com?\.)?[a-z]{2}", domain)}
    assert len(big) > 50
    assert len(big & ours) / len(big) > 0.8


@pytest.mark.skipif(not (SHARED / "fortune1000/Fortune_1000.csv").exists(), reason="needs the shared data")
def test_no_large_employer_is_a_consumer_provider() -> None:
    text = (SHARED / "fortune1000/Fortune_1000.csv").read_text(encoding="utf-8").lower()
    sites = {site.removeprefix("www.") for site in re.findall(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})", text)}
    assert len(sites) > 800
    assert not sites & free_providers()


def test_normal_mail() -> None:
    assert normal_mail(" Ada+X@Acme.COM\n") == "ada+x@acme.com"
    assert normal_mail("ada@www.acme.com") == "ada@acme.com"
    assert normal_mail("www.ada@acme.com") == "www.ada@acme.com"
    assert normal_mail("") is None
    assert normal_mail("\t ") is None
    assert normal_mail(None) is None


def test_mail_domain() -> None:
    assert mail_domain("Ada@Mail.Acme.com") == "mail.acme.com"
    assert mail_domain("ada@www.acme.com") == "acme.com"
    assert mail_domain(None) is None
