"""Raw models for the laws: one that uses most of the vocabulary, and small ones made for one law."""

from __future__ import annotations

from typing import Any

Raw = dict[str, Any]

ROLES = ("economic_buyer", "champion", "technical_evaluator", "user")

SIGNALS: tuple[Raw, ...] = (
    {"name": "demo", "event": "demo_request", "points": 50, "half_life_days": 60, "daily_cap": 1, "hand_raise": True},
    {
        "name": "pricing",
        "event": "page_view",
        "where": "url like '%/pricing%'",
        "points": 15,
        "daily_cap": 2,
        "max_points": 45,
        "window_days": 365,
        "group": "web",
        "repeat": {"times": 3, "within_days": 7, "points": 10},
    },
    {"name": "webinar", "event": "webinar", "points": 12.5, "linear_days": 90},
    {
        "name": "download",
        "event": ["download", "form_submit"],
        "points": 8.333333,
        "steps": [{"after_days": 30, "factor": 0.5}, {"after_days": 90, "factor": 0.1}],
        "max_points": 20,
    },
    {"name": "click", "event": "email_click", "points": 3, "daily_cap": 1, "half_life_days": 10, "group": "web"},
    {"name": "view", "event": "page_view", "points": 1, "group": "web"},
    {"name": "call", "event": "call", "points": 5, "half_life_days": "none"},
)
"""Positive signals: every kind of decay and cap."""

NEGATIVE: Raw = {"name": "unsubscribe", "event": "unsubscribe", "points": -20, "half_life_days": 180, "max_points": 60}

EVENT_TYPES = ("demo_request", "page_view", "page_view", "webinar", "download", "form_submit", "email_click", "call")


def law_model(**changes: Any) -> Raw:
    """A model that uses most of the vocabulary, with some of its parts replaced."""
    return {
        "name": "laws",
        "version": 1,
        "segments": [{"name": "enterprise", "when": "employees >= 1000"}, {"name": "smb", "when": "employees < 200"}],
        "tiers": [{"name": "A", "when": "is_target"}],
        "ignore": "channel = 'scanner'",
        "signals": [*SIGNALS, NEGATIVE],
        "signal_groups": {"web": {"max_points": 40}},
        "fit": {
            "person": [
                {"name": "senior", "when": "seniority_rank >= 7", "points": 20},
                {"name": "manager", "when": "seniority_rank between 5 and 6", "points": 10.5},
            ],
            "account": [
                {"name": "industry", "when": "industry in ('Software', 'Finance')", "points": 15},
                {"name": "size", "when": "employees >= 500", "points": 10},
            ],
        },
        "mql": {
            "threshold": 40,
            "threshold_by_segment": {"smb": 30},
            "require": "engagement >= 5",
            "disqualify": [{"name": "student", "when": "title ilike '%student%'"}],
        },
        "roles": {
            "rules": [
                {"role": "economic_buyer", "when": "seniority_rank >= 7", "confidence": 0.7},
                {"role": "champion", "when": "department in ('operations', 'sales')", "confidence": 0.6},
                {"role": "user", "when": "seniority_rank <= 6", "confidence": 0.55},
            ]
        },
        "buying_groups": [
            {
                "name": "core",
                "applies_when": "coalesce(lifecycle, '') <> 'partner'",
                "roles": {
                    "economic_buyer": {"weight": 3, "required": True},
                    "champion": {"weight": 1.1, "required": True},
                    "technical_evaluator": {"weight": 2, "people": 2},
                    "user": {"weight": 0.3, "people": 3},
                },
                "blockers": ["legal"],
            },
            {
                "name": "web",
                "motion": "expansion",
                "signals": ["pricing", "view"],
                "topics": ["crm software"],
                "roles": {"champion": {"people": 2}, "user": {}},
                "engaged_at": 5,
                "engaged_days": 30,
            },
        ],
        "intent": {
            "topics": {"crm software": 1.0, "sales analytics": 0.6, "*": 0.3},
            "count": {"recent_weeks": 2, "baseline_weeks": 4, "alpha": 0.05, "min_count": 2, "min_ratio": 1.5},
            "history_from": {"g2": "2025-01-06", "own": "2025-01-06"},
        },
        "mqa": {
            "threshold": 30,
            "require": "coverage >= 10",
            "triggers": [{"name": "raised", "when": "hand_raisers >= 1 and fit >= 60"}],
            "exclude": [{"name": "customer", "when": "lifecycle = 'customer'"}],
        },
        **changes,
    }
