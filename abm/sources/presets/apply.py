"""A file as its system writes it becomes a table under canonical names, by what a page and a workspace say."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError
from abm.sources.guard import collected
from abm.sources.presets.checks import lacking, undated
from abm.sources.presets.columns import Rule, by_columns
from abm.sources.presets.database import DROPPED, ROWS, Expression, evaluate, selected
from abm.sources.presets.entities import unescaped
from abm.sources.presets.file_names import FILE, FILE_DAY, day_in
from abm.tables.findings import SAMPLE_SIZE, Finding, Level
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.sources.presets.schema import ColumnRule, Shape, TableRule
    from abm.sources.tables import RawTable


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is said about making one table of one source.

    Attributes:
        shape: the shape of a page that the source is said to have, or None.
        own: what the workspace says of single columns; it wins over the page.
        where: where the workspace declares the source.
        places: where it says what it says of the columns.
        others: the files of the shape's `with` that are there, by name.
    """

    shape: Shape | None = None
    own: Mapping[str, ColumnRule] = field(default_factory=dict)
    where: str = "columns"
    places: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, RawTable] = field(default_factory=dict)


def made_by(recipe: Recipe, raw: RawTable) -> RawTable:
    """Make a table of a source.

    Args:
        recipe: what a page and the workspace say.
        raw: the source's columns under its own names.

    Returns:
        Columns under canonical names where the recipe gives any, the source's other columns beside them (of a page
        that is a SELECT: what it selects), and `_row`: null where a SELECT does not give it. Lazy if no SQL is needed.
        Findings besides those of `raw`: `dropped_rows` (a note for each rule of `drop`: a row counts for the first it
        meets), `unmapped_value`.

    Raises:
        SourceError: the page does not make this table, needs a file that is not there, or its SQL cannot be run.
    """
    shape = recipe.shape
    if shape is None:
        return _by_columns(raw, recipe, None, None)
    rule = _rule(shape, raw, recipe)
    raw = replace(raw, findings=(*raw.findings, *lacking(shape, raw)))
    raw = _with_file_names(_without_nulls(raw, shape.nulls))
    stay, dropped = _parted(raw, shape, recipe)
    if rule.sql is None:
        result = _by_columns(stay, recipe, rule, dropped)
    else:
        result = _by_select(stay, recipe, rule.sql, dropped)
        result = _by_columns(result, recipe, None, None) if recipe.own else result
    result = replace(result, frame=unescaped(result.frame, result.name))
    return replace(result, findings=(*result.findings, *undated(rule, raw, result)))


def _rule(shape: Shape, raw: RawTable, recipe: Recipe) -> TableRule:
    if raw.name not in shape.tables:
        raise SourceError(
            f"{recipe.where}: {shape.reference} does not say how to make {raw.name}. It makes"
            f" {', '.join(shape.tables)}. Take another preset, or map the columns yourself."
        )
    for name, file in shape.with_.items():
        if file.required and name not in recipe.others:
            raise SourceError(
                f"{recipe.where}: {shape.reference} needs another file, {name}. {file.about}"
                f" Add with: {{{name}: FILE}}."
            )
    return shape.tables[raw.name]


def _without_nulls(raw: RawTable, words: tuple[str, ...]) -> RawTable:
    """Make nothing of the words that mean nothing."""
    texts = [name for name, dtype in raw.frame.collect_schema().items() if isinstance(dtype, pl.String)]
    if not words or not texts:
        return raw
    column = pl.col(texts)
    means_nothing = column.str.strip_chars().str.to_lowercase().is_in([word.strip().lower() for word in words])
    return replace(raw, frame=raw.frame.with_columns(pl.when(~means_nothing).then(column)))


def _with_file_names(raw: RawTable) -> RawTable:
    """Add the file's name and its day, which pages may name as if they were columns."""
    names = pl.Series([part.file for part in raw.parts], dtype=pl.String)
    days = pl.Series([str(day) if (day := day_in(name)) else None for name in names], dtype=pl.String)
    if len(raw.parts) == 1:
        added = [pl.lit(names[0]).alias(FILE), pl.lit(days[0], pl.String).alias(FILE_DAY)]
    elif raw.parts:
        starts = pl.lit(pl.Series([part.rows_before for part in raw.parts]))
        at = starts.search_sorted(pl.col(ROW) - 1, side="right") - 1
        added = [pl.lit(names).gather(at).alias(FILE), pl.lit(days).gather(at).alias(FILE_DAY)]
    else:
        added = [pl.lit(None, pl.String).alias(name) for name in (FILE, FILE_DAY)]
    return replace(raw, frame=raw.frame.with_columns(added))


