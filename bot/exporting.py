"""Facts ─▶ Parquet files, for analysts and for clusters; `kpi.parquet` reads them."""

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import duckdb
from sqlalchemy import ColumnElement, Connection, Engine, FromClause, and_, func, select

from bot.facts import Progress, stale_helpdesks
from bot.settings import Settings
from kpi import schema
from kpi.columnar import NAMED
from kpi.copying import copy_rows, create_table, quoted, written
from kpi.errors import KpiError, StorageError
from kpi.frames import DatabaseFrames
from kpi.parquet import MANIFEST, Manifest, placed_by, read_manifest
from kpi.sources import SOURCES

MEMORY = "1GB"
"""What DuckDB may take while it writes; beyond that it uses the disk."""

NULL = "__HIVE_DEFAULT_PARTITION__"
"""The name that Hive gives to what has none: rows of no helpdesk, or of no year."""

FILE = "facts.parquet"

_TICKETS = schema.tickets.c
_REFERENCES = select(
    _TICKETS.id, _TICKETS.helpdesk, _TICKETS.external_id, _TICKETS.url, _TICKETS.subject, _TICKETS.created_at
).subquery("tickets")

EXPORTED: dict[str, FromClause] = {
    **SOURCES,
    **{name: schema.metadata.tables[name] for name in NAMED},
    "tickets": _REFERENCES,
}
"""What is exported, by the directory it stands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export wrote: how many rows in how many files, and their bytes."""

    rows: int
    files: int
    size: int


def export_facts(
    engine: Engine, settings: Settings, directory: Path, now: int, progress: Progress | None = None
) -> Exported:
    """Write all facts of the helpdesks that count to a directory, in place of an earlier export there.

    1. Everything is read in one transaction. 2. The files are written under a name of their own. 3. Replacing the
    manifest makes them the export, at once: who reads meanwhile reads the earlier files to the end.

    Memory stays the same however many facts there are.

    Raises:
        StorageError: `facts_stale`, or `export_directory_taken` when there is something else in the directory.
        KpiError: `file_unwritable`.
    """
    earlier = _earlier(directory)
    frames = DatabaseFrames(engine, settings.counted_helpdesks)
    with _writable(directory), frames.snapshot() as facts, facts.connect() as connection:
        for helpdesk in stale_helpdesks(connection, facts.helpdesks(), settings):
            raise StorageError("facts_stale", helpdesk=helpdesk)
        known = facts.known()
        data = f"facts-{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"
        with _unless_it_fails(directory / data) as place:
            counted = _Counted(_rows(connection), progress)
            _write(connection, place, known.helpdesks, counted)
            manifest = Manifest(data=data, exported_at=now, known=known)
            unfinished = directory / f"{MANIFEST}.new"
            unfinished.write_text(manifest.text(), encoding="utf-8")
            unfinished.replace(directory / MANIFEST)
        files = list(place.rglob("*.parquet"))
    for old in directory.glob("facts-*"):
        if old.name not in {data, earlier}:
            shutil.rmtree(old, ignore_errors=True)
    return Exported(rows=counted.done, files=len(files), size=sum(file.stat().st_size for file in files))


class _Counted:
    """Counts the rows that were written, and tells."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.done = 0
        self._total, self._progress = total, progress

    def __call__(self, rows: int) -> None:
        self.done += rows
        if self._progress is not None:
            self._progress(self.done, max(self._total - self.done, 0))


def _earlier(directory: Path) -> str | None:
    """Return where the files of an earlier export are; raises StorageError when something else is there."""
    if not directory.exists():
        return None
    try:
        return read_manifest(directory).data
    except StorageError as error:
        if error.key == "export_version" or all(part.name.startswith("facts-") for part in directory.iterdir()):
            return None  # another version's, or one that did not come to its end
        raise StorageError("export_directory_taken", directory=str(directory)) from error


@contextmanager
def _writable(directory: Path) -> Iterator[None]:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise KpiError("file_unwritable", path=str(directory), reason=reason) from error
    except duckdb.IOException as error:
        reason = str(error).splitlines()[0]
        raise KpiError("file_unwritable", path=str(directory), reason=reason) from error


@contextmanager
def _unless_it_fails(place: Path) -> Iterator[Path]:
    """Give a new directory, which is gone again after an error."""
    place.mkdir()
    try:
        yield place
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _rows(connection: Connection) -> int:
    return sum(connection.scalar(select(func.count()).select_from(source)) or 0 for source in EXPORTED.values())


def _write(connection: Connection, place: Path, helpdesks: Collection[str], counted: _Counted) -> None:
    with TemporaryDirectory(prefix="kpi-bot-") as spare, duckdb.connect(str(Path(spare) / "rows.duckdb")) as target:
        target.execute(f"SET memory_limit = {written(MEMORY)}")
        for name, source in EXPORTED.items():
            create_table(target, "rows", source)
            # The columns are told even when there is no row at all; one of nobody and no time takes this one's place.
            _to_file(target, place / name / _partition(None, NULL), None)
            for helpdesk in (*helpdesks, None):
                for year, condition in _years(connection, source, helpdesk):
                    if not copy_rows(connection, select(source).where(condition), target, "rows", counted):
                        continue
                    _to_file(target, place / name / _partition(helpdesk, year), placed_by(source))
                    create_table(target, "rows", source)


def _years(
    connection: Connection, source: FromClause, helpdesk: str | None
) -> Iterator[tuple[str, ColumnElement[bool]]]:
    """Yield the years, in UTC, of a helpdesk's rows, and which rows are of each; then those without a year."""
    owner, instant = source.c["helpdesk"], placed_by(source)
    ours = owner.is_(None) if helpdesk is None else owner == helpdesk
    if instant is None:
        yield NULL, ours
        return
    at = source.c[instant]
    first, last = connection.execute(select(func.min(at), func.max(at)).where(ours)).one()
    if first is not None:
        for year in range(datetime.fromtimestamp(first, UTC).year, datetime.fromtimestamp(last, UTC).year + 1):
            start, end = (int(datetime(number, 1, 1, tzinfo=UTC).timestamp()) for number in (year, year + 1))
            yield str(year), and_(ours, at >= start, at < end)
    yield NULL, and_(ours, at.is_(None))


def _partition(helpdesk: str | None, year: str) -> str:
    """Return the directory of a helpdesk's year, in which Hive and Spark read both; what can't stand there escaped."""
    letters = (letter if letter.isalnum() or letter in "_-" else f"%{ord(letter):02X}" for letter in helpdesk or "")
    return f"helpdesk={NULL if helpdesk is None else ''.join(letters)}/year={year}"


def _to_file(target: duckdb.DuckDBPyConnection, directory: Path, instant: str | None) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    rows = "FROM rows" if instant is None else f"FROM rows ORDER BY {quoted(instant)}"
    target.execute(f"COPY ({rows}) TO {written(directory / FILE)} (FORMAT parquet, COMPRESSION zstd)")
