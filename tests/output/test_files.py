from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from abm.errors import OutputError
from abm.output.files import draft, folder


def write(path: Path) -> None:
    with draft() as files, files.open(path) as stream:
        stream.write(b"x" * 100_000)


def names(path: Path) -> list[str]:
    return sorted(each.name for each in path.iterdir())


def test_files_appear_together(tmp_path: Path) -> None:
    with draft() as files:
        for name in ("a", "b"):
            with files.open(tmp_path / name) as stream:
                stream.write(name.encode())
            assert not (tmp_path / name).exists()
    assert names(tmp_path) == ["a", "b"]
    assert (tmp_path / "b").read_bytes() == b"b"


def test_an_error_leaves_everything_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"before")

    def fail() -> None:
        with draft() as files:
            with files.open(tmp_path / "a") as stream:
                stream.write(b"after")
            with files.open(tmp_path / "b") as stream:
                stream.write(b"half")
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"before"


def test_permissions_are_those_of_new_files_or_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"")
    (tmp_path / "old").chmod(0o640)
    with draft() as files:
        for name in ("old", "new"):
            with files.open(tmp_path / name) as stream:
                stream.write(b"x")
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o640
    assert (tmp_path / "new").stat().st_mode == plain.stat().st_mode


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"before")
    (tmp_path / "link").symlink_to("real")
    with draft() as files, files.open(tmp_path / "link") as stream:
        stream.write(b"after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"after"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_what_is_no_file_is_written_to_directly() -> None:
    write(Path(os.devnull))
    with pytest.raises(OutputError, match="/dev/full: cannot be written"):
        write(Path("/dev/full"))
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize(
    ("place", "message"), [(".", "is a folder"), ("no/file", "there is no folder .*no. Make it first")]
)
def test_a_place_that_cannot_be_written(tmp_path: Path, place: str, message: str) -> None:
    with pytest.raises(OutputError, match=message), draft() as files, files.open(tmp_path / place):
        pass
    assert not names(tmp_path)


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"a: cannot be written \(No space left on device\)"):
        write(tmp_path / "a")
    assert not names(tmp_path)


def test_a_new_folder_goes_again_after_an_error(tmp_path: Path) -> None:
    def fail() -> None:
        with folder(tmp_path / "x" / "y"):
            assert (tmp_path / "x" / "y").is_dir()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not names(tmp_path)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(OutputError, match="x: is a file, but should be a folder"), folder(tmp_path / "x" / "y"):
        pass
