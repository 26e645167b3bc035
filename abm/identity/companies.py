"""The normal form of company names, in which `The Acme Co., Ltd.` and `ACME` are one; worked out for distinct names."""

from __future__ import annotations

import html
import re
from functools import cache

import polars as pl

from abm.engines.polars import engine_for
from abm.identity.company_words import company_words
from abm.identity.countries import country_words

__all__ = ["fold_names", "normal_companies", "normal_company", "without_legal_forms"]

# Letters that Unicode does not take apart into a plain one and a mark.
_LETTERS = {
    "ß": "ss",
    "ø": "o",
    "ł": "l",
    "æ": "ae",
    "œ": "oe",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "\u0131": "i",
    "ħ": "h",
    "ŧ": "t",
}
_QUOTES = ["'", "\u2019", "\u2018", "`", "\u00b4", "\u02bc", "\u2032"]
_BRACKETS = r"\([^()]*\)|\[[^\[\]]*\]"
_BRACKET = r"[(\[]([^()\[\]]+)[)\]]"
_ALSO = (
    r"[\s,;(\[]+(?:d\.?/?b\.?/?a\.?|a\.?/?k\.?/?a\.?|f\.?/?k\.?/?a\.?|formerly(?: known as)?|also known as"
    r"|doing business as|trading as|t/a)[\s:]+"
)


def normal_company(name: str | None) -> str | None:
    """Return the normal form of one company name; None when it is missing or a placeholder (`n/a`, `self-employed`).

    >>> [normal_company(name) for name in ("The Home Depot, Inc.", "Lowe&#8217;s Cos.", "Müller & Söhne GmbH & Co. KG")]
    ['home depot', 'lowes', 'muller sohne']
    >>> [normal_company(name) for name in ("AT&T Inc.", "Acme S.A. de C.V.", "PT Acme Tbk", "株式会社アクメ", "N/A")]
    ['at t', 'acme', 'acme', 'アクメ', None]
    """
    core: str | None = normal_companies(pl.Series([name], dtype=pl.String))["core"][0]
    return core


def normal_companies(names: pl.Series) -> pl.DataFrame:
    """Return the normal forms of names, row by row. Meant for distinct names.

    Returns:
        `full`: folded (case, accents, HTML entities, marks, `&`); `core`: without what stands in brackets, a leading or
        trailing `the`, words for "and" and legal forms, each word in its one spelling (`intl` is `international`); null
        for a placeholder; `alias`: the normal form of what stands in brackets or after `dba`, `formerly` ..., or null.
        Whatever would leave nothing is left undone.
    """
    rows = _plain(names).to_frame("plain").with_row_index("row").lazy()
    rows = rows.with_columns(pl.col("plain").str.contains(r"[(\[]|" + _ALSO).alias("odd"))
    plain = rows.collect(engine=engine_for(len(names)))
    odd = plain.filter("odd")
    outside = pl.col("plain").str.replace(_ALSO + ".*$", "").str.replace_all(_BRACKETS, " ")
    inside = pl.coalesce(pl.col("plain").str.extract(_ALSO + r"(.+?)[)\]]?$"), pl.col("plain").str.extract(_BRACKET))
    odd = odd.select(
        "row",
        _folded(odd.select(outside).to_series()).alias("outside"),
        _core(_folded(odd.select(inside).to_series())).alias("alias"),
    )
    folded = plain.select("row", _folded(plain["plain"]).alias("full")).join(odd, "row", "left", maintain_order="left")
    bare = folded.select(pl.coalesce("outside", "full")).to_series()
    placeholders = company_words().placeholders
    folded = folded.with_columns(bare.alias("bare"), _core(bare).alias("core"))
    named = pl.when(~(pl.col("full").is_in(placeholders) | pl.col("bare").is_in(placeholders))).then("core")
    alias = pl.col("alias")
    real = (alias.str.len_chars() > 1) & ~alias.is_in(list(country_words())) & ~alias.is_in(placeholders)
    return folded.select("full", named.alias("core"), pl.when(real).then(alias).alias("alias"))


