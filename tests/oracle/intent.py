"""Intent: what each source says of an account and topic, the best of it, and the account's intent component."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from tests.oracle.millionths import MICRO, clamp, exact, micro, rounded
from tests.oracle.tables import Row, age, within

if TYPE_CHECKING:
    from collections.abc import Collection

Raw = dict[str, Any]


@dataclass
class Reading:
    """One source on one topic; strength and decay in millionths; spike is None where the history is too short."""

    topic: str
    source: str | None
    strength: int
    decay: int
    spike: bool | None
    value: float
    observed_on: date

    @property
    def pull(self) -> int:
        """s * d, in millionths of millionths."""
        return self.strength * self.decay


def readings(settings: Raw, rows: list[Row], as_of: date) -> dict[tuple[str, str], list[Reading]]:
    """(account, topic) -> what each source says; topics that the model ignores are left out."""
    first_days: dict[str | None, date] = {}
    for row in rows:
        if row["score"] is None:
            first_days[row["source"]] = min(first_days.get(row["source"], row["observed_on"]), row["observed_on"])
    bundles: dict[tuple[str, str], dict[str | None, list[Row]]] = {}
    for row in rows:
        if row["account"] is not None and weight(settings, row["topic"]) is not None:
            bundles.setdefault((row["account"], row["topic"]), {}).setdefault(row["source"], []).append(row)
    found: dict[tuple[str, str], list[Reading]] = {}
    for key, by_source in bundles.items():
        for source, bundle in by_source.items():
            scores = [row for row in bundle if row["score"] is not None]
            counts = [row for row in bundle if row["score"] is None]
            candidates = [_scored(settings, key[1], source, scores, as_of)]
            if counts:
                since = settings["history_from"].get(source, first_days[source])
                candidates.append(_counted(settings, key[1], source, counts, since=since, as_of=as_of))
            found.setdefault(key, []).extend(each for each in candidates if each is not None)
    return {key: found[key] for key in sorted(found) if found[key]}


def _scored(settings: Raw, topic: str, source: str | None, rows: list[Row], as_of: date) -> Reading | None:
    """The newest score within max_age_days; of one day the highest."""
    usable = [row for row in rows if within(as_of, row["observed_on"], settings["max_age_days"])]
    if not usable:
        return None
    newest = max(usable, key=lambda row: (row["observed_on"], row["score"]))
    score, day = newest["score"], newest["observed_on"]
    scale = settings["score"]
    floor, ceiling = exact(scale["floor"]), exact(scale["ceiling"])
    return Reading(
        topic,
        source,
        strength=rounded(clamp((exact(score) - floor) / (ceiling - floor), 0, 1)),
        decay=rounded(2.0 ** (-age(as_of, day) / settings["half_life_days"])),
        spike=score >= scale["surge_at"] and within(as_of, day, scale["spike_days"]),
        value=score,
        observed_on=day,
    )


def _counted(settings: Raw, topic: str, source: str | None, rows: list[Row], *, since: date, as_of: date) -> Reading:
    """Recent weeks against the weeks before, as two Poisson counts."""
    scale = settings["count"]
    recent_days, baseline_days = 7 * scale["recent_weeks"], 7 * scale["baseline_weeks"]
    recent = sum(row["count"] for row in rows if within(as_of, row["observed_on"], recent_days))
    before = as_of - timedelta(days=recent_days)
    baseline = sum(row["count"] for row in rows if within(before, row["observed_on"], baseline_days))
    spike: bool | None = is_spike(scale, recent, baseline)
    if age(as_of, since) + 1 < recent_days + baseline_days:
        spike = None
    strength = counted_strength(scale, recent, baseline) if spike else 0
    return Reading(topic, source, strength, MICRO, spike, value=recent, observed_on=as_of)


def is_spike(scale: Raw, recent: float, baseline: float) -> bool:
    quotient = Fraction(scale["recent_weeks"], scale["baseline_weeks"])
    q = float(quotient)
    z = 2 * (math.sqrt(recent + 3 / 8) - math.sqrt(q * (baseline + 3 / 8))) / math.sqrt(1 + q)
    return (
        z >= NormalDist().inv_cdf(1 - scale["alpha"])
        and recent >= scale["min_count"]
        and Fraction(recent) >= exact(scale["min_ratio"]) * quotient * Fraction(baseline)
    )


def counted_strength(scale: Raw, recent: float, baseline: float) -> int:
    """s of a spike, millionths."""
    q = scale["recent_weeks"] / scale["baseline_weeks"]
    strength = math.log2(recent / (q * (baseline + 1))) / math.log2(scale["full_at_ratio"])
    return rounded(max(0.0, min(1.0, strength)))


def weight(settings: Raw, topic: str) -> float | None:
    """The topic's weight, else that of "*", else None: the topic is ignored."""
    named: float | None = settings["topics"].get(topic, settings["topics"].get("*"))
    return named


def kept(candidates: list[Reading]) -> Reading:
    """The largest s * d; ties: by source name, null last, scores before counts."""
    return min(candidates, key=lambda each: (-each.pull, each.source is None, each.source or ""))


def any_spike(candidates: list[Reading]) -> bool | None:
    """True if any source says so; null only if none of them knows."""
    known = [each.spike for each in candidates if each.spike is not None]
    return any(known) if known else None


@dataclass
class Topic:
    """One topic of an account or family: the largest s * d and whether any source sees a spike."""

    topic: str
    pull: int
    spike: bool | None


@dataclass
class Component:
    intent: int
    spiking_topics: list[str]
    topic_share: int | None


def component(settings: Raw, topics: list[Topic], only: Collection[str] | str = "all") -> Component:
    """Intent of one account or family, over the topics that the group looks at."""
    allowed = only if only == "all" else {name.strip().lower() for name in only}
    seen = [each for each in topics if allowed == "all" or each.topic in allowed]
    weighed = [(micro(weight(settings, each.topic) or 0) * each.pull, each) for each in seen]
    weighed.sort(key=lambda pair: (-pair[0], pair[1].topic))
    untouched = Fraction(1)
    for strength, _ in weighed[: settings["top_topics"]]:
        untouched *= 1 - Fraction(strength, MICRO**3)
    spiking = [each.topic for _, each in weighed if each.spike]
    named = [name for name in settings["topics"] if name != "*" and (allowed == "all" or name in allowed)]
    share = rounded(Fraction(sum(name in spiking for name in named), len(named))) if named else None
    return Component(rounded(100 * (1 - untouched)), spiking, share)
