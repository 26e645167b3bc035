"""The commands: their options and help. What a command does lies in a module of its own, loaded when it is run.

Annotations are read by typer as the commands are defined, so they are not put off (`from __future__`) here.
"""

import signal
import sys
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal

import typer

from abm.cli.faults import guarded, show_traceback
from abm.cli.options import AsOfOption, DataOption, ModelOption, WorkspaceOption, parse_day
from abm.cli.streams import silence_libraries
from abm.cli.usage import Commands
from abm.version import __version__

_HERE = Path()

app = typer.Typer(
    name="abm",
    cls=Commands,
    epilog=(
        "Examples:\n"
        "  abm demo                        a first ranking, of invented data\n"
        "  abm rank -w crm                 the accounts of a folder\n"
        "  abm rank -w crm -o ranking.csv  the same for a spreadsheet\n"
        "  abm explain -w crm acme.com     why one of them stands where it stands\n\n"
        "Data goes to stdout, talk to stderr. NO_COLOR is respected, COLUMNS sets the width where there is no terminal."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line."""
    silence_libraries()
    # A terminated run takes its unfinished files with it, as an interrupted one does.
    signal.signal(signal.SIGTERM, _terminated)
    app(prog_name="abm")


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"abm {__version__}")
        raise typer.Exit


@app.callback()
def common(
    *,
    traceback: Annotated[bool, typer.Option("--traceback", help="After an error, show where it arose.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Score buying groups: which accounts are qualified, beside which people are, and why."""
    show_traceback.set(traceback)


@app.command()
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


@app.command()
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
) -> int:
    """Write every result table as a file: accounts, leads, groups ... and the lines that make every score.

    A manifest.json beside them names model, version, hash, day and files.
    The files appear whole or not at all, and equal runs write equal bytes.
    CSV is for programs: nothing in it is altered, lists are joined with ;
    XLSX is for people: one workbook, results.xlsx, with a sheet per table.

    Examples:
      abm score -o results
      abm score -w crm --as-of 2026-06-30 -o results/2026-06-30 --format csv
    """
    from abm.cli.opening import Choice  # noqa: PLC0415
    from abm.cli.score import run  # noqa: PLC0415

    return run(Choice(workspace, data, model, as_of), output, kind)


@app.command()
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
    return run(Choice(workspace, data, model, as_of), wanted)


@app.command(name="match")
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


@app.command(name="test")
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


@app.command()
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


@app.command()
@guarded
def export(
    *,
    target: Annotated[
        str | None,
        typer.Argument(metavar="TARGET", show_default=False, help="A platform's list; without one, the targets."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The file to write; a manifest goes beside it."),
    ] = None,
    where: Annotated[
        str | None, typer.Option(metavar="COND", help="Only accounts for which this SQL condition holds, as in rank.")
    ] = None,
    top: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many accounts, the best.")] = None,
    tier: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only accounts of this tier; repeat it.")
    ] = None,
    stage: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only accounts in this stage; repeat it.")
    ] = None,
    saved: Annotated[
        str | None, typer.Option("--list", metavar="NAME", help="Only accounts of a list that workspace.yaml saves.")
    ] = None,
    people_where: Annotated[
        str | None, typer.Option(metavar="COND", help="Only people for whom this holds, as in rank --by lead.")
    ] = None,
    role: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only people of this role; repeat it.")] = None,
    suppress: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV or text of ids, domains and addresses to leave out.")
    ] = None,
    excluded: Annotated[
        bool, typer.Option("--include-excluded", help="Also accounts that the model excludes.")
    ] = False,
    level: Annotated[
        Literal["account", "person"] | None, typer.Option(help="What a row of csv, xlsx and parquet is.")
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="An option of the target's page; repeat it.")
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(metavar="MANIFEST", help="Write what was added and removed since an earlier list."),
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the page of the target instead.")] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
    workspace: WorkspaceOption = _HERE,
    data: DataOption = None,
    model: ModelOption = None,
    as_of: AsOfOption = None,
) -> int:
    """Write a list that an ad platform or a CRM accepts: LinkedIn, Google, Meta, HubSpot ...

    Values are put into form, hashed where the platform says so, and divided
    into numbered files where one would be too large. What is left out is
    counted by reason. Who opted out is never on a list.

    Telephone numbers and places are read from extra columns of contacts:
    phone (or mobile), zip (or postal_code), city, state.

    Examples:
      abm export
      abm export linkedin-companies --stage in_market -o linkedin.csv
      abm export google-customer-match --people-where is_mql -o google.csv
      abm export sixsense-accounts --top 500 --suppress customers.csv -o 6s.csv
      abm export meta-custom-audience -o m.csv --since m.csv.manifest.json
      abm export linkedin-contacts --show > targets/linkedin-contacts.yaml
    """
    from abm.cli.export import Wanted, run  # noqa: PLC0415
    from abm.cli.opening import Choice  # noqa: PLC0415

    names = tuple(tier or ()), tuple(stage or ()), tuple(role or ()), tuple(option or ())
    wanted = Wanted(
        target=target,
        output=output,
        show=show,
        dry=dry,
        where=where,
        top=top,
        tiers=names[0],
        stages=names[1],
        saved=saved,
        suppress=suppress,
        people_where=people_where,
        roles=names[2],
        excluded=excluded,
        level=level,
        options=names[3],
        since=since,
    )
    return run(Choice(workspace, data, model, as_of), wanted)


