"""Which account a contact belongs to, and which contacts are one person."""

from abm.identity.matching.accounts import AccountBook, read_accounts
from abm.identity.matching.cascade import match_contacts
from abm.identity.matching.duplicates import duplicates
from abm.identity.matching.owners import domain_owners, read_hosts
from abm.identity.matching.result import METHODS, MatchResult
from abm.model.matching import MatchSettings

__all__ = [
    "METHODS",
    "AccountBook",
    "MatchResult",
    "MatchSettings",
    "domain_owners",
    "duplicates",
    "match_contacts",
    "read_accounts",
    "read_hosts",
]
