"""How fast contacts match: 5,000,000 made contacts against 500,000 made accounts; run it as a module.

    python -m tests.benchmarks.matching [--scale 1.0] [--profile]

The data are the same for one seed: 1,000,000 distinct company names and 600,000 distinct domains (of which 500,000 are
accounts'); one contact in five has a consumer's mailbox or none. Prints seconds of wall and of CPU, peak memory, time
per step, rates by method beside what was made, and comparisons per name.
"""

from __future__ import annotations

import argparse
import resource
import time
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from abm.identity.matching import match_contacts

if TYPE_CHECKING:
    from numpy.typing import NDArray

COUNTRIES = np.array(["US", "DE", "FR", "GB", "Canada", "Spain", "IT", "NL", "BR", "JP"])
FORMS = np.array(["", " Inc.", " GmbH", " Ltd", " LLC", ", Inc.", " Corp", " S.A.", " Co., Ltd.", " AG & Co. KG"])
TRADES = np.array(
    ["", " Group", " Systems", " Energy", " Partners", " Foods", " Software", " Logistics", " Holding", " Bank"]
)
SYLLABLES = np.array([a + b + c for a in "bcdfgklmnprstvz" for b in "aeiou" for c in ("", "n", "r", "l", "s")])
CONSUMERS = np.array(["gmail.com", "yahoo.com", "hotmail.com", "web.de", "comcast.net"])