@app.command()
@guarded
def brief(
    *,
    accounts: Annotated[
        list[str] | None,
        typer.Argument(metavar="ACCOUNT", show_default=False, help="An id, a domain or a part of a name; or several."),
    ] = None,
    where: Annotated[
        str | None, typer.Option(metavar="COND", help="The accounts for which this SQL condition holds.")
    ] = None,
    top: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many of them, by rank.")] = None,
    saved: Annotated[
        str | None, typer.Option("--list", metavar="NAME", help="The accounts of a list that workspace.yaml saves.")
    ] = None,
    kind: Annotated[
        Literal["markdown", "html", "json"] | None,
        typer.Option("--format", help="Default: by the ending of -o, else markdown."),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="FILE", help="Jinja2 template to use instead of the shipped one."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="PATH", help="File for one account, folder for several."),
    ] = None,
    workspace: WorkspaceOption = _HERE,
    data: DataOption = None,
    model: ModelOption = None,
    as_of: AsOfOption = None,
) -> int:
    """Write a brief of an account: what a salesperson reads before a call.

    Why now, what next and its effect, who is there and in which role, what
    they did last, what they research, and how the company fits. Nothing is
    made up: JSON says of every number in which table it stands. Opted-out
    people have no address in it; disqualified ones are no contacts.

    Several briefs go into a folder, with an index. A team's own templates
    lie in the folder briefs/ of the workspace, or are given with --template.

    Examples:
      abm brief acme.com
      abm brief A001 -o acme.html
      abm brief A001 --format json
      abm brief --where "is_mqa" -o briefs --format html
      abm brief --top 20 --template house.md.jinja -o briefs
    """
    from abm.cli.brief import Wanted, run  # noqa: PLC0415
    from abm.cli.opening import Choice  # noqa: PLC0415

    wanted = Wanted(tuple(accounts or ()), where, top, saved, kind, template, output)
    return run(Choice(workspace, data, model, as_of), wanted)


@app.command()
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


@app.command()
@guarded
def coverage(
    *,
    saved: Annotated[
        str | None, typer.Option("--list", metavar="NAME", help="The accounts of a saved selection.")
    ] = None,
    where: Annotated[
        str | None, typer.Option(metavar="COND", help="The accounts for which this SQL condition holds.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Count by this column of accounts, too. Default: segment, tier, owner."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Count excluded accounts too.")] = False,
    kind: Annotated[
        Literal["table", "json", "csv"] | None,
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
    """Count how far you are into your target accounts: known, engaged, covered, qualified.

    Covered means an engaged person in every role that the buying group
    requires. Shows each required role, and which are missing most often.
    Targets are accounts with is_target, a saved list, or a condition.

    Examples:
      abm coverage
      abm coverage --by industry --by country
      abm coverage --list dach_enterprise
      abm coverage --where "employees >= 1000" -o coverage.csv
    """
    from abm.cli.coverage import Wanted, run  # noqa: PLC0415
    from abm.cli.opening import Choice  # noqa: PLC0415

    wanted = Wanted(saved, where, tuple(by or ()), everything, kind, output)
    return run(Choice(workspace, data, model, as_of), wanted)


@app.command(name="route")
@guarded
def route_work(
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Folder to write into; made if need be.")
    ] = None,
    kind: Annotated[
        Literal["csv", "parquet", "jsonl", "xlsx"], typer.Option("--format", help="Format of the lists.")
    ] = "csv",
    show: Annotated[bool, typer.Option("--show", help="Print the queues as YAML, and do nothing else.")] = False,
    workspace: WorkspaceOption = _HERE,
    data: DataOption = None,
    model: ModelOption = None,
    as_of: AsOfOption = None,
) -> int:
    """Route leads and accounts to work lists: who calls whom, and until when.

    Queues stand in workspace.yaml under routing:, with a rule each; the first
    that fits wins. Without it there are default queues; --show prints them.
    Raised hands come first, then the highest scores. What exceeds a queue's
    capacity goes to its overflow queue, or is listed. Whoever opted out, is
    disqualified or excluded is kept out of queues that do not name them.

    Writes a list per queue, and overflow, kept_out, unrouted, manifest.json.

    Examples:
      abm route
      abm route -w crm -o lists/2026-06-30
      abm route -w crm -o lists --format xlsx
      abm route --show >> workspace.yaml
    """
    from abm.cli.opening import Choice  # noqa: PLC0415
    from abm.cli.route import Wanted, run  # noqa: PLC0415

    return run(Choice(workspace, data, model, as_of), Wanted(output, kind, show))


@app.command()
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


@app.command()
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


@app.command()
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
