"""What an export is, what is wrong with it, and who in it belongs where: init, check, match, presets, demo, docs.

Annotations are read by typer as the commands are defined, so they are not put off (`from __future__`) here.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from abm.cli.faults import guarded
from abm.cli.options import AsOfOption, DataOption, ModelOption, WorkspaceOption

_HERE = Path()


@guarded
def init(
    *,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", show_default=False, help="Folder with the exports: CSV, XLSX, Parquet ...")
    ],
    dry: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    timezone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Zone of times that do not name their own, such as Europe/Berlin."),
    ] = None,
) -> int:
    """Make a workspace of a folder of exports: see what each file is.

    Writes workspace.yaml and a first model.yaml, with comments: files that
    are known by their header or content, doubts to decide, the event types,
    titles and topics that were seen. What is there is never overwritten:
    run it again when there are new files, and it says what to add.

    Exit code: 0 ready to be scored, 1 something is missing or to be decided,
    2 nothing is known, or it cannot be read or written.

    Examples:
      abm init crm && abm rank -w crm
      abm init crm --dry-run
      abm init exports/2026-07 --timezone Europe/Berlin
    """
    from abm.cli.init import Wanted, run  # noqa: PLC0415

    return run(Wanted(folder, dry, timezone))


@guarded
def check(
    *,
    workspace: WorkspaceOption = _HERE,
    data: DataOption = None,
    model: ModelOption = None,
    as_of: AsOfOption = None,
    kind: Annotated[Literal["table", "json", "csv"], typer.Option("--format", help="How to print it.")] = "table",
) -> int:
    """Report what is wrong with the data, and what the model may not mean.

    Shows what each table holds, then every problem with its count, samples,
    file and rows. Nothing is ever repaired in silence.

    Exit code: 0 nothing but notes, 1 problems found, 2 cannot run.

    Examples:
      abm check
      abm check -w crm --model model.yaml
      abm check -w crm --format csv > problems.csv
    """
    from abm.cli.check import run  # noqa: PLC0415 - `abm --help` does not wait for engines
    from abm.cli.opening import Choice  # noqa: PLC0415

    return run(Choice(workspace, data, model, as_of), kind)


@guarded
def ingest(
    *,
    ledger: Annotated[
        Path | None,
        typer.Option("--ledger", metavar="DIR", help="The ledger's folder. Default: ledger, in the workspace."),
    ] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Forget what came from files that are gone.")] = False,
    workspace: WorkspaceOption = _HERE,
    data: DataOption = None,
    model: ModelOption = None,
) -> int:
    """Count events once, and keep the counts: a ledger, from which scoring is quick.

    Counts how often each person did what each signal is about, day by day.
    Run again, it reads only files that are new or were delivered again; the
    latter replace what they brought before. Points, caps, half-lives and
    thresholds may change without counting; where the model counts other
    events (event, where, ignore), everything is counted anew.
    Stopped at any moment, the ledger is what it was; run it again.

    Examples:
      abm ingest -w crm
      abm score -w crm --ledger crm/ledger -o results
      abm ingest -w crm --ledger /data/ledger --prune
    """
    from abm.cli.ingest import run  # noqa: PLC0415
    from abm.cli.opening import Choice  # noqa: PLC0415

    return run(Choice(workspace, data, model, ledger=ledger), prune=prune)


@guarded
def match_people(
    *,
    contact: Annotated[
        str | None,
        typer.Argument(metavar="CONTACT_ID", show_default=False, help="One contact: its account, and why that one."),
    ] = None,
    corrections: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write what is open to a .csv or .xlsx for a person to fill in."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many cases of each kind.")] = 10,
    kind: Annotated[
        Literal["table", "json", "csv", "jsonl", "parquet", "xlsx"] | None,
        typer.Option("--format", help="table and json: rates and cases; others: every match. Default: by -o."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead of stdout.")
    ] = None,
    workspace: WorkspaceOption = _HERE,
    data: DataOption = None,
) -> int:
    """Match people to accounts: by which evidence, and what a person should settle.

    Needs accounts and contacts, no events and no model. The screen shows no
    mail addresses, only domains; files hold every contact's evidence.

    Corrections: a row settles all contacts of one domain or company. Fill in
    account_id, or none. As corrections.csv (or .xlsx) in the workspace they
    go before everything else. Writing the file again keeps the answers.

    Examples:
      abm match -w crm
      abm match -w crm --corrections crm/corrections.csv
      abm match -w crm 003A000001
      abm match -w crm -o matches.parquet
      abm match -w crm --format json | jq .methods
    """
    from abm.cli.match import Wanted, run  # noqa: PLC0415
    from abm.cli.opening import Choice  # noqa: PLC0415

    return run(Choice(workspace, data), Wanted(contact, corrections, top, kind, output))


@guarded
def presets(
    *,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", show_default=False, help="A page, one of its shapes, or a model."),
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", metavar="DIR", help="Workspace whose own pages, in DIR/presets, count too."),
    ] = None,
    kind: Annotated[
        Literal["table", "json", "yaml"] | None,
        typer.Option("--format", help="Default: for reading; a page that is not written to a terminal, as it is."),
    ] = None,
) -> int:
    """List the presets and show them: what files of known systems hold, and models.

    A source preset is a page of YAML about the files of one system: how they
    are recognised, which tables they fill, which words mean what. To change
    one, put a copy into the folder presets/ of your workspace: it wins.

    Examples:
      abm presets
      abm presets bombora
      abm presets hubspot.contact
      abm presets bombora > crm/presets/bombora.yaml
      abm presets model.hubspot > crm/model.yaml
      abm presets --format json
    """
    from abm.cli.presets import Wanted, run  # noqa: PLC0415

    return run(Wanted(name, workspace, kind), _HERE)


@guarded
def demo(
    *,
    target: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="New folder to copy the demo into, with its model.")
    ] = None,
) -> int:
    """Rank the bundled demo, or copy it into a new folder to play with.

    Sixty invented companies that tell stories: a covered committee in
    market, one keen intern alone, a hand-raising CFO, a silent giant ...

    Examples:
      abm demo
      abm demo my-demo && abm rank -w my-demo
    """
    from abm.cli.demo import run  # noqa: PLC0415

    return run(target)


@guarded
def docs(
    *,
    page: Annotated[
        str | None, typer.Argument(metavar="PAGE", show_default=False, help="A page to print, as Markdown.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Write all pages and the library's reference as HTML."),
    ] = None,
) -> int:
    r"""Show the pages that explain abm, or write them as HTML.

    From raw exports to a ranked list in ten minutes; how each number is
    computed; the words, a line each. HTML is written with the extra \[docs].

    Examples:
      abm docs
      abm docs glossary
      abm docs numbers | less
      abm docs -o abm-docs
    """
    from abm.cli.docs import run  # noqa: PLC0415

    return run(page, output)
