"""Contributions: every point of every score as a line, kept from the columns the plan computed anyway."""

from abm.scoring.contributions.table import Level, contributions_of

__all__ = ["Level", "contributions_of"]
