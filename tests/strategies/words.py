"""The words of random workspaces: models and tables draw from the same pools, so that conditions match now and then."""

from __future__ import annotations

TEXT: dict[str, tuple[str, ...]] = {
    "industry": ("Software", "Finance", "Retail", "software"),
    "country": ("DE", "US", "FR"),
    "region": ("EMEA", "AMER"),
    "lifecycle": ("prospect", "customer", "competitor"),
    "owner": ("ann", "bob"),
    "name": ("Acme", "Beta GmbH", "O'Neil & Co", "100% Pure_Data"),
    "segment": ("smb", "enterprise", "default", "vip"),
    "title": ("CFO", "Student helper", "VP Sales", "Head of IT\nand more"),
    "company": ("Acme", "Beta"),
    "lead_source": ("web", "fair", "Web"),
    "first_name": ("Ada", "Bob", "Éva"),
    "last_name": ("Li", "O'Hara"),
    "type": ("page_view", "demo_request", "email_click", "webinar", "unsubscribe", "call", "noise"),
    "channel": ("web", "email", "scanner"),
    "source": ("tracker", "crm"),
    "campaign": ("spring", "Spring_24", "fall"),
    "url": ("/pricing", "/Pricing/enterprise", "/blog", "/docs\n/pricing", "C:\\pricing", "/a_b%c"),
    "asset": ("whitepaper", "roi"),
    "product": ("core", "addon"),
    "seniority": ("vp", "c_level", "director", "manager", "senior", "individual", "intern", "owner", "head"),
    "department": ("finance", "executive", "operations", "it", "sales", "other"),
    "email_kind": ("work", "free", "role", "invalid"),
    "group": ("core", "lite", "expand"),
    "stage": ("engaged", "aware"),
    "grade": ("A1", "B2", "C3", "D4"),
    "role": ("champion", "economic_buyer", "user", "evaluator", "sponsor", "blocker"),
    "tier": ("A", "B"),
    "spiking_topics": ("crm software", "crm", "sales analytics"),
}

NUMBERS: dict[str, tuple[float, ...]] = {
    "employees": (50, 199, 200, 999, 1000, 5000, 0),
    "annual_revenue": (1e6, 2.5e7, 0, 1234567.5),
}

ROLES = ("economic_buyer", "champion", "technical_evaluator", "user", "sponsor", "legal", "blocker", "gatekeeper")

ROLE_WORDS = (
    "economic_buyer",
    "champion",
    "Technical Evaluator",
    "USER",
    " sponsor ",
    "legal",
    "Blocker",
    "gatekeeper",
    "DECISION_MAKER",
    "Technical-Buyer",
    "Influencer",
    "champion;user",
    "BLOCKER; Decision Maker",
    ";",
)

TOPICS = ("crm software", "sales analytics", "data quality", "abm")
TOPIC_SPELLINGS = ("crm software", "CRM Software ", " sales analytics", "Data Quality", "abm", "ABM", "cold brew")
INTENT_SOURCES = ("bombora", "g2", "own", None)

DOMAINS = ("acme.com", "beta.io", "gamma.de", "delta.co.uk", "web.de", "gmail.com")
DOMAIN_SPELLINGS = ("acme.com", "www.acme.com", " Acme.com", "beta.io", "BETA.IO", "gamma.de", "delta.co.uk")
FREE_DOMAINS = ("web.de", "hey.com", "gmx.net", "gmail.com", "www.web.de", "Outlook.com")
MAILBOXES = ("ada", "bob", "c.li", "info", "Sales", "dora+x")

# The first ages outside the windows that most models have.
EDGES = (7, 14, 30, 60, 90)

# Ages at which windows of the models below open and close, newest first.
AGES = (
    *(0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 19, 20, 21, 22, 27, 28, 29, 30, 31, 44, 45, 46, 59, 60, 61),
    *(76, 77, 78, 89, 90, 91, 104, 105, 106, 119, 120, 121, 179, 180, 181, 364, 365, 366, 800),
)