def _parted(raw: RawTable, shape: Shape, recipe: Recipe) -> tuple[RawTable, pl.LazyFrame]:
    """Part the rows that stay from those that a rule drops, and count these."""
    if not shape.drop:
        return raw, raw.frame.clear()
    frame = collected(raw.frame, raw.where)
    frames = {ROWS: frame.lazy()} | {name: other.frame for name, other in recipe.others.items()}
    conditions = [
        Expression(f"coalesce(truth(({condition}\n)), false)", f"{shape.place('drop', name)}: drop.{name}")
        for name, condition in shape.drop.items()
    ]
    left = pl.Series([False]).new_from_index(0, frame.height)
    findings: list[Finding] = []
    for name, leaves in zip(shape.drop, evaluate(conditions, frames, frame.height), strict=True):
        here = leaves & ~left
        left |= leaves
        if here.any():
            findings.append(_dropped(raw, shape, name, frame.filter(here)))
    stay = replace(raw, frame=frame.filter(~left).lazy(), findings=(*raw.findings, *findings))
    return stay, frame.filter(left).lazy()


def _dropped(raw: RawTable, shape: Shape, name: str, rows: pl.DataFrame) -> Finding:
    one_file = raw.parts[0].file if len(raw.parts) == 1 else None
    return Finding(
        table=raw.name,
        code="dropped_rows",
        count=rows.height,
        message=f"{raw.where}: {rows.height} row(s) left out by {shape.reference}: {name.replace('_', ' ')}.",
        level=Level.NOTE,
        file=one_file or ", ".join(part.file for part in raw.parts) or None,
        rows=tuple(rows[ROW].head(SAMPLE_SIZE)) if one_file else (),
        samples=(name,),
    )


def _by_columns(raw: RawTable, recipe: Recipe, rule: TableRule | None, dropped: pl.LazyFrame | None) -> RawTable:
    shape = recipe.shape
    rules: dict[str, Rule] = {}
    if rule is not None and shape is not None:
        path = ("tables", raw.name, "columns")
        for target, given in rule.columns.items():
            rules[target] = Rule(given, f"{shape.place(*path, target)}: {shape.reference}.{raw.name}.{target}")
    for target, own in recipe.own.items():
        rules[target] = Rule(own, recipe.places.get(target, recipe.where), strict=True)
    texts = {target: text for target, each in rules.items() if (text := each.rule.sql) is not None}
    keep = rule.keep if rule else None
    if not texts and keep is None:
        return _without_file_names(by_columns(raw, rules, {}))
    frame = collected(raw.frame, raw.where)
    frames = {ROWS: frame.lazy(), DROPPED: frame.lazy().clear() if dropped is None else dropped}
    frames |= {name: other.frame for name, other in recipe.others.items()}
    for name in shape.with_ if shape else ():
        frames.setdefault(name, pl.LazyFrame({ROW: []}, schema={ROW: pl.Int64}))
    expressions = [Expression(text, rules[target].where) for target, text in texts.items()]
    if keep is not None and shape is not None:
        where = f"{shape.place('tables', raw.name, 'keep')}: {shape.reference}.{raw.name}.keep"
        expressions.append(Expression(f"coalesce(truth(({keep}\n)), false)", where))
    values = evaluate(expressions, frames, frame.height)
    table = by_columns(replace(raw, frame=frame.lazy()), rules, dict(zip(texts, values, strict=False)))
    if keep is not None:
        table = replace(table, frame=table.frame.filter(values[-1]))
    return _without_file_names(table)


def _by_select(raw: RawTable, recipe: Recipe, sql: str, dropped: pl.LazyFrame) -> RawTable:
    shape = recipe.shape
    where = f"{shape.place('tables', raw.name, 'sql')}: {shape.reference}.{raw.name}.sql" if shape else recipe.where
    frames = {ROWS: raw.frame, DROPPED: dropped} | {name: other.frame for name, other in recipe.others.items()}
    for name in shape.with_ if shape else ():
        frames.setdefault(name, pl.LazyFrame({ROW: []}, schema={ROW: pl.Int64}))
    result = selected(Expression(sql, where), frames)
    if ROW not in result.columns:
        rows = result.lazy().with_columns(pl.lit(None, pl.Int64).alias(ROW))
        return replace(raw, frame=rows, parts=())
    return _without_file_names(replace(raw, frame=result.lazy().with_columns(pl.col(ROW).cast(pl.Int64))))


def _without_file_names(raw: RawTable) -> RawTable:
    return replace(raw, frame=raw.frame.drop(FILE, FILE_DAY, strict=False))
