"""Names and headers that would break a YAML file, a terminal or a query: text stays text."""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from abm.model.loader import load_model
from abm.workspace.settings import read_settings
from abm.workspace.start.model_page import model_page
from abm.workspace.start.page import page
from abm.workspace.start.source import Source
from abm.workspace.start.survey import Survey
from abm.workspace.start.yaml_words import comment, scalar
from tests.cli.running import abm
from tests.start.folders import canonical, contents, write

NASTY = [
    "=cmd|' /C calc'!A0",
    "\x1b[31mred\x1b[0m",
    "a: b # c",
    "- item",
    "&anchor *alias !tag",
    "say \"hi\" and 'bye'",
    "two\nlines",
    "tab\there",
    "{brace} [bracket]",
    "\u202eevil",
    "yes",
    "null",
    "1e3",
    "%directive",
    "@at `tick`",
    "emoji \N{GRINNING FACE}",
    "\x85next\u2028line",
    "",
    " ",
    "#comment",
    "? key",
    "back\\slash",
    "${HOME}",
    "'; drop table events; --",
]

texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30) | st.sampled_from(NASTY)


@given(texts)
def test_a_scalar_is_read_as_what_it_is(text: str) -> None:
    flow = YAML(typ="safe").load(f"{{key: {scalar(text)}, list: [{scalar(text)}]}}")
    block = YAML(typ="safe").load(f"key:\n  - {scalar(text)}\n{scalar(text or 'x')}: 1\n")
    assert flow == {"key": text, "list": [text]}
    assert block == {"key": [text], text or "x": 1}


@given(texts)
def test_a_comment_stays_a_comment(text: str) -> None:
    lines = list(comment(text, 2))
    assert all(line.lstrip().startswith("#") for line in lines)
    assert all(line.isprintable() for line in lines)
    assert YAML(typ="safe").load("a: 1\n" + "\n".join(lines) + "\nb: 2\n") == {"a": 1, "b": 2}


sources = st.builds(
    Source,
    st.sampled_from(["accounts", "contacts", "events"]),
    st.tuples(texts.filter(bool)),
    written=st.tuples(texts.filter(bool)) | st.lists(texts.filter(bool), min_size=20, max_size=20).map(tuple),
    columns=st.dictionaries(st.sampled_from(["name", "domain", "email", "type"]), texts.filter(bool), max_size=3),
    constants=st.dictionaries(st.sampled_from(["type", "source"]), texts, max_size=1),
    remarks=st.lists(texts, max_size=2).map(tuple),
    hints=st.just(()) | texts.map(lambda text: (("dates: day_first", text),)),
    off=st.none() | texts,
)


@settings(max_examples=60)
@given(st.lists(sources, max_size=4), st.lists(texts, max_size=3), st.lists(texts, max_size=3))
def test_a_page_says_what_was_meant(entries: list[Source], missing: list[str], left: list[str]) -> None:
    for each in entries:
        overlap = set(each.columns) & set(each.constants)
        if overlap:
            return
    loaded = YAML(typ="safe").load(page(entries, "model.yaml", missing, left))
    tables = loaded.get("tables") or {}
    for table in ("accounts", "contacts", "events"):
        active = [each for each in entries if each.table == table and each.off is None]
        given_ = tables.get(table, [])
        given_ = given_ if isinstance(given_, list) else [given_]
        assert len(given_) == len(active)
        for read, meant in zip(given_, active, strict=True):
            files = read["file"] if isinstance(read["file"], list) else [read["file"]]
            assert files == list(meant.written)
            columns = read.get("columns", {})
            assert {k: v for k, v in columns.items() if isinstance(v, str)} == dict(meant.columns)
            assert {k: v["value"] for k, v in columns.items() if isinstance(v, dict)} == dict(meant.constants)


words = texts.filter(lambda text: bool(text.strip()))
counts = st.dictionaries(words, st.integers(1, 10_000), max_size=15)


@settings(max_examples=25)
@given(st.tuples(counts, counts, counts, counts, counts), st.booleans())
def test_a_model_of_any_words_loads_without_a_warning(words_seen: tuple[dict[str, int], ...], employees: bool) -> None:
    types, roles, topics, industries, lifecycles = words_seen
    seen = Survey(
        frozenset({"accounts", "contacts", "events", "intent"}),
        {**types, "Form Submission": 3, "PAGE VIEW": 9},
        {"PAGE VIEW": 9},
        {"finance": 3},
        {"c_level": 2},
        1,
        {word.strip().lower(): count for word, count in roles.items()} | {"decision_maker": 2, "blocker": 1},
        {word.strip().lower(): count for word, count in topics.items()},
        industries,
        {**lifecycles, "Customer - Direct": 4, "Client's competitor": 1},
        employees=employees,
        targets=employees,
    )
    with TemporaryDirectory() as place:
        path = Path(place) / "model.yaml"
        path.write_text(model_page("first", seen), encoding="utf-8")
        model = load_model(path)
    assert model.warnings == ()
    assert len(model_page("first", seen).splitlines()) <= 110


def test_a_folder_of_nasty_headers_and_values(tmp_path: Path) -> None:
    folder = canonical(tmp_path / "crm")
    nasty = [each for each in NASTY if each.strip()]
    write(
        folder,
        "targets.csv",
        ["Company", "Website", *nasty, "Industry"],
        [[f"Firm {n}", f"firm{n}.test", *nasty, each] for n, each in enumerate(nasty)],
    )
    write(
        folder,
        "signups.csv",
        ["Email", nasty[0], "Event", "Date"],
        [[f"p{n}@firm{n}.test", each, each, "2026-06-01"] for n, each in enumerate(nasty)],
    )
    done = abm("init", folder)
    for sign in ("\x1b", "\u202e", "\x85"):
        assert sign not in done.stdout + done.stderr
    tables = read_settings(folder / "workspace.yaml")[0].tables
    assert (len(tables["accounts"]), len(tables["events"])) == (2, 2)
    assert load_model(folder / "model.yaml").warnings == ()
    abm("rank", "-w", folder)


def test_files_of_nasty_names(tmp_path: Path) -> None:
    folder = canonical(tmp_path / "crm")
    names = ["a: b #", 'it\'s "mine"', "[1]", "{x}", "-", "\x1b[31m", "new\nline", "*"]
    for place, name in enumerate(names):
        rows = [["Company", "Website"], *([f"F{place}{n}", f"f{place}{n}.test"] for n in range(4))]
        with (folder / f"{name}.csv").open("w", newline="") as stream:
            csv.writer(stream).writerows(rows)
    before = contents(folder)
    done = abm("init", folder, "--dry-run")
    assert "\x1b" not in done.stdout
    assert contents(folder) == before
    abm("init", folder)
    sources_ = read_settings(folder / "workspace.yaml")[0].tables["accounts"]
    assert {file for source in sources_ for file in source.file} == {"accounts.csv", *(f"{name}.csv" for name in names)}
