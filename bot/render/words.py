"""What an answer says, in words, before any layout. Blocks and plain text lay out the same words."""

from dataclasses import dataclass

from bot.text import Text
from kpi.period import local_day, midnight
from kpi.question import Answer, Figure, Reading, Unit

COUNTS_ONLY_BELOW = 5
"""Fewer than this: "3 of 4" and no percentage (KPIS.md rule 7)."""
SMALL_SAMPLE_BELOW = 30
RELIABLE_P90_FROM = 45
SMALL_SAMPLE_MARK, UNRELIABLE_MARK = "*", "~"
NO_INTERVAL = "–"
GROUPS_SHOWN = 20
BUCKETS_SHOWN = 60

# What the rows of a KPI are; all others rest on tickets.
_RESTS_ON = {"reply_time": "replies", "csat": "ratings"}


LABEL_SHOWN = 60


def sentence(words: str) -> str:
    """Return words with a capital at the beginning."""
    return words[:1].upper() + words[1:]


def one_line(label: str) -> str:
    """Return a name that came from the helpdesk on one line, ended by an ellipsis where it is too long."""
    line = " ".join(label.split())
    return line if len(line) <= LABEL_SHOWN else line[: LABEL_SHOWN - 1] + "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A breakdown or a trend: `rows` as people read them, `numbers` the value of each row, for sorting."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[float | None, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an answer says: `title`, the number, what it means, what it rests on, and its footnotes."""

    title: str
    subtitle: str | None
    headline: str
    details: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    table: Table | None
    footnotes: tuple[str, ...]


class Wording:
    """Puts one answer into the words of one language."""

    def __init__(self, answer: Answer, text: Text) -> None:
        self.answer = answer
        self.text = text
        self.unit = answer.unit
        self.zone = answer.question.period.zone

    def words(self) -> Words:
        """Return everything the answer says."""
        table = self.table()
        return Words(
            title=self.title(),
            subtitle=self.subtitle(),
            headline=self.headline(),
            details=self.details(),
            fields=self.fields(),
            table=table,
            footnotes=(*self.cut(table), *self.marks(table), *self.footnotes()),
        )

    # --- The number ----------------------------------------------------------------------------------------------

    def title(self) -> str:
        """Return the KPI's name with the period's dates."""
        period = self.text.period(self.answer.question.period)
        if self.answer.question.period.is_running(self.answer.now):
            period = self.text("answer.so_far", period=period)
        return f"{self.text(f'kpi.{self.answer.question.kpi}.name')} · {period}"

    def subtitle(self) -> str | None:
        """Return the cohort reading and the filters; None for a plain question."""
        filters = self.answer.named_filters or self.answer.question.filters
        said = [self.text("reading.cohort")] if self.answer.question.reading is Reading.COHORT else []
        said += [
            self.text("answer.filter", dimension=self.text(f"dimension.{chosen.dimension}"), values=list(chosen.values))
            for chosen in filters
        ]
        return " · ".join(said) or None

    def headline(self) -> str:
        """Return the number, or why there is none."""
        if not self.answer.available or self.answer.figure is None:
            return self.text("answer.not_available", needs=self.text(f"needs.{self.answer.needs}"))
        return self.figure(self.answer.figure)

    def figure(self, figure: Figure) -> str:
        """Return a figure with what it rests on: `72.4% (42 of 58)`, `3 of 4`, `n/a (0 tickets)`."""
        if figure.value is None:
            return self.text("answer.nothing", rows=self.rows(figure.n))
        said = self.value(figure)
        if self.unit is Unit.COUNT:
            return said
        if self.unit is Unit.SECONDS:
            said = self.text("answer.median", value=said)
        elif figure.n >= COUNTS_ONLY_BELOW:
            said = f"{said} ({self.fraction(figure)})"
        return said if figure.n >= SMALL_SAMPLE_BELOW else f"{said} · {self.text('answer.small_sample')}"

    def value(self, figure: Figure) -> str:
        """Return the value alone, as a table shows it."""
        if figure.value is None:
            return self.text("answer.na")
        if self.unit is Unit.RATIO and figure.n < COUNTS_ONLY_BELOW:
            return self.fraction(figure)
        return self.number(figure.value)

    def number(self, value: float) -> str:
        """Return a value in the answer's unit."""
        return self.text.value(value, self.unit, business=self.answer.business)

    def fraction(self, figure: Figure) -> str:
        """Return numerator and denominator: `42 of 58`."""
        part, whole = figure.numerator or 0, figure.denominator or 0
        return self.text("answer.fraction", part=self.text.number(part), whole=self.text.number(whole))

    def rows(self, n: int) -> str:
        """Return how many tickets, replies or ratings."""
        return self.text.plural(f"unit.{_RESTS_ON.get(self.answer.question.kpi, 'tickets')}", n)

    # --- What it means -------------------------------------------------------------------------------------------

    def details(self) -> tuple[str, ...]:
        """Return the spread of a duration, the change and the target."""
        if not self.answer.available:
            return ()
        said = (self.spread(), self.change(), self.target())
        return tuple(line for line in said if line is not None)

    def spread(self) -> str | None:
        """Return p90 and mean of a duration; a p90 that rests on little says so."""
        figure = self.answer.figure
        if figure is None or figure.p90 is None or figure.mean is None:
            return None
        key = "answer.spread" if figure.n >= RELIABLE_P90_FROM else "answer.spread_unreliable"
        return self.text(key, p90=self.number(figure.p90), mean=self.number(figure.mean))

    def change(self) -> str | None:
        """Return the change in words, and what it is compared with."""
        compared, figure = self.answer.compared, self.answer.compared_figure
        if compared is None or figure is None:
            return None
        when = self.text.period(compared)
        span = self.answer.compared_span
        if span is not None and span.end < midnight(compared.end, compared.zone):
            when = self.text("answer.until", period=when, moment=self.text.moment(span.end, compared.zone))
        was = self.text("answer.compared", value=self.value_or_nothing(figure), period=when)
        if self.answer.change is None:
            return was
        return f"{self.text.change(self.answer.change, self.unit, business=self.answer.business)} ({was})"

    def value_or_nothing(self, figure: Figure) -> str:
        """Return the value, or that it rests on nothing."""
        return self.figure(figure) if figure.value is None else self.value(figure)

    def target(self) -> str | None:
        """Return the target and whether it is reached, in words."""
        target, figure = self.answer.target, self.answer.figure
        if target is None:
            return None
        said = self.text.percent(target, 0) if self.is_whole_percent(target) else self.number(target)
        better = self.answer.higher_is_better
        if better is None or figure is None or figure.value is None:
            return self.text("answer.target", target=said)
        if self.unit is not Unit.COUNT and figure.n < COUNTS_ONLY_BELOW:
            return self.text("answer.target", target=said)
        gap = figure.value - target
        if (gap >= 0) if better else (gap <= 0):
            return self.text("answer.target_reached", target=said)
        amount = self.text.difference(gap, self.unit, business=self.answer.business)
        return self.text("answer.target_missed", target=said, amount=amount)

    def is_whole_percent(self, ratio: float) -> bool:
        """Tell whether a value is a ratio without decimals, as targets mostly are."""
        return self.unit is Unit.RATIO and round(ratio * 100, 6).is_integer()

    # --- What it rests on ----------------------------------------------------------------------------------------

    def fields(self) -> tuple[tuple[str, str], ...]:
        """Return up to four labelled facts: n, interval, the other reading, what is still open."""
        figure = self.answer.figure
        if figure is None:
            return ()
        said = []
        if self.unit is not Unit.COUNT and figure.n:
            said.append((self.text("field.based_on"), self.rows(figure.n)))
        if figure.interval is not None and figure.n >= COUNTS_ONLY_BELOW:
            said.append((self.text("field.interval"), self.interval(figure.interval)))
        said.extend(
            (sentence(self.text(f"reading.{name}")), self.figure(self.answer.beside[name]))
            for name in (Reading.EVENT, Reading.COHORT)
            if name in self.answer.beside
        )
        if "running_overdue" in self.answer.beside:
            overdue = self.answer.beside["running_overdue"].n
            said.append((self.text("field.running_overdue"), self.text.number(overdue)))
        return tuple(said)

    def interval(self, interval: tuple[float, float]) -> str:
        """Return both ends of an interval."""
        return f"{self.number(interval[0])} – {self.number(interval[1])}"

    def table(self) -> Table | None:
        """Return the breakdown, else the trend, else None."""
        if self.answer.groups:
            heading = self.text(f"dimension.{self.answer.question.by}")
            labelled = [
                (group.label or group.key or self.text("answer.no_value"), group.figure) for group in self.answer.groups
            ]
        elif self.answer.buckets:
            heading = self.text(f"grain.{self.answer.question.per}")
            labelled = [(self.text.bucket(bucket.period), bucket.figure) for bucket in self.answer.buckets]
        else:
            return None
        # A trend keeps its end, a breakdown its beginning.
        shown = labelled[:GROUPS_SHOWN] if self.answer.groups else labelled[-BUCKETS_SHOWN:]
        return Table(
            header=(sentence(heading), *self.columns()),
            rows=tuple((label, *self.cells(figure)) for label, figure in shown),
            numbers=tuple(figure.value for _, figure in shown),
            total=len(labelled),
        )

    def columns(self) -> tuple[str, ...]:
        """Return the headings of `cells`."""
        name = self.text(f"kpi.{self.answer.question.kpi}.name")
        match self.unit:
            case Unit.COUNT:
                return (name,)
            case Unit.RATIO:
                return (name, self.text("column.fraction"), self.text("column.interval"))
            case Unit.SECONDS:
                return (*(self.text(f"column.{column}") for column in ("median", "p90", "mean")), "n")

    def cells(self, figure: Figure) -> tuple[str, ...]:
        """Return a figure as the cells of a row; what rests on little carries a mark that a footnote explains."""
        value = self.value(figure)
        if self.unit is Unit.COUNT:
            return (value,)
        least = COUNTS_ONLY_BELOW if self.unit is Unit.RATIO else 1
        if least <= figure.n < SMALL_SAMPLE_BELOW:
            value += SMALL_SAMPLE_MARK
        if self.unit is Unit.RATIO:
            interval = figure.interval if figure.n >= COUNTS_ONLY_BELOW else None
            return (value, self.fraction(figure), self.interval(interval) if interval else NO_INTERVAL)
        p90, mean = (
            self.text("answer.na") if part is None else self.number(part) for part in (figure.p90, figure.mean)
        )
        if 0 < figure.n < RELIABLE_P90_FROM:
            p90 += UNRELIABLE_MARK
        return (value, p90, mean, self.text.number(figure.n))

    def marks(self, table: Table | None) -> tuple[str, ...]:
        """Return what the marks in a table mean, when it has some."""
        cells = "".join(cell for row in table.rows for cell in row[1:]) if table else ""
        meanings = {SMALL_SAMPLE_MARK: "answer.small_sample_mark", UNRELIABLE_MARK: "answer.unreliable_mark"}
        return tuple(self.text(key, mark=mark) for mark, key in meanings.items() if mark in cells)

    def cut(self, table: Table | None) -> tuple[str, ...]:
        """Return how much of a table is shown, when that is not all."""
        if table is None or len(table.rows) == table.total:
            return ()
        shown, total = self.text.number(len(table.rows)), self.text.number(table.total)
        return (self.text("answer.cut", shown=shown, total=total),)

    # --- Footnotes -----------------------------------------------------------------------------------------------

    def footnotes(self) -> tuple[str, ...]:
        """Return range and freshness, definition, and what was left out."""
        said = [f"{self.text.span(self.answer.span, self.zone)} · {self.freshness()}"]
        if self.answer.uncovered is not None:
            said.append(self.text(f"uncovered.{self.answer.uncovered}"))
        said.append(self.definition())
        left_out = [self.text.plural(f"left_out.{reason}", n) for reason, n in self.answer.left_out.items() if n]
        if left_out:
            said.append(self.text("answer.left_out", reasons=self.text.join(left_out)))
        said.extend(self.text.plural(f"notes.{name}", n) for name, n in self.answer.notes.items() if n)
        return tuple(said)

    def freshness(self) -> str:
        """Return how fresh the data is; the time alone when it is of today."""
        at = self.answer.data_as_of
        if at is None:
            return self.text("answer.never_synced")
        today = local_day(at, self.zone) == local_day(self.answer.now, self.zone)
        moment = self.text.clock(at, self.zone) if today else self.text.moment(at, self.zone)
        return self.text("answer.data_as_of", moment=moment)

    def definition(self) -> str:
        """Return the definition in one line, of the reading shown."""
        question = self.answer.question
        key = f"kpi.{question.kpi}.definition"
        cohort = f"{key}_cohort"
        said = self.text(cohort if question.reading is Reading.COHORT and cohort in self.text else key)
        if self.unit is Unit.SECONDS:
            said = f"{said} · {self.text('time.business' if self.answer.business else 'time.calendar')}"
        return self.text("answer.definition", definition=said)


def words(answer: Answer, text: Text) -> Words:
    """Return what an answer says in the language of `text`."""
    return Wording(answer, text).words()
