"""What another model would say, and whether one keeps its word: compare, sweep, test.

Annotations are read by typer as the commands are defined, so they are not put off (`from __future__`) here.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from abm.cli.faults import guarded
from abm.cli.options import (
    AsOfOption,
    DataOption,
    LedgerOption,
    ModelOption,
    WorkspaceOption,
    parse_day,
)

_HERE = Path()


@guarded
def compare(
    *,
    model_a: Annotated[
        Path | None,
        typer.Argument(metavar="MODEL_A", show_default=False, help="The model before; if it is the only one, after."),
    ] = None,
    model_b: Annotated[
        Path | None, typer.Argument(metavar="MODEL_B", show_default=False, help="The model after.")
    ] = None,
    since: Annotated[
        date | None,
        typer.Option("--since", metavar="DAY", parser=parse_day, help="Compare this earlier day, not models."),
    ] = None,
    by: Annotated[Literal["account", "lead"], typer.Option(help="What the rows are.")] = "account",
    top: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="At most so many rows. Default: 10 of each kind in a table, else all."),
    ] = None,
    kind: Annotated[
        Literal["table", "json", "csv", "xlsx"] | None,
        typer.Option("--format", help="Default: by the ending of -o, else a table."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead of stdout.")
    ] = None,
    workspace: WorkspaceOption = _HERE,
    data: DataOption = None,
    model: ModelOption = None,
    as_of: AsOfOption = None,
) -> int:
    """Compare two models on the same facts, or one model on two days.

    Who becomes and who stops being an MQA or MQL, and because of which
    lines, rules or thresholds; counts by segment; how far ranks move.
    One model is held against the workspace's own, which comes first.
    A model is a file, or the name of a shipped one such as hubspot.

    Examples:
      abm compare new.yaml
      abm compare old.yaml new.yaml --by lead
      abm compare --since 2026-05-31
      abm compare new.yaml -o changes.xlsx
    """
    from abm.cli.compare import Wanted, run  # noqa: PLC0415
    from abm.cli.opening import Choice  # noqa: PLC0415

    models = tuple(path for path in (model_a, model_b) if path is not None)
    return run(Choice(workspace, data, model, as_of), Wanted(models, since, by, top, kind, output))


@guarded
def sweep(
    *,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="KEY=VALUES",
            help="Values of a key of the model: V1,V2 or FROM..TO:STEP. Several keys make a grid.",
        ),
    ] = None,
    kind: Annotated[
        Literal["table", "csv", "json", "jsonl", "parquet", "html", "svg", "png"] | None,
        typer.Option("--format", help="Default: by the ending of -o, else a table."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead of stdout.")
    ] = None,
    workspace: WorkspaceOption = _HERE,
    data: DataOption = None,
    models: Annotated[
        list[Path] | None,
        typer.Option(
            "--model",
            metavar="FILE",
            help="Model, instead of the workspace's: a file, or the name of a shipped one. Given several times, each"
            " is tried.",
            rich_help_panel="Where from",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DAYS",
            help="Day on which the scores are true; several are tried: 2026-05-31,2026-06-30 or"
            " 2026-01-05..2026-06-29:7d.",
            rich_help_panel="Where from",
        ),
    ] = None,
    ledger: LedgerOption = None,
    jobs: Annotated[
        int, typer.Option(min=1, metavar="N", help="So many processes share the runs; needs --ledger.")
    ] = 1,
) -> int:
    r"""What if: score under many thresholds, weights, points, models or days.

    A KEY is a path of the model file, with what is in a list by its name:
    mqa.threshold, mql.threshold_by_segment.smb, signals.demo_request.points,
    signals.pricing_view.half_life_days, roles.rules.champion.confidence,
    account.weights.coverage (the other weights share what is left).
    Every combination is a run, at most 1,000, held against the workspace's
    own model and day: who is an MQA or MQL that was none, and who no longer.
    -o sweep.html, .svg or .png draws it (needs the extra: abm\[report]).

    Examples:
      abm sweep --vary mqa.threshold=40..80:5
      abm sweep --vary mqa.threshold=50,60 --vary account.weights.coverage=0.1..0.4:0.1
      abm sweep --as-of 2026-01-05..2026-06-29:7d -o weeks.html
      abm sweep --as-of 2026-01-05..2026-06-29:7d --ledger ledger --jobs 4
      abm sweep --model starter --model hubspot --vary mql.threshold=50,65,80
      abm sweep --vary signals.demo_request.points=30..70:10 --ledger crm/ledger -o points.csv
    """
    from abm.cli.opening import Choice  # noqa: PLC0415
    from abm.cli.sweep import Wanted, run  # noqa: PLC0415

    wanted = Wanted(vary or (), models or (), as_of, kind, output, jobs)
    return run(Choice(workspace, data, ledger=ledger), wanted)


@guarded
def try_cases(
    *,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Files of cases, models with one beside them, or folders."),
    ] = None,
    named: Annotated[
        str | None, typer.Option("-k", metavar="TEXT", help="Only cases in whose name this text occurs.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option("--model", metavar="FILE", help="Try the cases on this model instead of their own.")
    ] = None,
    kind: Annotated[Literal["table", "json", "junit"], typer.Option("--format", help="How to print it.")] = "table",
) -> int:
    """Try the cases that marketing and sales agreed on.

    Cases stand in NAME.test.yaml beside the model NAME.yaml: a few facts, and
    what must come out. A case that does not hold shows what was expected, what
    came out, and the lines that made it. config/starter.test.yaml shows how.

    Exit code: 0 all cases hold, 1 some do not, 2 cannot run.

    Examples:
      abm test
      abm test config/starter.yaml -k student
      abm test model.test.yaml --model model-draft.yaml
      abm test --format junit > cases.xml
    """
    from abm.cli.cases import run  # noqa: PLC0415

    return run(paths or [_HERE], model, named, kind)
