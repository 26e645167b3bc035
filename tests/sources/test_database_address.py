"""Addresses: taken apart, filled from the environment, shown without what nobody should see."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.errors import SourceError
from abm.sources.databases.address import address_of

WHERE = "workspace.yaml:7: tables.events"
SIGNS = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=["Cc", "Cs"]), min_size=4)


def failing(written: str, **environment: str) -> str:
    with pytest.raises(SourceError) as caught:
        address_of(written, environment, WHERE)
    said = str(caught.value)
    assert said.startswith(f"{WHERE}: ")
    assert "hush" not in said
    return said


@pytest.mark.parametrize(
    ("written", "shown", "user"),
    [
        ("postgresql://db.example/crm", "postgresql://db.example/crm", ""),
        ("postgres://ann:hush@db.example:5433/crm", "postgresql://db.example:5433/crm", "ann"),
        ("POSTGRESQL+psycopg://ann:hush@db/crm?sslmode=require", "postgresql://db/crm", "ann"),
        ("postgresql://ann:h%40ush@[2001:db8::1]:5433/crm", "postgresql://[2001:db8::1]:5433/crm", "ann"),
        ("postgresql://ann:hush@one:1,two:2/crm", "postgresql://one:1,two:2/crm", "ann"),
        ("postgresql:///crm?host=/var/run/postgresql&user=ann&password=hush", "postgresql:///crm", "ann"),
        ("postgresql://ann:hu@sh@db/crm", "postgresql://db/crm", "ann"),
        ("snowflake://ann:hush@org-account/DB/SCHEMA?warehouse=WH", "snowflake://org-account/DB/SCHEMA", "ann"),
        ("bigquery://my-project/crm", "bigquery://my-project/crm", ""),
        ("sqlite:///sub/crm.db", "sqlite:///sub/crm.db", ""),
        ("duckdb:///crm.duckdb?access_mode=read_only", "duckdb:///crm.duckdb", ""),
        ("sub/crm.sqlite3", "sub/crm.sqlite3", ""),
    ],
)
def test_what_is_shown(written: str, shown: str, user: str) -> None:
    address = address_of(written, {}, WHERE)
    assert (address.shown, address.user) == (shown, user)
    assert "hush" not in repr(address)


@pytest.mark.parametrize(
    "written",
    [
        "postgresql://ann:hu/sh-hush@db/crm",
        "postgresql://ann:hu?sh-hush@db/crm",
        "postgresql://ann:hush hush/crm",
        "postgresql://ann:hush/crm",
        "postgresql://db/crm?password=h@hush",
        "postgresql://",
        "postgresql:///",
        "ann:hush@db/crm",
        "host=db password=hush",
        "jdbc:postgresql://ann:hush@db/crm",
        "mysql://ann:hush@db/crm",
        "hush",
        "crm.csv",
        "postgresql:/ann:hush@db/crm",
        "${hush-hush}",
        "",
    ],
)
def test_what_cannot_be_taken_apart_is_not_repeated(written: str) -> None:
    failing(written)


def test_near_schemes_are_guessed() -> None:
    assert "Did you mean 'postgresql'?" in failing("postgressql://ann:hush@db/crm")


@given(password=SIGNS)
def test_a_password_of_the_environment_may_have_any_sign(password: str) -> None:
    address = address_of("postgresql://ann:${PW}@db.example/crm", {"PW": password}, WHERE)
    assert address.uri == f"postgresql://ann:{quote(password.strip(), safe='')}@db.example/crm"
    assert address.shown == "postgresql://db.example/crm"
    for text in (password, quote(password, safe=""), f"x{password}y", address.uri):
        cleaned = address.cleaned(f"<{text}>")
        assert password.strip() not in cleaned
        assert quote(password.strip(), safe="") not in cleaned


@given(password=SIGNS)
def test_an_encoded_password_is_cut_out_in_both_spellings(password: str) -> None:
    address = address_of(f"postgresql://ann:{quote(password, safe='')}@db.example/crm", {}, WHERE)
    assert password not in address.cleaned(f"- {password} -")
    assert quote(password, safe="") not in address.cleaned(f"- {quote(password, safe='')} -")


@given(password=st.text(min_size=4, max_size=20), rest=st.text(max_size=20))
def test_whatever_is_written_is_refused_or_hidden(password: str, rest: str) -> None:
    """A password as it is, with signs that break the address: either it is understood, or nothing of it is said."""
    password = f"Gr8Secret{password}Gr8Secret"
    try:
        address = address_of(f"postgresql://ann:{password}@db.example/crm{rest}", {}, WHERE)
    except SourceError as error:
        said = str(error)
    else:
        said = address.shown + address.cleaned(f"{password} {address.uri}")
    assert "Gr8Secret" not in said


def test_names_of_the_environment() -> None:
    found = address_of("postgresql://${U}:${P}@${H}/${D}", {"U": "a@b", "P": "x/y z", "H": "db:1", "D": "crm"}, WHERE)
    assert found.uri == "postgresql://a%40b:x%2Fy%20z@db:1/crm"
    assert found.shown == "postgresql://db:1/crm"
    whole = address_of("${URL}", {"URL": " postgresql://ann:h%2Fush@db/crm\n"}, WHERE)
    assert whole.uri == "postgresql://ann:h%2Fush@db/crm"
    assert "CRM_URL is not set" in failing("${CRM_URL}")
    assert "PW is empty" in failing("postgresql://ann:${PW}@db/crm", PW=" ")
    assert "PW has a line break" in failing("postgresql://ann:${PW}@db/crm", PW="hush\nhush")
    assert "the name of an environment variable" in failing("postgresql://ann:${hush hush}@db/crm")


def test_a_short_password_withholds_what_was_said() -> None:
    address = address_of("postgresql://ann:db1@host/crm", {}, WHERE)
    assert "db1" not in address.cleaned("cannot reach db1")
    assert address.cleaned("cannot reach it") == "cannot reach it"


def test_a_user_is_nobodys_business() -> None:
    address = address_of("postgresql://ann:hush-hush@host/crm", {}, WHERE)
    assert address.cleaned('role "ann" does not exist, annals do') == 'role "***" does not exist, annals do'
