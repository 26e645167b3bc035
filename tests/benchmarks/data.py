"""Seeded tables of any size with the skew of real traffic: a folder of Parquet that `abm -w` and SQL both read.

    python -m tests.benchmarks.data DIR --events 20m

prints the folder, and the rows of each table as JSON.
A year of history up to AS_OF and, apart from it in `next/`, the day after. Contacts are a tenth of the events, accounts
a hundredth. Events come in visits: somebody does one to seven things on one day; few people come often and most seldom
(the r-th by activity in proportion to r ** -0.55, two fifths never), weekends are quiet. One visit in seven is
anonymous and names an account or a domain; one event in five hundred is delivered twice. Ids have the length of CRM
ids and are in no order. Everything is drawn from the seed, in chunks: the same call gives the same tables, in little
memory.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from abm.workspace.bundled import bundled
from tests.benchmarks.words import (
    CHANNELS,
    FAR,
    HOSTS,
    INDUSTRIES,
    LIFECYCLES,
    ROLE_WORDS,
    SYLLABLES,
    TITLES,
    TOPICS,
    TYPES,
    URLS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from polars.expr.whenthen import Then

    Numbers = NDArray[np.integer[Any]]
    Chances = NDArray[np.floating[Any]]

AS_OF = date(2026, 6, 30)
DAYS = 364
SEED = 7
CHUNK = 1_000_000
WORKSPACE = """\
model: model.yaml
as_of: {as_of}
tables:
  accounts: {{file: accounts.parquet}}
  contacts: {{file: "contacts/*.parquet"}}
  events: {{file: "events/*.parquet"}}
  intent: {{file: "intent/*.parquet"}}
  opportunities: {{file: opportunities.parquet}}
  opportunity_contacts: {{file: opportunity_contacts.parquet}}
"""


@dataclass(frozen=True)
class World:
    """How much there is, and of whom; whose contact each is drawn once, because everything else refers to it."""

    events: int
    contacts: int
    accounts: int
    seed: int
    account_of: Numbers

    def draw(self, *place: int) -> np.random.Generator:
        """The random numbers of one chunk, whatever was drawn before."""
        return np.random.default_rng([self.seed, *place])


def size_of(text: str) -> int:
    """Read `1m`, `20m` or a number."""
    return int(float(text.lower().removesuffix("m")) * 1e6) if text.lower().endswith("m") else int(text)


def cached_tables(events: int, seed: int = SEED) -> Path:
    """The tables in a folder for temporary files, made there if this version of them is not there yet."""
    here = Path(__file__).parent
    version = hashlib.sha256(b"".join((here / name).read_bytes() for name in ("data.py", "words.py"))).hexdigest()[:8]
    folder = Path(tempfile.gettempdir()) / "abm-benchmarks" / f"{events}-{seed}-{version}"
    if not folder.exists():
        unfinished = folder.with_name(folder.name + ".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        write_tables(unfinished, events, seed)
        unfinished.rename(folder)
    return folder


def write_tables(folder: Path, events: int, seed: int = SEED) -> None:
    """Write all tables, and the day after in `next/`, with a workspace.yaml and the starter model."""
    contacts, accounts = max(events // 10, 200), max(events // 100, 50)
    share = np.random.default_rng([seed, 0]).random(contacts)
    world = World(events, contacts, accounts, seed, (share**1.6 * accounts).astype(np.int32))
    for name in ("contacts", "events", "intent", "next"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _accounts(world).write_parquet(folder / "accounts.parquet")
    for i, frame in enumerate(_contacts(world)):
        frame.write_parquet(folder / "contacts" / f"part-{i:03}.parquet")
    for i, frame in enumerate(_intent(world)):
        frame.write_parquet(folder / "intent" / f"part-{i:03}.parquet")
    deals, people = _opportunities(world)
    deals.write_parquet(folder / "opportunities.parquet")
    people.write_parquet(folder / "opportunity_contacts.parquet")
    per_day = _per_day(world)
    for week in range(DAYS // 7):
        days = range(week * 7, week * 7 + 7)
        frame = pl.concat([_events_of_day(world, day, int(per_day[day])) for day in days])
        frame.write_parquet(folder / "events" / f"week-{week:02}.parquet")
    _events_of_day(world, DAYS, int(per_day[-2])).write_parquet(folder / "next" / "day.parquet")
    shutil.copy(bundled("config", "starter.yaml"), folder / "model.yaml")
    (folder / "workspace.yaml").write_text(WORKSPACE.format(as_of=AS_OF))


def read_tables(folder: Path) -> dict[str, pl.DataFrame]:
    """The tables by name."""
    single = {file.stem: pl.read_parquet(file) for file in folder.glob("*.parquet")}
    return single | {name: pl.read_parquet(folder / name / "*.parquet") for name in ("contacts", "events", "intent")}


def ids(prefix: str, numbers: Numbers, rows: int) -> pl.Expr:
    """Eighteen characters, in another order than the numbers."""
    shuffled = numbers.astype(np.int64) * 7_368_787 % rows  # a prime that divides no number of rows
    return pl.concat_str(pl.lit(prefix), pl.lit(pl.Series(shuffled)).cast(pl.String).str.zfill(10), pl.lit("QAR"))


def _pick(words: list[str], chance: Chances) -> pl.Expr:
    return pl.lit(pl.Series(words, dtype=pl.String).gather((chance * len(words)).astype(np.int32)))


def _if(test: NDArray[np.bool_], then: pl.Expr) -> Then:
    return pl.when(pl.lit(pl.Series(test))).then(then)


def _domain(world: World, accounts: Numbers) -> pl.Expr:
    """Three syllables and a number: nobody's real domain."""
    numbers = accounts.astype(np.int64)
    words = [_pick(SYLLABLES, (numbers * 7919 % prime) / prime) for prime in (9973, 9967, 9949)]
    return pl.concat_str(*words, pl.lit(pl.Series(numbers % world.accounts)).cast(pl.String), pl.lit(".example"))


