"""Briefs: a page per account that a salesperson reads before a call, every word of it taken from the result."""

from abm.output.brief.facts import Brief, Fact, Section, Statement
from abm.output.brief.writing import brief, briefs

__all__ = ["Brief", "Fact", "Section", "Statement", "brief", "briefs"]
