"""The model: its schema, the syntax of its conditions, and reading it from a file."""

from abm.model.conditions import Condition
from abm.model.loader import load_model, model_from
from abm.model.schema import Model
from abm.model.units import MICRO, micro

__all__ = ["MICRO", "Condition", "Model", "load_model", "micro", "model_from"]
