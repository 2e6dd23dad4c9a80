"""The first row of a file: which column is which field."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.importing.columns import Column, Kind, Need
from bot.importing.mapping import Mapping, OfColumn
from bot.importing.words import same
from kpi.errors import FileError


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A field and where its cells are; without an index every row has the mapping's constant."""

    column: Column
    index: int | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the first row tells.

    Attributes:
        titles: as they stand in the file.
        bound: the fields that were recognised.
        unknown: titles that nothing reads.
        identity: the columns that make a row what it is, for rows without an identifier.
        reason: where an earlier import wrote why it rejected a row.
        others: where the columns are that activities of the mapping name.
    """

    titles: tuple[str, ...]
    bound: tuple[Bound, ...]
    unknown: tuple[str, ...]
    identity: tuple[int, ...]
    reason: int | None
    others: dict[str, int]

    def find(self, name: str) -> Bound | None:
        """Return a field by its name."""
        return next((bound for bound in self.bound if bound.column.name == name), None)


def recognise(kind: Kind, cells: Sequence[str], mapping: Mapping, reasons: Collection[str], language: str) -> Header:
    """Return what the first row tells.

    Args:
        kind: of the file.
        cells: of the first row.
        mapping: what it says goes before what titles are usually called.
        reasons: what the column of reasons is called, in any language.
        language: in which columns are called when some are missing.

    Raises FileError: `columns_missing`, `column_twice`, `mapping_column_missing`.
    """
    titles = tuple(cell.strip().removeprefix("\ufeff") for cell in cells)
    reason = next((i for i, title in enumerate(titles) if same(title) in {same(word) for word in reasons}), None)
    ignored = {i for i, title in enumerate(titles) if same(title) in {same(word) for word in mapping.ignore}}
    ignored |= set() if reason is None else {reason}
    free = [i for i in range(len(titles)) if i not in ignored and titles[i]]
    bound = tuple(_bound(kind, titles, free, mapping))
    _refuse_missing(kind, bound, [titles[i] for i in free], language)
    columns = [value.column for activity in mapping.activities.values() for value in activity.changes().values()
               if isinstance(value, OfColumn)]  # fmt: skip
    others = {name: _position(titles, name) for name in columns}
    identity = [_position(titles, name) for name in mapping.identity] if mapping.identity else free
    used = {one.index for one in bound} | set(others.values())
    return Header(
        titles=titles,
        bound=bound,
        unknown=tuple(titles[i] for i in free if i not in used),
        identity=tuple(sorted(identity, key=lambda i: (same(titles[i]), i))),
        reason=reason,
        others=others,
    )


def _bound(kind: Kind, titles: Sequence[str], free: Sequence[int], mapping: Mapping) -> list[Bound]:
    named = {name: _position(titles, title) for name, title in mapping.columns.items()}
    for name, usual in mapping.titles.items():
        there = [title for title in usual if any(same(titles[i]) == same(title) for i in free)]
        if there and name not in named:
            named[name] = _position(titles, there[0])
    left = [i for i in free if i not in named.values()]
    found = []
    for column in kind.columns:
        index = named.get(column.name)
        if index is None and column.name not in mapping.constants:
            index = _recognised(column, titles, left)
        if index is not None:
            found.append(Bound(column=column, index=index, title=titles[index]))
        elif column.name in mapping.constants:
            found.append(Bound(column=column, index=None, title=column.name))
    return found


def _recognised(column: Column, titles: Sequence[str], free: Sequence[int]) -> int | None:
    """Return where a column is: under its own name, else under another that is usual; raises FileError for two."""
    own = {same(column.name), same(column.french)}
    exact = [i for i in free if same(titles[i]) in own]
    found = exact or [i for i in free if column.is_called(titles[i])]
    if len(found) > 1:
        raise FileError("column_twice", column=column.name, found=[titles[i] for i in found])
    return found[0] if found else None


def _position(titles: Sequence[str], title: str) -> int:
    found = [i for i, other in enumerate(titles) if same(other) == same(title)]
    if not found:
        raise FileError("mapping_column_missing", column=title, found=list(titles))
    if len(found) > 1:
        raise FileError("column_twice", column=title, found=[titles[i] for i in found])
    return found[0]


def _refuse_missing(kind: Kind, bound: Sequence[Bound], found: Sequence[str], language: str) -> None:
    there = {one.column.name for one in bound}
    missing = [
        column.header(language)
        for column in kind.columns
        if column.need is not Need.NONE and column.name not in there and column.instead not in there
    ]
    if missing:
        raise FileError("columns_missing", kind=kind.key, missing=missing, found=list(found))
