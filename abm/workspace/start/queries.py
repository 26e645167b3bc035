"""A SELECT for files that join only through a third."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from abm.workspace.start.links import Bridge
    from abm.workspace.start.sample import Sample


def bridged(sample: Sample, columns: Mapping[str, str], bridge: Bridge) -> str:
    """Return the SELECT that reads a file and takes one column from another.

    Args:
        sample: the file.
        columns: column of the table: column of the file.
        bridge: the other file and the columns that join them.
    """
    own = {column: source for column, source in columns.items() if column != bridge.target}
    chosen = [f"between.{name(bridge.gives)} as {name(bridge.target)}"]
    chosen += [f"mine.{name(source)} as {name(column)}" for column, source in own.items()]
    taken = dict.fromkeys([*own.values(), *_there(sample, [*own, bridge.target])])
    if len(taken) < len(sample.header):
        # Extra columns stay: conditions of the model may use them.
        chosen.append(f"mine.* exclude ({', '.join(map(name, taken))})" if taken else "mine.*")
    return (
        "select\n  " + ",\n  ".join(chosen) + f"\nfrom {text(sample.file)} mine join {text(bridge.file)} between"
        f"\n  on mine.{name(bridge.own)} = between.{name(bridge.key)}"
    )


def mail_domains(file: str, mail: str) -> str:
    """Return the SELECT that makes an account of every mail domain of a list of people.

    >>> print(mail_domains("people.csv", "E-Mail"))
    select distinct
      lower(split_part("E-Mail", '@', 2)) as account_id,
      lower(split_part("E-Mail", '@', 2)) as domain
    from 'people.csv'
    where "E-Mail" like '%@%.%'
    """
    domain = f"lower(split_part({name(mail)}, '@', 2))"
    return (
        f"select distinct\n  {domain} as account_id,\n  {domain} as domain\nfrom {text(file)}"
        f"\nwhere {name(mail)} like '%@%.%'"
    )


def is_one_of(column: str, words: Iterable[str]) -> str:
    """Return the expression that a column holds one of some words, whatever their capitals.

    >>> print(is_one_of("Deal Stage", ["won"]))
    lower(trim("Deal Stage")) in ('won')
    """
    return f"lower(trim({name(column)})) in ({', '.join(map(text, words))})"


def name(column: str) -> str:
    """Return a column's name as SQL writes it."""
    return column if column.isidentifier() and column.isascii() and column.islower() else _quoted(column, '"')


def text(value: str) -> str:
    """Return a text as SQL writes it."""
    return _quoted(value, "'")


def _quoted(value: str, mark: str) -> str:
    return f"{mark}{value.replace(mark, mark * 2)}{mark}"


def _there(sample: Sample, columns: Iterable[str]) -> list[str]:
    lower = {each.lower(): each for each in sample.header}
    return [lower[column.lower()] for column in columns if column.lower() in lower]
