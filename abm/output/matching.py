"""The page of `abm match`: how contacts found their accounts, and the cases that a person should look at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from rich.text import Text

from abm.identity.matching.worklist import KEY, UNSURE, WEAK
from abm.output import marks
from abm.output.hygiene import findings_section
from abm.output.layout import Column, arrange, fixed, flowing, lines, stretch
from abm.output.text import safe, safe_json
from abm.scoring.finish import issues

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from abm.evaluation.matching import Matching
    from abm.output.screen import Screen

__all__ = ["MEANINGS", "MatchingPage", "duplicate_counts", "matching_json", "matching_lines"]

MEANINGS = {
    "correction": "a person said so",
    "account_id": "the data names the account",
    "converted": "the lead was converted into it",
    "domain": "the account lists the mail's domain",
    "name_country": "the company has the account's name",
    "fuzzy": "a name very like the account's",
    "ambiguous": "several accounts might be meant",
    "unmatched": "nothing leads to an account",
    "duplicate": "one person with another contact",
}
"""What each method means, in plain words."""

_NONE_FOUND = {"ambiguous": "yellow", "unmatched": "red"}
_LONGEST_BAR = 24
_WISHES = (
    *(("key", 16), ("contacts", 6), ("sure", 4), ("candidates", 20), ("account", 20), ("key", 26), ("next", 16)),
    *(("companies", 16), ("why", 24), ("candidates", 32), ("account", 28), ("contacts", 10), ("next", 28)),
)
_GROWING = ("key", "candidates", "account", "companies", "why")
_BECAUSE = ("same mail", "merged", "through others")


@dataclass(frozen=True)
class MatchingPage:
    """What is to be shown.

    Attributes:
        matching: what was found.
        workspace: what to call the workspace.
        top: at most so many rows of each kind of case.
        command: what writes the file of corrections.
    """

    matching: Matching
    workspace: str
    top: int = 10
    command: str = "abm match --corrections corrections.csv"


def matching_lines(page: MatchingPage, screen: Screen) -> list[Text]:
    """Return the page as lines, none wider than the screen. No mail address is on it, only domains."""
    matching, width = page.matching, screen.width
    found = matching.findings
    return [
        *_heading(page, width),
        Text(),
        *_rates(matching, screen),
        *findings_section("Findings", found, width),
        *_ambiguous(page, width),
        *_unsure(page, width),
        *_unmatched(page, width),
        *_what_to_do(page, width),
    ]


def duplicate_counts(duplicates: pl.DataFrame) -> dict[str, int]:
    """Count the contacts that are one person with another, by why: `same mail`, `merged`, `through others`.

    >>> frame = pl.DataFrame({"evidence": ["same mail a@b.example", "merged into C1", "one person through others"]})
    >>> duplicate_counts(frame)
    {'same mail': 1, 'merged': 1, 'through others': 1}
    """
    why = duplicates["evidence"]
    return {each: int(why.str.contains(each, literal=True).sum()) for each in _BECAUSE}


def matching_json(page: MatchingPage) -> str:
    """Return rates, duplicates, findings and the open cases as one JSON object."""
    matching = page.matching
    asked = matching.worklist.asked
    value = {
        "workspace": page.workspace,
        "contacts": matching.contacts,
        "people": matching.result.matches.height,
        "accounts": matching.accounts.height,
        "with_account": _with_account(matching),
        "methods": [
            {"method": name, "contacts": count, "share": round(share, 6), "meaning": MEANINGS[name]}
            for name, count, share in matching.result.rates().with_columns(pl.col("method").cast(pl.String)).iter_rows()
        ],
        "duplicates": {"contacts": matching.duplicates.height, **duplicate_counts(matching.duplicates)},
        "findings": issues(matching.findings).to_dicts(),
        "decisions": {
            "count": _count(asked),
            "contacts": asked.height,
            "first": matching.worklist.decisions(asked, page.top).to_dicts(),
        },
        "neither_work_mail_nor_company": matching.worklist.silent.height,
    }
    return safe_json(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def _with_account(matching: Matching) -> int:
    return matching.result.matches.height - matching.result.matches["account_id"].null_count()


def _heading(page: MatchingPage, width: int) -> list[Text]:
    matching = page.matching
    people, found = matching.result.matches.height, _with_account(matching)
    gone = matching.contacts - people
    parts = [Text(many(matching.contacts, "contact"))]
    if gone:
        parts = [Text(f"{many(matching.contacts, 'contact')}: {many(people, 'person', 'people')}")]
    share = Text.assemble((f"{found:,} with an account", "bold green"), f" ({percent(found, people)})")
    return [
        *flowing(
            [Text(safe(page.workspace), style="bold"), *parts, Text(many(matching.accounts.height, "account"))], width
        ),
        *flowing([share, *_duplicates(matching)], width),
    ]


def _duplicates(matching: Matching) -> list[Text]:
    if matching.duplicates.is_empty():
        return []
    counts = duplicate_counts(matching.duplicates)
    why = ", ".join(f"{count:,} {each}" for each, count in counts.items() if count)
    return [Text(f"{many(matching.duplicates.height, 'id')} of people who are there already ({why})")]


def _rates(matching: Matching, screen: Screen) -> list[Text]:
    rows = matching.result.rates().with_columns(pl.col("method").cast(pl.String)).rows()
    total, most = matching.result.matches.height, max(count for _, count, _ in rows)
    styles = [_NONE_FOUND.get(name, "") if count else "dim" for name, count, _ in rows]
    columns = {
        "method": fixed("Method", [Text(name, style=style) for (name, *_), style in zip(rows, styles, strict=True)]),
        "contacts": fixed("People", [Text(f"{count:,}") for _, count, _ in rows], right=True),
        "share": fixed("Share", [Text(percent(count, total)) for _, count, _ in rows], right=True),
        "bar": Column(
            "",
            lambda width: [
                Text.assemble(
                    (marks.bar(count, width, full=most, blocks=screen.blocks).plain, _NONE_FOUND.get(name, "green"))
                )
                for name, count, _ in rows
            ],
            _LONGEST_BAR,
        ),
        "meaning": fixed(
            "What it means", [Text(MEANINGS[name], style=style) for (name, *_), style in zip(rows, styles, strict=True)]
        ),
    }
    wishes = [("method", 12), ("contacts", 6), ("contacts", 12), ("share", 7), ("bar", 8), ("meaning", 60)]
    wishes += [("meaning", 30), ("bar", _LONGEST_BAR)]
    return lines(columns, arrange(columns, wishes, screen.width), screen.width)


def _ambiguous(page: MatchingPage, width: int) -> list[Text]:
    asked = page.matching.worklist.asked.filter(pl.col("method") == "ambiguous")
    shown, count = page.matching.worklist.decisions(asked, page.top), _count(asked)
    names = _names(page.matching, shown["candidates"])
    columns = {
        "contacts": _counts(shown),
        "key": fixed(
            "Domain or company", [_key(*row) for row in shown.select("kind", "label", "companies").iter_rows()]
        ),
        "candidates": fixed("Candidates", [_accounts(ids, names) for ids in shown["candidates"].to_list()]),
        "why": fixed("Why", [_why(*row) for row in shown.select("evidence", "label", "companies").iter_rows()]),
    }
    title = f"Ambiguous: {many(asked.height, 'person', 'people')}, {many(count, 'decision')}"
    return _cases(title, columns, count - shown.height, width)


def _unsure(page: MatchingPage, width: int) -> list[Text]:
    """The least sure of what was found by weak methods, by account and company."""
    people = page.matching.worklist.people.filter(pl.col("method").is_in(WEAK) & (pl.col("confidence") < UNSURE))
    by = ["folded", "account_id"]
    margin = (pl.col("confidence") - pl.col("runner_up_confidence").fill_null(0.0)).alias("margin")
    ordered = people.with_columns(margin).sort("confidence", "margin", "contact_id")
    firsts = ("company", "site", "runner_up", "runner_up_confidence", "evidence")
    rows = ordered.group_by(by, maintain_order=True).agg(
        pl.len().alias("contacts"), pl.col("confidence", "margin").min(), pl.col(firsts).first()
    )
    rows = rows.sort("confidence", "margin", "contacts", "account_id", descending=[False, False, True, False])
    shown = rows.head(page.top)
    names = _names(page.matching, shown["account_id"], shown["runner_up"])
    nexts = shown.select("runner_up", "runner_up_confidence").iter_rows()
    columns = {
        "contacts": _counts(shown),
        "sure": fixed("Sure", [Text(f"{value:.2f}") for value in shown["confidence"].to_list()], right=True),
        "key": fixed(
            "Company", [marks.plain(company or site) for company, site in shown.select("company", "site").iter_rows()]
        ),
        "account": fixed("Account", [_accounts([each], names) for each in shown["account_id"].to_list()]),
        "next": fixed("Next", [_next(each, sure, names) for each, sure in nexts]),
        "why": fixed("Why", [_why(why, said, [said]) for why, said in shown.select("evidence", "company").iter_rows()]),
    }
    title = f"Least sure: {many(people.height, 'person', 'people')} matched, but with less than {UNSURE:g}"
    return _cases(title, columns, rows.height - shown.height, width)


def _unmatched(page: MatchingPage, width: int) -> list[Text]:
    work = page.matching.worklist
    asked = work.asked.filter(pl.col("method") == "unmatched")
    shown, count = work.decisions(asked, page.top), _count(asked)
    names = _names(page.matching, shown["candidates"])
    columns = {
        "contacts": _counts(shown),
        "key": fixed(
            "Domain or company", [_key(*row) for row in shown.select("kind", "label", "companies").iter_rows()]
        ),
        "companies": fixed("They say", [_said(*row) for row in shown.select("kind", "companies").iter_rows()]),
        "candidates": fixed("Nearest", [_accounts((ids or [])[:1], names) for ids in shown["candidates"].to_list()]),
        "why": fixed("Why", [_why(*row) for row in shown.select("evidence", "label", "companies").iter_rows()]),
    }
    everybody = asked.height + work.silent.height
    title = f"Unmatched: {many(everybody, 'person', 'people')}, {many(count, 'decision')}"
    silent = work.silent.height
    rest = (
        f"{many(silent, 'person', 'people')} with neither a work mail nor a company: only an id can tell"
        if silent
        else ""
    )
    return _cases(title, columns, count - shown.height, width, rest)


def _cases(title: str, columns: dict[str, Column], more: int, width: int, rest: str = "") -> list[Text]:
    drawn = [Text(), *flowing([Text(title, style="bold")], width)]
    if columns["contacts"].draw(0):
        told = {
            name: column for name, column in columns.items() if any(cell.plain for cell in column.draw(column.most))
        }
        widths = stretch(told, arrange(told, _WISHES, width), _GROWING, width)
        drawn += lines(told, widths, width)
    elif not rest:
        return []
    below = [f"{more:,} more (--top N)" if more else "", rest]
    return [*drawn, *flowing([Text(each, style="dim") for each in below if each], width)]


def _what_to_do(page: MatchingPage, width: int) -> list[Text]:
    asked = page.matching.worklist.asked
    if asked.is_empty():
        return []
    settled = many(asked.height, "person", "people")
    said = f"writes {many(_count(asked), 'row')} that settle {settled}, for a person to fill in"
    return [Text(), *flowing([Text.assemble(safe(page.command), (f" {said}", "dim"))], width)]


def _count(asked: pl.DataFrame) -> int:
    """How many answers would settle them all."""
    return asked.select(KEY).n_unique() if asked.height else 0


def _counts(rows: pl.DataFrame) -> Column:
    return fixed("People", [Text(f"{count:,}") for count in rows["contacts"].to_list()], right=True)


def _key(kind: str, label: str | None, companies: list[str] | None) -> Text:
    if kind != "contact_id":
        return marks.plain(label)
    # One person alone: the id, and what tells it apart for the reader.
    return Text.assemble(safe(label or ""), (f" {safe((companies or [''])[0])}".rstrip(), "dim"))


def _said(kind: str, companies: list[str] | None) -> Text:
    return Text("; ".join(safe(each) for each in companies or []) if kind == "domain" else "")


def _why(evidence: str, label: str | None, companies: list[str | None] | None) -> Text:
    """The evidence without the company's name or the domain, which stand beside it."""
    said = evidence
    for known in (label, *(companies or [])):
        if known:
            said = said.removeprefix(f"company '{known}' ").replace(f"named like '{known}'", "named like it")
            said = said.replace(f"mail domain {known} ", "mail domain ").replace(f"lists {known};", "lists it;")
    return Text(safe(said), style="dim")


