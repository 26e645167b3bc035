"""Running the command line: in this process where that will do, as a program of its own where streams matter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from abm.cli.app import app

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typer.testing import Result

ROOT = Path(__file__).resolve().parents[2]


def abm(*arguments: str | Path, code: int = 0, width: int = 120) -> Result:
    """Run a command in this process, for a screen so many columns wide, and expect an exit code."""
    done = CliRunner().invoke(app, [str(each) for each in arguments], prog_name="abm", env={"COLUMNS": str(width)})
    assert done.exit_code == code, (done.exit_code, done.output, done.stderr, done.exception)
    return done


def program(
    *arguments: str | Path,
    folder: Path = ROOT,
    code: int = 0,
    variables: Mapping[str, str] | None = None,
    timeout: float = 120,
) -> subprocess.CompletedProcess[bytes]:
    """Run the program and expect an exit code."""
    command = [sys.executable, "-m", "abm", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(variables or {})}
    # Compiled once, as where it is installed: to compile it takes longer than most runs.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=timeout)
    assert done.returncode == code, (done.returncode, done.stderr.decode())
    return done
