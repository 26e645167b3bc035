"""Contributions: every point of every score as a line, kept from the columns the plan computed anyway."""

from abm.scoring.contributions.table import contributions

__all__ = ["contributions"]
