"""The form of a table that is told column by column: taken, mapped, computed; other columns stay beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError, did_you_mean
from abm.sources.coerce import as_text
from abm.sources.guard import collected
from abm.sources.presets.header import found_as
from abm.sources.presets.identifiers import salesforce_id
from abm.tables.contracts import CONTRACTS, Kind
from abm.tables.findings import SAMPLE_SIZE, Finding
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from abm.sources.presets.schema import ColumnRule
    from abm.sources.tables import RawTable

_COMPUTED = "\x1fcomputed"
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Rule:
    """One column's rule, with what it takes to judge and to blame it.

    Attributes:
        rule: what the page or the workspace says.
        where: where it is written.
        strict: whether a column of the file that it names must be there; pages speak of many versions of a file.
    """

    rule: ColumnRule
    where: str
    strict: bool = False


def by_columns(raw: RawTable, rules: Mapping[str, Rule], computed: Mapping[str, pl.Series]) -> RawTable:
    """Make a table of a file's columns.

    Args:
        raw: the file.
        rules: column of the table -> how it is made.
        computed: what the SQL of those rules that have some gave, row by row.

    Returns:
        The columns of the table that the file has something for, then its columns that no rule names in `from`, and
        `_row`; rows and order as they were. Findings: `unmapped_value`.

    Raises:
        SourceError: a strict rule names a column that is not there.
    """
    schema = raw.frame.collect_schema()
    columns = [name for name in schema if name != ROW]
    taken: dict[str, pl.Expr] = {}
    used: set[str] = set()
    findings: list[Finding] = []
    frame = raw.frame
    for target, rule in rules.items():
        sources = _sources(raw, target, rule, columns)
        used |= set(sources)
        if target in computed:
            name = f"{target}{_COMPUTED}"
            frame = frame.with_columns(computed[target].alias(name))
            taken[target] = _whole(name, computed[target].dtype, rule)
        elif rule.rule.value is not None:
            taken[target] = pl.lit(rule.rule.value)
        elif sources:
            taken[target] = _first(sources, schema, rule)
        kind = CONTRACTS[raw.name].columns.get(target)
        if target in taken and rule.rule.id:
            taken[target] = _each(taken[target], kind, salesforce_id)
        if target in taken and rule.rule.values:
            if rule.rule.otherwise == "empty":
                findings.extend(_unmapped(replace(raw, frame=frame), target, taken[target], rule, kind))
            taken[target] = _each(taken[target], kind, partial(_replaced, rule=rule.rule))
    kept = [name for name in columns if name not in used and name not in rules]
    chosen = [value.alias(target) for target, value in taken.items()]
    return replace(raw, frame=frame.select(*chosen, *kept, ROW), findings=(*raw.findings, *findings))


def _sources(raw: RawTable, target: str, rule: Rule, columns: list[str]) -> list[str]:
    """Find the columns of the file that a rule names, in its order."""
    if not rule.strict:
        return list(dict.fromkeys(found_as(rule.rule.from_, columns).values()))
    for name in rule.rule.from_:
        if name not in columns:
            raise SourceError(
                f"{rule.where}: {raw.where}: {raw.name}.{target} should be read from column '{name}', which is not"
                f" there.{did_you_mean(name, columns)} Columns there: {', '.join(columns) or 'none'}."
            )
    return list(rule.rule.from_)


def _first(sources: list[str], schema: pl.Schema, rule: Rule) -> pl.Expr:
    if len(sources) == 1:
        return _whole(sources[0], schema[sources[0]], rule)
    return pl.coalesce(as_text(name, schema[name]) for name in sources)


def _whole(name: str, dtype: pl.DataType, rule: Rule) -> pl.Expr:
    """A column as it is; as text where values of it are compared."""
    return as_text(name, dtype) if rule.rule.values or rule.rule.id else pl.col(name)


def _each(text: pl.Expr, kind: Kind | None, change: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Change a value; in a column of lists each of the `;`-joined ones, of which those that become equal stay once."""
    if kind is not Kind.LIST:
        return change(text)
    joined = text.str.split(";").list.eval(change(pl.element().str.strip_chars())).list.drop_nulls()
    listed = joined.list.unique(maintain_order=True).list.join(";")
    return pl.when(listed != "").then(listed)


def _replaced(text: pl.Expr, rule: ColumnRule) -> pl.Expr:
    default = text if rule.otherwise == "keep" else None
    keys, values = list(rule.values), list(rule.values.values())
    return _key(text).replace_strict(keys, values, default=default, return_dtype=pl.String)


def _key(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars().str.to_lowercase()


def _unmapped(raw: RawTable, target: str, text: pl.Expr, rule: Rule, kind: Kind | None) -> Iterator[Finding]:
    """Count the values that a map leaves out, where those become nothing."""
    single = text.str.split(";") if kind is Kind.LIST else pl.concat_list(text)
    values = raw.frame.select(pl.col(ROW), single.alias("value")).explode("value").drop_nulls("value")
    unknown = ~_key(pl.col("value")).is_in(list(rule.rule.values)) & (pl.col("value").str.strip_chars() != "")
    found = collected(values.filter(unknown), raw.where)
    if found.height:
        samples = found["value"].str.strip_chars().str.head(_SHOWN).unique().sort().head(SAMPLE_SIZE).to_list()
        known = json.dumps(list(rule.rule.values), ensure_ascii=False)[1:-1]
        yield Finding(
            table=raw.name,
            code="unmapped_value",
            count=found.height,
            message=f"{raw.name}.{target}: {found.height} value(s) that {rule.where} does not list (it lists {known});"
            " read as empty.",
            column=target,
            file=", ".join(part.file for part in raw.parts) or None,
            rows=tuple(found[ROW].drop_nulls().unique().sort().head(SAMPLE_SIZE)) if len(raw.parts) == 1 else (),
            samples=tuple(samples),
        )
