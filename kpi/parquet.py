"""Facts read from an export: Parquet files on a disk, without any database.

An export is a directory with a manifest and, under the name that the manifest says, a directory for each source of
`kpi.sources`, each table of names and `tickets`. In it the rows of each helpdesk and year stand apart, in directories
that are named as Hive does: `helpdesk=desk/year=2026`.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import FromClause
from sqlalchemy.types import Integer

from kpi.columnar import NAMED, ColumnarFrames
from kpi.copying import quoted, written
from kpi.errors import StorageError
from kpi.known import Known
from kpi.sources import SOURCES

VERSION = 1
"""Of exports; counted up when what stands in them means something else."""

MANIFEST = "manifest.json"
PARTS = (*SOURCES, *NAMED, "tickets")
"""The directories that an export has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an export is.

    Attributes:
        data: the directory, beside the manifest, in which the files are.
        exported_at: the instant whose facts they are.
        known: what was known of the data then.
    """

    data: str
    exported_at: int
    known: Known

    def text(self) -> str:
        """Return it as it stands in the file."""
        known = self.known
        described = {
            "version": VERSION,
            "data": self.data,
            "exported_at": self.exported_at,
            "available": sorted(known.available),
            "helpdesks": [{"key": key, "from": start, "until": end} for key, (start, end) in known.synced.items()],
            "untold": {need: sorted(helpdesks) for need, helpdesks in known.untold.items()},
            "imported": [
                {"helpdesk": helpdesk, "data": data, "from": start, "until": end}
                for (helpdesk, data), (start, end) in known.imported.items()
            ],
        }
        return json.dumps(described, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def of(cls, text: str, directory: str) -> "Manifest":
        """Return what stands in the file of a directory.

        Raises:
            StorageError: `export_missing` when it is none, `export_version` when of another version of the bot.
        """
        try:
            found: Mapping[str, Any] = json.loads(text)
            version = found["version"]
        except (ValueError, KeyError, TypeError) as error:
            raise StorageError("export_missing", directory=directory) from error
        if version != VERSION:
            raise StorageError("export_version", directory=directory, version=version, known=VERSION)
        known = Known(
            available=frozenset(found["available"]),
            synced={each["key"]: (each["from"], each["until"]) for each in found["helpdesks"]},
            untold={need: frozenset(helpdesks) for need, helpdesks in found["untold"].items()},
            imported={(each["helpdesk"], each["data"]): (each["from"], each["until"]) for each in found["imported"]},
        )
        return cls(data=found["data"], exported_at=found["exported_at"], known=known)


def read_manifest(directory: Path) -> Manifest:
    """Return the manifest of an export.

    Raises:
        StorageError: `export_missing` when there is none, `export_version` when it is of another version of the bot.
    """
    try:
        text = (directory / MANIFEST).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise StorageError("export_missing", directory=str(directory)) from error
    return Manifest.of(text, str(directory))


def placed_by(source: FromClause) -> str | None:
    """Return the column that places rows in a year: when the ticket was created, or the first instant there is."""
    names = [column.name for column in source.c if isinstance(column.type, Integer)]
    placed = [name for name in names if name.endswith("at") or name in {"day", "month"}]
    return "created_at" if "created_at" in placed else next(iter(placed), None)


class ParquetFrames(ColumnarFrames):
    """Facts of an export, read by DuckDB: of each file no more than the columns and the rows that a question needs.

    Raises:
        StorageError: `export_missing`, `export_version`.
    """

    def __init__(self, directory: Path) -> None:
        manifest = read_manifest(directory)
        connection = duckdb.connect()
        try:
            for name in PARTS:
                files = written(directory / manifest.data / name / "**" / "*.parquet")
                read = f"read_parquet({files}, hive_partitioning = false)"
                connection.execute(f"CREATE VIEW {quoted(name)} AS FROM {read}")
        except duckdb.IOException as error:
            raise StorageError("export_missing", directory=str(directory)) from error
        super().__init__(connection, manifest.known)
        self.exported_at = manifest.exported_at
        """The instant whose facts these are."""

    @contextmanager
    def snapshot(self) -> Iterator[ColumnarFrames]:
        """Give the facts to one thread: an export never changes."""
        with self._connection.cursor() as reader:
            yield ColumnarFrames(reader, self._known, self._values, self._texts, self._results)
