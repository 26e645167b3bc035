"""Agreed cases: facts in a few lines, and what a model must say of them."""

from __future__ import annotations

from abm.evaluation.cases.report import CaseReport
from abm.evaluation.cases.running import run_cases

__all__ = ["CaseReport", "run_cases"]
