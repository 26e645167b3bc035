"""A raw model, as YAML gives it, with every default of DESIGN 4 filled in and points in millionths."""

from __future__ import annotations

from typing import Any

from tests.oracle.millionths import micro

Raw = dict[str, Any]

STAGES = [
    {"name": "customer", "when": "lifecycle = 'customer'"},
    {"name": "excluded", "when": "is_excluded"},
    {"name": "opportunity", "when": "open_opportunities > 0"},
    {"name": "qualified", "when": "is_mqa"},
    {"name": "engaged", "when": "engaged_contacts >= 1"},
    {"name": "in_market", "when": "spiking_topic_count >= 1"},
    {"name": "aware", "when": "days_since(last_activity) < 180 or intent > 0"},
    {"name": "unaware", "when": "true"},
]
GRADE = {"fit": [45, 30, 15], "engagement": [60, 30, 10]}
VENDOR = {"surge_at": 60, "floor": 50, "ceiling": 100, "spike_days": 14}
COUNT = {"recent_weeks": 3, "baseline_weeks": 12, "alpha": 0.001, "min_count": 5, "min_ratio": 2, "full_at_ratio": 8}
WEIGHTS = {"fit": 0.20, "leads": 0.15, "engagement": 0.20, "coverage": 0.25, "intent": 0.20}
ROLLUP = {"rollup": "by_role", "half_at": 20, "scale": "saturating"}


def with_defaults(raw: Raw | None, **defaults: Any) -> Raw:
    """The raw mapping over its defaults; a key that is absent or null takes the default."""
    given = {key: value for key, value in (raw or {}).items() if value is not None}
    return {**defaults, **given}


def complete(raw: Raw) -> Raw:
    """The whole model; the raw one is not changed."""
    return with_defaults(
        {
            **raw,
            "signals": [_signal(index, signal) for index, signal in enumerate(raw.get("signals") or [])],
            "signal_groups": {n: micro(g["max_points"]) for n, g in (raw.get("signal_groups") or {}).items()},
            "fit": _fit(raw.get("fit")),
            "mql": _mql(raw.get("mql")),
            "roles": with_defaults(
                raw.get("roles"), aliases={}, crm_confidence=0.9, trust_crm=True, min_confidence=0.5, rules=[]
            ),
            "buying_groups": [_buying_group(group) for group in raw.get("buying_groups") or []],
            "intent": _intent(raw.get("intent")),
            "account": _account(raw.get("account")),
            "mqa": with_defaults(
                raw.get("mqa"), threshold=60, threshold_by_segment={}, require="true", triggers=[], exclude=[]
            ),
        },
        segments=[],
        tiers=[],
        ignore=None,
        stages=STAGES,
        family="none",
    )


def _signal(index: int, raw: Raw) -> Raw:
    signal = with_defaults(
        raw,
        where=None,
        daily_cap=None,
        max_points=None,
        window_days=None,
        group=None,
        repeat=None,
        hand_raise=False,
    )
    signal["index"] = index
    signal["events"] = [signal["event"]] if isinstance(signal["event"], str) else list(signal["event"])
    signal["points"] = micro(signal["points"])
    if signal["max_points"] is not None:
        signal["max_points"] = micro(signal["max_points"])
    if signal["repeat"] is not None:
        signal["repeat"] = {**signal["repeat"], "points": micro(signal["repeat"]["points"])}
    if not any(key in signal for key in ("half_life_days", "linear_days", "steps")):
        signal["half_life_days"] = 30
    return signal


def _fit(raw: Raw | None) -> Raw:
    fit = with_defaults(raw, person=[], account=[], account_full_at=None)
    for side in ("person", "account"):
        fit[side] = [{**rule, "points": micro(rule["points"])} for rule in fit[side]]
    positive = sum(rule["points"] for rule in fit["account"] if rule["points"] > 0)
    if fit["account_full_at"] is not None:
        fit["account_full_at"] = micro(fit["account_full_at"])
    elif positive > 0:
        fit["account_full_at"] = positive
    return fit


def _mql(raw: Raw | None) -> Raw:
    mql = with_defaults(
        raw,
        threshold=65,
        threshold_by_segment={},
        require="true",
        hand_raise="true",
        hand_raise_days=30,
        disqualify=[],
        grade={},
    )
    mql["grade"] = with_defaults(mql["grade"], **GRADE)
    return mql


def _buying_group(raw: Raw) -> Raw:
    group = with_defaults(
        raw,
        applies_when="true",
        motion="new",
        signals="all",
        topics="all",
        blockers=[],
        other_weight=0.5,
        anonymous_weight=0.5,
        engaged_at=10,
        engaged_days=90,
    )
    group["roles"] = {
        name: with_defaults(role, weight=1, people=1, required=False) for name, role in group["roles"].items()
    }
    return group


def _intent(raw: Raw | None) -> Raw:
    intent = with_defaults(
        raw, topics={"*": 0.3}, top_topics=3, score={}, count={}, half_life_days=21, max_age_days=60, history_from={}
    )
    intent["topics"] = {name.strip().lower(): weight for name, weight in intent["topics"].items()}
    intent["score"] = with_defaults(intent["score"], **VENDOR)
    intent["count"] = with_defaults(intent["count"], **COUNT)
    return intent


def _account(raw: Raw | None) -> Raw:
    account = with_defaults(raw, weights=WEIGHTS, engagement={})
    account["weights"] = {component: account["weights"].get(component, 0) for component in WEIGHTS}
    account["engagement"] = with_defaults(account["engagement"], **ROLLUP)
    return account


def threshold_of(section: Raw, segment: str | None) -> float:
    """The segment's threshold; without a segment the plain one."""
    value: float = section["threshold_by_segment"].get(segment, section["threshold"])
    return value


def first_match(rules: list[Raw], test: Any) -> str | None:
    """The name of the first rule whose `when` the test accepts."""
    return next((rule["name"] for rule in rules if test(rule["when"])), None)
