"""Work lists as files: one per queue, what is on none, and a manifest; all of them or none."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from abm.output.files import draft, folder
from abm.output.spreadsheet import for_spreadsheet
from abm.output.text import safe_json
from abm.output.workbook import workbook
from abm.output.writers import MANIFEST, encoded, manifest

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from abm.scoring.routing import Filled, Routed
    from abm.workspace.routing import Queue, Routing

Format = Literal["csv", "parquet", "jsonl", "xlsx"]

BOOK = "routing.xlsx"
OVERFLOW, KEPT_OUT, UNROUTED = "overflow", "kept_out", "unrouted"


@dataclass(frozen=True, slots=True)
class Written:
    """The files that were written, the manifest last, and what had to be cut to fit a workbook."""

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def list_tables(routed: Routed) -> dict[str, pl.DataFrame]:
    """Return every list by the name of its file: queues in their order, then what is on no work list."""
    others = {OVERFLOW: routed.overflow, KEPT_OUT: routed.kept_out, UNROUTED: routed.unrouted}
    return {**routed.lists, **others}


def list_files(routing: Routing, kind: Format) -> list[str]:
    """Return the names of the files that will be written, the manifest last."""
    names = [*(queue.name for queue in routing.queues), OVERFLOW, KEPT_OUT, UNROUTED]
    return [*([BOOK] if kind == "xlsx" else [f"{name}.{kind}" for name in names]), MANIFEST]


def write_lists(routed: Routed, path: Path, kind: Format = "csv", source: str = "default") -> Written:
    """Write the work lists into a folder.

    CSV is made for spreadsheets: text that would be calculated there is disarmed by a leading `'`. Parquet and JSON
    lines are for programs and hold everything as it is; XLSX is one workbook, `routing.xlsx`, with a sheet per list.
    The files get their names together, when the last of them is complete, the manifest last. Equal runs write equal
    bytes.

    Args:
        routed: what `route` gave.
        path: the folder; made if need be. Files of the same names are replaced, others stay.
        kind: the format of the lists.
        source: where the queues are from, for the manifest.

    Raises:
        OutputError: something cannot be written. No file has changed, and none is left half-written.
    """
    tables = list_tables(routed)
    notes: tuple[str, ...] = ()
    if kind == "xlsx":
        book = workbook(tables, routed.result.stamp, {"routing": source})
        contents, notes = {BOOK: book.content}, book.notes
        digest = hashlib.sha256(book.content).hexdigest()
        listed = {
            name: {"file": BOOK, "sheet": name, "rows": frame.height, "sha256": digest}
            for name, frame in tables.items()
        }
    else:
        contents = {f"{name}.{kind}": _encoded(frame, kind, routed) for name, frame in tables.items()}
        listed = {
            name: {"file": file, "rows": tables[name].height, "sha256": hashlib.sha256(content).hexdigest()}
            for name, (file, content) in zip(tables, contents.items(), strict=True)
        }
    with folder(path), draft() as files:
        for name, content in contents.items():
            with files.open(path / name) as stream:
                stream.write(content)
        with files.open(path / MANIFEST) as stream:
            stream.write(manifest({**routed.result.stamp, **summary_of(routed, source), "files": listed}))
    return Written((*(path / name for name in contents), path / MANIFEST), notes)


def _encoded(frame: pl.DataFrame, kind: Literal["csv", "parquet", "jsonl"], routed: Routed) -> bytes:
    return encoded(for_spreadsheet(frame) if kind == "csv" else frame, kind, routed.result.stamp)


def summary_of(routed: Routed, source: str) -> dict[str, Any]:
    """Return what came of the routing, for a manifest: the queues with rules and counts, and who is on no list."""
    return {
        "routing": source,
        "leads": routed.counts["lead"],
        "accounts": routed.counts["account"],
        "queues": [_queue_summary(filled, routed) for filled in routed.queues],
        "overflow": routed.overflow.height,
        "kept_out": {
            f"{each.level}:{each.reason}": {"count": each.count, "raised_a_hand": each.hands} for each in routed.kept
        },
        "unrouted": {level: _level_count(routed.unrouted, level) for level in routed.counts},
    }


def _queue_summary(filled: Filled, routed: Routed) -> dict[str, Any]:
    rows = routed.lists[filled.queue.name]
    oldest, due = rows["since"].min(), rows["due"].min()
    return {
        **_plain(filled.queue),
        "matched": filled.matched,
        "received": filled.received,
        "taken": filled.taken,
        "over": filled.over,
        "raised_a_hand": filled.hands,
        "overdue": filled.late,
        "oldest_since": None if filled.waiting is None else str(oldest),
        "oldest_waiting_days": filled.waiting,
        "first_due": None if due is None else str(due),
        "without_owner": filled.ownerless,
    }


def _level_count(frame: pl.DataFrame, level: str) -> int:
    return int((frame["level"] == level).sum())


def _plain(queue: Queue) -> dict[str, Any]:
    return queue.model_dump(mode="json", exclude_defaults=True)


def routing_yaml(routing: Routing) -> str:
    """Return queues as the YAML of a workspace, a line each.

    >>> from abm.workspace.routing import Routing
    >>> print(routing_yaml(Routing(queues=({"name": "sdr", "level": "lead", "when": "is_mql"},))), end="")
    routing:
      queues:
        - {name: sdr, level: lead, when: "is_mql"}
    """
    lines = [
        ", ".join(f"{key}: {_yaml(key, value)}" for key, value in _plain(queue).items()) for queue in routing.queues
    ]
    return "\n".join(["routing:", "  queues:", *(f"    - {{{line}}}" for line in lines)]) + "\n"


def _yaml(key: str, value: object) -> str:
    if key in ("name", "level", "overflow") and str(value).isascii() and str(value)[:1].isalpha():
        return str(value)
    return safe_json(json.dumps(value, ensure_ascii=False))
