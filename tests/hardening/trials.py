"""One broken input: made from a seed, run at the lowest sensible level, and judged.

It ends well with a result or with one `InputError`; anything else is a bug of the program.
"""

from __future__ import annotations

import io
import os
import re
import shutil
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl
from typer.testing import CliRunner

from abm.cli.app import app
from abm.errors import InputError
from abm.evaluation.cases.loader import load_cases
from abm.model.conditions import Condition
from abm.model.loader import load_model
from abm.scoring.compiler import compile_condition
from abm.sources.canonical import canonical_table
from abm.sources.files import read_files
from abm.sources.sql import read_query
from abm.tables.contracts import CONTRACTS, Kind
from abm.workspace.loader import load_workspace
from tests.cli.conftest import FILES
from tests.hardening.mutations import SQL, WORDS, YAML, mutated_bytes, mutated_text, soup

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer.testing import Result

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "fixtures" / "demo"
_ROWS = 60
_AS_OF = date(2026, 6, 30)
_KINDS: dict[str, Kind] = {
    **CONTRACTS["accounts"].columns,
    **{f"contact.{name}": kind for name, kind in CONTRACTS["contacts"].columns.items()},
    **{f"account.{name}": kind for name, kind in CONTRACTS["accounts"].columns.items()},
}
_CONDITIONS = (
    "employees >= 500 and industry in ('Software', 'Finance')",
    "account.name ilike '%x%' or not contact.title is null",
    "coalesce(lower(country), 'de') <> 'fr' and employees between 1 and 10 * 3",
    "days_since(contact.created_at) < 30 or contact.created_at > date '2026-01-31'",
    "annual_revenue / employees - 1 > abs(-5) and length(name) > 3",
)
_NUMBERS = ("0", "1", "007", "1e308", "99999999999999999999", "0.000001", "2026", "5")
_QUERIES = (
    "select * from 'events.csv'",
    "select contact_id, type, occurred_at from read_csv('events.csv', header = true) where type <> 'x'",
    (
        "with t as (select * from 'events.parquet') select contact_id, type, max(occurred_at) as occurred_at from t"
        " group by all"
    ),
    "select e.*, a.name from 'events.jsonl' e join 'accounts.csv' a on true limit 20",
)


class BrokenError(AssertionError):
    """An input ended in a way in which none may end."""


def run(seed: int, index: int, folder: Path) -> str:
    """Make the input of this number and run it in an empty folder.

    Returns:
        What it was and how it ended: `csv: read`, `model: refused` ...

    Raises:
        Exception: anything but an `InputError` is a bug.
    """
    random = Random(f"{seed}:{index}")
    names, weights = zip(*((name, weight) for name, (weight, _) in _TRIALS.items()), strict=True)
    (name,) = random.choices(names, weights)
    for each in folder.iterdir():
        shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
    try:
        _TRIALS[name][1](random, folder)
    except InputError as error:
        _judge_message(str(error))
        return f"{name}: refused"
    return f"{name}: taken"


def _judge_message(message: str) -> None:
    if not message.strip() or "Traceback" in message or " object at 0x" in message:
        raise BrokenError(f"not a message for people: {message[:500]!r}")


@cache
def table_bytes(table: str, ending: str) -> bytes:
    """A small valid file of the demo in any format."""
    rows = (DEMO / f"{table}.csv").read_text("utf-8").splitlines(keepends=True)
    return _in_format("".join(rows[:_ROWS]), ending)


def _in_format(text: str, ending: str) -> bytes:
    frame = pl.read_csv(text.encode(), infer_schema=False)
    if ending == "csv":
        return text.encode()
    if ending == "tsv":
        return frame.write_csv(separator="\t").encode()
    days = [name for name in frame.columns if name.endswith(("_at", "_on"))]
    numbers = [name for name in frame.columns if name in ("employees", "annual_revenue", "amount", "score", "count")]
    typed = frame.with_columns(
        pl.col(days).str.head(10).str.to_date(strict=False), pl.col(numbers).cast(pl.Float64, strict=False)
    )
    if ending == "jsonl":
        return typed.write_ndjson().encode()
    stream = io.BytesIO()
    typed.write_parquet(stream, compression="zstd" if len(text) % 2 else "uncompressed")
    return stream.getvalue()


def _file(random: Random, folder: Path, ending: str) -> None:
    table = random.choice(("accounts", "contacts", "events", "intent", "opportunities", "opportunity_contacts"))
    file = f"{table}.{ending}"
    (folder / file).write_bytes(mutated_bytes(random, table_bytes(table, ending)))
    read = canonical_table(read_files(table, [file], folder))
    _collect(read.frame)