def _accounts(world: World) -> pl.DataFrame:
    rows, draw = world.accounts, world.draw(1)
    number = np.arange(rows)
    return pl.select(
        account_id=ids("0015g", number, rows),
        name=pl.concat_str(
            _domain(world, number).str.replace(r"\d.*$", "").str.to_titlecase(),
            _pick([" Ltd", " AG", " Inc"], draw.random(rows)),
        ),
        domain=_domain(world, number),
        industry=_if(draw.random(rows) < 0.96, _pick(INDUSTRIES, draw.random(rows))),
        employees=_if(draw.random(rows) < 0.95, pl.lit(pl.Series(10 ** (0.7 + 4 * draw.random(rows)))).cast(pl.Int64)),
        country=_pick(["US", "US", "DE", "GB", "FR"], draw.random(rows)),
        lifecycle=_pick(LIFECYCLES, draw.random(rows)),
    )


def _contacts(world: World) -> Iterator[pl.DataFrame]:
    titles = pl.DataFrame(TITLES, schema=["title", "seniority", "department"], orient="row")
    for begin in range(0, world.contacts, CHUNK):
        rows, draw = min(CHUNK, world.contacts - begin), world.draw(2, begin)
        number, account = np.arange(begin, begin + rows), world.account_of[begin : begin + rows]
        title = pl.lit(pl.Series((draw.random(rows) ** 1.7 * len(TITLES)).astype(np.int32)))
        given, host, said = draw.random(rows) < 0.93, draw.random(rows), draw.random(rows) < 0.97

        name = pl.concat_str(
            _pick(SYLLABLES, draw.random(rows)), pl.lit("."), pl.lit(pl.Series(number)).cast(pl.String)
        )
        yield pl.select(
            contact_id=ids("0035g", number, world.contacts),
            account_id=_if(given, ids("0015g", account, world.accounts)),
            email=_if(
                draw.random(rows) < 0.98,
                pl.concat_str(
                    name,
                    pl.lit("@"),
                    _if(host < 0.92, _domain(world, account)).otherwise(_pick(HOSTS, draw.random(rows))),
                ),
            ),
            title=_if(said, pl.lit(titles["title"]).gather(title)),
            seniority=_if(said, pl.lit(titles["seniority"]).gather(title)),
            department=_if(said, pl.lit(titles["department"]).gather(title)),
            buying_role=_if(draw.random(rows) < 0.08, _pick(ROLE_WORDS, draw.random(rows))),
            created_at=pl.lit(AS_OF) - pl.duration(days=pl.lit(pl.Series((draw.random(rows) * 1500).astype(np.int64)))),
        )


def _per_day(world: World) -> Numbers:
    """Events a day: quiet weekends, and a little more from month to month."""
    first = AS_OF - timedelta(days=DAYS - 1)
    weights = [(0.2 if (first + timedelta(days=i)).weekday() > 4 else 1.0) * (1 + i / 1000) for i in range(DAYS)]
    ends = np.cumsum(np.array(weights)) / sum(weights) * world.events
    return np.diff(np.concatenate([[0], np.round(ends)])).astype(np.int64)


