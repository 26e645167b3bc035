"""What a person may set about matching people to accounts."""

from __future__ import annotations

from pydantic import Field

from abm.model.fields import Part

__all__ = ["DEFAULT_SETTINGS", "MatchSettings"]


class MatchSettings(Part):
    """How alike names must be; higher numbers match less and err less."""

    fuzzy: bool = Field(default=True, description="whether names that only resemble each other may match at all")
    threshold: float = Field(default=82.0, ge=50, le=100, description="least likeness of two names, 0 to 100")
    margin: float = Field(default=6.0, ge=0, le=100, description="how far ahead of the next account a name must be")
    unknown_country: float = Field(
        default=4.0, ge=0, le=100, description="added to the threshold where a country is unknown on either side"
    )
    comparisons: int = Field(default=40, ge=1, le=49, description="most names of accounts one name is compared with")
    candidates: int = Field(default=5, ge=1, description="most candidates listed for an ambiguous contact")


DEFAULT_SETTINGS = MatchSettings()
