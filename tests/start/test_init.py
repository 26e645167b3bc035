"""`abm init`: from a folder of exports to a ranking, and never over what a person has written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from abm.model.loader import load_model
from abm.workspace.loader import load_workspace
from abm.workspace.settings import read_settings
from tests.cli.running import abm, program
from tests.start.folders import DOMAINS, bombora, by_hand, canonical, contents, weekly_intent, write

if TYPE_CHECKING:
    from pathlib import Path


def uncommented(line: str) -> str:
    """What a person does who takes a proposal: removes the `# ` before it; reasons stand behind `##`."""
    return line if line.lstrip().startswith("##") else line.replace("# ", "", 1)


@pytest.mark.parametrize("make", [by_hand, canonical, bombora])
def test_from_exports_to_a_ranking(make, tmp_path: Path) -> None:
    folder = make(tmp_path / "crm")
    abm("init", folder)
    assert load_model(folder / "model.yaml").warnings == ()
    assert len(load_workspace(folder).tables["accounts"].frame.collect()) == 12
    ranked = abm("rank", "-w", folder, "--format", "csv").stdout
    assert len(ranked.splitlines()) == 13


def test_a_hand_made_folder_is_understood(tmp_path: Path) -> None:
    folder = weekly_intent(by_hand(tmp_path / "crm"))
    done = abm("init", folder)
    tables = read_settings(folder / "workspace.yaml")[0].tables
    columns = {
        table: {name: given.from_ for name, given in source[0].columns.items()} for table, source in tables.items()
    }
    assert columns["accounts"] == {
        "account_id": ("Webseite",),
        "name": ("Firma",),
        "domain": ("Webseite",),
        "industry": ("Branche",),
        "employees": ("Mitarbeiter",),
        "country": ("Land",),
    }
    assert columns["contacts"] == {
        "contact_id": ("E-Mail",),
        "email": ("E-Mail",),
        "title": ("Position",),
        "company": ("Company",),
    }
    assert columns["events"] == {
        "email": ("Who (mail)",),
        "type": ("What",),
        "occurred_at": ("When",),
        "url": ("Page URL",),
    }
    assert tables["intent"][0].file == ("intent/surge_*.csv",)
    assert "intent/surge_*.csv (3 files)" in done.stdout
    model = load_model(folder / "model.yaml")
    assert {event for signal in model.signals for event in signal.event} == {
        "Form Submission",
        "Webinar Attended",
        "Page View",
        "Email Opened",
    }
    assert "Quiz Finished" in (folder / "model.yaml").read_text()
    assert "Quiz Finished 24" in done.stdout
    assert set(model.intent.topics) == {"crm", "data lake", "*"}
    assert abm("check", "-w", folder).stdout


def test_a_second_run_leaves_every_byte(tmp_path: Path) -> None:
    folder = by_hand(tmp_path / "crm")
    abm("init", folder)
    mine = (folder / "workspace.yaml").read_text() + "# mine\n"
    (folder / "workspace.yaml").write_text(mine)
    before = contents(folder)
    done = abm("init", folder)
    assert contents(folder) == before
    assert "Nothing is new" in done.stderr


def test_a_new_file_is_proposed_beside(tmp_path: Path) -> None:
    folder = by_hand(tmp_path / "crm")
    abm("init", folder)
    before = contents(folder)
    weekly_intent(folder)
    added = contents(folder).keys() - before.keys()
    done = abm("init", folder)
    after = contents(folder)
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() - added == {"workspace.proposed.yaml"}
    assert "intent/surge_*.csv" in done.stderr
    again = abm("init", folder)
    assert contents(folder) == after, "the same proposal is not made twice"
    assert "surge_*" in again.stderr
    (folder / "workspace.proposed.yaml").write_text("# edited\n")
    abm("init", folder)
    assert (folder / "workspace.proposed.yaml").read_text() == "# edited\n"
    assert (folder / "workspace.proposed-2.yaml").is_file()


def test_the_proposal_becomes_the_workspace(tmp_path: Path) -> None:
    folder = by_hand(tmp_path / "crm")
    abm("init", folder)
    weekly_intent(folder)
    abm("init", folder)
    (folder / "workspace.proposed.yaml").replace(folder / "workspace.yaml")
    assert "intent" in load_workspace(folder).tables
    assert "Nothing is new" in abm("init", folder).stderr


def test_a_pattern_takes_next_weeks_file_without_a_word(tmp_path: Path) -> None:
    folder = weekly_intent(by_hand(tmp_path / "crm"), weeks=2)
    abm("init", folder)
    weekly_intent(folder, weeks=3)
    assert "Nothing is new" in abm("init", folder).stderr
    assert len(load_workspace(folder).tables["intent"].frame.collect()) == 3 * 24


def test_a_model_of_ones_own_is_kept(tmp_path: Path) -> None:
    folder = canonical(tmp_path / "crm")
    (folder / "model.yaml").write_text(
        "name: mine\nversion: 7\nsignals: [{name: click, event: email_click, points: 3}]\n"
    )
    done = abm("init", folder)
    assert (folder / "model.yaml").read_text().startswith("name: mine")
    assert "Events that no signal of model.yaml counts: demo_request" in done.stderr


def test_mistakes_in_a_workspace_are_said_and_kept(tmp_path: Path) -> None:
    folder = canonical(tmp_path / "crm")
    (folder / "workspace.yaml").write_text("tabels: {}\n")
    done = abm("init", folder, code=1)
    assert "Mend this first" in done.stderr
    assert "Did you mean 'tables'?" in done.stderr
    assert (folder / "workspace.yaml").read_text() == "tabels: {}\n"


def test_dry_run_shows_and_writes_nothing(tmp_path: Path) -> None:
    folder = by_hand(tmp_path / "crm")
    before = contents(folder)
    done = abm("init", folder, "--dry-run")
    assert contents(folder) == before
    assert "account_id: Webseite" in done.stdout
    assert "name: first" in done.stdout


def test_people_and_events_without_accounts(tmp_path: Path) -> None:
    folder = by_hand(tmp_path / "crm")
    (folder / "Kunden.csv").unlink()
    done = abm("init", folder, code=1)
    assert "there is no list of companies" in done.stdout
    assert "cannot be scored yet" in done.stderr
    text = (folder / "workspace.yaml").read_text()
    assert "NOT YET: there is no list of companies" in text
    assert set(read_settings(folder / "workspace.yaml")[0].tables) == {"contacts", "events"}
    lines = text.splitlines()
    first = next(place for place, line in enumerate(lines) if line.strip().startswith("# accounts:"))
    last = next(place for place, line in enumerate(lines) if line.strip().startswith("contacts:"))
    for place in range(first, last):
        lines[place] = uncommented(lines[place])
    (folder / "workspace.yaml").write_text("\n".join(lines))
    assert len(abm("rank", "-w", folder, "--format", "csv").stdout.splitlines()) == 13


def test_what_was_missing_is_proposed_once_it_is_there(tmp_path: Path) -> None:
    folder = by_hand(tmp_path / "crm")
    companies = (folder / "Kunden.csv").read_bytes()
    (folder / "Kunden.csv").unlink()
    abm("init", folder, code=1)
    (folder / "Kunden.csv").write_bytes(companies)
    assert "name: Firma" in abm("init", folder).stderr


def test_events_of_one_kind_are_asked(tmp_path: Path) -> None:
    folder = canonical(tmp_path / "crm")
    write(folder, "webinar attendees.csv", ["Contact ID", "Date"], [[f"C{n % 9}", "2026-06-02"] for n in range(30)])
    done = abm("init", folder)
    assert "no column says what each row is" in " ".join(done.stdout.split())
    text = (folder / "workspace.yaml").read_text()
    assert "#     type: {value: webinar attendees}" in text
    lines = [uncommented(line) if line.startswith("    ") else line for line in text.splitlines()]
    (folder / "workspace.yaml").write_text("\n".join(lines))
    assert len(load_workspace(folder).tables["events"].frame.collect()) == 48 + 30


def test_a_log_in_which_nobody_is_seen_twice_is_no_list_of_people(tmp_path: Path) -> None:
    folder = by_hand(tmp_path / "crm")
    (folder / "activity log.csv").unlink()
    rows = [[f"p{n}@{DOMAINS[n % 12]}", "Email Click", "2026-06-02"] for n in range(30)]
    write(folder, "export-3.csv", ["Email", "Activity", "Date"], rows)
    abm("init", folder)
    tables = read_settings(folder / "workspace.yaml")[0].tables
    assert (len(tables["contacts"]), tables["events"][0].file) == (1, ("export-3.csv",))


def test_two_shapes_that_fit_alike_are_a_choice(tmp_path: Path) -> None:
    folder = canonical(tmp_path / "crm")
    for name in ("north", "south"):
        page = folder / "presets" / f"{name}.yaml"
        page.parent.mkdir(exist_ok=True)
        page.write_text(
            f"name: {name}\ntitle: {name}\nshapes:\n  people:\n    title: People\n    header: [Nr, Zeichen]\n"
            "    tables: {contacts: {columns: {contact_id: Nr, title: Zeichen}}}\n"
        )
    write(folder, "personal.csv", ["Nr", "Zeichen"], [["1", "CFO"], ["2", "CEO"]])
    done = abm("init", folder)
    assert "it may be north.people or south.people: keep one" in " ".join(done.stdout.split())
    text = (folder / "workspace.yaml").read_text()
    for name in ("north", "south"):
        assert f"# - {{preset: {name}.people, file: personal.csv}}" in text
    assert len(read_settings(folder / "workspace.yaml")[0].tables["contacts"]) == 1


def test_an_empty_folder(tmp_path: Path) -> None:
    done = abm("init", tmp_path, code=2)
    assert "no file is one that abm knows" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_folder(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    done = abm("init", tmp_path / "export", code=2)
    assert "Did you mean 'exports'?" in done.stderr
    (tmp_path / "file.csv").write_text("a,b\n1,2\n")
    assert "is not a folder" in abm("init", tmp_path / "file.csv", code=2).stderr


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = canonical(tmp_path / "crm")
    before = contents(folder)
    opening = os.open

    def refusing(path: str | Path, *arguments: int, **options: int) -> int:
        # The second file is refused, so that the first is there already; whoever is root is refused nothing by modes.
        if "model.yaml" in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return opening(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refusing)
    done = abm("init", folder, code=2)
    assert "model.yaml: cannot be written (Permission denied)" in done.stderr
    assert contents(folder) == before


def test_what_cannot_be_read_is_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = canonical(tmp_path / "crm")
    (folder / "broken.parquet").write_bytes(b"PAR1 and no more")
    (folder / "empty.csv").write_bytes(b"")
    (folder / "picture.csv").write_bytes(b"%PDF-1.7 not a table")
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    (folder / "away.csv").symlink_to("/etc/hosts")
    (folder / "copy.csv").write_bytes((folder / "events.csv").read_bytes())
    done = abm("init", folder)
    for said in ("broken.parquet", "empty.csv", "picture.csv", "away.csv", "byte for byte"):
        assert said in done.stdout
    tables = read_settings(folder / "workspace.yaml")[0].tables
    assert [source.file for source in tables["events"]] in ([("events.csv",)], [("copy.csv",)])
    abm("rank", "-w", folder)


def test_days_whose_order_nobody_can_tell_are_asked(tmp_path: Path) -> None:
    folder = canonical(tmp_path / "crm")
    write(
        folder,
        "events.csv",
        ["contact_id", "type", "occurred_at"],
        [[f"C{n % 24}", "email_click", f"0{1 + n % 9}/0{1 + n % 5}/2026"] for n in range(40)],
    )
    done = abm("init", folder, code=1)
    assert "day_first, or month_first" in done.stdout
    path = folder / "workspace.yaml"
    assert "# dates: day_first" in path.read_text()
    assert "email_click" in (folder / "model.yaml").read_text(), "the types are seen all the same"
    path.write_text(path.read_text().replace("# dates: day_first", "dates: day_first"))
    abm("rank", "-w", folder)


def test_a_time_zone_is_written(tmp_path: Path) -> None:
    folder = by_hand(tmp_path / "crm")
    abm("init", folder, "--timezone", "Europe/Berlin")
    tables = read_settings(folder / "workspace.yaml")[0].tables
    assert tables["events"][0].timezone == "Europe/Berlin"
    assert "Did you mean" in abm("init", folder, "--timezone", "Europe/Berln", code=2).stderr


def test_results_in_the_folder_are_no_tables(tmp_path: Path) -> None:
    folder = canonical(tmp_path / "crm")
    abm("init", folder)
    abm("rank", "-w", folder, "-o", folder / "ranking.csv")
    abm("score", "-w", folder, "-o", folder / "results", "--format", "csv")
    done = abm("init", folder)
    assert "a result of abm" in done.stdout
    assert "Nothing is new" in done.stderr


@pytest.mark.slow
def test_three_hundred_files(tmp_path: Path) -> None:
    folder = canonical(tmp_path / "crm")
    for n in range(300):
        rows = [
            [f"C{n % 24}", "email_click", f"2026-06-{1 + n % 28:02d}"],
            ["C1", "page_view", f"2026-05-{1 + n // 28:02d}"],
        ]
        write(folder, f"more/events_{n:03d}.csv", ["contact_id", "type", "occurred_at"], rows)
    done = abm("init", folder)
    assert "more/events_*.csv (300 files)" in done.stdout
    assert len((folder / "workspace.yaml").read_text().splitlines()) < 40
    assert len(load_workspace(folder).tables["events"].frame.collect()) == 648


@pytest.mark.slow
def test_data_to_stdout_talk_to_stderr(tmp_path: Path) -> None:
    folder = canonical(tmp_path / "crm")
    done = program("init", folder, variables={"COLUMNS": "80"})
    assert b"Written" not in done.stdout
    assert b"abm rank -w" in done.stderr
    assert max(map(len, done.stdout.decode().splitlines())) <= 80
