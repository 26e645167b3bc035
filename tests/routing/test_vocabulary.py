"""What `routing:` may say, and what is said about mistakes in it: all at once, each with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from abm.errors import WorkspaceError
from abm.output.work_lists import routing_yaml
from abm.workspace.routing import Routing
from abm.workspace.settings import default_routing, read_settings

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, *queues: str) -> Path:
    path = folder / "workspace.yaml"
    path.write_text("routing:\n  queues:\n" + "".join(f"    - {{{queue}}}\n" for queue in queues))
    return path


def said(folder: Path, *queues: str) -> list[str]:
    with pytest.raises(WorkspaceError) as raised:
        read_settings(written(folder, *queues))
    return [line.removeprefix(str(folder / "workspace.yaml")) for line in str(raised.value).splitlines()]


def test_a_queue_and_its_defaults(tmp_path: Path) -> None:
    path = written(tmp_path, "name: sdr, level: lead, when: is_mql, sla_hours: 24, capacity: 0")
    routing = read_settings(path)[0].routing
    (queue,) = routing.queues
    assert (queue.owner, queue.sla_hours, queue.capacity, queue.overflow, queue.takes) == (None, 24, 0, None, ())


def test_without_routing_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "workspace.yaml"
    path.write_text("as_of: 2026-06-30\n")
    assert read_settings(path)[0].routing == Routing()


def test_every_mistake_is_said_with_its_line(tmp_path: Path) -> None:
    lines = said(
        tmp_path,
        "name: a, level: leed, when: is_mql",
        "name: b, level: lead",
        "name: c, level: lead, when: 'is_mql and', sla_hours: -1",
        "name: d, level: lead, when: is_mql, capacity: 1.5, ownr: me",
        "name: e, level: lead, when: is_mql, takes: [optedout]",
    )
    found = "\n".join(lines)
    for line, word in (
        (3, "Did you mean 'lead'?"),
        (4, "the key 'when' is missing"),
        (5, "when"),
        (5, "sla_hours: expected a number above 0"),
        (6, "capacity: expected a whole number"),
        (6, "Did you mean 'owner'?"),
        (7, "Did you mean 'opted_out'?"),
    ):
        assert any(each.startswith(f":{line}: ") and word in each for each in lines), (line, word, found)


@pytest.mark.parametrize(
    ("queues", "line", "words"),
    [
        (
            ["name: a, level: lead, when: x", "name: A, level: lead, when: y"],
            4,
            "there is a queue of this name already",
        ),
        (["name: overflow, level: lead, when: x"], 3, "this name is taken"),
        (["name: NUL, level: lead, when: x"], 3, "this name is taken"),
        (["name: ../up, level: lead, when: x"], 3, "at most 31 letters"),
        (["name: a.b, level: lead, when: x"], 3, "at most 31 letters"),
        (
            ["name: a, level: lead, when: x, overflow: b", "name: b, level: lead, when: y"],
            3,
            "overflow without capacity",
        ),
        (
            ["name: a, level: lead, when: x, capacity: 1, overflow: bee", "name: beee, level: lead, when: y"],
            3,
            "there is no queue 'bee' to take what does not fit. Did you mean 'beee'?",
        ),
        (
            ["name: a, level: lead, when: x, capacity: 1, overflow: b", "name: b, level: account, when: y"],
            3,
            "'b' lists accounts, this queue leads",
        ),
        (
            [
                "name: a, level: lead, when: x, capacity: 1, overflow: b, takes: [opted_out]",
                "name: b, level: lead, when: y",
            ],
            3,
            "takes opted_out, but 'b', to which it overflows, does not",
        ),
        (["name: a, level: lead, when: x, capacity: 1, overflow: a"], 3, "in a circle: a to a."),
        (
            [
                "name: z, level: lead, when: x, capacity: 1, overflow: c",
                "name: b, level: lead, when: x, capacity: 1, overflow: c",
                "name: c, level: lead, when: x, capacity: 1, overflow: d",
                "name: d, level: lead, when: x, capacity: 1, overflow: b",
            ],
            4,
            "overflow goes round in a circle: b to c to d to b. Let one of these queues end it.",
        ),
    ],
)
def test_queues_that_do_not_go_together(tmp_path: Path, queues: list[str], line: int, words: str) -> None:
    lines = said(tmp_path, *queues)
    assert any(each.startswith(f":{line}: routing.queues.") and words in each for each in lines), lines
    assert len(lines) == 1


def test_no_queue_at_all_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "workspace.yaml"
    path.write_text("routing: {queues: []}\n")
    with pytest.raises(WorkspaceError, match="there is no queue in the list"):
        read_settings(path)


def test_queues_as_yaml_are_read_as_the_same_queues(tmp_path: Path) -> None:
    raw = [
        {
            "name": "süd-1",
            "level": "lead",
            "when": "title = 'C\"O\\x' or title ilike '%\u2028%'",
            "owner": "=cmd, 'x'",
            "capacity": 3,
            "overflow": "rest",
        },
        {"name": "rest", "level": "lead", "when": True, "takes": ["opted_out"], "sla_hours": 0.5, "owner": "account"},
        {"name": "yes", "level": "account", "when": "is_mqa"},
    ]  # fmt: skip
    routing = Routing.model_validate({"queues": raw})
    path = tmp_path / "workspace.yaml"
    path.write_text(routing_yaml(routing), encoding="utf-8")
    assert read_settings(path)[0].routing == routing


def test_the_shipped_queues_are_read_and_go_together() -> None:
    routing, places = default_routing()
    assert list(routing.problems()) == []
    assert places.line(("routing", "queues", 0)).endswith("routing.yaml:7")
    assert [queue.name for queue in routing.at("lead")] == ["sales_now", "sdr", "nurture"]
