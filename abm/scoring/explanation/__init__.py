"""Explanations: why a lead, an account or a buying group has the score and the verdict that it has."""

from abm.scoring.explanation.building import explain
from abm.scoring.explanation.checking import Failure, Sums, check_sums
from abm.scoring.explanation.explanation import AccountExplanation, Explanation, LeadExplanation

__all__ = ["AccountExplanation", "Explanation", "Failure", "LeadExplanation", "Sums", "check_sums", "explain"]
