"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from abm.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Draft:
    """Files being written under temporary names beside their final ones, until all of them are complete.

    Used through `draft()`: leaving its block gives every file its name, an error inside removes them all.
    """

    def __init__(self) -> None:
        self._pairs: list[tuple[Path, Path]] = []

    @contextmanager
    def open(self, path: Path) -> Iterator[IO[bytes]]:
        """Open one file for writing; `path` is the name it will have.

        A link is followed, an existing file keeps its permissions, and what is no file at all (`/dev/null`, a pipe) is
        written to directly.

        Raises:
            OutputError: it cannot be written there.
        """
        require_place(path)
        final = Path(os.path.realpath(path))
        with writing(path):
            if final.exists() and not final.is_file():
                with final.open("wb") as stream:
                    yield stream
                return
            temporary = final.with_name(f".{final.name}.{secrets.token_hex(4)}.part")
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            self._pairs.append((temporary, final))
            with os.fdopen(os.open(temporary, flags, 0o666), "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            if final.exists():
                temporary.chmod(final.stat().st_mode & 0o7777)

    def publish(self) -> None:
        """Give every file its final name, in the order in which they were opened.

        Once the first has its name, an interruption waits until the last one has: old and new results never mix.
        """
        self._one_by_one(_rename)

    def discard(self) -> None:
        """Remove every file that has not been published."""
        self._one_by_one(lambda temporary, _: temporary.unlink(missing_ok=True))

    def _one_by_one(self, act: Callable[[Path, Path], object]) -> None:
        stopped: BaseException | None = None
        while self._pairs:
            try:
                act(*self._pairs[0])
                self._pairs.pop(0)
            except (KeyboardInterrupt, SystemExit) as stop:
                stopped = stop
        if stopped is not None:
            raise stopped


def _rename(temporary: Path, final: Path) -> None:
    # It is gone if an interruption came right after its renaming.
    if temporary.exists():
        with writing(final):
            temporary.replace(final)


@contextmanager
def draft() -> Iterator[Draft]:
    """Collect files and publish them together at the end of the block; after an error there is none of them.

    Raises:
        OutputError: a file cannot be written, or not be given its name.
    """
    files = Draft()
    try:
        yield files
        files.publish()
    finally:
        files.discard()


def require_place(path: Path) -> None:
    """Make sure that a file of this name could be written; asked early, it saves the work that would come to nothing.

    Raises:
        OutputError: it is a folder, lies in one that does not exist, or is a link that leads to itself.
    """
    with writing(path):
        if path.is_dir():
            raise OutputError(f"{path}: is a folder. Name a file in it.")
        _require_no_circle(path)
        if not path.parent.is_dir():
            raise OutputError(f"{path}: there is no folder {path.parent}. Make it first, or write elsewhere.")


def require_folder(path: Path) -> None:
    """Make sure that this is a folder, or may become one.

    Raises:
        OutputError: there is a file of that name, or on the way to it.
    """
    with writing(path):
        for each in (path, *path.parents):
            _require_no_circle(each)
            if each.exists():
                if not each.is_dir():
                    raise OutputError(f"{each}: is a file, but should be a folder to write into. Name another.")
                return


def _require_no_circle(path: Path) -> None:
    if path.is_symlink() and Path(os.path.realpath(path)).is_symlink():
        raise OutputError(f"{path}: is a link that leads back to itself. Remove it, or write elsewhere.")


@contextmanager
def folder(path: Path) -> Iterator[None]:
    """Make a folder for the block to fill; after an error the folders made here, if still empty, are gone again.

    Raises:
        OutputError: there is a file of that name, or the folder cannot be made.
    """
    require_folder(path)
    made = [each for each in (path, *path.parents) if not each.exists()]
    try:
        with writing(path):
            path.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for each in made:
            try:
                each.rmdir()
            except OSError:
                break
        raise


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into an OutputError that names `path`."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"{path}: cannot be written ({reason}). Nothing half-written was left behind."
            " Check the disk's space and the folder's permissions, or write elsewhere."
        ) from error
