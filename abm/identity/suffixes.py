"""Which part of a host somebody registered: `registrable` domains by the public suffix list."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import polars as pl
import publicsuffixlist

__all__ = ["hosts", "normal_host", "registrable", "registrables"]

_SCHEME = r"^[a-z][a-z0-9+.\-]*:/{0,3}|^//"
_USER = r"^[^/?#@]*@"
_REST = r"[/?#\\].*$"
_PORT = r":[0-9]*$"
_HOST = r"^[^\s.,;:!'\"()<>\[\]{}|=*%&+~^`$@]+(?:\.[^\s.,;:!'\"()<>\[\]{}|=*%&+~^`$@]+)+$"
_ADDRESS = r"^[0-9]+(?:\.[0-9]+){3}$"
_WWW = r"^www\.([^.]+\..+)$"


@cache
def _rules() -> publicsuffixlist.PublicSuffixList:
    return publicsuffixlist.PublicSuffixList()


def registrable(text: str | None) -> str | None:
    """Return the domain that somebody registered, one label below a public suffix (https://publicsuffix.org).

    Args:
        text: a host, a mail address or a web address, of any script or in punycode, with or without `www.`, port, path
            and final dot.

    Returns:
        The domain in the script in which it was given, in lower case; None when there is none: a public suffix itself,
        a single label, an IP address, or no host at all. Both sections of the list count, so that `acme.github.io` is
        a domain of its own. An unknown top-level domain is a public suffix.

    >>> [registrable(text) for text in ("https://www.acme.co.uk/about?x", "MAIL.acme.com.", "co.uk", "食狮.公司.cn")]
    ['acme.co.uk', 'acme.com', None, '食狮.公司.cn']
    """
    host = _bare_host(text)
    return _rules().privatesuffix(host) if host else None


def normal_host(text: str | None) -> str | None:
    """Return the host of a web or mail address as hosts are compared; None when there is none.

    In lower case, without scheme, user, port, path, final dot and `www.`; punycode is spelled out, so that both ways to
    write an internationalised name are one.

    >>> [normal_host(text) for text in ("https://www.Acme.co.uk/about?x", "xn--mnchen-3ya.de", "a@b.acme.com", "acme")]
    ['acme.co.uk', 'münchen.de', 'b.acme.com', None]
    """
    host: str | None = hosts(pl.Series([text], dtype=pl.String))[0]
    return host


def hosts(texts: pl.Series) -> pl.Series:
    """Return `normal_host` of each text; rows and order are kept. Meant for distinct values."""
    text = _unwrapped(pl.col("text")).str.replace(_WWW, "$1")
    frame = texts.alias("text").to_frame().select(text.alias("text"))
    valid = pl.col("text").str.contains(_HOST) & ~pl.col("text").str.contains(_ADDRESS)
    frame = frame.select(pl.when(valid).then(pl.col("text")).alias("text"))
    spelled = pl.col("text").str.contains("xn--", literal=True) | ~pl.col("text").str.contains(r"^[\x00-\x7f]*$")
    odd = frame.filter(spelled)["text"].unique().to_list()
    return frame["text"].replace(odd, [_spelled_out(host) for host in odd]).alias(texts.name)


def registrables(distinct: pl.Series) -> pl.Series:
    """Return `registrable` of each normal host, or the host itself where it has none; rows and order are kept.

    Most hosts end in a suffix that no longer rule extends: these are cut by columns. The others go through the list's
    own code, one by one.
    """
    two, three, four, parents = _plain_rules()
    host = pl.col("host")
    frame = (
        distinct.alias("host")
        .to_frame()
        .with_columns(
            host.str.extract(r"([^.]+)$").alias("last"),
            host.str.extract(r"([^.]+\.[^.]+)$").alias("tail2"),
            host.str.extract(r"([^.]+\.[^.]+\.[^.]+)$").alias("tail3"),
        )
    )
    plain = host.str.contains(r"^[a-z0-9.\-_]+$") & ~host.str.contains("xn--", literal=True)
    plain &= host.str.count_matches(".", literal=True) <= 3  # noqa: PLR2004  # four labels: only a rule of four is longer
    wild = pl.any_horizontal(pl.col(tail).is_in(parents).fill_null(value=False) for tail in ("last", "tail2", "tail3"))
    longer = pl.col("tail3").is_in(three).fill_null(value=False) | host.is_in(four)
    cut = pl.when(pl.col("tail2").is_in(two)).then("tail3").otherwise("tail2")
    cut = pl.when(plain & ~wild & ~longer).then(cut)
    frame = frame.with_columns(cut.alias("cut"))
    left = frame.filter(pl.col("cut").is_null() & host.is_not_null())["host"].unique().to_list()
    if not left:
        return frame["cut"].alias(distinct.name)
    find = _rules().privatesuffix
    rest = pl.DataFrame(
        {"host": left, "found": [find(each) or each for each in left]},
        schema_overrides={"host": pl.String, "found": pl.String},
    )
    joined = frame.join(rest, on="host", how="left", maintain_order="left")
    return joined.select(pl.coalesce("cut", "found"))["cut"].alias(distinct.name)


@cache
def _plain_rules() -> tuple[pl.Series, ...]:
    """Read the rules of two, three and four labels, and the parents of wildcards and exceptions, each as one list."""
    rule = pl.col("rule")
    lines = pl.read_csv(  # one column of lines: no sign of a rule separates or quotes
        publicsuffixlist.PSLFILE,
        has_header=False,
        new_columns=["rule"],
        separator="\x1f",
        quote_char=None,
        comment_prefix="//",
        infer_schema=False,
    )
    rules = lines.select(rule.str.strip_chars().str.to_lowercase()).filter(rule != "")
    special = rule.str.starts_with("*.") | rule.str.starts_with("!")
    plain = rules.filter(~special).with_columns(rule.str.count_matches(".", literal=True).alias("dots"))
    parents = rules.filter(special).select(rule.str.replace(r"^[^.]*\.?", "").unique().sort())
    several = (plain.filter(pl.col("dots") == length - 1) for length in (2, 3, 4))
    return tuple(frame["rule"].implode() for frame in (*several, parents))


def _unwrapped(text: pl.Expr) -> pl.Expr:
    text = text.str.strip_chars().str.to_lowercase().str.replace_all("。", ".", literal=True)
    text = text.str.replace(_SCHEME, "").str.replace(_REST, "").str.replace(_USER, "").str.replace(_PORT, "")
    return text.str.strip_chars_end(".")


def _bare_host(text: str | None) -> str | None:
    bare = (text or "").strip().lower().replace("。", ".")
    for pattern in (_SCHEME, _REST, _USER, _PORT):
        bare = re.sub(pattern, "", bare, count=1)
    bare = bare.rstrip(".")
    return bare if re.match(_HOST, bare) and not re.match(_ADDRESS, bare) else None


def _spelled_out(host: str) -> str:
    labels = [_decoded(label) for label in host.split(".")]
    return unicodedata.normalize("NFC", ".".join(labels)).lower()


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
