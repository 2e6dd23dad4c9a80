"""What was seen in a file so far, on disk instead of in memory: which row is the second of its like, which tickets."""

import sqlite3
from types import TracebackType
from typing import Self


class Seen:
    """Counts keys in an unnamed temporary file that ends with the process, however it ends."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("PRAGMA cache_size = -16384")  # kilobytes
        self._file.execute("CREATE TABLE seen (key BLOB PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID")
        self._file.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def again(self, key: bytes) -> int:
        """Return how often a key was seen before."""
        if self._file.execute("INSERT INTO seen VALUES (?, 0) ON CONFLICT DO NOTHING", (key,)).rowcount:
            return 0
        statement = "UPDATE seen SET times = times + 1 WHERE key = ? RETURNING times"
        return int(self._file.execute(statement, (key,)).fetchone()[0])

    def __len__(self) -> int:
        return int(self._file.execute("SELECT count(*) FROM seen").fetchone()[0])
