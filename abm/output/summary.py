"""The lines above a ranking: whose numbers these are, as of when, and what they do not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from abm.output.layout import flowing
from abm.output.text import safe
from abm.scoring.unknown import why_unknown

if TYPE_CHECKING:
    import polars as pl

    from abm.scoring.result import ScoreResult

_HASH_SHOWN = 8


def summary(result: ScoreResult, workspace: str, width: int, *, families: bool = False) -> list[Text]:
    """Return the lines above a ranking.

    Args:
        result: what is ranked.
        workspace: what to call it.
        width: columns a line may fill.
        families: whether families are ranked rather than accounts.
    """
    unknown = unknown_components(result)
    return [
        *heading(result, workspace, width),
        *flowing(_counts(result, families=families), width),
        *(flowing([Text(unknown, style="yellow")], width) if unknown else []),
    ]


def heading(result: ScoreResult, workspace: str, width: int) -> list[Text]:
    """Return whose numbers these are, under which model, as of when."""
    return flowing([Text(safe(workspace), style="bold"), *_model(result)], width)


def unknown_components(result: ScoreResult) -> str | None:
    """Return a sentence on the components that no account has, with the reasons; None if all are known.

    DESIGN: a table that was not given makes its component null, and its weight is shared; that must be said.
    """
    accounts = result.polars["accounts"]
    by_reason: dict[str, list[str]] = {}
    for name, weight in result.model.account.weights.items():
        if weight and not accounts.is_empty() and accounts[name].null_count() == accounts.height:
            by_reason.setdefault(why_unknown(name, result.given), []).append(name)
    if not by_reason:
        return None
    said = ", ".join(f"{' and '.join(names)} ({reason})" for reason, names in by_reason.items())
    return f"unknown: {said}; the other components share the weight"


def _model(result: ScoreResult) -> list[Text]:
    stamp = result.stamp
    return [
        Text(f"model {safe(stamp['model'])} v{stamp['model_version']} ({stamp['model_hash'][:_HASH_SHOWN]})"),
        Text(f"as of {stamp['as_of']}"),
    ]


def _counts(result: ScoreResult, *, families: bool) -> list[Text]:
    accounts, leads = result.polars["families" if families else "accounts"], result.polars["leads"]
    excluded = _sum(accounts, "is_excluded")
    many = _many(accounts.height, *(("family", "families") if families else ("account",)))
    ranked = f"{many}: {accounts.height - excluded:,} ranked"
    if families:
        ranked = f"{_many(result.polars['accounts'].height, 'account')} in {ranked}"
    parts = [Text(f"{ranked}, {excluded:,} excluded" if excluded else ranked)]
    parts.append(
        Text.assemble(
            (f"{_sum(accounts, 'is_mqa'):,} MQA", "bold green"),
            " (qualified families)" if families else " (qualified accounts)",
        )
    )
    if "contacts" in result.given:
        mqls = (f"{_sum(leads, 'is_mql'):,} MQL", "bold green")
        parts.append(Text.assemble(mqls, f" of {_many(leads.height, 'lead')}"))
    return parts


def _sum(frame: pl.DataFrame, name: str) -> int:
    return int(frame[name].sum() or 0)


def _many(count: int, noun: str, plural: str | None = None) -> str:
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"
