"""Broken inputs by the thousand: `python -m tests.hardening.fuzz --inputs 10000 --seed 1`.

Each runs in a worker process that is watched from outside: an input that takes over five seconds or makes the worker
grow over one gigabyte is stopped and reported with its number, and so is one that ends with anything but a result or an
`InputError`. `--only 4711` runs one input again.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

MOST_SECONDS = 5.0
MOST_BYTES = 1 << 30
SELF_TEST = "ABM_FUZZ_SELF_TEST"
"""With this variable set three inputs misbehave, each in another way."""

_INPUTS_A_WORKER = 400
_KILLED_AFTER = 4 * MOST_SECONDS
_PAGE = resource.getpagesize()


@dataclass
class Outcome:
    """What a run found.

    Attributes:
        counts: how often each kind of input ended in each way.
        bugs: input number -> what went wrong.
        slowest: seconds and number of the slowest input.
        largest: bytes of memory of the largest worker.
        seconds: of the whole run.
    """

    counts: Counter[str] = field(default_factory=Counter)
    bugs: dict[int, str] = field(default_factory=dict)
    slowest: tuple[float, int] = (0.0, -1)
    largest: int = 0
    seconds: float = 0.0

    def said(self) -> str:
        """The run in a few lines."""
        lines = [f"{count:>7,}  {what}" for what, count in sorted(self.counts.items())]
        lines += [f"input {index}: {bug}" for index, bug in sorted(self.bugs.items())]
        seconds, slow = self.slowest
        total = f"{sum(self.counts.values()):,} inputs in {self.seconds:.0f} s: {len(self.bugs)} bugs"
        lines.append(f"{total}; slowest {seconds:.1f} s (input {slow}); largest worker {self.largest >> 20} MB")
        return "\n".join(lines)


def fuzz(inputs: int, seed: int, workers: int = 2, first: int = 0) -> Outcome:
    """Run inputs `first` to `first + inputs - 1` of a seed."""
    started = time.monotonic()
    outcome = Outcome()
    queue = iter(range(first, first + inputs))
    crew: list[_Worker] = []
    for _ in range(min(workers, inputs)):
        _hire(crew, queue, seed)
    while crew:
        _listen(crew, outcome)
        for worker in [each for each in crew if each.is_done]:
            crew.remove(worker)
            worker.dismiss()
            _hire(crew, queue, seed)
    outcome.seconds = time.monotonic() - started
    return outcome


def _hire(crew: list[_Worker], queue: Iterator[int], seed: int) -> None:
    share = [index for _, index in zip(range(_INPUTS_A_WORKER), queue, strict=False)]
    if share:
        crew.append(_Worker(seed, share))


class _Worker:
    """A process with a share of the inputs, seen from outside."""

    def __init__(self, seed: int, share: list[int]) -> None:
        self.seed = seed
        self.share = share
        self.is_done = False
        self._start()

    def _start(self) -> None:
        context = get_context("spawn")
        self.line, far = context.Pipe()
        self.process = context.Process(target=_work, args=(far, self.seed, self.share), daemon=True)
        self.process.start()
        far.close()
        self.current: int | None = None
        self.since = time.monotonic()

    def hear(self, outcome: Outcome) -> None:
        """Take one report of the process."""
        try:
            index, said, seconds, largest = self.line.recv()
        except (EOFError, OSError):
            self.process.join()
            self.fail(outcome, f"the process ended (exit code {self.process.exitcode})")
            return
        self.since = time.monotonic()
        if said is None:
            self.current = index
            return
        self.share.remove(index)
        self.current = None
        self.is_done = not self.share
        outcome.slowest = max(outcome.slowest, (seconds, index))
        outcome.largest = max(outcome.largest, largest)
        how = said if "\n" not in said and not said.startswith("BUG") else "bug"
        outcome.counts[how] += 1
        if how == "bug":
            outcome.bugs[index] = said
        elif seconds > MOST_SECONDS:
            outcome.bugs[index] = f"{said}, after {seconds:.1f} s"

    def watch(self, outcome: Outcome) -> None:
        """Stop a process that hangs or grows."""
        if self.is_done or self.current is None:
            return
        if time.monotonic() - self.since > _KILLED_AFTER:
            self.fail(outcome, f"no end after {_KILLED_AFTER:.0f} s")
        elif (size := _resident(self.process.pid)) > MOST_BYTES:
            self.fail(outcome, f"{size >> 20} MB of memory")

    def fail(self, outcome: Outcome, bug: str) -> None:
        """Report the input at work and go on behind it."""
        self.dismiss()
        index = self.current if self.current is not None else self.share[0]
        outcome.counts["bug"] += 1
        outcome.bugs[index] = bug
        self.share.remove(index)
        if self.share:
            self._start()
        else:
            self.is_done = True

    def dismiss(self) -> None:
        """Let the process go."""
        self.line.close()
        self.process.kill()
        self.process.join()


def _listen(crew: list[_Worker], outcome: Outcome) -> None:
    by_line: dict[Connection, _Worker] = {worker.line: worker for worker in crew}
    for line in wait(list(by_line), timeout=0.1):
        by_line[line].hear(outcome)  # type: ignore[index]
    for worker in crew:
        worker.watch(outcome)


def _resident(pid: int | None) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def _work(line: Connection, seed: int, share: list[int]) -> None:
    """The process: run the inputs one after the other, and say of each when it begins and how it ended."""
    from abm.cli.streams import silence_libraries

    if os.environ.get(SELF_TEST):
        run = _hurt
    else:
        from tests.hardening.trials import run
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryFile() as noise:
        # What a library says by itself, such as a warning, would reach the person at the terminal; what it writes past
        # Python, such as the stack of a panic, is kept away as the program does.
        os.dup2(noise.fileno(), 2)
        silence_libraries()
        for index in list(share):
            line.send((index, None, 0.0, 0))
            started, worked = time.monotonic(), time.process_time()
            said = _judged(lambda index=index: run(seed, index, Path(place)))  # type: ignore[misc]
            noise.seek(0)
            if loud := noise.read():
                said = f"BUG said by a library:\n{loud[-800:].decode(errors='replace')}"
            noise.seek(0)
            noise.truncate()
            largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            # On a machine that does other work as well, an input is as slow as the work that it makes.
            line.send((index, said, min(time.monotonic() - started, time.process_time() - worked), largest))


def _hurt(seed: int, index: int, folder: Path) -> str:  # noqa: ARG001 - stands in for `run`
    if index == 0:
        raise ZeroDivisionError
    if index == 1:
        os._exit(7)
    sys.stderr.write("a warning\n")
    sys.stderr.flush()
    return "loud: taken"


def _judged(work: Callable[[], str]) -> str:
    try:
        return work()
    except BaseException:  # noqa: BLE001 - whatever it is, it is what is looked for
        return f"BUG\n{traceback.format_exc()[-2500:]}"


def main() -> int:
    """Run as a program; the exit code is 1 if there was a bug."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", type=int, help="run this one input in this process")
    chosen = parser.parse_args()
    if chosen.only is not None:
        from tests.hardening.trials import run

        with tempfile.TemporaryDirectory() as place:
            sys.stdout.write(run(chosen.seed, chosen.only, Path(place)) + "\n")
        return 0
    outcome = fuzz(chosen.inputs, chosen.seed, chosen.workers)
    sys.stdout.write(outcome.said() + "\n")
    return 1 if outcome.bugs else 0


if __name__ == "__main__":
    sys.exit(main())
