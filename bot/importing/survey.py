"""The first pass over a file: what no single cell tells, day before month and which decimal mark."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.importing.columns import Type
from bot.importing.header import Header
from bot.importing.mapping import Mapping
from bot.importing.moments import Moments, Order, order_of
from bot.importing.numbers import Mark, mark_of
from bot.importing.source import Line
from kpi.errors import FileError

DATED = (Type.MOMENT, Type.DAY, Type.MONTH)
NUMERIC = (Type.NUMBER, Type.AMOUNT, Type.DURATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the person asked for or an earlier import of the same source found; None to recognise it.

    Attributes:
        zone: where times without a zone are local.
        order: of day and month, as given; it goes before what cells show.
        remembered: the order of an earlier import, for a file that doesn't show it.
        mark: the decimal mark, as given.
    """

    zone: str
    order: Order | None = None
    remembered: Order | None = None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How the cells of a file are read."""

    mark: Mark
    moments: dict[str, Moments]
    order: Order | None

    @property
    def unclear(self) -> int:
        """How many local times stand twice or not at all on the clock."""
        return sum(moments.unclear for moments in self.moments.values())


@dataclass(kw_only=True)
class _Shown:
    """What the cells of one column show, with a cell for each as an example."""

    title: str
    seen: dict[str, str] = field(default_factory=dict)

    def note(self, what: str | None, cell: str) -> None:
        if what is not None and what not in self.seen:
            self.seen[what] = cell


def survey(rows: Iterable[Line], header: Header, mapping: Mapping, wanted: Wanted, separator: str) -> Format:
    """Return how the cells are read; raises FileError where the whole file doesn't tell."""
    dates = [bound for bound in header.bound if bound.column.type in DATED]
    orders = {bound.column.name: _Shown(title=bound.title) for bound in dates}
    marks = _Shown(title="")
    watched: list[tuple[int, Callable[[str], str | None], _Shown]] = []
    for bound in header.bound:
        if bound.index is None:
            continue
        if bound.column.type in DATED and mapping.date_format is None:
            watched.append((bound.index, order_of, orders[bound.column.name]))
        elif bound.column.type in NUMERIC:
            watched.append((bound.index, mark_of, marks))
    for _, cells in rows:
        width = len(cells)
        for index, look, shown in watched:
            if index < width and cells[index]:
                cell = cells[index].strip()
                shown.note(look(cell), cell)
    given = wanted.order or mapping.date_order
    decided = {name: _order(shown, orders.values(), given, wanted.remembered) for name, shown in orders.items()}
    return Format(
        mark=_mark(marks, wanted.mark or mapping.decimal, separator),  # type: ignore[arg-type]  # one of the two
        moments={name: Moments(wanted.zone, order, mapping.date_format) for name, order in decided.items()},
        order=next((order for order in decided.values() if order is not None), None),
    )


def _order(shown: _Shown, all_shown: Iterable[_Shown], given: Order | None, remembered: Order | None) -> Order | None:
    """Return the order of a column's dates: as given, else as it shows, else as all others show, else as last time."""
    if given is not None:
        return given
    own = _evident(shown)
    if len(own) > 1:
        raise FileError("date_order_mixed", column=shown.title, cells=[shown.seen[order] for order in own])
    if own:
        return own[0]
    others = {order for other in all_shown for order in _evident(other)}
    if len(others) == 1:
        return others.pop()
    if "either" in shown.seen and remembered is None:
        raise FileError("date_order_unclear", column=shown.title, cell=shown.seen["either"])
    return remembered


def _evident(shown: _Shown) -> list[Order]:
    return [order for order in ("dmy", "mdy", "ymd") if order in shown.seen]


def _mark(shown: _Shown, given: Mark | None, separator: str) -> Mark:
    """Return the decimal mark of cells such as 1,234: as given, else as all others show, else the semicolon's."""
    if given is not None:
        return given
    evident: list[Mark] = [mark for mark in (",", ".") if mark in shown.seen]
    if len(evident) == 1:
        return evident[0]
    if separator == ";":  # what Excel separates with where the comma is the decimal mark
        return ","
    if "either" in shown.seen:
        raise FileError("decimal_unclear", cell=shown.seen["either"])
    return "."
