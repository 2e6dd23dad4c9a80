"""The file of rejected rows: as they were, with a column that says why, so that it can be mended and imported."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from bot.importing.header import Header
from bot.importing.rows import Fault
from kpi.errors import KpiError


class RejectedRows:
    """Collects rejected rows in a file that is made with the first of them.

    Args:
        path: of the file; None counts only.
        header: of the imported file.
        encoding, separator: the imported file's, so that the same command reads it.
        title: of the column of reasons.
        explain: returns the reason in the reader's language.
        keep: how many are kept to be shown.
    """

    def __init__(
        self,
        path: Path | None,
        header: Header,
        *,
        encoding: str,
        separator: str,
        title: str,
        explain: Callable[[Fault], str],
        keep: int = 20,
    ) -> None:
        self.count = 0
        self.shown: list[tuple[int, str]] = []
        self.path, self._header, self._keep = path, header, keep
        self._encoding = "utf-8-sig" if encoding == "utf-8" else encoding
        self._separator, self._title, self._explain = separator, title, explain
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, line: int, cells: Sequence[str], faults: Sequence[Fault]) -> None:
        """Take a row that starts on a line of the file."""
        self.count += 1
        reasons = [self._explain(fault) for fault in faults]
        if len(self.shown) < self._keep:
            self.shown.append((line, " ".join(reasons)))
        if self.path is not None:
            self._write([*self._without_reason(cells), " ".join(reasons)])

    def _without_reason(self, cells: Sequence[str]) -> list[str]:
        padded = [*cells, *[""] * (len(self._header.titles) - len(cells))]
        return [cell for i, cell in enumerate(padded) if i != self._header.reason]

    def _write(self, cells: Sequence[str]) -> None:
        if self._file is None:
            self._file = self._open()
            self._row([*self._without_reason(self._header.titles), self._title])
        self._row(cells)

    def _row(self, cells: Sequence[str]) -> None:
        assert self._file is not None  # noqa: S101  # opened by the only caller
        csv.writer(self._file, delimiter=self._separator).writerow(cells)

    def _open(self) -> TextIO:
        assert self.path is not None  # noqa: S101  # asked by the only caller
        try:
            # A reason may have letters that the file's encoding lacks; the cells come from it.
            return self.path.open("w", encoding=self._encoding, errors="replace", newline="")
        except OSError as error:
            raise KpiError("file_unwritable", path=str(self.path), reason=error.strerror or str(error)) from error