def main() -> None:
    """Make the data, match, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    scale = parser.parse_args().scale
    accounts, contacts = made(scale, np.random.default_rng(7))
    domains = pl.col("email").str.extract("@(.*)$").n_unique()
    sizes = contacts.select(pl.col("company").n_unique(), domains.alias("domains")).row(0, named=True)
    print(f"{contacts.height:,} contacts, {sizes['company']:,} names, {sizes['domains']:,} mail domains")
    print(f"{accounts.height:,} accounts")
    print(f"memory before matching {peak_gb():.2f} GB")
    begun: dict[str, float] = {}
    wall, cpu = time.perf_counter(), time.process_time()
    people = contacts.drop("truth", "made").lazy()
    result = match_contacts(
        people, accounts.lazy(), progress=lambda step: begun.update({step: time.perf_counter() - wall})
    )
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"wall {wall:.1f} s, CPU {cpu:.1f} s, peak memory {peak_gb():.2f} GB")
    ends = [*list(begun.values())[1:], wall]
    print({step: round(end - start, 1) for (step, start), end in zip(begun.items(), ends, strict=True)})
    per_name = result.counts["comparisons"] / max(result.counts["fuzzy_names"], 1)
    print(
        f"comparisons per name: {per_name:.1f} on average, {result.counts['most_comparisons']} at most", result.counts
    )
    print(result.rates())
    truth = contacts.select("contact_id", "truth", "made").join(result.matches, on="contact_id")
    given, right = pl.col("account_id").is_not_null(), pl.col("account_id") == pl.col("truth")
    print(
        truth.group_by("made")
        .agg(pl.len(), given.mean().alias("matched"), (right & given).sum().truediv(given.sum()).alias("precision"))
        .sort("made")
    )


def peak_gb() -> float:
    """The most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def made(scale: float, rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make accounts, and contacts with the account that each was made from (`truth`) and how (`made`)."""
    count = int(500_000 * scale)
    words = names(count, rng)
    trade, form, country = (rng.integers(0, size, count) for size in (len(TRADES), len(FORMS), len(COUNTRIES)))
    firm = np.char.add(words, TRADES[trade])
    domain = np.char.add(np.char.replace(words, " ", ""), np.where(np.arange(count) % 3 == 0, ".com", ".co.uk"))
    domain = np.char.add(np.char.mod("%d-", np.arange(count) % 7), domain)
    accounts = pl.DataFrame(
        {
            "account_id": np.char.mod("A%07d", np.arange(count)),
            "name": np.char.add(firm, FORMS[form]),
            "domain": domain,
            "country": COUNTRIES[country],
        }
    )
    people = int(5_000_000 * scale)
    # Every account has a second spelling; a fifth as many names and domains are nobody's.
    of = np.sort(rng.integers(0, count, people))
    kind = rng.choice(6, people, p=[0.70, 0.10, 0.10, 0.05, 0.03, 0.02])
    spelled = np.char.add(firm, FORMS[(form + 1 + np.arange(count) % 3) % len(FORMS)])
    wrong = np.array([slip(name, place) for place, name in enumerate(firm)])
    others = np.char.add(names(count // 5, rng, start=3), TRADES[rng.integers(0, len(TRADES), count // 5)])
    other_domains = np.char.add(np.char.replace(others, " ", "-"), ".org")
    serial = np.arange(people)
    frame = pl.DataFrame(
        {
            "serial": serial,
            "kind": kind,
            "of": of,
            "other": rng.integers(0, count // 5, people),
            "consumer": rng.integers(0, len(CONSUMERS), people),
            "style": rng.integers(0, 2, people),
        }
    )
    at = pl.col("of")
    lookup = {
        "name": pl.Series(accounts["name"]),
        "spelled": pl.Series(spelled),
        "wrong": pl.Series(wrong),
        "domain": pl.Series(domain),
        "country": pl.Series(COUNTRIES[country]),
        "others": pl.Series(others),
        "other_domains": pl.Series(other_domains),
        "consumers": pl.Series(CONSUMERS),
    }
    index = frame["of"]
    frame = frame.with_columns(
        lookup["name"].gather(index).alias("name"),
        lookup["spelled"].gather(index).alias("spelled"),
        lookup["wrong"].gather(index).alias("wrong"),
        lookup["domain"].gather(index).alias("domain"),
        lookup["country"].gather(index).alias("country"),
        lookup["others"].gather(frame["other"]).alias("others"),
        lookup["other_domains"].gather(frame["other"]).alias("other_domain"),
        lookup["consumers"].gather(frame["consumer"]).alias("free"),
    )
    kinds = pl.col("kind")
    person = pl.concat_str(pl.lit("person."), pl.col("serial").cast(pl.String), pl.lit("@"))
    host = (
        pl.when(kinds == 0)
        .then("domain")
        .when(kinds == 1)
        .then(pl.concat_str(pl.lit("mail."), "domain"))
        .when(kinds == 4)
        .then("other_domain")
        .otherwise("free")
    )
    company = (
        pl.when(kinds == 3)
        .then("wrong")
        .when(kinds >= 4)
        .then("others")
        .when(pl.col("style") == 0)
        .then("name")
        .otherwise("spelled")
    )
    contacts = frame.select(
        pl.concat_str(pl.lit("C"), (pl.col("serial") * 7919 % people).cast(pl.String).str.zfill(8)).alias("contact_id"),
        pl.concat_str(person, host).alias("email"),
        company.alias("company"),
        "country",
        pl.when(kinds < 4).then(pl.format("A{}", at.cast(pl.String).str.zfill(7))).alias("truth"),
        kinds.replace_strict(
            {
                0: "1 domain",
                1: "2 sub-domain",
                2: "3 name",
                3: "4 slip of the pen",
                4: "5 another firm",
                5: "6 another firm, free mail",
            }
        ).alias("made"),
    )
    return accounts, contacts


def names(count: int, rng: np.random.Generator, start: int = 0) -> NDArray[np.str_]:
    """Make distinct names of two words."""
    parts = [SYLLABLES[rng.integers(0, len(SYLLABLES), count * 2)] for _ in range(5)]
    first = np.char.add(np.char.add(parts[0], parts[1]), parts[2])
    second = np.char.add(parts[3], parts[4])
    made_names = np.unique(np.char.add(np.char.add(np.char.title(first), " "), np.char.title(second)))
    rng.shuffle(made_names)
    return made_names[start : start + count]


def slip(name: str, place: int) -> str:
    """Swap two letters, leave one out or double it, not at the beginning of a word."""
    at = 2 + place % 3
    if place % 3 == 0 and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + name[at + 1 :] if place % 3 == 1 else name[:at] + name[at] + name[at:]


if __name__ == "__main__":
    main()
