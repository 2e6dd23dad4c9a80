"""Facts read by DuckDB, from tables in memory or Parquet files: one relation for each source of `kpi.sources`."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

import duckdb
from sqlalchemy import FromClause

from kpi.copying import columns, quoted, written
from kpi.dimensions import Identity
from kpi.frames import Reference
from kpi.known import Known, KnownFrames, holding
from kpi.period import Span
from kpi.queries import Query, Results, Texts
from kpi.rows import Frame, Window
from kpi.sources import ACROSS_TICKETS, SOURCES

NAMED = ("teams", "agents", "customers")
"""The tables that have a name for each identifier."""


class ColumnarFrames(KnownFrames):
    """Facts that a DuckDB connection sees.

    Args:
        connection: what reads; it sees a relation for each source, each table of names, and `tickets`.
        known: what is known of the data.
        values: the values of dimensions that were read before from the same data, to which more are added.
        texts: of queries that were made before, to which more are added.
        results: of queries that were asked before of the same data, to which more are added.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        known: Known,
        values: dict[str, dict[str, str]] | None = None,
        texts: Texts | None = None,
        results: Results | None = None,
    ) -> None:
        super().__init__(known, values)
        self._connection = connection
        self._texts = Texts() if texts is None else texts
        self._results = Results() if results is None else results

    @contextmanager
    def snapshot(self) -> Iterator["ColumnarFrames"]:
        """Give the facts as they are: nobody writes to them here."""
        yield self

    def window(
        self, fact: str, columns: Collection[str], instant: str, span: Span, where: Mapping[str, str | int]
    ) -> Frame:
        """Return rows of `fact` whose `instant` falls in a span and whose columns have the values of `where`."""
        return self.rows(Window(fact=fact, columns=columns, instant=instant, span=span, where=where)).frame

    def stretches(
        self, fact: str, columns: Collection[str], edges: tuple[str, str], span: Span, where: Mapping[str, str | int]
    ) -> Frame:
        """Return rows of `fact` that went on at some instant of a span or at its end."""
        since, until = edges
        window = Window(fact=fact, columns=columns, instant=since, until=until, span=span, where=where)
        return self.rows(window).frame

    def rows(self, window: Window) -> Query:
        """Return the rows of a window."""
        at, span = quoted(window.instant), window.span
        if window.until is None:
            placed = f"{at} >= {span.start} AND {at} < {span.end}"
        else:
            until = quoted(window.until)
            placed = f"{at} < {span.end} AND ({until} IS NULL OR {until} >= {span.start})"
        conditions = [placed, *(f"{quoted(name)} = {written(value)}" for name, value in window.where.items())]
        conditions += counted(self._known)
        names = sorted(window.columns)
        chosen = [
            *map(quoted, names),
            *(f"{value}::BIGINT AS {quoted(name)}" for name, value in window.constants.items()),
        ]
        query = f"SELECT {', '.join(chosen)} FROM {quoted(window.fact)} WHERE {' AND '.join(conditions)}"
        return Query(self._connection, self._texts, self._results, query, (window.fact, *names, *window.constants))

    def _names(self, table: str, only: list[str] | None = None) -> dict[Identity, str]:
        wanted, parameters = ("true", None) if only is None else ("list_contains(?, external_id)", [only])
        conditions = " AND ".join([wanted, *counted(self._known)])
        query = f"SELECT helpdesk, external_id, coalesce(nullif(name, ''), external_id) FROM {quoted(table)}"
        rows = self._connection.execute(f"{query} WHERE {conditions} ORDER BY ALL", parameters).fetchall()
        return {(helpdesk, external_id): name for helpdesk, external_id, name in rows}

    def tickets(self, identifiers: Collection[int]) -> Mapping[int, Reference]:
        """Return where the tickets of these `ticket_id` are found in their helpdesk."""
        query = "SELECT id, helpdesk, external_id, url, subject FROM tickets WHERE list_contains(?, id)"
        rows = self._connection.execute(query, [sorted(identifiers)]).fetchall() if identifiers else []
        return {
            number: Reference(helpdesk=helpdesk, external_id=external_id, url=url, subject=subject)
            for number, helpdesk, external_id, url, subject in rows
        }

    def _distinct(self, key: str, *, many: bool) -> list[str]:
        """Return the values that rows of any source have, for a priority at any event."""
        return distinct(self._connection, key, HOLDING, counted(self._known), many=many)


def counted(known: Known) -> list[str]:
    """Return the condition that a row is of a helpdesk that counts, or of none; most often all do."""
    gone = ", ".join(map(written, sorted(known.uncounted)))
    return [f"(helpdesk IS NULL OR helpdesk NOT IN ({gone}))"] if gone else []


HOLDING = {name: source for name, source in SOURCES.items() if name not in ACROSS_TICKETS}
"""The sources that hold every value of a dimension."""


def distinct(
    connection: duckdb.DuckDBPyConnection,
    key: str,
    tables: Mapping[str, FromClause],
    conditions: Iterable[str] = (),
    *,
    many: bool,
) -> list[str]:
    """Return the values of a dimension that rows of some tables have, in order; `tables` tells their columns."""
    found = [
        f"SELECT DISTINCT {quoted(name)} AS value, helpdesk FROM {quoted(table)}"
        for table, selected in tables.items()
        for name in holding(key, columns(selected), many=many)
    ]
    if not found:
        return []
    wanted = " AND ".join(("value <> ''", *conditions))
    values = f"SELECT * FROM ({' UNION '.join(found)}) WHERE {wanted}"
    each = "unnest(string_split(trim(value, '|'), '|'))" if many else "value"
    rows = connection.execute(f"SELECT DISTINCT {each} AS value FROM ({values}) ORDER BY value").fetchall()
    return [value for (value,) in rows]