def fold_names(names: pl.Series) -> pl.Series:
    """Return names without case, accents, HTML entities and marks, `&` spelled out; null when nothing is left."""
    return _folded(_plain(names)).alias(names.name)


def without_legal_forms(folded: pl.Expr) -> pl.Expr:
    """Take the legal forms from the end and the beginning of folded names that have lost their "and".

    The first word stays, so that something is always left.
    """
    after, before = _legal_patterns()
    return folded.str.replace(after, "").str.replace(before, "$1")


@cache
def _legal_patterns() -> tuple[str, str]:
    words = company_words()
    after = "|".join(map(re.escape, words.legal_after))
    before = "|".join(map(re.escape, words.legal_before))
    return f"(?: (?:{after}))+$", f"^(?:{before}) (.{{2,}})$"


def _unescaped(names: pl.Series) -> pl.Series:
    """Spell HTML entities out, twice: exports escape what is escaped already."""
    escaped = names.filter(names.str.contains(r"&#?\w+;").fill_null(value=False)).unique().to_list()
    return names.replace(escaped, [html.unescape(html.unescape(name)) for name in escaped]) if escaped else names


def _plain(names: pl.Series) -> pl.Series:
    """Spell HTML entities out, in lower case and plain letters."""
    names = _unescaped(names)
    foreign = names.filter(~names.str.contains(r"^[\x00-\x7f]*$").fill_null(value=True)).unique()
    lowered = _on(names, pl.col("x").str.to_lowercase())
    if not foreign.len():
        return lowered
    inside = company_words().legal_inside
    text = pl.col("x").str.replace_many(list(inside), [""] * len(inside)).str.normalize("NFKC").str.to_lowercase()
    text = text.str.replace_many(list(_LETTERS), list(_LETTERS.values())).str.normalize("NFKD")
    plain = _on(foreign, text.str.replace_all(r"\p{Mn}+", "").str.normalize("NFC"))
    spelled = pl.DataFrame({"name": foreign, "plain": plain})
    joined = pl.DataFrame({"name": names, "lowered": lowered}).join(spelled, "name", "left", maintain_order="left")
    return joined.select(pl.coalesce("plain", "lowered")).to_series()


def _folded(texts: pl.Series) -> pl.Series:
    text = pl.col("x").str.replace_many(_QUOTES, [""] * len(_QUOTES)).str.replace_all(r"[&+]", " and ")
    text = text.str.replace(r"([\p{L}\p{N}]{3})\.com([^\p{L}\p{N}]|$)", "$1 $2")
    text = text.str.replace_all(r"([\p{L}\p{N}]{2})\.", "$1 ").str.replace_all(".", "", literal=True)
    return _on(texts, text.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars().replace("", None))


def _core(folded: pl.Series) -> pl.Series:
    words = company_words()
    between = "|".join(words.links_between)
    text = pl.col("x").str.replace("^the (.+)$", "$1").str.replace("^(.+) the$", "$1")
    linked = _single(_doubled(text).str.replace_many([f" {word} " for word in words.links], [""] * len(words.links)))
    bare = without_legal_forms(linked.replace("", "and"))
    bare = bare.str.replace_all(rf"([\p{{L}}\p{{N}}])(?: (?:{between}))+ ([\p{{L}}\p{{N}}])", "$1 $2")
    same = [f" {word} " for word in words.same], [f" {word} " for word in words.same.values()]
    return _on(folded, _single(_doubled(bare).str.replace_many(*same)))


def _doubled(text: pl.Expr) -> pl.Expr:
    """Give each word a space of its own on both sides, so that neighbours can both be replaced."""
    return pl.concat_str(pl.lit(" "), text.str.replace_all(" ", "  ", literal=True), pl.lit(" "))


def _single(doubled: pl.Expr) -> pl.Expr:
    return doubled.str.replace_all("  ", " ", literal=True).str.strip_chars()


def _on(texts: pl.Series, expression: pl.Expr) -> pl.Series:
    """Work an expression over the column `x` out, on all cores."""
    # The streaming engine gives each core a part of one column; the other works on whole columns.
    return texts.to_frame("x").lazy().select(expression.alias("x")).collect(engine=engine_for(len(texts)))["x"]
