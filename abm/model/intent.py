"""Intent: which topics matter, and how vendor scores and counts become strengths and spikes."""

from __future__ import annotations

from typing import Annotated

from pydantic import AllowInfNan, Field, Strict, model_validator

from abm.model.fields import Count, Day, Name, NotNegative, Number, Part, Positive, topic_key, unique_keys

TopicWeight = Annotated[Number, Field(gt=0, le=1)]


class IntentScore(Part):
    """How vendor scores (0-100, relative to the account's own normal) are read."""

    surge_at: Number = Field(default=60.0, description="score from which a topic surges")
    floor: Number = Field(default=50.0, description="score of strength 0: the account's own normal")
    ceiling: Number = Field(default=100.0, description="score of strength 1")
    spike_days: Count = Field(default=14, description="days for which a surge is a spike")

    @model_validator(mode="after")
    def _floor_below_ceiling(self) -> IntentScore:
        if self.floor >= self.ceiling:
            msg = f"floor {self.floor:g} is not below ceiling {self.ceiling:g}"
            raise ValueError(msg)
        return self


class IntentCount(Part):
    """How counts are compared with the weeks before."""

    recent_weeks: Annotated[Count, Field(le=520)] = Field(default=3, description="weeks that are recent")
    baseline_weeks: Annotated[Count, Field(le=520)] = Field(
        default=12, description="weeks before them that are compared with"
    )
    alpha: Annotated[float, Strict(), AllowInfNan(allow_inf_nan=False), Field(gt=0, lt=1)] = Field(
        default=0.001, description="accepted chance of calling noise a spike"
    )
    min_count: NotNegative = Field(default=5.0, description="recent count below which nothing is a spike")
    min_ratio: NotNegative = Field(default=2.0, description="growth below which nothing is a spike")
    full_at_ratio: Annotated[Number, Field(gt=1)] = Field(default=8.0, description="growth of strength 1")


class Intent(Part):
    """Third-party and own interest by topic. Topics are kept as they are compared: trimmed, lower-case."""

    topics: Annotated[dict[Name, TopicWeight], unique_keys(topic_key)] = Field(
        default={"*": 0.3}, description="weights of topics; `*` is every other topic"
    )
    top_topics: Annotated[Count, Field(le=100)] = Field(default=3, description="strongest topics that count")
    score: IntentScore = Field(default_factory=IntentScore, description="how vendor scores are read")
    count: IntentCount = Field(default_factory=IntentCount, description="how counts are read")
    half_life_days: Positive = Field(default=21.0, description="days in which an observation halves")
    max_age_days: Count = Field(default=60, description="age in days beyond which an observation is void")
    history_from: dict[Name, Day] = Field(default={}, description="first complete day of a count source")
