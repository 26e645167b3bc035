"""The model: its schema, the syntax of its conditions, and reading it from a file."""

from abm.model.accounts import COMPONENTS, AccountScore, EngagementRollup, Mqa
from abm.model.conditions import Condition
from abm.model.decay import Decay, HalfLife, Linear, NoDecay, Step, Steps
from abm.model.fields import NamedCondition
from abm.model.groups import BuyingGroup, Role
from abm.model.intent import Intent, IntentCount, IntentScore
from abm.model.loader import load_model, model_from
from abm.model.people import DisqualifyRule, Fit, FitRule, Grade, Mql, RoleRule, Roles
from abm.model.schema import Model
from abm.model.signals import Repeat, Signal, SignalGroup
from abm.model.units import MICRO, micro

__all__ = [
    "COMPONENTS",
    "MICRO",
    "AccountScore",
    "BuyingGroup",
    "Condition",
    "Decay",
    "DisqualifyRule",
    "EngagementRollup",
    "Fit",
    "FitRule",
    "Grade",
    "HalfLife",
    "Intent",
    "IntentCount",
    "IntentScore",
    "Linear",
    "Model",
    "Mqa",
    "Mql",
    "NamedCondition",
    "NoDecay",
    "Repeat",
    "Role",
    "RoleRule",
    "Roles",
    "Signal",
    "SignalGroup",
    "Step",
    "Steps",
    "load_model",
    "micro",
    "model_from",
]
