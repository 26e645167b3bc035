"""A small model for tests that need many runs; its conditions do not look at thresholds."""

from __future__ import annotations

from typing import Any


def small_model(**changes: Any) -> dict[str, Any]:
    """A model whose accounts qualify by score, and by a raised hand at once."""
    return {
        "name": "small",
        "version": 1,
        "segments": [{"name": "smb", "when": "employees < 200"}, {"name": "enterprise", "when": "employees >= 1000"}],
        "signals": [
            {"name": "demo", "event": "demo_request", "points": 50, "hand_raise": True},
            {"name": "view", "event": "page_view", "points": 2},
        ],
        "fit": {"account": [{"name": "industry", "when": "industry = 'Software'", "points": 10}]},
        "roles": {
            "rules": [
                {"role": "economic_buyer", "when": "seniority_rank >= 7", "confidence": 0.7},
                {"role": "user", "when": "seniority_rank < 7", "confidence": 0.7},
            ]
        },
        "buying_groups": [{"name": "core", "roles": {"economic_buyer": {}, "user": {"people": 2}}}],
        "mqa": {
            "threshold": 30,
            "threshold_by_segment": {"smb": 20},
            "triggers": [{"name": "raised", "when": "hand_raisers >= 1"}],
            "exclude": [{"name": "customer", "when": "lifecycle = 'customer'"}],
        },
        **changes,
    }
