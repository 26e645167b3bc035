"""Broken on purpose: bytes, texts and arguments changed at random, the same ones for the same seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

BYTES = (
    b"\x00", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\n\n", b"\t", b'"', b'""', b"'",
    b",", b";", b"|", b"\x1b[31m", b"\x7f", b"\x80", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"NaN",
    b"inf", b"-1", b"1e400", b"99999999999999999999", b"31/02/2026", b"0001-01-01", b"9999-12-31",
    b"2026-06-30T25:61:61+99:00", b"{", b"}", b"[", b"]", b"null", b"PAR1", b"\xe2\x80\xae", b"\xd7\xa9", b"x" * 3000,
    b"\\", b"\\u0000", b"\\ud800", b"=1+1", b"A1", b":",
)  # fmt: skip
"""What is put into files."""

WORDS = (
    "and", "or", "not", "in", "between", "like", "ilike", "is", "null", "true", "false", "(", ")", ",", "=", "<>",
    "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", ".", ";", "--", "/*", "'", '"', "'x'", "'%a\\_%'", "'31/02/2026'",
    "date", "date '2026-01-31'", "date '2026-13-31'", "0", "1", "-1", "1.5", "1e308", "1e999",
    "99999999999999999999999", "0x1F", "NaN", "employees", "name", "is_target", "account.name", "contact.title",
    "domain", "nosuch", "lower", "upper", "length", "coalesce", "abs", "days_since", "lower(", "coalesce(",
    "days_since(", "count(", "select", "case", "when", "then", "end", "cast(", "::int", "[1]", "$1", "?", ":x", "@x",
    "{x}", "\x00", "\x1b[31m", "\u202e", "שלום", "\ud800", "\\", "::", "||", "%", "^", "~", "<=>", "interval 1 day",
    "*",
)  # fmt: skip
"""What conditions are made of, and what they must not be made of."""

SQL = (
    "select", "*", "from", "'events.csv'", "'accounts.csv'", "'events.parquet'", "'events.jsonl'", "read_csv(",
    "read_parquet(", "'*.csv'", "'/etc/passwd'", "'../x.csv'", "'https://example.com/x.csv'", "where", "type",
    "contact_id", "occurred_at", "group by", "order by", "limit 3", "with t as (", "t", ")", "(", ",", "union all",
    "join", "using (contact_id)", "on true", "as", "values (1)", "copy", "to 'x.csv'", "attach 'x.db'", "insert into",
    "create table", "drop", "pragma", "set", "install httpfs", "load", "export", "read_text('/etc/passwd')",
    "glob('*')", "duckdb_settings()", "range(3)", "unnest([1,2])", "count(*)", "max(type)", "over ()", ";", "--",
    "/*", "'", '"', "$1", "?", "null", "1", "'x'", "=", "<", "and", "or", "not", "like", "cast(", "::date",
    "date '2026-06-01'", "interval 1 day", "[1,2]", "{'a': 1}", "struct", "exclude (type)", "replace (1 as type)",
    "pivot", "unpivot", "describe", "summarize", "explain", "qualify", "recursive", "lateral", "error('x')",
    "getenv('HOME')", "current_setting('x')", "\x00", "\x1b",
)  # fmt: skip
"""What queries are made of."""

YAML = (
    "\t", "- ", ": ", "{", "}", "[", "]", "&a ", "*a", "<<: *a", "!!python/object:os.system ", "!!binary ", "|", ">",
    "---\n", "...\n", "? ", "~", "null", "yes", "no", ".inf", ".nan", "1e400", "2026-02-31", "0001-01-01",
    "99999999999999999999", "'", '"', "#", "%", "@", "`", "\x00", "\x1b", "\x85", "\u2028", "\ufeff", "שלום",
    "\u202e", "name: x\n", "signals:\n", "points: x\n", "- - - - ", "{a: " * 60, "[" * 300, "\n" + " " * 40, "\r",
    "0x1F", "0o17", "1:30:00", "=", "'a' b", '"\\x00"', "true: 1\n", "1: 2\n", "? [a]\n: b\n",
)  # fmt: skip
"""What YAML files are made of, and what breaks them."""

_TIMES = (1, 1, 1, 2, 4)
_LONG = 20_000


def mutated_bytes(random: Random, data: bytes) -> bytes:
    """Change bytes in one to four places: flip, delete, insert, repeat, cut."""
    for _ in range(random.choice(_TIMES)):
        data = random.choice(_CHANGES)(random, data)
        if not data:
            break
    return data


def mutated_text(random: Random, text: str, pieces: Sequence[str]) -> str:
    """Change a text in one to four places, with pieces of its own language."""
    for _ in range(random.choice(_TIMES)):
        at, to = sorted(random.randint(0, len(text)) for _ in range(2))
        change = random.randint(0, 4)
        if change == 0:
            text = text[:at] + random.choice(pieces) + text[at:]
        elif change == 1:
            text = text[:at] + text[min(to, at + 40) :]
        elif change == 2:
            text = text[:at] + random.choice(pieces) + text[min(to, at + 10) :]
        elif change == 3 and len(text) < _LONG:
            text = text[:to] + text[at:]
        else:
            lines = text.split("\n")
            random.shuffle(lines) if random.random() < 0.1 else lines.pop(random.randrange(len(lines)))
            text = "\n".join(lines)
    return text


def soup(random: Random, pieces: Sequence[str], most: int = 30) -> str:
    """Some pieces of a language in any order."""
    return " ".join(random.choice(pieces) for _ in range(random.randint(0, most)))


def _flip(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def _overwrite(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + random.randbytes(random.randint(1, 8)) + data[at + 8 :]


def _delete(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + data[at + random.choice((1, 1, 2, 10, 100)) :]


def _insert(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(BYTES) + data[at:]


def _repeat(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + data[at : at + random.randint(1, 200)] * random.randint(2, 5) + data[at:]


def _cut(random: Random, data: bytes) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _other_encoding(random: Random, data: bytes) -> bytes:
    encoding = random.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "cp037"))
    return data.decode("latin-1").encode(encoding, "replace")


_CHANGES: tuple[Callable[[Random, bytes], bytes], ...] = (
    *(_flip, _flip, _flip, _overwrite, _overwrite, _delete, _delete, _insert, _insert, _insert),
    *(_repeat, _cut, _other_encoding),
)
