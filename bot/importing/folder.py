"""A folder that files land in to be imported. What was done with is moved beside, never deleted.

A file is moved once the database has it. Whoever is killed between imports it again, which changes nothing.
"""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

from kpi.errors import FileError, KpiError

SETTLED_S = 10
"""A file is whole when neither its size nor its time has changed for so long."""

DONE, REJECTED, FAILED = "done", "rejected", "failed"
TEMPORARY = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload")
"""Endings of the names that files have while they are sent."""
_HIDDEN = (".", "~")

State = tuple[int, int]
"""The time of the last change in nanoseconds, and the size."""


class Settled(NamedTuple):
    """Where a file is now, and its rejected rows if there are any."""

    file: Path
    rejected: Path | None


class Folder:
    """The files in a folder that are whole, and where they go; the folders beside them are made.

    Raises FileError `file_unreadable` when there is no such folder, KpiError `file_unwritable` when none can be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: dict[Path, tuple[State, float]] = {}
        try:
            next(path.iterdir(), None)
        except OSError as error:
            raise FileError("file_unreadable", path=str(path), reason=error.strerror or str(error)) from error
        for name in (DONE, REJECTED, FAILED):
            try:
                (path / name).mkdir(exist_ok=True)
            except OSError as error:
                reason = error.strerror or str(error)
                raise KpiError("file_unwritable", path=str(path / name), reason=reason) from error

    def first(self, now: float) -> Path | None:
        """Return the file to import first, that which was changed first, then by name; None when none is whole.

        `now` is in seconds of any clock that never goes back. Raises OSError.
        """
        found = {path: state for path in self.path.iterdir() if _is_offered(path) and (state := _state(path))}
        before = self._seen
        self._seen = {
            path: before[path] if path in before and before[path][0] == state else (state, now)
            for path, state in found.items()
        }
        whole = [(state, path) for path, (state, since) in self._seen.items() if now - since >= SETTLED_S]
        return min(whole, key=lambda each: (each[0][0], each[1].name))[1] if whole else None

    def collecting(self, path: Path) -> Path:
        """Return where a file's rejected rows are written until it is settled; nothing of an earlier try is there.

        Raises OSError.
        """
        collected = self._collected(path)
        collected.unlink(missing_ok=True)
        return collected

    def settle(self, path: Path, place: str) -> Settled | None:
        """Move a file that was imported (`DONE`) or can't be (`FAILED`), after its rejected rows.

        None for a file that was changed meanwhile: it stays, to be imported again. Raises OSError.
        """
        collected, rejected = self._collected(path), None
        changed = _state(path) != self._seen.pop(path)[0]
        if changed or place == FAILED:
            collected.unlink(missing_ok=True)
        elif collected.exists():
            rejected = collected.rename(_free(self.path / REJECTED / _rejected_name(path)))
        return None if changed else Settled(path.rename(_free(self.path / place / path.name)), rejected)

    def _collected(self, path: Path) -> Path:
        return self.path / REJECTED / f".{_rejected_name(path)}.part"


def _is_offered(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(_HIDDEN) and not path.name.casefold().endswith(TEMPORARY)


def _state(path: Path) -> State | None:
    """Return what changes while a file is written; None when it is gone."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_size


def _rejected_name(path: Path) -> str:
    return f"{Path(path.name.removesuffix('.gz')).stem}.csv"


def _free(path: Path) -> Path:
    """Return a path that nothing has: this one, or it with a number."""
    return next(each for each in _numbered(path) if not os.path.lexists(each))


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    for number in count(2):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")
