"""What next: the fewest people who would qualify a buying group, and the day a qualified one would lapse."""

from abm.scoring.what_next.lapse import lapse_day, lapse_days
from abm.scoring.what_next.steps import Steps, smallest_sets, smallest_steps

__all__ = ["Steps", "lapse_day", "lapse_days", "smallest_sets", "smallest_steps"]
