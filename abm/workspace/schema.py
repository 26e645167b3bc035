"""The vocabulary of `workspace.yaml`: which file or query each table is, and how to read it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import available_timezones

import polars as pl
from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from abm.errors import did_you_mean
from abm.model.fields import Day, Part
from abm.model.matching import DEFAULT_SETTINGS, MatchSettings
from abm.sources.options import delimiter_sign, encoding_name
from abm.sources.times import DayOrder  # noqa: TC001 - pydantic reads the annotation
from abm.tables.contracts import FIRST_YEAR, LAST_YEAR

KindName = Literal["text", "integer", "number", "date", "boolean", "list"]


def _file_short(value: object) -> object:
    return {"file": value} if isinstance(value, str | list) else value


def _column_short(value: object) -> object:
    return {"from": value} if isinstance(value, str) else value


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class ColumnSource(Part):
    """Where one column comes from."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str | None = Field(
        default=None, alias="from", min_length=1, description="column of the source; default: its own name"
    )
    type: KindName | None = Field(default=None, description="kind of an extra column")
    dates: DayOrder | None = Field(
        default=None, description="how 03/04/2026 is meant in this column: day_first or month_first"
    )


class TableSource(Part):
    """Where one table comes from, and how it is read."""

    file: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_one_or_many)] = Field(
        default=(), description="a file below the data folder, or a list of files with the same columns"
    )
    sql: str | None = Field(default=None, description="one SELECT over files of the data folder, in DuckDB's dialect")
    columns: dict[str, Annotated[ColumnSource, BeforeValidator(_column_short)]] = Field(
        default_factory=dict, description="column of the table: column of the source"
    )
    timezone: str | None = Field(
        default=None, description="zone of times that do not name their own, such as Europe/Berlin; default: UTC"
    )
    dedupe: tuple[str, ...] = Field(default=(), description="columns; of rows equal in all of them the first stays")
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
    dates: DayOrder | None = Field(
        default=None, description="how 03/04/2026 is meant: day_first or month_first; default: told by each column"
    )

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str | None) -> str | None:
        return None if encoding is None else encoding_name(encoding)

    @field_validator("delimiter")
    @classmethod
    def _one_sign(cls, delimiter: str | None) -> str | None:
        return None if delimiter is None else delimiter_sign(delimiter)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        if zone is not None:
            try:
                pl.Series([datetime(2026, 1, 1)]).dt.replace_time_zone(zone)  # noqa: DTZ001 - a zone is put on it
            except pl.exceptions.PolarsError:
                near = did_you_mean(zone, available_timezones())
                msg = f"'{zone}' is no time zone. Expected a name such as Europe/Berlin or UTC.{near}"
                raise ValueError(msg) from None
        return zone

    @model_validator(mode="after")
    def _one_source(self) -> TableSource:
        for wrong, message in (
            (self.file and self.sql, "both file and sql are given. Keep one of them"),
            (not self.file and not self.sql, "neither file nor sql says where the table is. Give one of them"),
            (self.sql and (self.names or not self.header), "header and names are for files, not for sql. Remove them"),
            (self.sql and self.file_options, f"{' and '.join(self.file_options)}: for files, not for sql. Remove it"),
            (not self.header and not self.names, "header: false needs names, the list of column names"),
            (self.header and self.names, "names is for files without header. Add header: false, or remove names"),
        ):
            if wrong:
                raise ValueError(message)
        return self

    @property
    def file_options(self) -> tuple[str, ...]:
        """The options given that only files have, besides header and names."""
        return tuple(
            key
            for key in ("encoding", "delimiter", "comment", "sheet", "nulls")
            if getattr(self, key) not in (None, ())
        )


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
    tables: dict[str, Annotated[TableSource, BeforeValidator(_file_short)]] = Field(
        default_factory=dict, description="table: its file, or file or sql with options"
    )
