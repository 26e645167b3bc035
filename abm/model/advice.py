"""Warnings about a model: what is legal, because data may know better, but is probably not meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.errors import did_you_mean
from abm.model.fields import role_key
from abm.model.shadow import shadowed_signals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abm.model.places import Path
    from abm.model.schema import Model


def advice(model: Model) -> list[tuple[Path, str]]:
    """Return the warnings of `model` as (path, message), by kind and within a kind in the order of the file."""
    return [
        *shadowed_signals(model.signals),
        *_empty_groups(model),
        *_unlisted_segments(model),
        *_unused_roles(model),
        *_unreachable_roles(model),
        *_unweighted_topics(model),
        *_thresholds(model),
    ]


def _empty_groups(model: Model) -> Iterator[tuple[Path, str]]:
    used = {signal.group for signal in model.signals}
    for name in model.signal_groups:
        if name not in used:
            yield ("signal_groups", name), "no signal belongs to it"


def _unlisted_segments(model: Model) -> Iterator[tuple[Path, str]]:
    listed = [*(segment.name for segment in model.segments), "default"]
    sections = {"mql": model.mql.threshold_by_segment, "mqa": model.mqa.threshold_by_segment}
    for section, thresholds in sections.items():
        for name in thresholds:
            if name not in listed:
                text = f"the model has no segment '{name}'; it counts only if accounts.segment says so."
                yield (section, "threshold_by_segment", name), text + did_you_mean(name, listed)


def _unused_roles(model: Model) -> Iterator[tuple[Path, str]]:
    known = [role for group in model.buying_groups for role in (*group.roles, *group.blockers)]
    text = "no buying group has the role '{}', so it has no effect."
    for position, rule in enumerate(model.roles.rules):
        if rule.role not in known:
            yield ("roles", "rules", position), text.format(rule.role) + did_you_mean(rule.role, known)
    for alias, role in model.roles.aliases.items():
        if role not in known:
            yield ("roles", "aliases", alias), text.format(role) + did_you_mean(role, known)


def _unreachable_roles(model: Model) -> Iterator[tuple[Path, str]]:
    named = {*model.roles.aliases.values(), *(rule.role for rule in model.roles.rules)}
    for position, group in enumerate(model.buying_groups):
        for role in (*group.roles, *group.blockers):
            if role not in named and role != role_key(role):
                text = f"nobody can have the role '{role}': roles of the CRM are compared as '{role_key(role)}'"
                yield ("buying_groups", position, "roles", role), text + ". Write it so, or add an alias or a rule"


def _unweighted_topics(model: Model) -> Iterator[tuple[Path, str]]:
    topics = model.intent.topics
    for position, group in enumerate(model.buying_groups):
        for topic in group.topics if group.topics != "all" and "*" not in topics else ():
            if topic not in topics:
                text = f"intent.topics gives the topic '{topic}' no weight, so it has no effect."
                yield ("buying_groups", position, "topics"), text + did_you_mean(topic, topics)


def _thresholds(model: Model) -> Iterator[tuple[Path, str]]:
    mqa = model.mqa
    highest = 100.0
    if mqa.threshold > highest:
        yield ("mqa", "threshold"), f"account scores end at 100, so none reaches {mqa.threshold:g}"
    for name, threshold in mqa.threshold_by_segment.items():
        if threshold > highest:
            yield ("mqa", "threshold_by_segment", name), f"account scores end at 100, so none reaches {threshold:g}"
    if mqa.exit_threshold is not None and mqa.exit_threshold > mqa.threshold:
        text = f"{mqa.exit_threshold:g} is above the threshold {mqa.threshold:g}: accounts would leave as they enter"
        yield ("mqa", "exit_threshold"), text
