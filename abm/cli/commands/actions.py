"""What to do about it: report, route, brief, coverage, export.

Annotations are read by typer as the commands are defined, so they are not put off (`from __future__`) here.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from abm.cli.faults import guarded
from abm.cli.options import AsOfOption, DataOption, ModelOption, WorkspaceOption

_HERE = Path()


@guarded
def report(
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The HTML file.")] = Path(
        "report.html"
    ),
    details: Annotated[
        int, typer.Option(min=0, metavar="N", help="How many accounts can be opened, the best ranked first.")
    ] = 1000,
    trend: Annotated[
        bool, typer.Option("--trend/--no-trend", help="Compare with 30 days before; takes a second scoring.")
    ] = True,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What the page is called. Default: the workspace's name.")
    ] = None,
    workspace: WorkspaceOption = _HERE,
    data: DataOption = None,
    model: ModelOption = None,
    as_of: AsOfOption = None,
) -> int:
    r"""Write a report: one HTML page that works offline, with charts and every account.

    Who is ready and why, what moved in 30 days, what to do next; the ranking
    to sort, search, filter and save; score against coverage, stages, leads
    beside accounts, topics, targets, the quality of the data. Selecting an
    account opens its points, buying group, topics and activity.

    People are named in it, without mail addresses; nothing is sent anywhere.
    Needs the extra report: pip install 'abm\[report]'.

    Examples:
      abm report
      abm report -w crm -o crm/report.html
      abm report --details 5000 --title "EMEA, June"
    """
    from abm.cli.opening import Choice  # noqa: PLC0415
    from abm.cli.report import Wanted, run  # noqa: PLC0415

    return run(Choice(workspace, data, model, as_of), Wanted(output, details, trend, title))


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
