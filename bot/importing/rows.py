"""A row's cells ─▶ its values, or everything that is wrong with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from bot.importing import numbers
from bot.importing.columns import Column, Kind, Need, Type, Values
from bot.importing.header import Bound, Header
from bot.importing.mapping import Mapping
from bot.importing.survey import Format
from bot.importing.words import EMPTY, EMPTY_TEXT, meaning, same
from bot.storage import storable
from kpi.errors import FileError

_SHOWN = 60
"""How much of a cell a reason repeats."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a row; `column` is the title of a column where it is one cell's fault."""

    column: str | None
    error: FileError


class RowRejectedError(Exception):
    """A row that can't be stored; all that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)


Convert = Callable[[str], Any]


class RowReader:
    """Reads the rows of one file."""

    def __init__(self, kind: Kind, header: Header, mapping: Mapping, layout: Format) -> None:
        self._kind, self._mapping, self._layout = kind, mapping, layout
        self._width = len(header.titles)
        self._cells = [(bound, self._converter(bound.column)) for bound in header.bound if bound.index is not None]
        constants = [bound for bound in header.bound if bound.index is None]
        self._constants = {
            bound.column.name: self._converter(bound.column)(mapping.constants[bound.column.name])
            for bound in constants
        }
        self._identity = [(index, same(header.titles[index])) for index in header.identity]
        self._titles = {bound.column.name: bound.title for bound in header.bound}

    def read(self, cells: Sequence[str]) -> Values:
        """Return the values of a row; raises RowRejectedError."""
        faults: list[Fault] = []
        if any(cell.strip() for cell in cells[self._width :]):
            faults.append(Fault(None, FileError("row_too_wide", n=len(cells), columns=self._width)))
        values = dict(self._constants)
        for bound, convert in self._cells:
            index: int = bound.index  # type: ignore[assignment]  # those without one are constants
            cell = cells[index].strip() if index < len(cells) else ""
            try:
                value = self._value(bound, cell, convert)
            except FileError as error:
                faults.append(Fault(bound.title, _shortened(error)))
                continue
            if value is not None or bound.column.name not in values:
                self._put(values, bound.column, value)
        if faults:
            raise RowRejectedError(faults)
        return self._completed(values)

    def key(self, cells: Sequence[str]) -> bytes:
        """Return a digest of what makes a row what it is."""
        digest = blake2b(digest_size=16)
        for index, title in self._identity:
            cell = cells[index].strip() if index < len(cells) else ""
            if cell:
                digest.update(f"{title}\x1f{cell}\x1e".encode("utf-8", "replace"))
        return digest.digest()

    def _value(self, bound: Bound, cell: str, convert: Convert) -> Any:  # noqa: ANN401  # what the column holds
        column = bound.column
        meant = self._mapping.meaning(column.name, cell) if self._mapping.values else None
        if meant is not None:
            cell = meant
        empty = EMPTY_TEXT if column.type in {Type.TEXT, Type.TAGS} else EMPTY
        value = None if cell.casefold() in empty else convert(cell)
        if value is None and column.need is Need.CELL and column.name not in self._constants:
            raise FileError("cell_empty")
        return value

    def _put(self, values: Values, column: Column, value: Any) -> None:  # noqa: ANN401  # as above
        if column.type is Type.AMOUNT and value is not None:
            values[column.name], currency = value
            if currency is not None and values.get("currency") is None:
                values["currency"] = currency
        elif not (column.name == "currency" and value is None and values.get("currency")):
            values[column.name] = value

    def _completed(self, values: Values) -> Values:
        for name, value in self._kind.defaults.items():
            if values.get(name) is None:
                values[name] = value
        try:
            return self._kind.complete(values)
        except FileError as error:
            named = {
                name: self._titles.get(str(value), value) if name in {"column", "other"} else value
                for name, value in error.values.items()
            }
            raise RowRejectedError([Fault(None, FileError(error.key, **named))]) from error

    def _converter(self, column: Column) -> Convert:
        name, mark = column.name, self._layout.mark
        unit = self._mapping.units.get(name)
        moments = self._layout.moments.get(name)
        convert: dict[Type, Convert] = {
            Type.TEXT: storable,
            Type.DURATION: lambda cell: numbers.duration(cell, mark, unit),
            Type.NUMBER: lambda cell: numbers.number(cell, mark),
            Type.COUNT: lambda cell: numbers.count(cell, mark),
            Type.AMOUNT: lambda cell: numbers.amount(cell, mark),
            Type.FLAG: lambda cell: int(meaning("flag", cell)),
            Type.WORD: lambda cell: meaning(column.words, cell),
            Type.TAGS: _tags,
        }
        if moments is not None:
            convert |= {Type.MOMENT: moments.instant, Type.DAY: moments.day, Type.MONTH: moments.month}
        return convert[column.type]


def _tags(cell: str) -> list[str]:
    for separator in ("|", ";", ","):
        if separator in cell:
            return sorted({tag for part in cell.split(separator) if (tag := storable(part).strip().replace("|", "/"))})
    return [storable(cell)]


def _shortened(error: FileError) -> FileError:
    """Return a fault that doesn't repeat a whole text."""
    cell = error.values.get("cell")
    if not isinstance(cell, str) or len(cell) <= _SHOWN:
        return error
    return FileError(error.key, **{**error.values, "cell": f"{cell[:_SHOWN]}…"})
