"""The words of the made tables: titles with what they say, pages, kinds of events, industries, topics."""

from __future__ import annotations

import polars as pl

_BEGINNINGS = ("b", "br", "c", "d", "f", "gl", "k", "l", "m", "n", "p", "st", "t", "v", "w")
SYLLABLES = [begin + end for begin in _BEGINNINGS for end in ("al", "en", "ir", "os", "ux", "ay")]
HOSTS = ["gmail.com", "gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com"]
INDUSTRIES = ["Software", "Software", "Finance", "Manufacturing", "Healthcare", "Retail", "Education", "Logistics"]
LIFECYCLES = ["prospect"] * 15 + ["opportunity"] * 2 + ["customer"] * 2 + ["competitor"]
ROLE_WORDS = [
    "Decision Maker",
    "Champion",
    "Technical Buyer",
    "End User",
    "Influencer",
    "Economic Buyer; User",
    "Other",
]
TOPICS = [
    f"{of} {what}"
    for of in ("crm", "sales", "revenue", "data", "cloud")
    for what in ("software", "analytics", "security", "training")
]

_LEVELS = [
    ("Chief {} Officer", "c_level"),
    ("VP {}", "vp"),
    ("Vice President of {}", "vp"),
    ("Senior Director, {}", "director"),
    ("Director of {}", "director"),
    ("Head of {}", "head"),
    ("{} Manager", "manager"),
    ("Senior {} Manager", "manager"),
    ("{} Team Lead", "lead"),
    ("Senior {} Specialist", "senior"),
    ("{} Specialist", "individual"),
    ("{} Analyst", "individual"),
    ("{} Consultant", "individual"),
    ("Junior {} Associate", "junior"),
    ("{} Intern", "intern"),
    ("Student, {}", "intern"),
]
_FIELDS = {
    "finance": ["Finance", "Accounting", "Treasury", "Controlling"],
    "executive": ["Executive", "Strategy"],
    "procurement": ["Procurement", "Sourcing"],
    "operations": ["Operations", "Revenue Operations", "Logistics"],
    "sales": ["Sales", "Inside Sales", "Business Development"],
    "marketing": ["Marketing", "Demand Generation", "Brand"],
    "it": ["IT", "Information Systems", "Infrastructure"],
    "engineering": ["Engineering", "Software Engineering"],
    "security": ["Security", "Information Security"],
    "data": ["Data", "Analytics"],
    "support": ["Support", "Customer Success"],
    "hr": ["HR", "People"],
    "legal": ["Legal"],
    "research": ["Research"],
}
_WHERE = ["", ", EMEA", ", North America", " (Global)", ", APAC"]

TITLES = [
    (level.format(name) + where, seniority, department)
    for where in _WHERE
    for level, seniority in reversed(_LEVELS)
    for department, names in _FIELDS.items()
    for name in names
]
"""2,560 titles with seniority and department, the frequent ones first."""

_SHARES = {
    "page_view": 55,
    "email_open": 16,
    "email_click": 9,
    "form_submit": 5,
    "download": 4,
    "video_play": 4,
    "webinar_attended": 3,
    "event_attended": 1,
    "email_reply": 1,
    "unsubscribe": 1,
    "demo_request": 1,
}
TYPES = pl.Series([name for name, share in _SHARES.items() for _ in range(share)])
CHANNELS = ["web", "web", "web", "email", "social", "event"]
URLS = [
    f"https://www.vendor.example/{kind}/{i}" for i in range(60) for kind in ("product", "blog", "docs", "customers")
]
URLS = [
    "https://www.vendor.example/",
    *URLS[:8],
    "https://www.vendor.example/pricing",
    *URLS[8:20],
    "https://www.vendor.example/Pricing/plans?currency=EUR",
    *URLS[20:],
]
FAR = 3.0
"""How much more often the first pages are seen than the last."""
