"""A sheet of an XLSX workbook, row by row; needs the extra `xlsx`.

Of the kept libraries, openpyxl reads a sheet as a stream; python-calamine is faster and holds the whole sheet.
"""

import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bot.importing.source import Line
from kpi.errors import FileError, suggest

_GROUP = 3


class Workbook:
    """One sheet; cells become text that reads the same in any country."""

    encoding = "utf-8-sig"
    separator = ";"

    def __init__(self, path: Path, sheet: str | None) -> None:
        try:
            import openpyxl  # noqa: PLC0415  # the extra may not be installed
        except ModuleNotFoundError as error:
            raise FileError("xlsx_not_installed") from error
        self._load, self._path, self._done = openpyxl.load_workbook, path, 0
        names = self._open().sheetnames
        if sheet is not None and sheet not in names:
            raise FileError("no_such_sheet", word=sheet, sheets=names, suggestions=suggest(sheet, names, limit=1))
        self._sheet = sheet or names[0]
        self._total = self._open()[self._sheet].max_row or 0

    @property
    def described(self) -> str:
        """The sheet."""
        return f"XLSX, “{self._sheet}”"

    def _open(self) -> Any:  # noqa: ANN401  # the library has no type of its own for what it opens
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles
            try:
                return self._load(self._path, read_only=True, data_only=True)
            except (zipfile.BadZipFile, KeyError, ValueError) as error:
                raise FileError("file_unreadable", path=str(self._path), reason=str(error)) from error

    def rows(self) -> Iterator[Line]:
        """Yield the rows that hold anything."""
        book = self._open()
        sheet = book[self._sheet]
        sheet.reset_dimensions()  # programs write wrong ones
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about dates out of range, which come as text
            for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                self._done = number
                texts = [written(cell) for cell in cells]
                if any(texts):
                    yield number, texts
        book.close()

    def progress(self) -> tuple[int, int]:
        """Return the number of rows that were read, and of all."""
        return self._done, max(self._total, self._done)


def written(cell: object) -> str:  # noqa: PLR0911  # one line for each type
    """Return a cell as unmistakable text."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case datetime():
            return cell.replace(microsecond=0).isoformat()
        case date():
            return cell.isoformat()
        case time():
            return cell.strftime("%H:%M:%S")
        case timedelta():
            seconds = round(cell.total_seconds())
            return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case float():
            return _number(cell)
        case _:
            return str(cell).strip()


def _number(value: float) -> str:
    if value.is_integer():
        return str(int(value))
    text = repr(value)
    # Three decimals could as well be thousands.
    return f"{text}0" if len(text.partition(".")[2]) == _GROUP else text
