"""`abm demo`: the bundled workspace, ranked at once or copied to play with."""

from __future__ import annotations

import secrets
import shlex
import shutil
from pathlib import Path

from abm.cli.faults import FINE
from abm.cli.opening import Choice
from abm.cli.rank import Wanted
from abm.cli.rank import run as run_rank
from abm.cli.streams import tell
from abm.errors import InternalError, OutputError
from abm.output.files import folder, writing
from abm.workspace.bundled import bundled, demo_folder
from abm.workspace.loader import MODEL_FILE, WORKSPACE_FILE

_BUNDLED_MODEL = "../../config/starter.yaml"
_DATA_ENDINGS = {".csv", ".tsv", ".jsonl", ".parquet"}


def run(target: Path | None) -> int:
    """Rank the demo, or copy it to a folder."""
    if target is not None:
        copy_demo(target)
        tell(f"{target} is a workspace of your own: data, {MODEL_FILE} and {WORKSPACE_FILE}.\n\n{_next(target)}")
        return FINE
    code = run_rank(Choice(demo_folder()), Wanted())
    tell(f"\nThis was the bundled demo. To play with it, copy it:\n\n  abm demo my-demo\n\n{_next(Path('my-demo'))}")
    return code


def copy_demo(target: Path) -> None:
    """Make a folder that is the demo workspace and stands alone: data, starter model, its cases, `workspace.yaml`.

    Raises:
        OutputError: there is something at `target` already, or it cannot be written; nothing is left behind.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputError(f"{target}: is there already, and nothing is ever overwritten. Name a new folder.")
    source = demo_folder()
    declared = (source / WORKSPACE_FILE).read_text("utf-8")
    if _BUNDLED_MODEL not in declared:
        raise InternalError(f"the demo's {WORKSPACE_FILE} does not name {_BUNDLED_MODEL}")
    final = target.resolve()
    draft = final.with_name(f".{final.name}.{secrets.token_hex(4)}.part")
    with folder(final.parent), writing(target):
        try:
            draft.mkdir()
            for each in sorted(source.iterdir()):
                if each.suffix in _DATA_ENDINGS:
                    shutil.copyfile(each, draft / each.name)
            shutil.copyfile(bundled("config", "starter.yaml"), draft / MODEL_FILE)
            # Named after its model, so that it is tried on the copy.
            shutil.copyfile(bundled("config", "starter.test.yaml"), draft / "model.test.yaml")
            (draft / WORKSPACE_FILE).write_text(declared.replace(_BUNDLED_MODEL, MODEL_FILE), "utf-8")
            draft.replace(final)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _next(target: Path) -> str:
    here = shlex.quote(str(target))
    rows = [
        (f"abm check -w {here}", "what is wrong with its data"),
        (f"abm rank -w {here} --trend", "who warms up, who cools"),
        (f"abm rank -w {here} --by lead", "the people, as sales sees them"),
        (f"abm explain -w {here} morgentau", "why an account stands where it stands, and what next"),
        (f'abm rank -w {here} --where "spiking_topic_count >= 1 and engaged_contacts = 0"', ""),
        ("", "in the market, and nobody known to be engaged"),
        (f"abm compare -w {here} --since 2026-05-31", "what changed in June, and why"),
        (f"abm score -w {here} -o results", "every table as a file"),
        (f"abm test {here}", "whether the model still says what was agreed"),
    ]
    width = max(len(command) for command, meaning in rows if meaning)
    lines = [f"  {command:<{width}}  {meaning}".rstrip() for command, meaning in rows]
    return "\n".join(["Then:", "", *lines, "", f"and change {here}/{MODEL_FILE} to see what it does."])