def _collect(frame: pl.LazyFrame) -> None:
    try:
        frame.collect(engine="streaming")
    except (pl.exceptions.ComputeError, OSError) as error:
        # What the engine makes of it; see `abm.engines.polars`.
        raise InputError(str(error)) from error


def _query_over_file(random: Random, folder: Path) -> None:
    ending = random.choice(("csv", "tsv", "jsonl", "parquet"))
    (folder / f"x.{ending}").write_bytes(mutated_bytes(random, table_bytes("events", ending)))
    _collect(canonical_table(read_query("events", f"select * from 'x.{ending}'", folder, "workspace.yaml: sql")).frame)


def _query(random: Random, folder: Path) -> None:
    _write_tables(folder)
    before = _names(folder)
    text = soup(random, SQL) if random.random() < 0.4 else mutated_text(random, random.choice(_QUERIES), SQL)
    try:
        read_query("events", text, folder, "workspace.yaml: sql")
    finally:
        if _names(folder) != before:
            raise BrokenError(f"a query wrote {_names(folder) - before}: {text!r}")


def _write_tables(folder: Path) -> None:
    for ending in ("csv", "parquet", "jsonl"):
        (folder / f"events.{ending}").write_bytes(table_bytes("events", ending))
    (folder / "accounts.csv").write_bytes(table_bytes("accounts", "csv"))


