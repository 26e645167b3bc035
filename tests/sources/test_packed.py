"""Compressed files: whole ones read as if they were plain, all others one message, and none that swells is unpacked."""

import gzip
import sys
import tracemalloc
from typing import Any

import pytest

from abm.errors import SourceError
from abm.sources import packed
from abm.sources.files import read_files

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACKERS: dict[str, Any] = {"gz": gzip.compress, "zst": zstd.compress}
ROWS = "id,name\n" + "".join(f"{at},n{at * 7919 % 1000}\n" for at in range(2000))


@pytest.fixture(params=PACKERS)
def ending(request):
    return request.param


def read(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    return read_files("accounts", [name], tmp_path)


@pytest.mark.parametrize(
    ("inner", "content"),
    [
        ("csv", ROWS.encode()),
        ("tsv", ROWS.replace(",", "\t").encode()),
        ("txt", ROWS.replace(",", "|").encode("utf-16")),
        ("jsonl", "".join(f'{{"id": "{at}", "name": "x"}}\n' for at in range(2000)).encode()),
    ],
)
def test_reads_as_plain(tmp_path, ending, inner, content):
    raw = read(tmp_path, f"a.{inner}.{ending}", PACKERS[ending](content))
    plain = read(tmp_path, f"a.{inner}", content)
    assert raw.frame.collect().equals(plain.frame.collect())
    assert raw.frame.collect().height == 2000
    assert raw.parts[0].file == f"a.{inner}.{ending}"


def test_several_members_are_one_file(tmp_path, ending):
    half = len(ROWS) // 2
    content = b"".join(PACKERS[ending](part.encode()) for part in (ROWS[:half], ROWS[half:]))
    assert read(tmp_path, f"a.csv.{ending}", content).frame.collect().height == 2000


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_breaks_off(tmp_path, ending, part):
    content = PACKERS[ending](ROWS.encode())
    with pytest.raises(SourceError) as caught:
        read(tmp_path, f"a.csv.{ending}", content[: int(len(content) * part)])
    assert str(caught.value) == (
        f"a.csv.{ending}: is compressed and breaks off: its end is missing. Copy, download or export it again."
    )


def test_damaged_anywhere(tmp_path, ending):
    """One message or, where no check covers the byte, the same rows."""
    content = PACKERS[ending](ROWS.encode())
    told = set()
    for at in range(8, len(content), 211):
        try:
            read(tmp_path, f"a.csv.{ending}", content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        except SourceError as error:
            told.add(str(error).split("(")[0])
    assert told
    assert all(each.startswith(f"a.csv.{ending}: ") for each in told)


def test_not_compressed(tmp_path, ending):
    with pytest.raises(SourceError, match=rf"is not compressed with \w+, which its ending says.* take \.{ending} off"):
        read(tmp_path, f"a.csv.{ending}", ROWS.encode())


@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_empty_inside(tmp_path, ending, content):
    with pytest.raises(SourceError, match="is empty"):
        read(tmp_path, f"a.csv.{ending}", PACKERS[ending](content))


def test_something_else_inside(tmp_path, ending):
    with pytest.raises(SourceError, match=r"is not text\. It is a PDF document"):
        read(tmp_path, f"a.csv.{ending}", PACKERS[ending](b"%PDF-1.7 and so on"))


def test_parquet_is_not_compressed_again(tmp_path, ending):
    with pytest.raises(SourceError, match=r"\.parquet is compressed in itself"):
        read(tmp_path, f"a.parquet.{ending}", PACKERS[ending](b"PAR1"))


def test_unknown_inside(tmp_path, ending):
    with pytest.raises(SourceError, match=r"'\.doc' is not a format"):
        read(tmp_path, f"a.doc.{ending}", PACKERS[ending](b"x"))


def test_what_swells_is_not_unpacked(tmp_path, ending, monkeypatch):
    monkeypatch.setattr(packed, "_HARMLESS", 4 << 20)
    content = PACKERS[ending](b"id,name\n" + b"1,x\n" * (64 << 18))
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match=r"unpack to more than .*, as no export does"):
            read(tmp_path, f"a.csv.{ending}", content)
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()
