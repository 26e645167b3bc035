"""Arguments that no command takes are refused in the voice of every other error: one line, safe for the terminal."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from typer.core import TyperGroup

from abm.cli.faults import CANNOT_RUN, told_as_one
from abm.cli.streams import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

_INVALID = re.compile(r"Invalid value for (?P<option>.+?): (?P<reason>.*)", re.DOTALL)


class Commands(TyperGroup):
    """The commands of the program, whose usage errors are said as its other errors are."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line; end the process unless `standalone_mode` is False."""
        given = (args, prog_name, complete_var)
        if not standalone_mode:
            return super().main(*given, False, windows_expand_args, **extra)
        try:
            code = super().main(*given, False, windows_expand_args, **extra)
        except Exception as error:
            # Typer has click inside, or beside itself, by version; what both call a usage error has these.
            if not (hasattr(error, "format_message") and hasattr(error, "exit_code")):
                raise
            if type(error).__name__ == "NoArgsIsHelpError":
                return super().main(*given, True, windows_expand_args, **extra)
            tell(told_as_one(_in_our_voice(error)))
            sys.exit(CANNOT_RUN)
        sys.exit(code if isinstance(code, int) else 0)


def _in_our_voice(error: Any) -> str:
    said = " ".join(str(error.format_message()).split()).replace("?.", "?")
    found = _INVALID.fullmatch(said)
    if found:
        option = found["option"].split(" / ")[0].strip("'")
        said = f"{option}: {found['reason'].removeprefix('Value error, ')}"
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "abm"
    end = "" if said.endswith((".", "?", ".)", "?)")) else "."
    return f"{said[:1].lower()}{said[1:]}{end} `{command} -h` shows what can be said."
