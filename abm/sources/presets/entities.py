"""Names that a web page wrote: `AT&amp;T` and `Children&#8217;s Place` are what a person reads."""

from __future__ import annotations

import html

import polars as pl

NAMES = {
    "accounts": ("name",),
    "contacts": ("first_name", "last_name", "title", "company"),
}
"""The columns, by table, that hold names of people and companies; elsewhere an ampersand may mean itself."""

_ENTITY = r"&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);"


def unescaped(frame: pl.LazyFrame, table: str) -> pl.LazyFrame:
    """Return a table whose names of people and companies have characters where they had HTML entities.

    Text that was escaped twice is read twice. Rows and order stay; the plan stays lazy.

    >>> companies = pl.LazyFrame({"name": ["AT&amp;T", "R&D", "Caf&amp;#233;"]})
    >>> unescaped(companies, "accounts").collect()["name"].to_list()
    ['AT&T', 'R&D', 'Café']
    """
    schema = frame.collect_schema()
    names = [name for name in NAMES.get(table, ()) if isinstance(schema.get(name), pl.String)]
    if not names:
        return frame
    return frame.with_columns(pl.col(names).map_batches(_read, return_dtype=pl.String, is_elementwise=True))


def _read(texts: pl.Series) -> pl.Series:
    escaped = texts.filter(texts.str.contains(_ENTITY)).unique().drop_nulls().to_list()
    return texts.replace(escaped, [html.unescape(html.unescape(each)) for each in escaped]) if escaped else texts
