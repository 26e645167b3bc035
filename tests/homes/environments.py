"""Environments of other programs: made by pip in a temporary folder, as a reader would make them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
HOMES = ROOT / "fixtures" / "homes"
DEMO = ROOT / "fixtures" / "demo"

QUALIFIED = [
    "Copperfinch Robotics",
    "Tidewhistle Analytics",
    "Ottergrove Savings",
    "Fennel & Roe Capital",
    "Zwei Linden Software",
    "Hagebutte Maschinenbau",
]
"""The qualified accounts of the demo, best first: the ones with a dot in README's ranking."""

INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")


def environment(home: str, folder: Path) -> Path:
    """Install what `requirements.txt` of a home lists; return the folder of the environment's programs.

    A machine that reaches no package index skips; anything else that goes wrong fails.
    """
    programs = folder / "venv" / "bin"
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    python = str(programs / "python")
    for _ in range(2):  # an index may fail one of a hundred files
        done = _run([python, *INSTALL, "-r", "requirements.txt"], HOMES / home, {})
        if done.returncode == 0:
            break
    else:
        # The smallest thing that must be there: what abm itself is built with.
        reached = _run([python, *INSTALL, "--no-deps", "--target", str(folder / "probe"), "hatchling"], folder, {})
        if reached.returncode:
            pytest.skip("the package index cannot be reached")
        raise AssertionError(done.stderr)
    return programs


def run(arguments: Sequence[str], folder: Path, variables: Mapping[str, str] | None = None) -> str:
    """Run a program of such an environment and return what it prints."""
    done = _run(arguments, folder, variables or {})
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def _run(arguments: Sequence[str], folder: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment = {**kept, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1", **variables}
    return subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False)
