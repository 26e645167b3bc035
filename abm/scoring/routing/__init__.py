"""Routing: who is to be called, by whom and until when; every lead and every account is in exactly one place."""

from abm.scoring.routing.route import Filled, Kept, Routed, route
from abm.scoring.routing.rows import COLUMNS

__all__ = ["COLUMNS", "Filled", "Kept", "Routed", "route"]
