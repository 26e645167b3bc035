"""What is compared: accounts by whether they are MQAs, leads by whether they are MQLs, and the rules that decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from abm.model import Model
    from abm.model.conditions import Condition


@dataclass(frozen=True, slots=True)
class Subject:
    """A table whose rows are judged.

    Attributes:
        table: its name in the result.
        level: what contribution lines call its rows.
        key: its key.
        qualifies: the column that says whether a row qualifies.
        verdict: the short word for that, as in `becomes_mqa`.
        bars: the word for what a rule of the model keeps out, as in `becomes_excluded`.
        once: columns that say whose row it is, the same on both sides.
        twice: columns that are shown for both sides.
    """

    table: str
    level: str
    key: str
    qualifies: str
    verdict: str
    bars: str
    once: tuple[str, ...]
    twice: tuple[str, ...]


ACCOUNT = Subject(
    "accounts",
    "account",
    "account_id",
    "is_mqa",
    "mqa",
    "excluded",
    ("name",),
    ("score", "rank", "is_mqa", "is_excluded", "stage", "threshold", "segment", "group", "reasons"),
)
LEAD = Subject(
    "leads",
    "lead",
    "contact_id",
    "is_mql",
    "mql",
    "disqualified",
    ("account_id",),
    ("score", "is_mql", "status", "grade", "threshold", "segment", "reasons"),
)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a model that decide whether something qualifies.

    Attributes:
        against: by reason code, the rules that keep it out.
        in_favour: by reason code, the rules that qualify it at once.
        require: what must hold besides the threshold.
    """

    against: dict[str, Condition]
    in_favour: dict[str, Condition]
    require: Condition

    @property
    def names(self) -> set[str]:
        """Every column that one of them names."""
        conditions = [*self.against.values(), *self.in_favour.values(), self.require]
        return {name for condition in conditions for name in condition.names}


def rules(subject: Subject, model: Model) -> Rules:
    """Return the rules of a model for accounts or leads."""
    if subject is ACCOUNT:
        mqa = model.mqa
        return Rules(
            {f"exclude:{rule.name}": rule.when for rule in mqa.exclude},
            {f"trigger:{rule.name}": rule.when for rule in mqa.triggers},
            mqa.require,
        )
    mql = model.mql
    return Rules(
        {f"disqualify:{rule.name}": rule.when for rule in mql.disqualify},
        {f"hand_raise:{signal.name}": mql.hand_raise for signal in model.signals if signal.hand_raise},
        mql.require,
    )