def _names(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*")}


def _condition(random: Random, _folder: Path) -> None:
    shape = random.randint(0, 7)
    if shape == 0:
        text = soup(random, WORDS)
    elif shape == 1:
        text = _nested(random)
    elif shape == 2:
        text = random.choice((" or ", " and ", " + ", " <> ", ", ")).join(
            [random.choice(WORDS)] * random.randint(1, 3000)
        )
    elif shape <= 4:
        parts = (
            re.sub(r"(?<!['\w-])\d+\b(?!-)", lambda _: random.choice(_NUMBERS), random.choice(_CONDITIONS))
            for _ in range(9)
        )
        text = random.choice((" or ", " and ", " and not ")).join(f"({part})" for part in parts)
    else:
        text = mutated_text(random, random.choice(_CONDITIONS), WORDS)
    condition = Condition.parse(text)
    test = compile_condition(condition, _KINDS, as_of=_AS_OF)
    frame = pl.LazyFrame(schema={name: _PHYSICAL[kind] for name, kind in _KINDS.items()})
    for rows in (frame, pl.concat([frame, pl.LazyFrame({name: [None] for name in _KINDS})], how="vertical_relaxed")):
        nw.from_native(rows).select(found=test).collect("polars")


_PHYSICAL = {
    Kind.TEXT: pl.String, Kind.LIST: pl.String, Kind.INTEGER: pl.Int64,
    Kind.NUMBER: pl.Float64, Kind.DATE: pl.Date, Kind.BOOLEAN: pl.Boolean,
}  # fmt: skip


def _nested(random: Random) -> str:
    depth = random.choice((3, 19, 25, 100, 3000))
    opening, inner, closing = random.choice(
        (
            ("(", "is_target", ")"),
            ("not ", "is_target", ""),
            ("lower(", "name", ")"),
            ("-", "employees", ""),
            ("(", "1", "+1)"),
        )
    )
    return opening * depth + inner + closing * depth


def _model(random: Random, folder: Path) -> None:
    path = folder / "model.yaml"
    path.write_bytes(_yaml(random, random.choice(_models())))
    load_model(path)


@cache
def _models() -> list[str]:
    config = ROOT / "config"
    files = [*config.glob("*.yaml"), *config.glob("presets/*.yaml"), *ROOT.glob("fixtures/*/model.yaml")]
    return [FILES["model.yaml"], *(each.read_text("utf-8") for each in sorted(files) if not _is_cases(each))]


def _is_cases(path: Path) -> bool:
    return path.name.endswith(".test.yaml")


def _yaml(random: Random, text: str) -> bytes:
    if random.random() < 0.1:
        return soup(random, YAML).encode("utf-8", "surrogatepass")
    if random.random() < 0.2:
        return mutated_bytes(random, text.encode())
    return mutated_text(random, text, YAML).encode("utf-8", "surrogatepass")


_DECLARED = (
    "model: model.yaml\nas_of: 2026-06-30\ndata: .\ntables:\n  accounts: accounts.csv\n  contacts: contacts.csv\n"
    "  intent:\n    file: [intent.csv]\n    columns: {topic: topic, score: {from: score, type: number}}\n"
    "    dedupe: [account_id, topic]\n    timezone: Europe/Berlin\n"
    "  events:\n    sql: |\n      select * from 'events.csv'\n"
)


def _workspace(random: Random, folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).write_text(text)
    (folder / "workspace.yaml").write_bytes(_yaml(random, _DECLARED))
    for table in load_workspace(folder).tables.values():
        _collect(table.frame)


def _cases(random: Random, folder: Path) -> None:
    (folder / "model.yaml").write_text((ROOT / "config" / "starter.yaml").read_text("utf-8"))
    path = folder / "model.test.yaml"
    path.write_bytes(_yaml(random, (ROOT / "config" / "starter.test.yaml").read_text("utf-8")))
    load_cases(path)


def _arguments(random: Random, folder: Path) -> None:
    """A command with odd values for its options, on a workspace that is whole."""
    for name, text in FILES.items():
        (folder / name).write_text(text)
    value = (
        random.choice(
            (
                soup(random, WORDS, 4),
                random.choice(YAML),
                "",
                "x" * 300,
                str(folder),
                "/dev/null",
                "-1",
                "0",
                "9" * 25,
                "2026-02-30",
            )
        )
        .encode("utf-8", "replace")
        .decode()
    )
    options = ("--where", "--as-of", "--top", "--by", "--format", "-o", "--model", "--data", "-w", "--trend", "--all")
    command = random.choice(("rank", "check", "score", "explain", "compare", "test", "demo", "nosuch"))
    arguments = [command, "-w", str(folder), random.choice(options), value]
    if random.random() < 0.3:
        arguments = [command, *(random.choice((*options, value)) for _ in range(3)), value]
    if command == "score":
        arguments += ["-o", str(folder / "out")]
    # Whatever -o is told, it is told from inside the folder.
    before = Path.cwd()
    os.chdir(folder)
    try:
        _require_taken(_command([each.replace("\0", "") for each in arguments]))
    finally:
        os.chdir(before)


def _end_to_end(random: Random, folder: Path) -> None:
    """One file of a workspace broken, the whole scored."""
    crm = folder / "crm"
    crm.mkdir()
    for name, text in FILES.items():
        (crm / name).write_text(text)
    broken = random.choice(list(FILES))
    if broken == "model.yaml":
        (crm / broken).write_bytes(_yaml(random, FILES[broken]))
    else:
        ending = random.choice(("csv", "jsonl", "parquet", "parquet"))
        (crm / broken).unlink()
        content = mutated_bytes(random, _in_format(FILES[broken], ending))
        (crm / broken).with_suffix(f".{ending}").write_bytes(content)
    command = random.choice((["score"], ["score"], ["check"], ["rank", "--trend"]))
    if command != ["score"]:
        _require_taken(_command([*command, "-w", str(crm)]))
        return
    done = _command(
        ["score", "-w", str(crm), "-o", str(folder / "out"), "--format", random.choice(("csv", "jsonl", "parquet"))]
    )
    left = list(folder.rglob("*.part"))
    if left or (done.exit_code and (folder / "out").exists()):
        raise BrokenError(f"half-written: {left or 'the folder of a run that failed'}")
    _require_taken(done)


def _require_taken(done: Result) -> None:
    if done.exit_code == 2:
        raise InputError(done.stderr)


def _command(arguments: list[str]) -> Result:
    done = CliRunner().invoke(app, arguments, prog_name="abm", env={"COLUMNS": "100", "ABM_TRACEBACK": ""})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    if done.exit_code not in (0, 1, 2) or "Traceback" in done.stderr:
        raise BrokenError(f"exit code {done.exit_code} of {arguments}: {done.stderr[-1500:]}")
    if done.exit_code == 2 and not done.stderr.strip():
        raise BrokenError(f"not a word about what is wrong: {arguments}")
    if any(each in done.stderr for each in "\x1b\x07\x9b\u202e"):
        raise BrokenError(f"raw control characters: {done.stderr!r}")
    return done


_TRIALS: dict[str, tuple[int, Callable[[Random, Path], None]]] = {
    "csv": (12, lambda random, folder: _file(random, folder, "csv")),
    "tsv": (4, lambda random, folder: _file(random, folder, "tsv")),
    "jsonl": (10, lambda random, folder: _file(random, folder, "jsonl")),
    "parquet": (12, lambda random, folder: _file(random, folder, "parquet")),
    "query over a broken file": (6, _query_over_file),
    "query": (12, _query),
    "condition": (16, _condition),
    "model": (12, _model),
    "workspace": (6, _workspace),
    "cases": (3, _cases),
    "arguments": (3, _arguments),
    "end to end": (4, _end_to_end),
}
