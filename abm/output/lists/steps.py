"""What becomes of a value before it is written: trimmed, lower-cased, made a valid address, a domain, a number."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from abm.identity.countries import country_code
from abm.identity.mail import MAIL_PATTERN, free_providers
from abm.identity.suffixes import hosts, registrable, registrables
from abm.output.lists.phones import e164

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from abm.output.lists.target import Step

# Marks of direction, blanks without width, soft hyphens and controls: nobody's name holds them, but pasted names do.
# The two joiners stay: Persian, Hindi and others are misspelt without them.
_UNSEEN = (
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}"
    r"\x{2060}-\x{2064}\x{2066}-\x{2069}\x{FEFF}]"
)
_UNCLEAN = rf"{_UNSEEN}|[^\S ]|  "
_ISO_LENGTH = 2


def stepped(values: pl.Series, steps: Sequence[Step], countries: pl.Series | None = None) -> pl.Series:
    r"""Put the values of a column into form.

    Args:
        values: any values; where there are steps they are taken as text, lists joined by `;`.
        steps: what to do, in order.
        countries: of each row, as people write them; what `phone` needs for numbers without `+`.

    Returns:
        As many values, in the same order; what holds nothing, or is not what the step makes, is null.

    >>> stepped(pl.Series(["  Ada\tKing ", "\u202eMy\u202c"]), ["trim", "lower"]).to_list()
    ['ada king', 'my']
    >>> stepped(pl.Series(["www.acme.co.uk/x", "gmail.com"]), ["domain"]).to_list()
    ['acme.co.uk', None]
    """
    if not steps:
        return filled(values)
    text = as_text(values)
    for step in steps:
        if step == "phone":
            text = e164(text, iso_countries(text.clear(len(text)) if countries is None else as_text(countries)))
        elif step == "domain":
            text = _domains(text)
        elif step == "country":
            text = iso_countries(text)
        elif step == "trim":
            text = _trimmed(text)
        else:
            text = pl.select(_EXPRESSIONS[step](pl.lit(text)).alias(text.name)).to_series() if len(text) else text
        text = filled(text)
    return text


def as_text(values: pl.Series) -> pl.Series:
    """Return any values as text; lists joined by `;`, whole numbers without a point."""
    if values.dtype == pl.String:
        return values
    if isinstance(values.dtype, pl.List):
        return values.cast(pl.List(pl.String)).list.join(";")
    if values.dtype.is_float() and bool((values == values.round()).fill_null(value=True).all()):
        whole = values.cast(pl.Int64, strict=False)
        return whole.cast(pl.String)
    return values.cast(pl.String)


def filled(values: pl.Series) -> pl.Series:
    """Return the values with null for text that holds nothing."""
    if values.dtype != pl.String:
        return values
    return values.set(values.str.strip_chars() == "", None) if len(values) else values


def iso_countries(texts: pl.Series) -> pl.Series:
    """Return the ISO code of two letters of every country; null for what is none.

    >>> iso_countries(pl.Series(["Deutschland", "usa", "Atlantis", None])).to_list()
    ['DE', 'US', None, None]
    """
    words = texts.unique().drop_nulls().to_list()
    codes = [
        code if code and len(code) == _ISO_LENGTH and code.isupper() else None for code in map(country_code, words)
    ]
    return texts.replace_strict(words, codes, default=None, return_dtype=pl.String)


def consumer(domains: pl.Series) -> pl.Series:
    """Whether a host belongs to a provider of consumer mailboxes, itself or by the domain it is below."""
    rooted = _rooted(domains)
    return rooted.is_in(_providers()).fill_null(value=False)


def _domains(texts: pl.Series) -> pl.Series:
    rooted = _rooted(texts)
    return rooted.set(rooted.is_in(_providers()).fill_null(value=False), None)


@cache
def _providers() -> tuple[str, ...]:
    return tuple(sorted({each for name in free_providers() for each in (name, registrable(name)) if each}))


def _rooted(texts: pl.Series) -> pl.Series:
    distinct = texts.unique().drop_nulls()
    if distinct.is_empty():
        return texts.clear(len(texts))
    host = hosts(distinct)
    owned = registrables(host)
    # A public suffix by itself (`co.uk`) is nobody's domain: what stands below it would be one.
    below = "x." + host
    owned = owned.set((registrables(below) == below).fill_null(value=False), None)
    return texts.replace_strict(distinct, owned, default=None, return_dtype=pl.String)


def _trimmed(texts: pl.Series) -> pl.Series:
    texts = texts.str.strip_chars()
    # Most texts are clean; only the others are worth taking to pieces.
    places = texts.str.contains(_UNCLEAN).fill_null(value=False).arg_true()
    if places.is_empty():
        return texts
    clean = texts.gather(places).str.replace_all(_UNSEEN, "").str.replace_all(r"\s+", " ").str.strip_chars()
    return texts.scatter(places, clean)


def _mail(text: pl.Expr) -> pl.Expr:
    mail = text.str.strip_chars().str.to_lowercase().str.replace("@www.", "@", literal=True)
    return pl.when(mail.str.contains(MAIL_PATTERN)).then(mail)


_EXPRESSIONS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "lower": lambda text: text.str.to_lowercase(),
    "mail": _mail,
    "digits": lambda text: text.str.replace_all(r"[^0-9]", ""),
    "no_punctuation": lambda text: text.str.replace_all(r"[\p{P}\p{S}]", ""),
    "no_spaces": lambda text: text.str.replace_all(r"\s", ""),
    "zip5": lambda text: text.str.replace(r"^([0-9]{5})-?[0-9]{4}$", "$1"),
    "first": lambda text: text.str.extract(r"([^;]*[^;\s][^;]*)"),
}