def _events_of_day(world: World, day: int, rows: int) -> pl.DataFrame:
    """The visits of one day, and what was delivered a second time."""
    draw = world.draw(3, day)
    length = 1 + (draw.random(rows) ** 2.2 * 7).astype(np.int64)
    visit = np.repeat(np.arange(rows), length)[:rows]
    chance = draw.random((6, rows))
    active = int(world.contacts * 0.6)
    person = ((chance[0] ** (1 / 0.45) * active).astype(np.int64) * 104_729 % world.contacts)[visit]
    known, by_domain = (chance[1] < 6 / 7)[visit], (chance[2] < 0.5)[visit]
    stranger = (chance[3] ** 2 * world.accounts).astype(np.int64)[visit]
    second = np.minimum((chance[4][visit] * 80_000).astype(np.int64) + np.arange(rows) % 60 * 90, 86_399)
    kind = TYPES.gather((draw.random(rows) * len(TYPES)).astype(np.int32))
    number = np.arange(rows, dtype=np.uint64) + np.uint64(day) * np.uint64(1 << 32) + np.uint64(1)
    # An odd factor makes another 64-bit number of each, and no two the same.
    event = pl.Series(number * np.uint64(0x9E3779B97F4A7C15))
    time = pl.lit(AS_OF - timedelta(days=DAYS - 1 - day)).cast(pl.Datetime("us")) + pl.duration(
        seconds=pl.lit(pl.Series(second))
    )
    view = pl.lit(kind) == "page_view"
    frame = pl.select(
        event_id=pl.lit(event).cast(pl.String),
        contact_id=_if(known, ids("0035g", person, world.contacts)),
        account_id=_if(~known & ~by_domain, ids("0015g", stranger, world.accounts)),
        domain=_if(~known & by_domain, _domain(world, stranger)),
        type=pl.lit(kind),
        occurred_at=time,
        channel=_pick(CHANNELS, draw.random(rows)),
        url=pl.when(view).then(_pick(URLS, draw.random(rows) ** FAR)),
        campaign=pl.when(~view).then(_pick([f"campaign {i}" for i in range(200)], draw.random(rows))),
    )
    twice = frame.filter(pl.Series(draw.random(rows) < 0.002))
    return pl.concat([frame.head(rows - twice.height), twice.head(rows)]) if rows else frame


def _intent(world: World) -> Iterator[pl.DataFrame]:
    """Every week for a seventh of the accounts, three topics each, most weeks."""
    covered, weeks = world.accounts // 7, DAYS // 7
    per_chunk = max(1, CHUNK // (weeks * 3))
    for begin in range(0, covered, per_chunk):
        many, draw = min(per_chunk, covered - begin), world.draw(4, begin)
        account = np.repeat(np.arange(begin, begin + many), 3 * weeks)
        turn, week = np.tile(np.repeat(np.arange(3), weeks), many), np.tile(np.arange(weeks), many * 3)
        level = np.repeat(draw.random(many * 3), weeks)
        score = np.clip(100 * (0.6 * level + 0.5 * draw.random(len(account)) ** 2), 0, 100)
        frame = pl.select(
            account_id=ids("0015g", account * 7, world.accounts),
            topic=pl.lit(pl.Series(TOPICS).gather((account + turn * 3) % len(TOPICS))),
            observed_on=pl.lit(AS_OF) - pl.duration(days=pl.lit(pl.Series(week * 7))),
            score=pl.lit(pl.Series(score)).cast(pl.Int64),
            source=pl.lit("bombora"),
        )
        yield frame.filter(pl.Series(draw.random(len(account)) < 0.8))


def _opportunities(world: World) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One for ten accounts; three people each, all but a fifth of them of the account itself."""
    rows, draw = world.accounts // 10, world.draw(5)
    account, closed = (draw.random(rows) ** 1.6 * world.accounts).astype(np.int64), draw.random(rows) < 0.6
    back = draw.random(rows) * 500
    deals = pl.select(
        opportunity_id=ids("0065g", np.arange(rows), rows),
        account_id=ids("0015g", account, world.accounts),
        created_on=pl.lit(AS_OF) - pl.duration(days=pl.lit(pl.Series(back.astype(np.int64)))),
        closed_on=_if(
            closed, pl.lit(AS_OF) - pl.duration(days=pl.lit(pl.Series((back * draw.random(rows)).astype(np.int64))))
        ),
        is_closed=pl.lit(pl.Series(closed)),
        is_won=pl.lit(pl.Series(closed & (draw.random(rows) < 0.3))),
    )
    order = np.argsort(world.account_of, kind="stable")
    begins = np.searchsorted(world.account_of[order], account)
    ends = np.searchsorted(world.account_of[order], account, side="right")
    of, chance = np.repeat(np.arange(rows), 3), draw.random((2, rows * 3))
    own = order[np.minimum(begins[of] + (chance[0] * (ends - begins)[of]).astype(np.int64), world.contacts - 1)]
    person = np.where(chance[1] < 0.8, own, (chance[0] * world.contacts).astype(np.int64))
    people = pl.select(
        opportunity_id=ids("0065g", of, rows),
        contact_id=ids("0035g", person, world.contacts),
        role=_if(draw.random(rows * 3) < 0.7, _pick(ROLE_WORDS, draw.random(rows * 3))),
    )
    return deals, people


def row_counts(folder: Path) -> dict[str, int]:
    """Rows of each table."""
    files = {path.stem: path for path in folder.glob("*.parquet")}
    files |= {name: folder / name / "*.parquet" for name in ("contacts", "events", "intent")}
    return {name: pl.scan_parquet(path).select(pl.len()).collect().item() for name, path in sorted(files.items())}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--events", type=size_of, default=2_000_000)
    parser.add_argument("--cached", action="store_true", help="in the folder for temporary files, if not there yet")
    chosen = parser.parse_args()
    if chosen.folder is None and not chosen.cached:
        parser.error("name a folder, or say --cached")
    if chosen.folder is not None:
        write_tables(chosen.folder, chosen.events)
    made = chosen.folder or cached_tables(chosen.events)
    print(made)
    print(json.dumps(row_counts(made)))
