"""A file to import, as rows of cells: CSV in any usual encoding and separator, gzip, or a sheet of a workbook.

It is read twice, once to recognise what is in it and once to import it, and never held in memory.
"""

import codecs
import csv
import gzip
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, Protocol, cast

from kpi.errors import FileError

STANDARD_INPUT = Path("-")
SEPARATORS = (";", ",", "\t", "|")
SEPARATOR_WORDS = {"tab": "\t", "\\t": "\t", "semicolon": ";", "comma": ",", "pipe": "|"}

_SAMPLE = 65_536
_CHUNK = 1 << 20
_LONGEST_CELL = 1_000_000
"""A cell that is longer than any begins with a quotation mark that nothing closes."""
_END = "kpi-bot: end of file"
_EXCEL_SEPARATOR = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)

Line = tuple[int, list[str]]
"""The number of its first line in the file, and its cells."""


class Source(Protocol):
    """Rows that can be read several times.

    Attributes:
        encoding: what a file of its rejected rows is written in.
        separator: the same.
    """

    encoding: str
    separator: str

    @property
    def described(self) -> str:
        """What was recognised, for people."""
        ...

    def rows(self) -> Iterator[Line]:
        """Yield the rows that hold anything, the header first; raises FileError."""
        ...

    def progress(self) -> tuple[int, int]:
        """Return how much of the running reading is done, and of how much."""
        ...


def open_source(path: Path, *, encoding: str | None, separator: str | None, sheet: str | None) -> Source:
    """Return the rows of a file; `-` is standard input. What isn't given is recognised. Raises FileError."""
    path = _spooled() if path == STANDARD_INPUT else path
    try:
        with path.open("rb") as file:
            begins = file.read(8)
    except OSError as error:
        raise FileError("file_unreadable", path=str(path), reason=error.strerror or str(error)) from error
    if begins.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileError("file_is_xls", path=str(path))
    if begins.startswith(b"PK\x03\x04"):
        from bot.importing.workbook import Workbook  # noqa: PLC0415  # an extra of its own

        return Workbook(path, sheet)
    if not begins:
        raise FileError("file_empty", path=str(path))
    return CsvFile(path, encoding, separator)


def _spooled() -> Path:
    """Return a file with what comes on standard input: it has to be read twice. It goes with the process."""
    file = tempfile.NamedTemporaryFile(prefix="kpi-bot-import-", suffix=".csv")  # noqa: SIM115  # open until the end
    shutil.copyfileobj(sys.stdin.buffer, file)
    file.flush()
    _KEPT.append(file)
    return Path(file.name)


_KEPT: list[IO[bytes]] = []


@dataclass
class CsvFile:
    """A CSV file, as it is or gzipped."""

    path: Path
    encoding: str
    separator: str

    def __init__(self, path: Path, encoding: str | None, separator: str | None) -> None:
        self.path = path
        self._raw: IO[bytes] | None = None
        self.encoding = _checked(encoding) if encoding else self._recognised_encoding()
        given = SEPARATOR_WORDS.get((separator or "").casefold(), separator)
        if given is not None and len(given) != 1:
            raise FileError("separator_unknown", word=given)
        self._first_line_is_for_excel = False
        self.separator = given or self._recognised_separator()

    @property
    def described(self) -> str:
        """The encoding and the separator."""
        shown = {"\t": "tab"}.get(self.separator, self.separator)
        return f"{self.encoding.removesuffix('-sig').upper()}, “{shown}”"

    def rows(self) -> Iterator[Line]:
        """Yield the rows that hold anything."""
        with closing(self._open()) as file:
            text = io.TextIOWrapper(file, encoding=self.encoding, newline="")
            try:
                yield from self._parsed(text)
            except UnicodeError as error:
                raise FileError("file_not_in_encoding", path=str(self.path), encoding=self.encoding) from error
            except (EOFError, gzip.BadGzipFile) as error:
                raise FileError("file_unreadable", path=str(self.path), reason=str(error)) from error

    def _parsed(self, text: io.TextIOWrapper) -> Iterator[Line]:
        skipped = 0
        if self._first_line_is_for_excel:
            text.readline()
            skipped = 1
        before = csv.field_size_limit(_LONGEST_CELL)
        reader = csv.reader(chain(text, [_END]), delimiter=self.separator)
        line = 0
        try:
            for cells in reader:
                line, next_line = reader.line_num, line + 1
                if cells and cells[-1].endswith(_END):
                    if cells != [_END]:
                        raise FileError("quote_not_closed", path=str(self.path), line=next_line + skipped)
                    return
                if any(map(str.strip, cells)):
                    yield next_line + skipped, cells
        except csv.Error as error:
            raise FileError("quote_not_closed", path=str(self.path), line=line + 1 + skipped) from error
        finally:
            csv.field_size_limit(before)

    def progress(self) -> tuple[int, int]:
        """Return the bytes of the file that were read, and all of them."""
        total = self.path.stat().st_size
        return (total, total) if self._raw is None or self._raw.closed else (self._raw.tell(), total)

    def _open(self) -> IO[bytes]:
        raw = self.path.open("rb")
        self._raw = raw
        if raw.peek(2)[:2] != b"\x1f\x8b":
            return raw
        unzipped = gzip.GzipFile(fileobj=raw)
        unzipped.myfileobj = raw  # type: ignore[assignment]  # closed with it, as a file that it opened
        return cast("IO[bytes]", unzipped)

    def _recognised_encoding(self) -> str:
        """Return the first encoding in which the whole file makes sense."""
        with closing(self._open()) as file:
            try:
                sample = file.read(_SAMPLE)
            except (EOFError, OSError) as error:
                raise FileError("file_unreadable", path=str(self.path), reason=str(error)) from error
        for mark, name in (
            (codecs.BOM_UTF8, "utf-8-sig"),
            (codecs.BOM_UTF16_LE, "utf-16"),
            (codecs.BOM_UTF16_BE, "utf-16"),
        ):
            if sample.startswith(mark):
                return name
        if b"\0" in sample[:512]:
            return "utf-16-le" if sample[1:2] == b"\0" else "utf-16-be"
        return next((name for name in ("utf-8", "cp1252") if self._is_in(name)), "latin-1")

    def _is_in(self, encoding: str) -> bool:
        decoder = codecs.getincrementaldecoder(encoding)()
        with closing(self._open()) as file:
            try:
                while chunk := file.read(_CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                return False
        return True

    def _recognised_separator(self) -> str:
        with closing(self._open()) as file:
            decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace")
            text = decoder.decode(file.read(_SAMPLE))
        if match := _EXCEL_SEPARATOR.match(text):
            self._first_line_is_for_excel = True
            return match[1]
        lines = text.splitlines(keepends=True)
        whole = lines[:-1] if len(text) >= _SAMPLE // 4 and len(lines) > 1 else lines
        return max(SEPARATORS, key=lambda separator: _fits(whole, separator))


def _fits(lines: list[str], separator: str) -> tuple[float, int]:
    """Return how well a separator makes columns: the share of rows as wide as the header, then that width."""
    widths = [len(row) for row in islice(csv.reader(lines, delimiter=separator), 100) if row]
    if not widths or widths[0] < 2:  # noqa: PLR2004  # one column is no separation
        return 0.0, 0
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]


def _checked(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise FileError("encoding_unknown", word=encoding) from error
    return "utf-8-sig" if name == "utf-8" else name  # with or without a mark
