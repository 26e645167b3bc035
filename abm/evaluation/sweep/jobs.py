"""Runs of a sweep shared among processes: each opens the same kept ledger, and takes the next run that is left.

About a third of a run over a million events is spent in Python itself, which threads of one process cannot share.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Self

from abm.errors import InputError, LedgerError
from abm.evaluation.sweep.figures import Standing, standing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from multiprocessing.connection import Connection

    from abm.ledger.ledger import Ledger, Place
    from abm.model import Model
    from abm.scoring.context import Progress


class Helpers:
    """Processes that begin at once, while the base is scored; leaving the `with` ends them.

    Args:
        place: the ledger that each of them opens.
        jobs: how many.
    """

    def __init__(self, place: Place, jobs: int) -> None:
        self._place, self._jobs = place, jobs

    def __enter__(self) -> Self:
        """Begin."""
        # Nothing is inherited: a process with threads, as Polars' are, cannot be copied.
        fresh = multiprocessing.get_context("spawn")
        heard, self._wanted = fresh.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(self._jobs, fresh, _begin, (heard,))
        try:
            for _ in range(self._jobs):
                self._pool.submit(_open, self._place)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End them, whatever they are at: nobody wants it any more, and a run may take a minute."""
        self._wanted.close()
        self._pool.shutdown(cancel_futures=True)

    def standings(self, runs: Sequence[tuple[Model, date]], progress: Progress) -> list[Standing]:
        """Score models on days; what they give, in the order of `runs`.

        Raises:
            LedgerError: a process was killed.
            InputError: as of `abm.Ledger.kept` and its `score`.
        """
        try:
            waiting = [self._pool.submit(_stood, self._place, model, day) for model, day in runs]
            for done, each in enumerate(as_completed(waiting), start=1):
                each.result()
                progress(f"{done:,} of {len(runs):,} runs done")
            return [each.result() for each in waiting]
        except BrokenProcessPool as error:
            raise LedgerError(
                f"sweep: one of {self._jobs} processes was killed; each needs as much memory as a run by itself."
                " Share the runs among fewer, or leave --jobs out."
            ) from error


def _begin(heard: Connection) -> None:
    """Let whoever is asked to stop tell the helping process, which ends with the one that it helps."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_together, args=(heard,), daemon=True).start()


def _end_together(heard: Connection) -> None:
    with suppress(EOFError):  # The other end was closed, by the one that holds it or with it.
        heard.recv()
    os._exit(0)


@cache
def _opened(place: Place) -> Ledger:
    return place.opened()


def _open(place: Place) -> None:
    with suppress(InputError):  # A run will say it.
        _opened(place)


def _stood(place: Place, model: Model, day: date) -> Standing:
    return standing(_opened(place).score(model, as_of=day))
