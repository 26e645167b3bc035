"""The program: its commands in the order in which they are used, and its help."""

from typing import Annotated

import typer

from abm.cli.commands import actions, data, scores, trials
from abm.cli.faults import show_traceback
from abm.cli.stopping import listen
from abm.cli.streams import silence_libraries
from abm.cli.usage import Commands
from abm.version import __version__

_PANELS = {
    "From exports to clean accounts": {
        "init": data.init,
        "check": data.check,
        "match": data.match_people,
        "presets": data.presets,
        "ingest": data.ingest,
    },
    "Who, and why": {
        "rank": scores.rank,
        "explain": scores.explain,
        "graph": scores.graph,
        "score": scores.score,
        "compare": trials.compare,
        "sweep": trials.sweep,
        "test": trials.try_cases,
    },
    "Act on it": {
        "report": actions.report,
        "route": actions.route_work,
        "brief": actions.brief,
        "coverage": actions.coverage,
        "export": actions.export,
    },
    "A first look": {"demo": data.demo, "docs": data.docs},
}
"""The commands by what they are for, in the order in which they are used."""

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
    listen()
    app(prog_name="abm")


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


for panel, commands in _PANELS.items():
    for name, command in commands.items():
        app.command(name, rich_help_panel=panel)(command)
