"""Who is qualified, and why: rank, explain, graph, score.

Annotations are read by typer as the commands are defined, so they are not put off (`from __future__`) here.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from abm.cli.faults import guarded
from abm.cli.options import (
    AsOfOption,
    DataOption,
    LedgerOption,
    MemoryOption,
    ModelOption,
    WorkspaceOption,
)

_HERE = Path()


@guarded
def rank(
    *,
    top: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="At most so many rows. Default: 20 in a table, else all.")
    ] = None,
    where: Annotated[
        str | None, typer.Option(metavar="COND", help="Only rows for which this SQL condition holds.")
    ] = None,
    saved: Annotated[
        str | None,
        typer.Option("--list", metavar="NAME", help="Only accounts of a saved selection, and what is theirs."),
    ] = None,
    by: Annotated[Literal["account", "group", "lead", "family"], typer.Option(help="What to rank.")] = "account",
    trend: Annotated[
        bool, typer.Option("--trend", help="Add the scores of 7 and 30 days before, under the same model.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Show excluded accounts too.")] = False,
    kind: Annotated[
        Literal["table", "csv", "json", "jsonl", "parquet", "xlsx"] | None,
        typer.Option("--format", help="Default: by the ending of -o, else a table."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead of stdout.")
    ] = None,
    workspace: WorkspaceOption = _HERE,
    data: DataOption = None,
    model: ModelOption = None,
    as_of: AsOfOption = None,
    ledger: LedgerOption = None,
) -> int:
    """Rank accounts, buying groups, leads or families, best first.

    --where may name the columns of what is ranked; except for leads also
    those of the accounts table. Text stands in single quotes. A family is
    an ultimate parent with all accounts below it (parent_account_id).
    Selections are saved in workspace.yaml: lists: {NAME: "condition"}.

    CSV is made for spreadsheets: text that would be calculated there, such
    as =1+1, gets a leading ' (abm score writes untouched CSV for programs).

    Examples:
      abm rank
      abm rank --top 50 --trend
      abm rank --where "stage = 'in_market' and country = 'DE'"
      abm rank --by lead --where "is_mql" -o mqls.csv
      abm rank --list dach_enterprise
      abm rank --by family --where "family_members > 1"
      abm rank --trend -o ranking.xlsx
      abm rank --format json | jq '.[0].name'
    """
    from abm.cli.opening import Choice  # noqa: PLC0415
    from abm.cli.rank import Wanted, run  # noqa: PLC0415

    wanted = Wanted(by, top, where, excluded=everything, trend=trend, kind=kind, output=output, saved=saved)
    return run(Choice(workspace, data, model, as_of, ledger), wanted)


@guarded
def explain(
    *,
    entity: Annotated[
        str | None,
        typer.Argument(
            metavar="ENTITY",
            show_default=False,
            help="An id, a domain, an e-mail address, a part of the name, or ACCOUNT/GROUP.",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--check", help="Add up every score from its lines instead; exit code 1 if one is wrong.")
    ] = False,
    level: Annotated[
        Literal["account", "group", "lead"] | None, typer.Option(help="What ENTITY is, where it could be several.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="NAME", help="A buying group of the account. Default: the one it is shown by.")
    ] = None,
    kind: Annotated[
        Literal["text", "json", "markdown"] | None,
        typer.Option("--format", help="Default: by the ending of -o, else text."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead of stdout.")
    ] = None,
    workspace: WorkspaceOption = _HERE,
    data: DataOption = None,
    model: ModelOption = None,
    as_of: AsOfOption = None,
) -> int:
    """Explain an account, a buying group or a lead: every point, and what next.

    The verdict, where the points come from, who is on the committee and who
    is missing, what would qualify it, and until when it stays qualified.
    What is printed adds up; JSON has the exact millionths of a point.

    Examples:
      abm explain acme.com
      abm explain "acme" --group renewal
      abm explain ada@acme.com --format json
      abm explain A001 -o acme.md
      abm explain --check
    """
    from abm.cli.explain import Wanted, run  # noqa: PLC0415
    from abm.cli.opening import Choice  # noqa: PLC0415

    wanted = Wanted(entity, everything, level, group, kind, output)
    return run(Choice(workspace, data, model, as_of), wanted)


@guarded
def graph(
    *,
    account: Annotated[
        str, typer.Argument(metavar="ACCOUNT", show_default=False, help="An id, a domain or a part of the name.")
    ],
    family: Annotated[
        bool, typer.Option("--family", help="Draw every account of its family, below the ultimate parent.")
    ] = False,
    kind: Annotated[
        Literal["text", "svg", "html", "graphml", "json"] | None,
        typer.Option("--format", help="Default: by the ending of -o, else text."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead of stdout.")
    ] = None,
    workspace: WorkspaceOption = _HERE,
    data: DataOption = None,
    model: ModelOption = None,
    as_of: AsOfOption = None,
) -> int:
    """Draw an account: who decides there, who is warm, and what hangs on whom.

    Without -o it says in words: which required seats are empty, who is
    critical (without whom a required role would be empty), how many
    independent threads there are, and who connects buying groups.

    SVG and HTML are pictures that fetch nothing, for light and dark screens.
    GraphML (Gephi, yEd, Cytoscape) and JSON (D3, networkx) hold everything.

    Examples:
      abm graph acme.com
      abm graph acme.com -o acme.html
      abm graph A001 --family -o family.svg
      abm graph A001 -o acme.graphml
    """
    from abm.cli.graph import Wanted, run  # noqa: PLC0415
    from abm.cli.opening import Choice  # noqa: PLC0415

    return run(Choice(workspace, data, model, as_of), Wanted(account, family, kind, output))


@guarded
def score(
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write into; made if need be.")
    ],
    workspace: WorkspaceOption = _HERE,
    data: DataOption = None,
    model: ModelOption = None,
    as_of: AsOfOption = None,
    kind: Annotated[
        Literal["parquet", "csv", "jsonl", "xlsx"], typer.Option("--format", help="Format of the files.")
    ] = "parquet",
    ledger: LedgerOption = None,
    engine: Annotated[
        Literal["polars", "duckdb", "spark"] | None,
        typer.Option(help="What the plan runs on. Default: polars."),
    ] = None,
    memory: MemoryOption = None,
) -> int:
    r"""Write every result table as a file: accounts, leads, groups ... and the lines that make every score.

    A manifest.json beside them names model, version, hash, day and files.
    The files appear whole or not at all, and equal runs write equal bytes.
    CSV is for programs: nothing in it is altered, lists are joined with ;
    XLSX is for people: one workbook, results.xlsx, with a sheet per table.
    Every engine gives the same results; Polars takes the least time on one
    machine, Spark (abm\[spark]) writes folders of part files from its executors.

    Examples:
      abm score -o results
      abm score -o results --engine duckdb
      abm score -o results --memory 4GB
      abm score -w crm --as-of 2026-06-30 -o results/2026-06-30 --format csv
      abm score -w crm --ledger crm/ledger -o results
    """
    from abm.cli.opening import Choice  # noqa: PLC0415
    from abm.cli.score import run  # noqa: PLC0415

    return run(Choice(workspace, data, model, as_of, ledger, engine), output, kind, memory)
