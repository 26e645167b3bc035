"""The vocabulary of a target: a page of YAML about the list that one platform accepts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from abm.errors import did_you_mean
from abm.model.fields import Flag, Name, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Level = Literal["account", "person"]
Step = Literal[
    "trim", "lower", "mail", "domain", "country", "phone", "digits", "no_punctuation", "no_spaces", "zip5", "first"
]
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SOURCE = re.compile(r"(?:account|contact)\.\S(?:.*\S)?")


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _source(value: object) -> object:
    if isinstance(value, str) and not _SOURCE.fullmatch(value):
        msg = f"'{value}' names no column. Expected account.NAME or contact.NAME, such as contact.email"
        raise ValueError(msg)
    return value


def _all_or_listed(value: object) -> object:
    if value == "all":
        return ()
    if value in ([], ()):
        msg = "there is no column. List them, or write columns: all"
        raise ValueError(msg)
    return value


Source = Annotated[str, BeforeValidator(_source)]
"""A column: `account.x` of the accounts result, else of the accounts table; `contact.x` of leads, else of contacts."""
Sources = Annotated[tuple[Source, ...], BeforeValidator(_one_or_many)]
Steps = Annotated[tuple[Step, ...], BeforeValidator(_one_or_many)]
Whole = Annotated[int, Field(strict=True, ge=1)]


class ListColumn(Part):
    """One column of the file: what it is called, where it comes from, and how its values are put into form."""

    model_config = ConfigDict(populate_by_name=True)

    header: str = Field(min_length=1, description="its name in the file, exactly; {option} stands for an option")
    from_: Sources = Field(
        default=(), alias="from", description="account.x or contact.x; of a list, the first that gives a usable value"
    )
    value: str | None = Field(default=None, description="a constant instead; {option} stands for an option")
    as_: Steps = Field(
        default=(),
        alias="as",
        description="steps, in order. trim: blanks, invisible signs and line breaks to single spaces; lower; mail: a"
        " valid address, lower-cased; domain: the registrable domain, never a consumer mailbox provider's; country:"
        " ISO code of two letters; phone: E.164, such as +4930123456; digits: nothing but digits; no_punctuation;"
        " no_spaces; zip5: 12345-6789 to 12345; first: the first of `;`-joined values",
    )
    country: Sources = Field(default=(), description="where `phone` finds the country of a number without +")
    hash: Literal["sha256"] | None = Field(default=None, description="sha256: lower-case hex of the UTF-8 text")
    most: Whole | None = Field(default=None, description="characters that fit")
    too_long: Literal["cut", "empty", "drop"] = Field(
        default="cut", description="what becomes of longer values: cut, leave the cell empty, or drop the row"
    )

    @model_validator(mode="after")
    def _one_origin(self) -> ListColumn:
        if self.from_ and self.value is not None:
            msg = "from and value are both given. Keep one of them"
            raise ValueError(msg)
        if self.value is not None and (self.as_ or self.hash):
            msg = "a constant is written as it is. Remove as and hash, or give from"
            raise ValueError(msg)
        return self


class ListFile(Part):
    """How the file is written."""

    format: Literal["csv", "xlsx", "parquet"] = Field(default="csv", description="csv, xlsx or parquet")
    separator: Annotated[str, Field(min_length=1, max_length=1)] = Field(default=",", description="between fields")
    encoding: Literal["utf-8", "utf-8-bom"] = Field(default="utf-8", description="with or without byte order mark")
    read_by: Literal["machine", "spreadsheet"] = Field(
        default="machine", description="spreadsheet: text that would be calculated gets a leading '; machine: untouched"
    )
    spaces_in_name: Flag = Field(default=True, description="whether the file's name may have spaces")


class ListLimits(Part):
    """What the platform accepts."""

    least: Whole | None = Field(default=None, description="fewer rows: a warning")
    recommended: Whole | None = Field(default=None, description="fewer rows: a note")
    most: Whole | None = Field(default=None, description="rows of one file; more go into further, numbered files")
    most_bytes: Whole | None = Field(default=None, description="bytes of one file; more go into further files")


class ListOption(Part):
    """A word that a person may set with `--option NAME=VALUE`, and that stands in braces on the page."""

    default: str = Field(description="what stands there otherwise")
    about: str = Field(default="", description="what it is, in one sentence")
    needed_since: Flag = Field(default=False, description="whether it must be set to write what was added and removed")


class Target(Part):
    """A page about the list that one platform accepts."""

    name: Name = Field(description="how it is asked for: abm export NAME")
    title: str = Field(min_length=1, description="what it is, in one line")
    about: str = Field(default="", description="what it knows and what it cannot, in plain words")
    level: Level | Literal["either"] = Field(description="what a row is: account, person, or either as asked for")
    file: ListFile = Field(default_factory=ListFile, description="how the file is written")
    columns: Annotated[tuple[ListColumn, ...], BeforeValidator(_all_or_listed)] = Field(
        description="the columns in order, or the word all: every column there is"
    )
    needs: tuple[tuple[str, ...], ...] = Field(
        default=(), description="groups of headers; a row stays if all cells of one group are filled"
    )
    unique: Annotated[tuple[str, ...], BeforeValidator(_one_or_many)] = Field(
        default=(), description="headers; of rows that are equal in all of them the best ranked stays"
    )
    limits: ListLimits = Field(default_factory=ListLimits, description="what the platform accepts")
    before: tuple[dict[str, str], ...] = Field(
        default=(), description="rows of constants before the others, header: value"
    )
    options: dict[str, ListOption] = Field(default_factory=dict, description="what a person may set")
    action: dict[Literal["all", "added", "removed"], str] = Field(
        default_factory=dict, description="what {action} says in the whole list, in what was added, in what was removed"
    )

    @model_validator(mode="after")
    def _holds_together(self) -> Target:
        problems = [*self._wrong_headers(), *self._unknown_words()]
        if self.takes_all and (self.needs or self.unique or self.before):
            problems.append("a page with all columns has no needs, unique or before")
        if self.level == "account" and any(each.startswith("contact.") for each in self.sources()):
            problems.append("a list of accounts has no contact.x columns")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def takes_all(self) -> bool:
        """Whether the page takes every column there is, and lists none."""
        return not self.columns

    def sources(self) -> tuple[str, ...]:
        """The columns that the page names, each once."""
        return tuple(dict.fromkeys(each for column in self.columns for each in (*column.from_, *column.country)))

    def words(self, options: dict[str, str], action: str, as_of: str) -> dict[str, str]:
        """What stands for each word in braces."""
        given = {name: options.get(name, option.default) for name, option in self.options.items()}
        known = {**given, "as_of": as_of}
        said = {str(name): text for name, text in self.action.items()}
        return {**known, "action": filled_in(said.get(action, action), known)}

    def _wrong_headers(self) -> Iterator[str]:
        headers = [column.header for column in self.columns]
        twice = sorted({each for each in headers if headers.count(each) > 1})
        if twice:
            yield f"the header {', '.join(twice)} is given twice"
        used = [each for group in (*self.needs, self.unique, *self.before) for each in group]
        for name in dict.fromkeys(used):
            if name not in headers and not self.takes_all:
                yield f"no column has the header '{name}'.{did_you_mean(name, headers)}"

    def _unknown_words(self) -> Iterator[str]:
        texts = [text for column in self.columns for text in (column.header, column.value or "")]
        texts += [text for row in self.before for text in row.values()]
        known = {"as_of", *self.options}
        found = {word: known | {"action"} for word in placeholders(texts)}
        found |= dict.fromkeys(placeholders(self.action.values()), known)
        for word, allowed in found.items():
            if word not in allowed:
                yield f"nothing says what {{{word}}} is.{did_you_mean(word, allowed)} Add it to options"


def placeholders(texts: Iterable[str]) -> Iterator[str]:
    """Return the words in braces, as they come.

    >>> list(placeholders(["{a}__c", "plain", "{b} {a}"]))
    ['a', 'b', 'a']
    """
    for text in texts:
        yield from _PLACEHOLDER.findall(text)


def filled_in(text: str, words: dict[str, str]) -> str:
    """Put words where they stand in braces.

    >>> filled_in("{id}__c", {"id": "Score"})
    'Score__c'
    """
    return _PLACEHOLDER.sub(lambda found: words[found.group(1)], text)
