"""Telephone numbers as E.164: what `phonenumbers` says, for most of them column by column.

The library reads one number in some fifty microseconds, which is a minute for a million. A number that is plainly
written, with + or with the trunk prefix of its country, is read here by the library's own tables instead; every other
one goes through the library. A test holds both against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import phonenumbers
import polars as pl

_PLAIN = r"^[+(]?[0-9][0-9 ().\-/\x{A0}]*$"
_ROW, _TEXT, _COUNTRY, _FOUND = "row", "text", "country", "found"
_LONGEST = 17
"""Digits that E.164 and a trunk prefix have at most."""
_SHORTEST = 5


@dataclass(frozen=True, slots=True)
class _Plan:
    """The numbering plan of a region, as far as plain numbers need it.

    Attributes:
        code: the calling code, as text.
        prefix: pattern of what is dialled before national numbers, or None.
        literal: the same, where it is nothing but digits.
        abroad: pattern of what is dialled before international numbers.
        national: pattern of whole national numbers.
        lengths: of national numbers.
        local: lengths that are dialled within an area only.
    """

    code: str
    prefix: str | None
    literal: str | None
    abroad: str | None
    national: str
    lengths: tuple[int, ...]
    local: tuple[int, ...]


def e164(texts: pl.Series, countries: pl.Series) -> pl.Series:
    """Return telephone numbers in E.164, such as `+4930123456`; null where there is none.

    A number counts if its length is possible in its country, area code included; whether it is in service nobody asks.

    Args:
        texts: numbers as people write them, with or without `+`.
        countries: ISO 3166-1 alpha-2 codes, for numbers without `+`; same rows.

    Returns:
        One text per row, in the order given.

    >>> e164(pl.Series(["(030) 123456", "+44 20 7031 3000", "x"]), pl.Series(["DE", None, "US"])).to_list()
    ['+4930123456', '+442070313000', None]
    """
    rows = pl.DataFrame({_TEXT: texts.str.strip_chars(), _COUNTRY: countries}).with_row_index(_ROW)
    given = rows.filter(pl.col(_TEXT).is_not_null())
    international = pl.col(_TEXT).str.starts_with("+")
    known = pl.col(_COUNTRY).is_in(sorted(phonenumbers.SUPPORTED_REGIONS)).fill_null(value=False)
    digits = pl.col(_TEXT).str.replace_all(r"[^0-9]", "").alias("digits")
    given = given.with_columns(digits, international.alias("plus"))
    sized = pl.col("digits").str.len_bytes().is_between(_SHORTEST, _LONGEST)
    given = given.with_columns((sized & (pl.col("plus") | known) & pl.col(_TEXT).str.contains(_PLAIN)).alias("usual"))
    usual = given.filter("usual")
    solved = pl.concat([_international(usual.filter("plus")), _national(usual.filter(~pl.col("plus")))])
    left = [given.filter(~pl.col("usual")).select(_ROW), solved.filter(~pl.col("sure")).select(_ROW)]
    found = pl.concat([solved.filter("sure").drop("sure"), _one_by_one(rows, pl.concat(left))])
    joined = rows.select(_ROW).join(found, on=_ROW, how="left", maintain_order="left")
    return joined[_FOUND].alias(texts.name)


_SOLVED = {_ROW: pl.UInt32, _FOUND: pl.String, "sure": pl.Boolean}


def _international(rows: pl.DataFrame) -> pl.DataFrame:
    """Numbers that begin with +: the calling code is cut off, and nothing else must be."""
    codes = {str(code): code for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE}
    code = pl.coalesce(
        pl.when(pl.col("digits").str.head(length).is_in([each for each in codes if len(each) == length])).then(
            pl.col("digits").str.head(length)
        )
        for length in (1, 2, 3)
    )
    done = [pl.DataFrame(schema=_SOLVED)]
    for (key,), group in rows.with_columns(code.alias("code")).group_by("code"):
        plan = _plan(phonenumbers.region_code_for_country_code(int(str(key)))) if key is not None else None
        if plan is None:
            done.append(_open(group))
            continue
        number = pl.col("digits").str.slice(len(plan.code))
        sure = ~number.str.contains(f"^(?:{plan.prefix})") if plan.prefix else pl.lit(value=True)
        done.append(group.select(_ROW, _written(plan, plan, number), sure.alias("sure")))
    return pl.concat(done)


def _national(rows: pl.DataFrame) -> pl.DataFrame:
    """Numbers of a country: the trunk prefix is cut off where what is left is a number."""
    done = [pl.DataFrame(schema=_SOLVED)]
    for (key,), group in rows.group_by(_COUNTRY):
        plan = _plan(str(key))
        main = _plan(phonenumbers.region_code_for_country_code(int(plan.code))) if plan is not None else None
        if plan is None or main is None or plan.abroad is None:
            done.append(_open(group))
            continue
        digits = pl.col("digits")
        odd = digits.str.contains(f"^(?:{plan.abroad})") | digits.str.starts_with(plan.code)
        number = digits
        if plan.literal:
            cut = digits.str.slice(len(plan.literal))
            whole, rest = (each.str.contains(f"^(?:{plan.national})$") for each in (digits, cut))
            size = cut.str.len_bytes()
            fits = (size.is_in(plan.lengths) & ~size.is_in(plan.local)) | (size > max(plan.lengths))
            prefixed = digits.str.starts_with(plan.literal) & ~(whole & ~rest) & fits
            number = pl.when(prefixed).then(cut).otherwise(digits)
        elif plan.prefix:
            odd |= digits.str.contains(f"^(?:{plan.prefix})")
        done.append(group.select(_ROW, _written(plan, main, number), (~odd).alias("sure")))
    return pl.concat(done)


def _written(plan: _Plan, main: _Plan, number: pl.Expr) -> pl.Expr:
    size = number.str.len_bytes()
    possible = size.is_in(main.lengths) & ~size.is_in(main.local)
    return pl.when(possible).then(pl.concat_str(pl.lit(f"+{plan.code}"), number)).alias(_FOUND)


def _open(group: pl.DataFrame) -> pl.DataFrame:
    """Left to the library."""
    return group.select(_ROW, pl.lit(None, pl.String).alias(_FOUND), pl.lit(value=False).alias("sure"))


@cache
def _plan(region: str) -> _Plan | None:
    data = phonenumbers.PhoneMetadata.metadata_for_region(region)
    general = None if data is None else data.general_desc
    if data is None or general is None or not general.national_number_pattern:
        return None
    prefix = data.national_prefix_for_parsing or None
    plan = _Plan(
        str(data.country_code),
        prefix,
        prefix if prefix and prefix.isdigit() and not data.national_prefix_transform_rule else None,
        data.international_prefix or None,
        general.national_number_pattern,
        tuple(general.possible_length),
        tuple(general.possible_length_local_only),
    )
    patterns = [plan.prefix, plan.abroad, plan.national]
    return plan if all(_readable(each) for each in patterns if each) else None


def _readable(pattern: str) -> bool:
    """Whether the frames' own regular expressions know the pattern."""
    try:
        pl.select(pl.lit("0").str.contains(f"^(?:{pattern})$"))
    except pl.exceptions.PolarsError:
        return False
    return True


def _one_by_one(rows: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """What only the library knows; equal numbers are asked for once."""
    open_rows = rows.join(left, on=_ROW, how="semi")
    distinct = open_rows.select(_TEXT, _COUNTRY).unique()
    answers = [one_e164(text, country) for text, country in distinct.iter_rows()]
    answered = distinct.with_columns(pl.Series(_FOUND, answers, pl.String))
    return open_rows.join(answered, on=[_TEXT, _COUNTRY], how="left", nulls_equal=True).select(_ROW, _FOUND)


def one_e164(text: str, country: str | None) -> str | None:
    """Return one number as `phonenumbers` reads it: the plain definition of `e164`.

    >>> one_e164("+1 (212) 565-0000 ext. 12", None)
    '+12125650000'
    """
    try:
        number = phonenumbers.parse(text, country if country in phonenumbers.SUPPORTED_REGIONS else None)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
