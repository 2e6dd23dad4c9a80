"""A row's cells ─▶ its values, or everything that is wrong with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from bot.event_rows import storable
from bot.importing import numbers
from bot.importing.columns import Column, Kind, Need, Type, Values
from bot.importing.header import Header
from bot.importing.mapping import Mapping
from bot.importing.survey import Format
from bot.importing.words import EMPTY, EMPTY_TEXT, meaning, same
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

_REMEMBERED = frozenset(Type) - {Type.TEXT, Type.TAGS, Type.MOMENT}
"""What a column has few different cells of. Texts can be long, and unclear instants are counted every time."""
_CELLS = 4096
"""How many cells of a column are remembered with what they hold."""


class RowReader:
    """Reads the rows of one file."""

    def __init__(self, kind: Kind, header: Header, mapping: Mapping, layout: Format) -> None:
        self._kind, self._mapping, self._layout = kind, mapping, layout
        self._width = len(header.titles)
        self._cells = [
            (bound.index, bound.column.name, self._reader(bound.column), bound.title)
            for bound in header.bound
            if bound.index is not None
        ]
        self._constants = {
            bound.column.name: self._converter(bound.column)(mapping.constants[bound.column.name])
            for bound in header.bound
            if bound.index is None
        }
        self._amounts = [bound.column.name for bound in header.bound if bound.column.type is Type.AMOUNT]
        self._identity = [(index, f"{same(header.titles[index])}\x1f") for index in header.identity]
        self._titles = {bound.column.name: bound.title for bound in header.bound}

    def read(self, cells: Sequence[str]) -> Values:
        """Return the values of a row; raises RowRejectedError."""
        faults: list[Fault] = []
        missing = self._width - len(cells)
        if missing > 0:
            cells = [*cells, *[""] * missing]
        elif missing < 0 and any(cell.strip() for cell in cells[self._width :]):
            faults.append(Fault(None, FileError("row_too_wide", n=len(cells), columns=self._width)))
        values = dict(self._constants)
        for index, name, read, title in self._cells:
            try:
                values[name] = read(cells[index])
            except FileError as error:
                faults.append(Fault(title, _shortened(error)))
        if faults:
            raise RowRejectedError(faults)
        for name in self._amounts:
            if values[name] is not None:
                values[name], currency = values[name]
                values["currency"] = values.get("currency") or currency
        return self._completed(values)

    def key(self, cells: Sequence[str]) -> bytes:
        """Return a digest of what makes a row what it is."""
        width = len(cells)
        told = [
            f"{title}{cell}\x1e" for index, title in self._identity if index < width and (cell := cells[index].strip())
        ]
        return blake2b("".join(told).encode("utf-8", "replace"), digest_size=16).digest()

    def _reader(self, column: Column) -> Convert:
        """Return what reads the cells of a column; it raises FileError."""
        convert, meaning_of = self._converter(column), self._mapping.meaning if self._mapping.values else None
        empty = EMPTY_TEXT if column.type in {Type.TEXT, Type.TAGS} else EMPTY
        needed = column.need is Need.CELL

        def read(cell: str) -> Any:  # noqa: ANN401  # what the column holds
            cell = cell.strip()
            if meaning_of is not None:
                meant = meaning_of(column.name, cell)
                cell = cell if meant is None else meant
            value = None if cell.casefold() in empty else convert(cell)
            if value is None and needed:
                raise FileError("cell_empty")
            return value

        return lru_cache(_CELLS)(read) if column.type in _REMEMBERED else read

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
