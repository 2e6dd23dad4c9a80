"""Rows as a query in DuckDB's SQL, whose text is made once for all questions of a shape."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, Self

import duckdb
import narwhals as nw

from kpi.copying import quoted
from kpi.intervals import Interval, median_ranks
from kpi.rows import Frame, Group, Row, Step, plain

STAND_IN = "rows_of_the_window"
"""What texts call the rows of the window, whichever these are."""

KEPT = 2_000
"""How many texts are remembered; one has a few thousand characters."""

ROWS_KEPT = 50_000
"""How many rows of results are remembered of one state of the data; most results have one, ten take a kilobyte."""

Shape = tuple[Hashable, ...]


class Texts:
    """Remembers the text of a query by its shape: building one takes longer than reading a week of a million tickets.

    Steps become expressions of narwhals, and these the relations that DuckDB writes the text of, over an empty table
    with the columns of the window. A text depends on nothing but its shape, so it is true for good.
    """

    def __init__(self) -> None:
        self._texts: dict[Shape, str] = {}

    def text(self, connection: duckdb.DuckDBPyConnection, window: str, shape: Shape, steps: Sequence[Step]) -> str:
        """Return the text of what steps make of the rows that a query finds, which it calls by the stand-in's name."""
        if shape not in self._texts:
            if len(self._texts) >= KEPT:
                self._texts.clear()
            self._texts[shape] = self._made(connection, window, steps)
        return self._texts[shape]

    @staticmethod
    def _made(connection: duckdb.DuckDBPyConnection, window: str, steps: Sequence[Step]) -> str:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {STAND_IN} AS {window} LIMIT 0")
        frame: Frame = nw.from_native(connection.table(STAND_IN))
        for step in steps:
            frame = step(frame)
        return str(frame.to_native().sql_query()).replace(f"main.{STAND_IN}", STAND_IN)


class Results:
    """Remembers what queries found in rows that stay as they are: people ask the same, and digests tell the same.

    Args:
        kept: how many rows of results.
    """

    def __init__(self, kept: int = ROWS_KEPT) -> None:
        self._kept, self._size = kept, 0
        self._found: dict[str, tuple[Sequence[str], Sequence[tuple[Any, ...]]]] = {}

    def rows(self, connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[Row]:
        """Yield the rows that a query finds, each a new dictionary."""
        names, rows = self._found.get(query) or self._read(connection, query)
        return (dict(zip(names, row, strict=True)) for row in rows)

    def _read(
        self, connection: duckdb.DuckDBPyConnection, query: str
    ) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
        done = connection.execute(query)
        found = [name for name, *_ in done.description or ()], done.fetchall()
        size = len(found[1]) + 1
        if self._size + size > self._kept:
            self._found, self._size = {}, 0
        if size <= self._kept:
            self._found[query] = found
            self._size += size
        return found


class Query:
    """Rows that a query finds, and what steps make of them.

    Args:
        connection: what reads.
        texts: the texts that are remembered for it.
        results: what is remembered of the rows that it reads.
        window: the query.
        shape: what tells its columns apart from those of other queries, and then one step from another.
        steps: what is made of the rows.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        texts: Texts,
        results: Results,
        window: str,
        shape: Shape,
        *,
        steps: tuple[Step, ...] = (),
    ) -> None:
        self._connection, self._texts, self._results, self._window = connection, texts, results, window
        self._shape, self._steps = shape, steps

    @property
    def frame(self) -> Frame:
        """The rows as a frame over DuckDB."""
        frame: Frame = nw.from_native(self._connection.sql(f"{self._with} {self._text}"))
        return frame

    def then(self, shape: Hashable, step: Step) -> Self:
        """Return what a step makes of the rows."""
        shapes, steps = (*self._shape, shape), (*self._steps, step)
        return type(self)(self._connection, self._texts, self._results, self._window, shapes, steps=steps)

    def collected(self) -> list[Row]:
        """Return the rows as plain Python values."""
        return self._read(self._text)

    def median_bounds(self, keys: Sequence[str], column: str, sizes: Mapping[Group, int]) -> dict[Group, Interval]:
        """Return the order-statistic interval of each group's median, given how many values each has."""
        ranks = {size: pair for size in set(sizes.values()) if (pair := median_ranks(size))}
        if not ranks:
            return {}
        if not keys:
            ((size, bounding),) = ranks.items()
            # The value at rank r is the first that at least r values don't exceed: half a row less makes it certain.
            # It is found without putting all values in order.
            shares = ", ".join(f"{(rank - 0.5) / size!r}::DOUBLE" for rank in bounding)
            (row,) = self._read(f"SELECT quantile_disc({quoted(column)}, [{shares}]) AS bounds FROM ({self._text})")
            return {(): (row["bounds"][0], row["bounds"][1])}
        named = ", ".join(map(quoted, keys))
        found = self._read(
            f"SELECT {named}, ordered[low] AS low, ordered[high] AS high FROM ("
            f"SELECT {named}, list_sort(list({quoted(column)})) AS ordered FROM ({self._text}) "
            f"WHERE {quoted(column)} IS NOT NULL GROUP BY {named}) "
            f"JOIN (VALUES {', '.join(f'({size}, {low}, {high})' for size, (low, high) in ranks.items())}) "
            "AS ranks(size, low, high) ON len(ordered) = size"
        )
        return {tuple(row[key] for key in keys): (row["low"], row["high"]) for row in found}

    @property
    def _text(self) -> str:
        return self._texts.text(self._connection, self._window, self._shape, self._steps)

    @property
    def _with(self) -> str:
        return f"WITH {STAND_IN} AS ({self._window})"

    def _read(self, text: str) -> list[Row]:
        return plain(self._results.rows(self._connection, f"{self._with} {text}"))
