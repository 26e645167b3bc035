"""The vocabulary of a preset: a page of YAML about the files of one system, shape by shape."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import available_timezones

import polars as pl
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from abm.errors import did_you_mean
from abm.model.fields import Name, Part
from abm.model.places import Places
from abm.tables.contracts import CONTRACTS
from abm.tables.hygiene import ROW

RESERVED = frozenset({"rows"})
"""How the SQL of a page calls the file itself; no other file may be called so."""


def known_zone(zone: str | None) -> str | None:
    """Return the zone if there is one of this name.

    Raises:
        ValueError: there is none.
    """
    if zone is not None:
        try:
            pl.Series([datetime(2026, 1, 1)]).dt.replace_time_zone(zone)  # noqa: DTZ001 - a zone is put on it
        except pl.exceptions.PolarsError:
            near = did_you_mean(zone, available_timezones())
            msg = f"'{zone}' is no time zone. Expected a name such as Europe/Berlin or UTC.{near}"
            raise ValueError(msg) from None
    return zone


def _text(value: object) -> object:
    """Let people write numbers, days and true or false where a cell's text is meant."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float | date) else value


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _many(value: object) -> object:
    return [_one_or_many(each) for each in value] if isinstance(value, list | tuple) else value


def _text_keys(value: object) -> object:
    """Keys of a value map as they are compared: trimmed, without regard to capitals."""
    if not isinstance(value, Mapping):
        return value
    keys = [str(_text(key)).strip().casefold() for key in value]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        msg = f"'{twice}' is given twice; capitals and surrounding blanks do not matter"
        raise ValueError(msg)
    return dict(zip(keys, value.values(), strict=True))


def column_short(value: object) -> object:
    """Let a bare name, or a list of names, stand for `{from: ...}`."""
    return {"from": value} if isinstance(value, str | list | tuple) else value


Zone = Annotated[str | None, AfterValidator(known_zone)]
"""The name of a time zone."""
Cell = Annotated[str, BeforeValidator(_text)]
"""The text of a cell; numbers, true and false may be written without quotes."""
Column = Annotated[str, Field(min_length=1)]
"""The name of a column as a file writes it."""
Columns = Annotated[tuple[Column, ...], BeforeValidator(_one_or_many)]
"""A column of a file, or several of which the first that is filled in the row counts."""
Header = Annotated[tuple[Columns, ...], BeforeValidator(_many)]
"""Columns that must be there; of an entry that is a list, any one."""
Sql = Annotated[str, Field(min_length=1)]
"""An expression or a SELECT of DuckDB's dialect over columns that are all text."""
DateOrder = Literal["day_first", "month_first"]


class ColumnRule(Part):
    """Where one column of a table comes from: a column of the file, a constant, or an expression."""

    model_config = ConfigDict(populate_by_name=True)

    from_: Columns = Field(
        default=(), alias="from", description="column of the file; of a list, the first that is filled in the row"
    )
    value: Cell | None = Field(default=None, description="a constant, the same in every row")
    sql: Sql | None = Field(default=None, description="an expression of DuckDB's dialect over the file's columns")
    values: Annotated[dict[str, Cell | None], BeforeValidator(_text_keys)] = Field(
        default_factory=dict,
        description="value of the file: value of the table; compared trimmed and without regard to capitals;"
        " in columns that hold lists, for each of the `;`-joined values",
    )
    otherwise: Literal["keep", "empty"] = Field(
        default="keep", description="what becomes of values that `values` does not list; `empty` ones are reported"
    )
    id: Literal["salesforce"] | None = Field(
        default=None, description="`salesforce`: ids of 15 characters become those of 18, so that both join"
    )

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnRule:
        origins = [name for name in ("from", "value", "sql") if getattr(self, "from_" if name == "from" else name)]
        origins += ["value"] if self.value == "" else []
        if len(origins) > 1:
            msg = f"{' and '.join(origins)} are both given. Keep one of them"
            raise ValueError(msg)
        if self.otherwise == "empty" and not self.values:
            msg = "otherwise is about values that `values` does not list. Give values, or remove otherwise"
            raise ValueError(msg)
        if self.value is not None and (self.values or self.id):
            msg = "a constant needs neither values nor id. Remove them"
            raise ValueError(msg)
        return self


class PresetColumn(ColumnRule):
    """A column of a table, as a page says it."""

    @model_validator(mode="after")
    def _some_origin(self) -> PresetColumn:
        if not self.from_ and self.value is None and self.sql is None:
            msg = "nothing says where the column comes from. Give from, value or sql"
            raise ValueError(msg)
        return self


class TableRule(Part):
    """How one table is made of the rows of a file: column by column, or by one SELECT."""

    columns: dict[Name, Annotated[PresetColumn, BeforeValidator(column_short)]] = Field(
        default_factory=dict,
        description="column of the table: column of the file, or several, or {from | value | sql}; columns of the"
        " file that no `from` names are kept as extra columns",
    )
    keep: Sql | None = Field(
        default=None, description="condition: which rows of the file are rows of this table; the others do not count"
    )
    sql: Sql | None = Field(
        default=None, description="one SELECT instead of columns; the file is `rows`, other files as named in `with`"
    )
    dedupe: tuple[Column, ...] = Field(
        default=(),
        description="columns of the table; of rows equal in all of them the first stays, also where several sources of"
        " the table say the same; default of the workspace's own `dedupe`",
    )

    @model_validator(mode="after")
    def _one_form(self) -> TableRule:
        if self.sql and (self.columns or self.keep):
            msg = "both sql and columns (or keep) are given. Keep one of them: a SELECT says all"
            raise ValueError(msg)
        if not self.sql and not self.columns:
            msg = "neither columns nor sql says how the table is made. Give one of them"
            raise ValueError(msg)
        if ROW in self.columns:
            msg = f"{ROW} is the number of the row and cannot be a column. Give it another name"
            raise ValueError(msg)
        return self


