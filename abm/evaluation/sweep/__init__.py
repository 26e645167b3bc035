"""Sweeps: one ledger under many thresholds, points, weights, models and days."""

from abm.evaluation.sweep.running import Sweep, sweep

__all__ = ["Sweep", "sweep"]
