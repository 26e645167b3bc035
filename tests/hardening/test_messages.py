"""What the program says to the commonest mistakes reads like help from a colleague, and stays so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hardening.mistakes import MISTAKES, told
from tests.hardening.workspaces import HOSTILE

GOLDEN = Path(__file__).with_name("messages.txt")
HEADER = """\
What abm says to the commonest mistakes, each really made at the command line.
Every message says where, what, what was expected and what to do. Read them as somebody who has never used abm would.
WRITE_GOLDEN=1 pytest tests/hardening/test_messages.py writes this file anew; read it before it is committed.
"""


def test_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sections = [HEADER]
    for number, mistake in enumerate(MISTAKES, start=1):
        place = tmp_path / str(number)
        place.mkdir()
        monkeypatch.chdir(place)
        message = told(mistake, place)
        assert not set(HOSTILE) & set(message), message
        assert "Traceback" not in message
        command = " ".join(f'"{each}"' if " " in each else each for each in mistake.arguments)
        lines = [line.rstrip() for line in message.rstrip().splitlines()]
        sections.append(
            f"{number}. {mistake.situation}\n   $ abm {command}\n"
            + "".join(f"   {line}".rstrip() + "\n" for line in lines)
        )
    text = "\n".join(sections)
    if os.environ.get("WRITE_GOLDEN"):
        GOLDEN.write_text(text, "utf-8")
        pytest.skip(f"wrote {GOLDEN.name}: read it before it is committed")
    assert text == GOLDEN.read_text("utf-8")
