"""`abm export`: what it prints, what it refuses before any work, what it leaves alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import ROOT, abm, program

if TYPE_CHECKING:
    from pathlib import Path

DEMO = ROOT / "fixtures" / "demo"


def said(text: str) -> str:
    return " ".join(text.split())


def test_without_a_target_it_lists_them() -> None:
    text = abm("export", "-w", DEMO).stdout
    for name in ("linkedin-companies", "google-customer-match", "salesforce-upsert", "parquet"):
        assert name in text
    assert "at least 300 rows" in text


def test_show_prints_the_page_itself() -> None:
    page = ROOT / "config" / "targets" / "meta-custom-audience.yaml"
    assert abm("export", "meta-custom-audience", "--show").stdout_bytes == page.read_bytes()


@pytest.mark.slow
def test_it_says_what_it_wrote_and_why_not_more(tmp_path: Path) -> None:
    done = program("export", "linkedin-contacts", "-w", DEMO, "-o", tmp_path / "li.csv")
    assert done.stdout == b""
    told = said(done.stderr.decode())
    assert "wrote 474 of 486 people for LinkedIn" in told
    assert "left out: 4 opted out, such as" in told
    assert "li.csv.manifest.json" in told
    manifest = json.loads((tmp_path / "li.csv.manifest.json").read_text())
    assert manifest["created"].endswith("+00:00")
    assert "@" not in done.stderr.decode()


@pytest.mark.slow
def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    done = program("export", "sixsense-accounts", "-w", DEMO, "--top", "3", "--dry-run", folder=tmp_path)
    assert "would write 3 of 56 accounts" in said(done.stderr.decode())
    assert list(tmp_path.iterdir()) == []


def test_selections_of_the_command_line(tmp_path: Path) -> None:
    abm("export", "salesforce-upsert", "-w", DEMO, "--where", "country = 'DE'", "--top", "2", "--stage", "engaged",
        "--stage", "qualified", "-o", tmp_path / "sf.csv", "--option", "external_id=Key__c")  # fmt: skip
    manifest = json.loads((tmp_path / "sf.csv.manifest.json").read_text())
    assert manifest["selection"] == {"where": "country = 'DE'", "top": 2, "stage": ["engaged", "qualified"]}
    assert (tmp_path / "sf.csv").read_text().startswith("Key__c,Name,")


def test_a_saved_list(tmp_path: Path) -> None:
    abm("demo", tmp_path / "mine")
    declared = tmp_path / "mine" / "workspace.yaml"
    declared.write_text(declared.read_text() + "\nlists:\n  nordics: \"country in ('SE', 'NO', 'DK', 'FI')\"\n")
    abm("export", "sixsense-accounts", "-w", tmp_path / "mine", "--list", "nordics", "-o", tmp_path / "six.csv")
    countries = {line.split(",")[1] for line in (tmp_path / "six.csv").read_text().splitlines()[1:]}
    assert countries
    assert countries <= {"SE", "NO", "DK", "FI"}
    manifest = json.loads((tmp_path / "six.csv.manifest.json").read_text())
    assert manifest["selection"]["list"] == "nordics"
    told = abm("export", "sixsense-accounts", "-w", tmp_path / "mine", "--list", "nordic", "-o", "x.csv", code=2).stderr
    assert "Did you mean 'nordics'" in told


def test_changes_since_a_manifest(tmp_path: Path) -> None:
    common = ("export", "hubspot-companies", "-w", DEMO, "-o", tmp_path / "h.csv")
    abm(*common, "--where", "country = 'DE'")
    told = abm(*common, "--where", "country in ('DE', 'SE')", "--since", tmp_path / "h.csv.manifest.json").stderr
    assert "0 removed" in said(told)
    assert (tmp_path / "h-added.csv").is_file()
    assert "older files lie there too" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("hubspot-company",), "Did you mean 'hubspot-contacts'"),
        (("hubspot-contacts",), "Name one with -o"),
        (("hubspot-contacts", "-o", "x.csv", "--where", "a ="), "--where"),
        (("hubspot-contacts", "-o", "x.csv", "--people-where", "a ="), "--people-where"),
        (("hubspot-contacts", "-o", "x.csv", "--option", "a"), "NAME=VALUE"),
        (("hubspot-contacts", "-o", "x.csv", "--list", "none"), "saves no list"),
        (("hubspot-contacts", "-o", "x.xlsx"), "CSV"),
        (("csv", "-o", DEMO / "accounts.csv"), "made of"),
    ],
)
def test_refused(arguments: tuple[str | Path, ...], words: str) -> None:
    told = said(abm("export", *arguments, "-w", DEMO, code=2).stderr)
    assert words in told or words.replace("contacts", "companies") in told