class WithFile(Part):
    """Another file that the SQL of a shape may use."""

    header: Header = Field(default=(), description="columns it has, by which it is recognised; of a list, any one")
    files: str | None = Field(default=None, description="what its name looks like, such as '*stage*'")
    about: str = Field(default="", description="what it is good for, in one sentence")
    required: bool = Field(default=False, description="whether the shape is of no use without it")


def _known_tables(tables: object) -> object:
    for name in tables if isinstance(tables, Mapping) else ():
        if name not in CONTRACTS:
            near = did_you_mean(str(name), CONTRACTS)
            msg = f"there is no table '{name}'. Tables are {', '.join(CONTRACTS)}.{near}"
            raise ValueError(msg)
    return tables


class Shape(Part):
    """One kind of file that a system writes, and the tables it becomes."""

    model_config = ConfigDict(populate_by_name=True)

    title: str = Field(min_length=1, description="what a person calls such a file")
    about: str = Field(default="", description="what is worth knowing about it, in plain words")
    header: Header = Field(
        default=(),
        description="columns by which a file is recognised: all must be there, of an entry that is a list any one;"
        " compared by letters and digits only, so that IsConverted, is_converted and 'Is Converted' are the same",
    )
    files: str | None = Field(
        default=None, description="what the file's name looks like, such as '*lead*'; breaks ties between shapes"
    )
    names: tuple[Column, ...] = Field(default=(), description="column names of such files if they have no header")
    drop: dict[Name, Sql] = Field(
        default_factory=dict, description="name: condition over the file's columns; such rows leave, counted by name"
    )
    with_: dict[Name, WithFile] = Field(
        default_factory=dict, alias="with", description="other files that the SQL below may use, by name"
    )
    nulls: tuple[Cell, ...] = Field(default=(), description="words that mean nothing, besides those of the page")
    timezone: Zone = Field(default=None, description="zone of times that do not name their own; default: the page's")
    dates: DateOrder | None = Field(default=None, description="how days like 3/4/2026 are meant; default: the page's")
    tables: Annotated[dict[str, TableRule], BeforeValidator(_known_tables)] = Field(
        default_factory=dict, description="canonical table: how it is made of the file"
    )

    _reference: str = PrivateAttr("")
    _places: Places = PrivateAttr(default_factory=lambda: Places("", {}))

    @field_validator("with_")
    @classmethod
    def _no_reserved(cls, files: dict[str, WithFile]) -> dict[str, WithFile]:
        for name in files:
            if name.lower() in RESERVED or not name.isidentifier():
                msg = f"'{name}' cannot name a file of `with`. Take a word of letters, digits and _, other than rows"
                raise ValueError(msg)
        return files

    @property
    def reference(self) -> str:
        """How a workspace names the shape, such as `salesforce.lead`; empty for one that stands on no page."""
        return self._reference

    def place(self, *path: str | int) -> str:
        """Return where a value of the shape is written, as `salesforce.yaml:14`; its reference if nowhere."""
        where = self._places.line(("shapes", self._reference.partition(".")[2], *path))
        return where or self._reference or self.title

    def placed(self, reference: str, places: Places) -> Shape:
        """Return the same shape, knowing its name and where it is written."""
        copy = self.model_copy()
        copy._reference, copy._places = reference, places  # noqa: SLF001 - of its own class
        return copy


class Preset(Part):
    """A page about the files of one system."""

    name: Name = Field(description="how references begin: `salesforce` in `salesforce.lead`")
    title: str = Field(min_length=1, description="what the page is about, in one line")
    about: str = Field(default="", description="what it knows and what it cannot, in plain words")
    nulls: tuple[Cell, ...] = Field(default=(), description="words that mean nothing, in any column, such as '-'")
    timezone: Zone = Field(default=None, description="zone of times that do not name their own; default: UTC")
    dates: DateOrder | None = Field(
        default=None, description="how days like 3/4/2026 are meant; default: as the whole column shows"
    )
    shapes: dict[Name, Shape] = Field(min_length=1, description="kind of file: how it is recognised and read")

    @model_validator(mode="after")
    def _shapes_know_their_page(self) -> Preset:
        self.__dict__["shapes"] = _placed_shapes(self, Places("", {}))
        return self

    def placed(self, places: Places) -> Preset:
        """Return the same page, its shapes knowing where they are written."""
        return self.model_copy(update={"shapes": _placed_shapes(self, places)})


def _placed_shapes(page: Preset, places: Places) -> dict[str, Shape]:
    """Give every shape its name, its place, and what the page says of all of them."""
    shapes: dict[str, Shape] = {}
    for name, shape in page.shapes.items():
        whole = {
            "nulls": tuple(dict.fromkeys((*page.nulls, *shape.nulls))),
            "timezone": shape.timezone or page.timezone,
            "dates": shape.dates or page.dates,
        }
        shapes[name] = shape.model_copy(update=whole).placed(f"{page.name}.{name}", places)
    return shapes