def _names(matching: Matching, *ids: pl.Series) -> Mapping[str, str | None]:
    """The names of the accounts that are shown."""
    flat = [each.explode(empty_as_null=True, keep_nulls=True) if each.dtype == pl.List else each for each in ids]
    wanted = pl.concat([each.cast(pl.String).alias("id") for each in flat]).drop_nulls().unique()
    return dict(matching.accounts.filter(pl.col("account_id").is_in(wanted.implode())).iter_rows())


def _accounts(ids: Sequence[str | None] | None, names: Mapping[str, str | None]) -> Text:
    shown = [_account(each, names) for each in ids or [] if each is not None]
    return Text(", ").join(shown)


def _account(account_id: str, names: Mapping[str, str | None]) -> Text:
    name = names.get(account_id)
    return Text.assemble(safe(name or account_id), (f" ({safe(account_id)})" if name else "", "dim"))


def _next(account_id: str | None, sure: float | None, names: Mapping[str, str | None]) -> Text:
    if account_id is None:
        return Text()
    return Text.assemble("" if sure is None else f"{sure:.2f} ", _account(account_id, names))


def percent(part: int, whole: int) -> str:
    """Return a share with one decimal, cut rather than rounded, so that 99.96 % never looks like all.

    >>> percent(2999, 3000), percent(3, 3), percent(0, 0)
    ('99.9 %', '100.0 %', '0.0 %')
    """
    tenths = part * 1000 // whole if whole else 0
    return f"{tenths // 10}.{tenths % 10} %"


def many(count: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun.

    >>> many(1, "person", "people"), many(1200, "row")
    ('1 person', '1,200 rows')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
