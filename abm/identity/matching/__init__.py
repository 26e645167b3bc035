"""Which account a contact belongs to, and which contacts are one person."""

from abm.identity.matching.cascade import match_contacts
from abm.identity.matching.duplicates import duplicates
from abm.identity.matching.result import METHODS, MatchResult
from abm.identity.matching.settings import MatchSettings

__all__ = ["METHODS", "MatchResult", "MatchSettings", "duplicates", "match_contacts"]
