"""Words: what a report explains to somebody who reads one for the first time."""

from __future__ import annotations

GLOSSARY = {
    "Qualified account (MQA)": (
        "Ready for sales: its score reaches the threshold and the model's requirement holds, or something triggers it"
        " at once, such as a raised hand."
    ),
    "Qualified lead (MQL)": (
        "A person whose own fit and activity reach the threshold for people, or who asked to be called."
    ),
    "Score": (
        "0 to 100: the weighted mean of fit, leads, engagement, coverage and intent. What was never given is unknown,"
        " not zero, and the others share its weight."
    ),
    "Fit": "Is this a company to sell to? Points of the rules about companies.",
    "Leads": "Does each role have somebody whom sales would call? The best lead of every role, against its bar.",
    "Engagement": "How warm are the roles? What people did, fading with time.",
    "Coverage": "How much of the committee is engaged? The share of its seats that an engaged person takes.",
    "Intent": "What does the company research elsewhere, compared with what is normal for it?",
    "Engaged": "Somebody who did enough of late that it counts.",
    "Buying group, role, seat": (
        "The people who decide together. The model names the roles, how many people each wants, and which must not be"
        " empty."
    ),
    "In market, spike": "A topic is researched far more than is normal for this company.",
    "Excluded": "Customers, competitors and others that the model keeps out of the ranking.",
}
"""Words and what they mean."""

STANDINGS = {"qualified": "Qualified", "in_market": "Not qualified, in market", "other": "Neither"}
"""How accounts are put beside leads."""
