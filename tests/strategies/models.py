"""Random raw models that use the whole vocabulary, as YAML would give them; every one of them is valid."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.strategies.conditions import ACCOUNTS, EVENTS, LEADS, PEOPLE, RAW_ACCOUNTS, RESULTS, STAGES, Scope, condition
from tests.strategies.words import ROLES, TEXT, TOPICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.strategies.draws import Draw

Raw = dict[str, Any]

POINTS = (10, 5, 15, 25, 50, 2.5, 3.333333, 20, 12, 8.1, 1, 0.1, 0, -5, -20)
POINTS_OF_RULES = (10, 20, 15, 5, 2.5, 60, -10)
EASY = {
    "people": (
        "seniority_rank >= 3",
        "department is not null",
        "email_kind = 'work'",
        "seniority_rank between 3 and 8",
        "true",
    ),
    "accounts": ("employees >= 100", "industry is not null", "domain is not null", "true"),
    "leads": ("score >= 10", "engagement >= 1", "fit_points >= 5", "true"),
    "results": ("score >= 10", "engaged_contacts >= 1", "coverage > 0", "intent > 0"),
}


def build_model(draw: Draw, as_of: date) -> Raw:
    """One model; keys are left out often, so that defaults are exercised."""
    segments = _named(draw, RAW_ACCOUNTS, as_of, ("enterprise", "smb", "mid"), 2)
    model: Raw = {"name": "random", "version": draw.integer(1, 9)}
    _maybe(draw, model, "owners", ["marketing"], 20)
    if segments:
        model["segments"] = segments
    tiers = _named(draw, ACCOUNTS, as_of, ("A", "B"), 2)
    if tiers:
        model["tiers"] = tiers
    if draw.chance(25):
        model["ignore"] = draw.choice(("channel = 'scanner'", "contact.opted_out", condition(draw, EVENTS, as_of)))
    groups = [name for name in ("web", "mail") if draw.chance(50)]
    model["signals"] = [_signal(draw, as_of, index, groups) for index in range(draw.integer(2, 6))]
    if groups:
        model["signal_groups"] = {name: {"max_points": draw.choice((40, 10, 7.5, 100))} for name in groups}
    model["fit"] = _fit(draw, as_of)
    names = [segment["name"] for segment in segments]
    model["mql"] = _mql(draw, as_of, names)
    model["roles"] = _roles(draw, as_of)
    signals = [signal["name"] for signal in model["signals"]]
    model["buying_groups"] = [_buying_group(draw, as_of, name, signals) for name in _group_names(draw)]
    model["intent"] = _intent(draw, as_of)
    model["account"] = _account(draw)
    model["mqa"] = _mqa(draw, as_of, names)
    if draw.chance(40):
        model["stages"] = _named(draw, STAGES, as_of, ("hot", "warm", "cold"), 3) or [{"name": "any", "when": True}]
    _maybe(draw, model, "family", draw.choice(("rollup", "none")), 60)
    return model


def _maybe(draw: Draw, mapping: Raw, key: str, value: Any, percent: int = 50) -> None:
    """Sets the key now and then."""
    if draw.chance(percent):
        mapping[key] = value


def _when(draw: Draw, scope: Scope, as_of: date, easy: str = "") -> str | bool:
    """A random test; where `easy` names a list often one of those, which most rows pass."""
    if easy and draw.chance(50):
        return draw.choice(EASY[easy])
    constants: tuple[str | bool, ...] = (True, "true", "false")
    return draw.choice(constants) if draw.chance(8) else condition(draw, scope, as_of)


def _named(draw: Draw, scope: Scope, as_of: date, names: Sequence[str], at_most: int) -> list[Raw]:
    chosen = draw.some(names, 0, at_most)
    return [{"name": name, "when": _when(draw, scope, as_of)} for name in chosen]


def _signal(draw: Draw, as_of: date, index: int, groups: list[str]) -> Raw:
    types = TEXT["type"][:-1]
    signal: Raw = {
        "name": f"s{index}",
        "event": draw.some(types, 2, 5) if draw.chance(50) else draw.choice(types),
        "points": draw.choice(POINTS),
    }
    if draw.chance(30):
        signal["where"] = condition(draw, EVENTS, as_of)
        if draw.chance(10):
            signal["where"] = f"({signal['where']}) or count >= 3"
    signal.update(_decay(draw))
    _maybe(draw, signal, "daily_cap", draw.integer(1, 3), 40)
    _maybe(draw, signal, "max_points", draw.choice((20, 45, 7.5, 12)), 35)
    _maybe(draw, signal, "window_days", draw.choice((30, 60, 90, 365)), 30)
    if groups:
        _maybe(draw, signal, "group", draw.choice(groups), 50)
    if draw.chance(35):
        signal["repeat"] = {
            "times": draw.integer(1, 4),
            "within_days": draw.choice((1, 7, 14, 30)),
            "points": draw.choice((10, 2.5, 30)),
        }
    _maybe(draw, signal, "hand_raise", draw.chance(70), 30)
    return signal


def _decay(draw: Draw) -> Raw:
    kind = draw.choice(("default", "half_life", "linear", "steps", "none"))
    if kind == "half_life":
        return {"half_life_days": draw.choice((30, 7, 180, 10.5))}
    if kind == "linear":
        return {"linear_days": draw.choice((90, 30, 120))}
    if kind == "steps":
        steps = [{"after_days": 7, "factor": 0.75}, {"after_days": 30, "factor": 0.5}, {"after_days": 90, "factor": 0}]
        return {"steps": draw.some(steps, 1, 3)}
    return {"half_life_days": "none"} if kind == "none" else {}


def _fit(draw: Draw, as_of: date) -> Raw:
    fit: Raw = {}
    for side, scope, easy in (("person", PEOPLE, "people"), ("account", ACCOUNTS, "accounts")):
        rules = [
            {"name": f"{side}_{index}", "when": _when(draw, scope, as_of, easy), "points": draw.choice(POINTS_OF_RULES)}
            for index in range(draw.integer(0, 3))
        ]
        if rules or draw.chance(50):
            fit[side] = rules
    _maybe(draw, fit, "account_full_at", draw.choice((25, 10, 7)), 40)
    return fit


def _thresholds(draw: Draw, segments: list[str], values: Sequence[float]) -> Raw:
    section: Raw = {}
    _maybe(draw, section, "threshold", draw.choice(values), 70)
    if draw.chance(50):
        section["threshold_by_segment"] = {
            name: draw.choice(values) for name in draw.some([*segments, "default"], 1, 3)
        }
    return section


def _mql(draw: Draw, as_of: date, segments: list[str]) -> Raw:
    mql = _thresholds(draw, segments, (20, 40, 65, 33.5, 15))
    _maybe(draw, mql, "require", _when(draw, LEADS, as_of, "leads"), 50)
    _maybe(draw, mql, "hand_raise", _when(draw, LEADS, as_of, "leads"), 40)
    _maybe(draw, mql, "hand_raise_days", draw.choice((30, 7, 90)), 40)
    rules = _named(draw, LEADS, as_of, ("student", "competitor"), 2) if draw.chance(35) else []
    for rule in rules:
        _maybe(draw, rule, "blocks_hand_raise", draw.chance(60))
    if rules:
        mql["disqualify"] = rules
    if draw.chance(30):
        mql["grade"] = {"fit": [40, 20, 10], "engagement": [50, 25, 2.5]}
    return mql


def _roles(draw: Draw, as_of: date) -> Raw:
    roles: Raw = {}
    if draw.chance(60):
        roles["aliases"] = {"DECISION_MAKER": "economic_buyer", "Technical Buyer": "technical_evaluator"}
    _maybe(draw, roles, "crm_confidence", draw.choice((0.9, 0.4, 0.6)), 40)
    _maybe(draw, roles, "trust_crm", draw.chance(30))
    _maybe(draw, roles, "min_confidence", draw.choice((0.5, 0.7, 0.3)), 40)
    roles["rules"] = [
        {
            "role": draw.choice(ROLES),
            "when": _when(draw, PEOPLE, as_of, "people"),
            "confidence": draw.choice((0.7, 0.5, 0.95, 0.6, 0.3)),
        }
        for _ in range(draw.integer(2, 8))
    ]
    return roles


def _group_names(draw: Draw) -> list[str]:
    return list(TEXT["group"][: draw.choice((1, 2, 3, 1, 2, 0))])


def _buying_group(draw: Draw, as_of: date, name: str, signals: list[str]) -> Raw:
    group: Raw = {"name": name}
    _maybe(draw, group, "applies_when", _when(draw, ACCOUNTS, as_of, "accounts"), 40)
    _maybe(draw, group, "motion", draw.choice(("new", "expansion", "renewal")))
    if draw.chance(40):
        group["signals"] = draw.choice(("all", draw.some(signals, 1, len(signals))))
    if draw.chance(40):
        group["topics"] = draw.choice(("all", draw.some(TOPICS, 1, 3)))
    blockers = draw.some(ROLES[-3:], 0, 2)
    seated = [role for role in ROLES if role not in blockers]
    group["roles"] = {role: _role(draw) for role in draw.some(seated, 2, draw.choice((4, 6, 8)))}
    if blockers:
        group["blockers"] = blockers
    _maybe(draw, group, "other_weight", draw.choice((0.5, 0, 1)), 40)
    _maybe(draw, group, "anonymous_weight", draw.choice((0.5, 0, 1)), 40)
    _maybe(draw, group, "engaged_at", draw.choice((1, 5, 10, 2.5)), 70)
    _maybe(draw, group, "engaged_days", draw.choice((90, 30, 14, 365)), 50)
    return group


def _role(draw: Draw) -> Raw:
    role: Raw = {"weight": draw.choice((1, 2, 3, 0.5, 1.5))}
    _maybe(draw, role, "people", draw.integer(1, 3), 70)
    _maybe(draw, role, "required", draw.chance(60))
    return role


def _intent(draw: Draw, as_of: date) -> Raw:
    intent: Raw = {}
    if draw.chance(75):
        topics = {name: draw.choice((1.0, 0.6, 0.25)) for name in draw.some(TOPICS, 0, 4)}
        if not topics or draw.chance(50):
            topics["*"] = 0.3
        intent["topics"] = topics
    _maybe(draw, intent, "top_topics", draw.integer(1, 3))
    _maybe(draw, intent, "score", {"surge_at": 70, "floor": 40, "spike_days": draw.choice((7, 30))}, 40)
    if draw.chance(60):
        intent["count"] = draw.choice(
            (
                {"recent_weeks": 1, "baseline_weeks": 3, "min_count": 2},
                {"alpha": 0.05, "min_count": 3, "min_ratio": 1.5, "full_at_ratio": 4},
                {"recent_weeks": 2, "baseline_weeks": 4, "alpha": 0.2, "min_count": 1, "min_ratio": 1},
            )
        )
    _maybe(draw, intent, "half_life_days", draw.choice((21, 7)), 30)
    _maybe(draw, intent, "max_age_days", draw.choice((60, 30, 90)), 40)
    if draw.chance(40):
        days = draw.choice((27, 28, 41, 42, 103, 104, 105, 365))
        intent["history_from"] = {"g2": as_of - timedelta(days=days)}
    return intent


def _account(draw: Draw) -> Raw:
    account: Raw = {}
    if draw.chance(60):
        cuts = sorted(draw.integer(0, 20) for _ in range(4))
        parts = [high - low for low, high in zip([0, *cuts], [*cuts, 20], strict=True)]
        components = ("fit", "leads", "engagement", "coverage", "intent")
        account["weights"] = {name: part / 20 for name, part in zip(components, parts, strict=True)}
    if draw.chance(75):
        engagement: Raw = {"rollup": draw.choice(("by_role", "sum", "max", "mean", "best_and_rest", "role_sum"))}
        _maybe(draw, engagement, "half_at", draw.choice((20, 7.5, 50)))
        _maybe(draw, engagement, "scale", draw.choice(("saturating", "none")))
        account["engagement"] = engagement
    return account


def _mqa(draw: Draw, as_of: date, segments: list[str]) -> Raw:
    mqa = _thresholds(draw, segments, (10, 25, 60, 42.5))
    _maybe(draw, mqa, "exit_threshold", 5, 30)
    _maybe(draw, mqa, "require", _when(draw, RESULTS, as_of, "results"), 50)
    for key, names in (("triggers", ("hand_raise", "spike")), ("exclude", ("competitor", "customer"))):
        rules = _named(draw, RESULTS, as_of, names, 2) if draw.chance(30) else []
        if rules:
            mqa[key] = rules
    return mqa
