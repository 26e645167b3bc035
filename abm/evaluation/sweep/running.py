"""`sweep`: the same facts under many variants of a model; how many qualify, and who comes and goes."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.errors import InputError, LedgerError, ModelError, did_you_mean
from abm.evaluation.sweep.figures import FIGURES, against, standing
from abm.evaluation.sweep.jobs import Helpers
from abm.evaluation.sweep.variants import listed, require_few, segments_of, values_of, variants
from abm.ledger.definitions import definitions_of
from abm.ledger.ledger import Ledger
from abm.model.fields import describe
from abm.scoring.score import chosen_model, day_of
from abm.sources.frames import to_kind
from abm.workspace.loader import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from abm.evaluation.sweep.figures import Standing
    from abm.evaluation.sweep.variants import Variant
    from abm.model import Model
    from abm.scoring.context import Progress
    from abm.scoring.result import ScoreResult
    from abm.sources.frames import FrameKind

    Chosen = Model | str | Path

_DTYPES: dict[type, pl.DataType] = {
    bool: pl.Boolean(),
    int: pl.Int64(),
    float: pl.Float64(),
    date: pl.Date(),
    str: pl.String(),
}


@dataclass(frozen=True)
class Sweep:
    """Many variants side by side, and the base they are held against.

    Attributes:
        base: the run of the base, as a row of `rows` would have it: its own values of the varied keys, and figures.
        keys: the varied keys of the model, in the order in which they were given.
        models: how many models were tried.
        days: how many days were tried.
        stamp: that of the base: model name, version, hash, as_of ...
        warnings: what models of the sweep probably do not mean, and the base does not say; one sentence each.
        polars: `rows` as a Polars frame, whatever kind was given.
        kind: the kind of frame that was given.
    """

    base: Mapping[str, Any]
    keys: tuple[str, ...]
    models: int
    days: int
    stamp: Mapping[str, str]
    warnings: tuple[str, ...]
    polars: pl.DataFrame = field(repr=False)
    kind: FrameKind

    @cached_property
    def rows(self) -> Any:
        """One row per variant, in the order of the grid; see `sweep` for its columns."""
        return to_kind(self.polars, self.kind)


def sweep(
    facts: Ledger | Workspace | Mapping[str, Any],
    vary: Mapping[str, object] | None = None,
    *,
    models: Sequence[Chosen] = (),
    days: Iterable[date | str] = (),
    model: Chosen | None = None,
    as_of: date | str | None = None,
    jobs: int = 1,
    progress: Progress = lambda _step: None,
) -> Sweep:
    """Score the same facts under many variants of a model, from one ledger.

    Every combination of models, values and days is one run; it gives what `score` gives for that model and day. All are
    held against one base: `model` as of `as_of`, unchanged.

    A key is a dotted path of the model file, with what is in a list by its name: `mqa.threshold`,
    `mql.threshold_by_segment.smb`, `signals.demo_request.points`, `signals.pricing_view.half_life_days`,
    `roles.rules.champion.confidence`, `buying_groups.core.roles.user.weight`, `account.weights.coverage`. Weights of
    components sum to 1: those that are not varied share the rest in the proportion they have. A signal has one decay:
    `linear_days` of one that halves replaces its half-life.

    Args:
        facts: a ledger; or a workspace or frames by table name, as for `score`, whose events are counted first.
        vary: values to try by key: any iterable, or text as on the command line (`"40..80:5"`, `"by_role,sum"`).
        models: models to try, each a model, the path of its file, or the name of a shipped one; by default the base's.
        days: days to try; by default the base's.
        model: the base's model; by default the ledger's or workspace's, for frames the first of `models`.
        as_of: the base's day; by default the workspace's, else the newest day of an event or an intent observation.
        jobs: how many processes share the runs; more than one for a ledger that is kept in a folder, which each of them
            opens. Each takes as much memory as a run by itself. As ever with processes of Python's, a script that asks
            for them must be safe to import (`if __name__ == "__main__":`).
        progress: called with the name of each step as it begins.

    Returns:
        The sweep. `rows` has one row per run, in the order of models, values and days, the last changing fastest:

        - a column per varied key, named as it was given: Int64, Float64, Boolean, Date or String, as its values are
          (Float64 if some are whole; String, in JSON but for text, if they are of several kinds);
        - model, model_hash (String), as_of (Date);
        - ranked_accounts: accounts that have a rank, so all that are not excluded;
        - mqas: accounts that are MQAs; mqas_gained are not MQAs in the base, mqas_lost are so only there;
        - mqls, mqls_gained, mqls_lost: the same of leads, hand-raisers included; hand_raisers: how many those are;
          all null without contacts;
        - median_score: the middle score of ranked accounts (Float64, 0-100; null if none has a score);
        - top_20_stay: how many of the first 20 ranks of the base are among the first 20 here;
        - accounts_with_deal: ranked accounts with an open or won opportunity; mqas_with_deal: those of them that are
          MQAs; mqa_share_of_deals = mqas_with_deal / accounts_with_deal, deal_share_of_mqas = mqas_with_deal / mqas
          (Float64, 0-1; null where nothing is divided by). All null without opportunities. They look at the facts of
          the same day, not at the future: an open deal may be why people are active, or part of the model itself, so
          this is feedback, and no forecast.

        Counts are Int64.

    Raises:
        InputError: nothing varies, a value or day is none, there are more than 1,000 runs, or processes are to share
            what is not kept in a folder.
        ModelError: a model has no such key, or would not be valid with such a value.
        LedgerError: a model counts other events than the ledger given, which is kept in a folder; or one of several
            processes was killed.
        TableError, WorkspaceError, SourceError: as of `score`.

    >>> import abm
    >>> found = sweep(abm.load_workspace(abm.demo_folder()), {"mqa.threshold": [50, 60, 70]})
    >>> found.rows.select("mqa.threshold", "mqas", "mqas_gained", "mqas_lost").rows()
    [(50, 9, 3, 0), (60, 6, 0, 0), (70, 4, 0, 2)]
    >>> found.base["mqa.threshold"], found.base["mqas"]
    (60.0, 6)
    """
    wanted, on = listed(vary or {}), tuple(dict.fromkeys(_day(each) for each in days))
    if not (wanted or models or on):
        raise InputError(
            "sweep: nothing varies. Expected values to try of a key of the model, such as mqa.threshold=40..80:5,"
            " several models, or several days."
        )
    require_few(max(len(models), 1), wanted, max(len(on), 1))
    _require_shareable(facts, jobs)
    own = _own_model(facts, model, models)
    tried = [chosen_model(each, None) for each in models] or [own]
    grid = variants(tried, wanted, on or [None])
    ledger = facts if isinstance(facts, Ledger) else Ledger(facts, own, progress=progress)
    _require_same_events(ledger, grid, own)
    with _helpers(ledger, min(jobs, len(grid))) as helpers:
        base = ledger.score(own, as_of=as_of, progress=progress)
        _require_segments(wanted, [own, *tried], base)
        held = standing(base)
        runs = _standings(ledger, grid, held, helpers, progress)
    return Sweep(
        base={**dict(zip(wanted, values_of(own, wanted), strict=True)), **against(held, held)},
        keys=tuple(wanted),
        models=len(tried),
        days=max(len(on), 1),
        stamp=base.stamp,
        warnings=_new_warnings(grid, own),
        polars=_frame(tuple(wanted), grid, [against(run, held) for run in runs]),
        kind=base.kind,
    )


def _day(given: object) -> date:
    day = day_of(given) if isinstance(given, str | date) else None
    if day is None:
        raise InputError(f"days: expected days such as 2026-06-30; got {describe(given)}.")
    return day


def _require_shareable(facts: Ledger | Workspace | Mapping[str, Any], jobs: int) -> None:
    if jobs < 1:
        raise InputError(f"sweep: jobs is {jobs}; expected how many processes share the runs, 1 or more.")
    if jobs > 1 and not (isinstance(facts, Ledger) and facts.place):
        raise InputError(
            "sweep: several processes can share the runs only of a ledger that is kept in a folder, which each of them"
            " opens. Name one (--ledger DIR; abm.Ledger.kept), or leave jobs out."
        )


def _own_model(facts: Ledger | Workspace | Mapping[str, Any], model: Chosen | None, models: Sequence[Chosen]) -> Model:
    """The base's model: the one that is named, else that of the facts, else the first that is tried."""
    if model is None and isinstance(facts, Ledger):
        return facts.model
    workspace = facts if isinstance(facts, Workspace) else None
    if model is None and (workspace is None or workspace.model_path is None) and models:
        return chosen_model(models[0], None)
    return chosen_model(model, workspace)


