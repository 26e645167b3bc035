"""The SQL of pages, run by a database that sees the rows of the given files and nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from abm.errors import SourceError
from abm.sources.coerce import FALSE_WORDS, TRUE_WORDS, as_text
from abm.sources.guard import LIBRARY_ERRORS, collected, first_line
from abm.sources.presets.header import found_as
from abm.sources.presets.references import references
from abm.sources.query import parsed_query
from abm.sources.sql import require_readable, sandbox
from abm.tables.arrow import streamed
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from abm.sources.presets.references import References

ROWS, DROPPED = "rows", "dropped"
"""How the SQL of a page calls the file: the rows that stay, and those that leave."""

_AT = "at\x1f"
# What a page's SQL may use besides the database's own functions:
# - `truth(x)`: true/false of true, t, yes, y, 1 and their opposites, else null; `host(x)`: the host of a web address;
# - `json_field(x, 'name')`: a field of a cell of JSON as text, null where the cell is none.
_MACROS = f"""
create macro json_field(x, name) as case when json_valid(x)
  then nullif(trim(json_extract_string(x, '$."' || name || '"')), '') end;
create macro host(x) as nullif(regexp_replace(regexp_extract(regexp_replace(lower(trim(x)), '^[a-z]+://', ''),
  '^(?:[^/@]*@)?([^/:?#]*)', 1), '^www[.]', ''), '');
create macro truth(x) as case when lower(trim(x::varchar)) in {TRUE_WORDS} then true
  when lower(trim(x::varchar)) in {FALSE_WORDS} then false end;
"""
_KINDS = ("Invalid Input", "Conversion", "Binder", "Parser", "Catalog", "Not implemented", "Out of Memory")
_HINTS: tuple[tuple[type[BaseException], str], ...] = (
    (duckdb.ConversionException, "All columns are text; try_cast(column as double) is empty where it does not fit."),
    (duckdb.BinderException, "Compare the names with those of the file and of `with`."),
    (duckdb.ParserException, "Write it in DuckDB's dialect; names with blanks stand in double quotes."),
    (duckdb.CatalogException, "Use a function of DuckDB's that computes, from its arguments alone."),
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A piece of SQL and where it is written, for messages."""

    text: str
    where: str


def evaluate(expressions: Sequence[Expression], frames: Mapping[str, pl.LazyFrame], height: int) -> list[pl.Series]:
    """Compute expressions for every row of the frame called `rows`.

    Args:
        expressions: expressions of DuckDB's dialect; columns are text, those that no frame has are null.
        frames: the files by the names that the expressions use, `rows` among them.
        height: the number of rows of `rows`.

    Returns:
        A series per expression, in the order of the rows.

    Raises:
        SourceError: an expression cannot be computed, or gives another number of rows than there are.
    """
    if not expressions:
        return []
    queries = [Expression(_query(f"({each.text}\n) as value"), each.where) for each in expressions]
    with _opened(frames, queries, numbered=True) as connection:
        columns = ", ".join(f'({each.text}\n) as "{position}"' for position, each in enumerate(expressions))
        try:
            found = _fetched(connection, _query(f'"{_AT}", {columns}'), expressions[0].where)
        except (SourceError, duckdb.Error, *LIBRARY_ERRORS):
            # Which of them is to blame is told by trying each alone.
            for each in expressions:
                _tried(connection, Expression(_query(f'"{_AT}", ({each.text}\n) as value'), each.where))
            raise
    ordered = found if found[_AT].is_sorted() else found.sort(_AT)
    if ordered.height != height:
        raise SourceError(
            f"{expressions[0].where}: gives {ordered.height:,} rows for {height:,}. Give one value a row."
        )
    return [ordered[str(position)] for position in range(len(expressions))]


def selected(query: Expression, frames: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Run one SELECT over the files.

    Args:
        query: one SELECT of DuckDB's dialect; columns are text, those that no frame has are null.
        frames: the files by the names that the query uses.

    Raises:
        SourceError: it is not one SELECT over these files, or cannot be run.
    """
    with _opened(frames, [query], numbered=False) as connection:
        return _tried(connection, query)


def _query(columns: str) -> str:
    return f"select {columns} from {ROWS}"  # noqa: S608 - a page's own SQL, in a database that can only read its rows


@contextmanager
def _opened(
    frames: Mapping[str, pl.LazyFrame], queries: Sequence[Expression], *, numbered: bool
) -> Iterator[duckdb.DuckDBPyConnection]:
    with sandbox(None) as connection:
        connection.execute(_MACROS)
        named = [_named(connection, query, frames) for query in queries]
        for name, frame in frames.items():
            rows = collected(_texts(name, frame, named, [] if numbered else list(frames.values())), queries[0].where)
            connection.register(name, _Rows(rows.with_row_index(_AT) if numbered and name == ROWS else rows))
        yield connection


def _named(connection: duckdb.DuckDBPyConnection, query: Expression, frames: Iterable[str]) -> References:
    try:
        return references(parsed_query(connection, query.text, query.where), tuple(frames), query.where)
    except duckdb.Error as error:
        raise SourceError(f"{query.where}: {_said(error)}") from error


def _texts(name: str, frame: pl.LazyFrame, named: Iterable[References], others: Sequence[pl.LazyFrame]) -> pl.LazyFrame:
    """The columns of a file that the queries name, as text and under the names that the queries use."""
    schema = frame.collect_schema()
    columns = [column for column in schema if column != ROW]
    wanted: dict[str, pl.Expr] = {}
    for each in named:
        own = [*each.of.get(name, ()), *_unclaimed(name, each.plain, [frame, *others])]
        found = found_as([*own, *each.plain], columns)
        for column in dict.fromkeys([*own, *found]):
            text = as_text(found[column], schema[found[column]]) if column in found else pl.lit(None, pl.String)
            # The database does not tell capitals apart in names of columns.
            wanted.setdefault(column.lower(), text.alias(column))
        for column in columns if name in each.whole else ():
            wanted.setdefault(column.lower(), as_text(column, schema[column]))
    wanted.pop(ROW, None)
    numbered = frame if ROW in schema else frame.with_columns(pl.lit(None, pl.Int64).alias(ROW))
    return numbered.select(*wanted.values(), ROW)


def _unclaimed(name: str, plain: Sequence[str], frames: Iterable[pl.LazyFrame]) -> list[str]:
    """Columns that none of the frames has: they are null, in the file itself.

    An expression is computed over the file alone, so only the file can have what it names; a SELECT may join others.
    """
    if name != ROWS:
        return []
    there = {found for frame in frames for found in found_as(plain, frame.collect_schema())}
    return [column for column in plain if column not in there]


def _tried(connection: duckdb.DuckDBPyConnection, query: Expression) -> pl.DataFrame:
    try:
        return _fetched(connection, query.text, query.where)
    except (duckdb.Error, *LIBRARY_ERRORS) as error:
        raise SourceError(f"{query.where}: {_said(error)}") from error


def _fetched(connection: duckdb.DuckDBPyConnection, text: str, where: str) -> pl.DataFrame:
    relation = connection.sql(text)
    require_readable(relation, where)
    return streamed(relation)


class _Rows:
    """A frame that the database reads through Arrow's own interface, without another library between them."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


def _said(error: BaseException) -> str:
    said = first_line(error)
    for kind in _KINDS:
        said = said.removeprefix(f"{kind} Error: ")
    hint = next((text for kind, text in _HINTS if isinstance(error, kind)), "Look at the values of the file.")
    return f"{said.rstrip('.')}. {hint}"
