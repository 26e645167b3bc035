"""The vocabulary of `workspace.yaml`: which file or query each table is, and how to read it."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads annotations
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from abm.model.conditions import Condition  # noqa: TC001 - pydantic reads the annotation
from abm.model.fields import Day, Name, Part
from abm.model.matching import DEFAULT_SETTINGS, MatchSettings
from abm.sources.databases.environment import as_address
from abm.sources.options import FileOptions, delimiter_sign, encoding_name
from abm.sources.orders import DayOrder  # noqa: TC001 - pydantic reads the annotation
from abm.sources.presets.schema import ColumnRule, Zone, column_short
from abm.tables.contracts import FIRST_YEAR, LAST_YEAR
from abm.workspace.routing import Routing

KindName = Literal["text", "integer", "number", "date", "boolean", "list"]


def _file_short(value: object) -> object:
    return {"file": value} if isinstance(value, str | list) else value


def _sources(value: object) -> object:
    """Let one source stand for a list of one; a list of names is one source of several files."""
    if isinstance(value, list | tuple) and any(not isinstance(each, str) for each in value):
        return tuple(_file_short(each) for each in value)
    return (_file_short(value),)


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class ColumnSource(ColumnRule):
    """Where one column comes from; without from, value and sql: from the preset, else from the column of its name."""

    type: KindName | None = Field(default=None, description="kind of an extra column")
    dates: DayOrder | None = Field(
        default=None, description="how 03/04/2026 is meant in this column: day_first or month_first"
    )


class RawSource(Part):
    """Where rows come from: a file, several with the same columns, or a database; and how files are written."""

    file: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_one_or_many)] = Field(
        default=(), description="a file below the data folder, or a list of files with the same columns"
    )
    database: Annotated[str | None, BeforeValidator(as_address)] = Field(
        default=None,
        min_length=1,
        description="address of a database, such as postgresql://host/crm, or a database file; ${NAME} is looked up"
        " in the environment",
    )
    query: str | None = Field(default=None, min_length=1, description="one SELECT in the database's own dialect")
    table: str | None = Field(default=None, min_length=1, description="a table or view of the database")
    delta: str | None = Field(
        default=None, min_length=1, description="a Delta table: a folder below the data folder that holds _delta_log"
    )
    header: bool = Field(default=True, description="whether delimited files begin with the column names")
    names: tuple[str, ...] = Field(default=(), description="column names of delimited files without header")
    encoding: str | None = Field(
        default=None, description="encoding of text files, such as windows-1252; default: told by their bytes"
    )
    delimiter: str | None = Field(
        default=None, description="the sign between fields, or comma, tab, semicolon, bar; default: told by the file"
    )
    comment: str | None = Field(
        default=None, min_length=1, description="what lines before the header begin with; default: #"
    )
    sheet: str | None = Field(default=None, min_length=1, description="the sheet of a workbook; default: its only one")
    nulls: tuple[str, ...] = Field(default=(), description="words that mean nothing, such as - or Select")

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str | None) -> str | None:
        return None if encoding is None else encoding_name(encoding)

    @field_validator("delimiter")
    @classmethod
    def _one_sign(cls, delimiter: str | None) -> str | None:
        return None if delimiter is None else delimiter_sign(delimiter)

    @field_validator("file", "delta")
    @classmethod
    def _no_address(cls, paths: tuple[str, ...] | str | None) -> tuple[str, ...] | str | None:
        # Not repeated in the message: an address may hold a password.
        if any("://" in path for path in ([paths] if isinstance(paths, str) else paths or ())):
            msg = "is an address, not a path. Say `database:` for a database; download other files first"
            raise ValueError(msg)
        return paths

    @property
    def file_options(self) -> tuple[str, ...]:
        """The options given that only files have, besides header and names."""
        return tuple(
            key
            for key in ("encoding", "delimiter", "comment", "sheet", "nulls")
            if getattr(self, key) not in (None, ())
        )

    @property
    def _origins(self) -> tuple[str, ...]:
        """The keys given that say where the rows are."""
        return tuple(key for key in ("file", "database", "delta") if getattr(self, key))

    @property
    def _may_lack_names(self) -> bool:
        """Whether somebody else knows the column names of a file without header."""
        return False

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        origins, options = self._origins, self.file_options
        other = next((each for each in origins if each != "file"), "")
        for wrong, message in (
            (len(origins) > 1, f"both {' and '.join(origins)} are given. Keep one of them"),
            (not origins, "neither file nor sql says where the table is. Give one of them"),
            (
                other and (self.names or not self.header),
                f"header and names are for files, not for {other}. Remove them",
            ),
            (other and options, f"{' and '.join(options)}: for files, not for {other}. Remove it"),
            (not self.database and (self.query or self.table), "query and table are for a database. Give its address"),
            (self.database and bool(self.query) == bool(self.table), "a database needs one of query and table"),
            (
                not (self.header or self.names or self._may_lack_names),
                "header: false needs names, the list of column names",
            ),
            (self.header and self.names, "names is for files without header. Add header: false, or remove names"),
        ):
            if wrong:
                raise ValueError(message)
        return self

    @property
    def options(self) -> FileOptions:
        """How the files are written, as far as the workspace says it."""
        return FileOptions(
            header=self.header,
            names=self.names,
            encoding=self.encoding,
            delimiter=self.delimiter,
            comment=self.comment,
            sheet=self.sheet,
            nulls=self.nulls,
        )


class TableSource(RawSource):
    """Where rows of a table come from, and how they are read."""

    model_config = ConfigDict(populate_by_name=True)

    sql: str | None = Field(default=None, description="one SELECT over files of the data folder, in DuckDB's dialect")
    preset: str | None = Field(
        default=None, min_length=1, description="what the file is, such as salesforce.lead; `abm presets` lists them"
    )
    with_: dict[Name, Annotated[RawSource, BeforeValidator(_file_short)]] = Field(
        default_factory=dict, alias="with", description="other files that the preset uses, by the names it has for them"
    )
    columns: dict[str, Annotated[ColumnSource, BeforeValidator(column_short)]] = Field(
        default_factory=dict, description="column of the table: column of the source; wins over the preset"
    )
    timezone: Zone = Field(
        default=None, description="zone of times that do not name their own, such as Europe/Berlin; default: UTC"
    )
    dedupe: tuple[str, ...] = Field(default=(), description="columns; of rows equal in all of them the first stays")
    dates: DayOrder | None = Field(
        default=None, description="how 03/04/2026 is meant: day_first or month_first; default: told by each column"
    )

    @property
    def _origins(self) -> tuple[str, ...]:
        return (*super()._origins, *(["sql"] if self.sql else []))

    @property
    def _may_lack_names(self) -> bool:
        return self.preset is not None

    @model_validator(mode="after")
    def _fits_together(self) -> TableSource:
        for wrong, message in (
            (self.sql and self.preset, "a preset is for files and databases, not for sql. Remove one of them"),
            (self.with_ and not self.preset, "with names files for a preset, and there is none. Remove it"),
        ):
            if wrong:
                raise ValueError(message)
        return self


class WorkspaceFile(Part):
    """What a `workspace.yaml` says."""

    model: str | None = Field(default=None, description="the model's file, relative to the workspace")
    as_of: Day | None = Field(default=None, description="the day to score, such as 2026-06-30")
    matching: MatchSettings = Field(
        default=DEFAULT_SETTINGS, description="how alike names must be for a lead to belong to an account"
    )

    @field_validator("as_of")
    @classmethod
    def _within_reach(cls, day: date | None) -> date | None:
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            msg = f"{day} cannot be scored. Expected a day of the years {FIRST_YEAR} to {LAST_YEAR}"
            raise ValueError(msg)
        return day

    data: str | None = Field(
        default=None, description="the folder below which files are read, relative to the workspace; default: itself"
    )
    tables: dict[str, Annotated[tuple[TableSource, ...], BeforeValidator(_sources)]] = Field(
        default_factory=dict, description="table: its file, or file or sql with options, or a list of such sources"
    )
    lists: dict[Name, Condition] = Field(
        default_factory=dict,
        description="saved selections of accounts, name: condition, in the words of `abm rank --where`",
    )
    routing: Routing = Field(
        default=Routing(), description="queues that `abm route` fills; default: those that `abm route --show` prints"
    )