def _require_segments(keys: Iterable[str], models: Iterable[Model], base: ScoreResult) -> None:
    """Refuse the threshold of a segment that nobody knows: it would change nothing, unsaid."""
    known = {"default", *(each.name for model in models for each in model.segments)}
    known |= set(base.polars["accounts"]["segment"].drop_nulls())
    for key, segment in segments_of(keys).items():
        if segment not in known:
            raise ModelError(
                f"{key}: no model and no account has a segment '{segment}'. Segments: {', '.join(sorted(known))}."
                f"{did_you_mean(segment, known)}"
            )


def _require_same_events(ledger: Ledger, grid: Sequence[Variant], own: Model) -> None:
    if ledger.book.kept and {definitions_of(each.model) for each in grid} - {definitions_of(own)}:
        raise LedgerError(
            "sweep: some of the models count other events than the kept ledger (event, where, ignore), which would be"
            " counted anew. Sweep them from the workspace, without its ledger."
        )


def _helpers(ledger: Ledger, jobs: int) -> AbstractContextManager[Helpers | None]:
    return Helpers(ledger.place, jobs) if ledger.place is not None and jobs > 1 else nullcontext()


def _standings(
    ledger: Ledger, grid: Sequence[Variant], held: Standing, helpers: Helpers | None, progress: Progress
) -> list[Standing]:
    """Score each variant once, by what they count and day by day, because such runs share the most."""
    day = held.figures["as_of"]
    known = {(held.figures["model_hash"], day): held}
    keys = [(each.model.content_hash, each.as_of or day) for each in grid]
    waiting = {key: each.model for key, each in zip(keys, grid, strict=True) if key not in known}
    order = sorted(waiting, key=lambda key: (definitions_of(waiting[key]), key[1]))
    if helpers is not None:
        found = helpers.standings([(waiting[key], key[1]) for key in order], progress)
        known |= zip(order, found, strict=True)
        return [known[key] for key in keys]
    for number, key in enumerate(order, start=1):
        told = partial(_told, progress, f"run {number:,} of {len(order):,}")
        known[key] = standing(ledger.score(waiting[key], as_of=key[1], progress=told))
    return [known[key] for key in keys]


def _told(progress: Progress, run: str, step: str) -> None:
    progress(f"{run}: {step}")


def _new_warnings(grid: Sequence[Variant], own: Model) -> tuple[str, ...]:
    different = {each.model.content_hash: each.model for each in grid if each.model != own}
    said = dict.fromkeys(warning for model in different.values() for warning in model.warnings)
    return tuple(warning for warning in said if warning not in own.warnings)


def _frame(keys: Sequence[str], grid: Sequence[Variant], figures: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    columns = [pl.Series(key, *_typed([each.values[i] for each in grid])) for i, key in enumerate(keys)]
    counted = pl.DataFrame(list(figures), schema=FIGURES, orient="row")
    return pl.DataFrame(columns).hstack(counted) if columns else counted


def _typed(values: list[Any]) -> tuple[list[Any], pl.DataType]:
    """Values of one kind as they are; of several, or of none that a cell can hold, as text."""
    kinds = {type(each) for each in values}
    for kind, dtype in _DTYPES.items():
        if kinds == {kind}:
            return values, dtype
    if kinds == {int, float}:
        return [float(each) for each in values], pl.Float64()
    return [each if isinstance(each, str) else json.dumps(each, default=str) for each in values], pl.String()
