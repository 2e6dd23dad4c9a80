"""Facts of an export, read by Spark: on one machine or a cluster, from any place that Spark reads.

Needs the extra `spark`; nothing else imports this module.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import reduce

import narwhals as nw
from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as sql

from kpi.copying import columns
from kpi.dimensions import Identity
from kpi.errors import StorageError
from kpi.frames import Reference
from kpi.known import KnownFrames, holding
from kpi.parquet import MANIFEST, Manifest, placed_by
from kpi.period import Span
from kpi.rows import Frame
from kpi.sources import SOURCES

TYPES = {"BIGINT": "BIGINT", "DOUBLE": "DOUBLE", "VARCHAR": "STRING"}
"""What Spark calls the types of an export."""

NAMES = {"helpdesk": "STRING", "external_id": "STRING", "name": "STRING"}
REFERENCES = {"id": "BIGINT", "helpdesk": "STRING", "external_id": "STRING", "url": "STRING", "subject": "STRING"}


class SparkFrames(KnownFrames):
    """Facts of an export, read by Spark: of each file no more than the columns and the rows that a question needs.

    Args:
        session: runs the queries.
        location: the directory of an export, as Spark reads it: a path, or an address as `s3a://bucket/exported`.

    Raises:
        StorageError: `export_missing`, `export_version`.
    """

    def __init__(self, session: SparkSession, location: str) -> None:
        manifest = _manifest(session, location)
        super().__init__(manifest.known)
        self._session, self._data = session, f"{location}/{manifest.data}"
        self._tables: dict[str, DataFrame] = {}
        self.exported_at = manifest.exported_at
        """The instant whose facts these are."""

    @contextmanager
    def snapshot(self) -> Iterator["SparkFrames"]:
        """Give the facts as they are: an export never changes."""
        yield self

    def window(
        self, fact: str, columns: Collection[str], instant: str, span: Span, where: Mapping[str, str | int]
    ) -> Frame:
        """Return rows of `fact` whose `instant` falls in a span and whose columns have the values of `where`."""
        at = sql.col(instant)
        conditions = [at >= span.start, at < span.end]
        if instant == placed_by(SOURCES[fact]):
            conditions.append(sql.col("year").between(_year(span.start), _year(span.end)))
        return self._frame(fact, columns, where, conditions)

    def stretches(
        self, fact: str, columns: Collection[str], edges: tuple[str, str], span: Span, where: Mapping[str, str | int]
    ) -> Frame:
        """Return rows of `fact` that went on at some instant of a span or at its end."""
        since, until = map(sql.col, edges)
        return self._frame(fact, columns, where, [since < span.end, until.isNull() | (until >= span.start)])

    def _frame(
        self, fact: str, columns: Collection[str], where: Mapping[str, str | int], conditions: Iterable[Column]
    ) -> Frame:
        rows = self._source(fact)
        for condition in (*conditions, *(sql.col(name) == value for name, value in where.items())):
            rows = rows.where(condition)
        frame: Frame = nw.from_native(rows.select(*sorted(columns)))
        return frame

    def _source(self, name: str) -> DataFrame:
        types = {column: TYPES[kind] for column, kind in columns(SOURCES[name]).items()}
        return self._table(name, types | {"year": "INT"})

    def _table(self, name: str, types: Mapping[str, str]) -> DataFrame:
        """Return the rows of a directory; its files are listed once, and none is opened to learn the types."""
        if name not in self._tables:
            told = ", ".join(f"`{column}` {kind}" for column, kind in types.items())
            self._tables[name] = self._session.read.schema(told).parquet(f"{self._data}/{name}")
        return self._tables[name]

    def _names(self, table: str, only: list[str] | None = None) -> dict[Identity, str]:
        rows = self._table(table, NAMES)
        wanted = rows if only is None else rows.where(sql.col("external_id").isin(only))
        found = {(row.helpdesk, row.external_id): row.name or row.external_id for row in wanted.collect()}
        return dict(sorted(found.items()))

    def tickets(self, identifiers: Collection[int]) -> dict[int, Reference]:
        """Return where the tickets of these `ticket_id` are found in their helpdesk."""
        if not identifiers:
            return {}
        rows = self._table("tickets", REFERENCES).where(sql.col("id").isin(sorted(identifiers)))
        return {
            row.id: Reference(helpdesk=row.helpdesk, external_id=row.external_id, url=row.url, subject=row.subject)
            for row in rows.collect()
        }

    def _distinct(self, key: str, *, many: bool) -> list[str]:
        found = [
            self._source(source).select(sql.col(name).alias("value"))
            for source, selected in SOURCES.items()
            for name in holding(key, columns(selected), many=many)
        ]
        rows = reduce(DataFrame.union, found).distinct()
        if many:
            rows = rows.select(sql.explode(sql.split("value", r"\|")).alias("value")).distinct()
        return sorted(row.value for row in rows.where(sql.col("value") != "").collect())


def _manifest(session: SparkSession, location: str) -> Manifest:
    try:
        text = session.read.text(f"{location}/{MANIFEST}", wholetext=True).collect()
    except AnalysisException as error:
        raise StorageError("export_missing", directory=location) from error
    return Manifest.of(text[0].value, location)


def _year(instant: int) -> int:
    return datetime.fromtimestamp(instant, UTC).year
