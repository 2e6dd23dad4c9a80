"""A breakdown, a trend, or the parts of a figure as rows of words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.render.figures import Figures
from bot.render.parts import Parts
from bot.text import Text
from bot.text import one_line as text_line
from kpi.catalogue import CATALOGUE
from kpi.period import Grain, Period
from kpi.question import Answer, Figure, Group, Sample, Unit

GROUPS_SHOWN = 20
BUCKETS_SHOWN = 60
LABEL_SHOWN = 60
CROSSED_AT_MOST = 6
"""So many columns of a second dimension people still read across."""
SMALL_SAMPLE_MARK, UNRELIABLE_MARK = "*", "~"
NO_INTERVAL = "–"
DATED = "created"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A breakdown or a trend: `rows` as people read them, `numbers` the value of each row, for sorting.

    `notes` say how much is shown when that is not all, and what the marks in the rows mean. `value_column` is where
    the words of the numbers stand.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[float | None, ...]
    notes: tuple[str, ...]
    value_column: int = 1


def sentence(words: str) -> str:
    """Return words with a capital at the beginning."""
    return words[:1].upper() + words[1:]


def one_line(label: str) -> str:
    """Return a name that came from the helpdesk on one line, ended by an ellipsis where it is too long."""
    return text_line(label, LABEL_SHOWN)


@dataclass(frozen=True, slots=True)
class _Row:
    labels: tuple[str, ...]
    figure: Figure
    group: Group | None = None


_Column = tuple[str, Callable[[_Row], str]]
"""A heading, and what stands below it for a row."""


def tables(answer: Answer, text: Text) -> tuple[Table, ...]:
    """Return the parts of the figure, the breakdown, then the trend: those that there are."""
    return _Tables(answer, text).tables()


class _Tables:
    def __init__(self, answer: Answer, text: Text) -> None:
        self.answer, self.text = answer, text
        self.figures, self.parts = Figures(answer, text), Parts(answer, text)
        self.name = text(f"kpi.{self.parts.repeated or answer.question.kpi}.name")

    def tables(self) -> tuple[Table, ...]:
        figure, found = self.answer.figure, []
        if figure is not None and self.parts.in_table(figure):
            found.append(self._of_parts(figure))
        if self.answer.groups:
            found.append(self._crossed() or self._breakdown())
        if self.answer.buckets:
            rows = [_Row((self.text.bucket(bucket.period),), bucket.figure) for bucket in self.answer.buckets]
            heading = sentence(self.text(f"grain.{self.answer.question.per}"))
            found.append(self._table((heading,), rows, rows[-BUCKETS_SHOWN:]))
        return tuple(found)

    # --- Parts -----------------------------------------------------------------------------------------------------

    def _of_parts(self, figure: Figure) -> Table:
        """Return the parts below each other; what they are made of themselves stands beside."""
        parts = self.parts.of(figure)
        inner = list(dict.fromkeys(name for part in parts.values() for name in part.parts))
        rows = []
        for name, part in parts.items():
            cells = [self._marked(self.parts.short(name, part), part)]
            if inner:
                cells += [self._inner(name, part.parts.get(each)) for each in inner]
            else:
                cells.append(self.parts.based_on(name, part))
            rows.append((self.parts.label(name), *cells))
        more = [self.parts.label(each) for each in inner] or [self.text("column.n")]
        value = self.text("column.attained") if inner else self.text("column.figure")
        counts = all(part.value == part.n for part in parts.values()) and not inner
        heading = "column.kpi" if all(name in CATALOGUE for name in parts) else "column.part"
        header = (self.text(heading), value, *more)
        return Table(
            header=header[:2] if counts else header,
            rows=tuple(row[:2] if counts else tuple(row) for row in rows),
            numbers=(None,) * len(rows),
            notes=self._marks(rows),
        )

    def _inner(self, name: str, part: Figure | None) -> str:
        return NO_INTERVAL if part is None else self.parts.saying("", part, inside=name).short(part)

    # --- Breakdown and trend ---------------------------------------------------------------------------------------

    def _breakdown(self) -> Table:
        rows = [_Row(self._labels(group), group.figure, group) for group in self.answer.groups]
        return self._table(self._dimensions(), rows, rows[:GROUPS_SHOWN])

    def _dimensions(self) -> tuple[str, ...]:
        return tuple(sentence(self.text(f"dimension.{key}")) for key in self.answer.by)

    def _table(self, headings: tuple[str, ...], rows: Sequence[_Row], shown: Sequence[_Row]) -> Table:
        columns = self._columns(rows)
        cells = tuple((*row.labels, *(cell(row) for _, cell in columns)) for row in shown)
        brackets = [self.text("answer.in_brackets")] if any(map(self._has_counted_parts, shown)) else []
        return Table(
            header=(*headings, *(heading for heading, _ in columns)),
            rows=cells,
            numbers=tuple(row.figure.value for row in shown),
            notes=(*self._cut(len(shown), len(rows)), *brackets, *self._marks(cells, len(headings))),
            value_column=len(headings),
        )

    def _columns(self, rows: Sequence[_Row]) -> list[_Column]:
        """Return what is told of each row: the figure, its parts, else how sure it is, and how it stands."""
        parts = {} if self._is_dated() else self._parts_of(rows)
        columns = self._figure_columns([row.figure for row in rows], brief=bool(parts))
        columns += [(self.parts.label(name), self._part_cell(name)) for name in parts]
        if any(row.group is not None and row.group.target is not None for row in rows):
            columns += [
                (self.text("column.target"), lambda row: self._target(row.group)),
                (self.text("column.standing"), lambda row: self._standing(row.group)),
            ]
        return columns

    def _figure_columns(self, figures: Sequence[Figure], *, brief: bool) -> list[_Column]:
        text, said = self.text, self.figures
        value: _Column = (self.name, lambda row: self._marked(said.short(row.figure), row.figure))
        rests_on: _Column = (text(f"column.{said.things}"), lambda row: said.based_on(row.figure))
        if self.answer.unit in {Unit.COUNT, Unit.MONEY}:
            return [value]
        if self.answer.unit is Unit.SECONDS:
            value = (self.name if self.answer.is_mean else text("column.median"), value[1])
        if brief:
            return [value, rests_on] if said.has_rows else [value]
        if any(figure.median is not None for figure in figures):
            other = ("column.median", "median") if self.answer.is_mean else ("column.mean", "mean")
            beside: _Column = (text(other[0]), lambda row: self._beside(row.figure, getattr(row.figure, other[1])))
            return [value, (text("column.p90"), self._p90), beside, (text("column.n"), rests_on[1])]
        return [value, rests_on, (text("column.interval"), lambda row: said.interval(row.figure) or NO_INTERVAL)]

    def _p90(self, row: _Row) -> str:
        said = self._beside(row.figure, row.figure.p90)
        unreliable = said != NO_INTERVAL and row.figure.p90 is not None and not row.figure.p90_reliable
        return said + UNRELIABLE_MARK if unreliable else said

    def _beside(self, figure: Figure, value: float | None) -> str:
        return NO_INTERVAL if figure.sample is Sample.COUNTS_ONLY else self.figures.beside(value)

    def _parts_of(self, rows: Sequence[_Row]) -> Mapping[str, None]:
        return dict.fromkeys(name for row in rows for name in self.parts.of(row.figure))

    def _part_cell(self, name: str) -> Callable[[_Row], str]:
        def cell(row: _Row) -> str:
            part = row.figure.parts.get(name)
            if part is None:
                return NO_INTERVAL
            return self._marked(self.parts.short(name, part, counted=part.n != row.figure.n), part)

        return cell

    def _has_counted_parts(self, row: _Row) -> bool:
        """Tell whether a row has parts that rest on more or fewer rows than its figure, which stands in brackets."""
        parts = {} if self._is_dated() else self.parts.of(row.figure)
        return any(self.parts.is_counted(name, part) and part.n != row.figure.n for name, part in parts.items())

    def _is_dated(self) -> bool:
        return DATED in self.answer.by

    # --- Two dimensions --------------------------------------------------------------------------------------------

    def _crossed(self) -> Table | None:
        """Return the second dimension across, each cell with what it rests on; None where that would be too wide."""
        groups = self.answer.groups
        if len(self.answer.by) != 2 or self._is_dated():  # noqa: PLR2004  # a table has two
            return None
        labelled = {self._labels(group): group.figure for group in groups}
        down, across = (_by_size(labelled, place) for place in (0, 1))
        if len(across) > CROSSED_AT_MOST or any(self.parts.of(group.figure) for group in groups):
            return None
        shown = down[:GROUPS_SHOWN]
        rows = tuple((first, *(self._cell(labelled.get((first, second))) for second in across)) for first in shown)
        counted = self.answer.unit is not Unit.COUNT
        notes = [self.text("answer.in_brackets")] if counted else []
        return Table(
            header=(" \\ ".join(self._dimensions()), *across),
            rows=rows,
            numbers=(None,) * len(rows),
            notes=(*self._cut(len(shown), len(down)), *notes, *self._marks(rows)),
        )

    def _cell(self, figure: Figure | None) -> str:
        if figure is None:
            return NO_INTERVAL
        said = self._marked(self.figures.short(figure), figure)
        bare = self.answer.unit is Unit.COUNT or figure.sample in {Sample.NOTHING, Sample.COUNTS_ONLY}
        return said if bare else f"{said} ({self.text.number(figure.n)})"

    # --- Words -----------------------------------------------------------------------------------------------------

    def _labels(self, group: Group) -> tuple[str, ...]:
        labelled = zip(self.answer.by, group.labels, group.keys, strict=True)
        return tuple(self._label(kind, label, key) for kind, label, key in labelled)

    def _label(self, kind: str, label: str | None, key: str | None) -> str:
        if kind == DATED and key:
            return self.text.bucket(
                Period.of(date.fromisoformat(f"{key}-01"), Grain.MONTH, self.answer.question.period.zone)
            )
        return one_line(label or key or "") or self.text("answer.no_value")

    def _target(self, group: Group | None) -> str:
        return NO_INTERVAL if group is None or group.target is None else self.figures.target(group.target)

    def _standing(self, group: Group | None) -> str:
        standing = None if group is None else self.answer.standing_of(group)
        return NO_INTERVAL if standing is None else self.text(f"standing.{standing}")

    def _marked(self, said: str, figure: Figure) -> str:
        """Return words that carry a mark where they rest on little, which a note explains."""
        return said + SMALL_SAMPLE_MARK if figure.sample is Sample.SMALL else said

    def _cut(self, shown: int, total: int) -> tuple[str, ...]:
        if shown == total:
            return ()
        return (self.text("answer.cut", shown=self.text.number(shown), total=self.text.number(total)),)

    def _marks(self, rows: Sequence[Sequence[str]], labels: int = 1) -> tuple[str, ...]:
        cells = "".join(cell for row in rows for cell in row[labels:])
        found = []
        if SMALL_SAMPLE_MARK in cells:
            found.append(self.text("answer.small_sample_mark", mark=SMALL_SAMPLE_MARK))
        if UNRELIABLE_MARK in cells:
            found.append(self.text("answer.unreliable_mark", mark=UNRELIABLE_MARK))
        return tuple(found)


def _by_size(labelled: Mapping[tuple[str, ...], Figure], place: int) -> list[str]:
    """Return the labels of a dimension, those with the most rows first."""
    sizes: dict[str, int] = {}
    for labels, figure in labelled.items():
        sizes[labels[place]] = sizes.get(labels[place], 0) + figure.n
    return sorted(sizes, key=lambda label: -sizes[label])
