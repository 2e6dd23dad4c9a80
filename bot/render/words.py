"""What an answer says, in words, before any layout. Blocks and plain text lay out the same words."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.render.figures import Figures, scale_end
from bot.render.parts import Parts
from bot.render.rows import Table, one_line, sentence, tables
from bot.text import Text
from kpi.known import FOREVER
from kpi.period import local_day, midnight
from kpi.question import Answer, Figure, Kind, Reading, Sample, Unit

FIELDS_SHOWN = 10
"""As many as a section of Slack holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an answer says: `title`, the number, what it means, what it rests on, and its footnotes."""

    title: str
    subtitle: str | None
    headline: str
    details: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    footnotes: tuple[str, ...]


def words(answer: Answer, text: Text) -> Words:
    """Return what an answer says in the language of `text`."""
    return Wording(answer, text).words()


class Wording:
    """Puts one answer into the words of one language."""

    def __init__(self, answer: Answer, text: Text) -> None:
        self.answer = answer
        self.question = answer.question
        self.text = text
        self.figures = Figures(answer, text)
        self.parts = Parts(answer, text)

    def words(self) -> Words:
        """Return everything the answer says."""
        rows = tables(self.answer, self.text)
        notes = dict.fromkeys(note for each in rows for note in each.notes)  # both tables may have the same marks
        return Words(
            title=self.title(),
            subtitle=self.subtitle(),
            headline=self.headline(),
            details=self.details(),
            fields=self.fields(),
            tables=rows,
            footnotes=(*notes, *self.footnotes()),
        )

    # --- The number ----------------------------------------------------------------------------------------------

    def title(self) -> str:
        """Return the KPI's name with the period's dates."""
        period = self.text.period(self.question.period)
        if self.question.period.is_running(self.answer.now) and self.answer.kind is not Kind.FORECAST:
            period = self.text("answer.so_far", period=period)
        about = [self.question.kpi] if self.question.of is None else [self.question.kpi, self.question.of]
        return " · ".join((*(self.text(f"kpi.{kpi}.name") for kpi in about), period))

    def subtitle(self) -> str | None:
        """Return the cohort reading and the filters; None for a plain question."""
        said = [self.text("reading.cohort")] if self.question.reading is Reading.COHORT else []
        for chosen in self.answer.named_filters or self.question.filters:
            name = self.text(f"dimension.{chosen.dimension}")
            values = [one_line(value) for value in chosen.values]
            said.append(self.text("answer.filter", dimension=name, values=values))
        return " · ".join(said) or None

    def headline(self) -> str:
        """Return the number, or why there is none."""
        if self.answer.figure is None:
            return self.text("answer.not_available", needs=self.text(f"needs.{self.answer.needs}"))
        said = self.figures.full(self.answer.figure)
        if self.answer.within is None or self.answer.figure.value is None:
            return said
        limit = self.text.duration(self.answer.within, days=not self.answer.business)
        return self.text("answer.within", value=said, limit=limit)

    # --- What it means -------------------------------------------------------------------------------------------

    def details(self) -> tuple[str, ...]:
        """Return what was said before, spread, change and target; of what is no measurement, how far it carries."""
        figure = self.answer.figure
        if figure is None:
            return ()
        said = (self.restated(), self.figures.spread(figure), self.change(), self.target(figure), self.reach(figure))
        return tuple(line for line in said if line is not None)

    def restated(self) -> str | None:
        """Return what was last said of the same, when it was something else."""
        said = self.answer.restated
        if said is None:
            return None
        value, rows = self.figures.short(said.figure), self.figures.rows(said.figure.n)
        counted = self.answer.unit is Unit.COUNT or value == self.figures.counts(said.figure)
        was = value if counted else self.text("answer.resting_on", value=value, rows=rows)
        return self.text("answer.restated", was=was, moment=self.text.moment(said.at, self.question.period.zone))

    def change(self) -> str | None:
        """Return the change in words, and what it is compared with."""
        compared, figure = self.answer.compared, self.answer.compared_figure
        if compared is None or figure is None:
            return None
        when = self.text.period(compared)
        span = self.answer.compared_span
        if span is not None and span.end < midnight(compared.end, compared.zone):
            when = self.text("answer.until", period=when, moment=self.text.moment(span.end, compared.zone))
        value = self.figures.full(figure) if figure.sample is Sample.NOTHING else self.figures.short(figure)
        was = self.text("answer.compared", period=when, value=value)
        if self.answer.change is None:
            return was
        moved = self.text.change(
            self.answer.change, self.answer.unit, business=self.answer.business, currency=figure.currency
        )
        return f"{moved} ({was})"

    def reach(self, figure: Figure) -> str | None:
        """Return what an interval says of an effect, or that there is none; None of a measurement."""
        if figure.value is None or self.answer.kind is Kind.MEASURED:
            return None
        if self.answer.kind is Kind.FORECAST:
            return self.text("answer.no_band") if figure.interval is None else None
        if figure.interval is None:
            return self.text("answer.no_effect_interval")
        low, high = figure.interval
        return self.text("answer.clear_effect" if low > 0 or high < 0 else "answer.unclear_effect")

    def target(self, figure: Figure) -> str | None:
        """Return the target, and in words whether it is reached unless there is too little to tell.

        What the sources call usual is no target of the team, and is not called one.
        """
        target = self.answer.target
        if target is None:
            return None
        said, kind = self.figures.target(target), "usual" if self.answer.target_is_usual else "target"
        standing = self.answer.standing
        if standing is None or figure.value is None:
            return self.text(f"answer.{kind}", target=said)
        return self.text(f"answer.{kind}_{standing}", target=said, amount=self.figures.apart(figure.value - target))

    # --- What it rests on ----------------------------------------------------------------------------------------

    def fields(self) -> tuple[tuple[str, str], ...]:
        """Return labelled facts: what the figure rests on, interval, scale, the other reading, and its parts."""
        figure, beside = self.answer.figure, self.answer.beside
        if figure is None:
            return ()
        said = self._groups(figure.parts)
        if (
            self.answer.unit is not Unit.COUNT
            and figure.n
            and self.answer.kind is Kind.MEASURED
            and self.figures.has_rows
        ):
            said.append((self.text("field.based_on"), self.figures.rows(figure.n)))
        if (interval := self.figures.interval(figure)) is not None:
            said.append((self._interval_name(figure), interval))
        if figure.scale is not None and self.answer.kind is Kind.MEASURED:
            lowest, highest = (scale_end(end, self.text) for end in figure.scale)
            said.append((self.text("field.scale"), self.text("answer.scale", lowest=lowest, highest=highest)))
        said.extend(
            (sentence(self.text(f"reading.{reading}")), self.figures.full(beside[reading]))
            for reading in Reading
            if reading in beside
        )
        if not self.parts.in_table(figure):
            said.extend(self._parts(figure))
        if (overdue := beside.get("running_overdue")) is not None:
            said.append((self.text("field.running_overdue"), self.text.number(overdue.value or 0)))
        return tuple(said[:FIELDS_SHOWN])

    def _parts(self, figure: Figure) -> list[tuple[str, str]]:
        """Return the parts of a figure, and theirs."""
        said = []
        for name, part in self.parts.of(figure).items():
            said.append((self.parts.label(name), self.parts.full(name, part)))
            said.extend(
                (self.parts.label(inner), self.parts.full(inner, each, part)) for inner, each in part.parts.items()
            )
        return said

    def _interval_name(self, figure: Figure) -> str:
        if self.answer.kind is Kind.FORECAST:
            return self.text("field.band", level=self.text.percent(figure.level, 0))
        return self.text("field.interval")

    def _groups(self, parts: Mapping[str, Figure]) -> list[tuple[str, str]]:
        """Return the mean figures of both groups of an effect, before and after."""
        if self.answer.kind is not Kind.EFFECT:
            return []
        return [
            (
                self.text(f"field.{group}"),
                self.text(
                    "answer.before_after",
                    before=self.figures.plain(parts[f"{group}_before"].value),
                    after=self.figures.plain(parts[f"{group}_after"].value),
                    agents=self.figures.rows(parts[f"{group}_before"].n),
                ),
            )
            for group in ("trained", "untrained")
            if f"{group}_before" in parts
        ]

    # --- Footnotes -----------------------------------------------------------------------------------------------

    def footnotes(self) -> tuple[str, ...]:
        """Return range and freshness, definition, and what was left out."""
        answer = self.answer
        said = [f"{self.text.span(answer.span, self.question.period.zone)} · {self.freshness()}"]
        if answer.narrowed is not None:
            said.insert(0, self.text(f"narrowed.{answer.narrowed}"))
        if answer.has_withheld:
            said.append(self.text("answer.withheld", smallest=self.text.number(answer.smallest)))
        if answer.uncovered is not None:
            said.append(self.text(f"uncovered.{answer.uncovered}"))
        said.append(self.definition())
        left_out = [self.text.plural(f"left_out.{reason}", n) for reason, n in answer.left_out.items() if n]
        if answer.without:
            said.append(self.text("answer.without", helpdesks=self.text.join(answer.without)))
        if left_out:
            said.append(self.text("answer.left_out", reasons=self.text.join(left_out)))
        said.extend(self.text.plural(f"notes.{name}", n) for name, n in answer.notes.items() if n)
        return tuple(said)

    def freshness(self) -> str:
        """Return how fresh the data is."""
        answer = self.answer
        return freshness(answer.data_as_of, answer.now, self.question.period.zone, self.text, answer.behind)

    def definition(self) -> str:
        """Return the definition in one line, of the reading shown."""
        said = definition(self.question.kpi, self.question.reading, self.text)
        if self.answer.unit is Unit.SECONDS and not self.answer.is_mean:
            said = f"{said} · {self.text('time.business' if self.answer.business else 'time.calendar')}"
        return self.text("answer.definition", definition=said)


def definition(kpi: str, reading: Reading, text: Text) -> str:
    """Return what a KPI is, in one line, in one of its readings."""
    key = f"kpi.{kpi}.definition"
    cohort = f"{key}_cohort"
    return text(cohort if reading is Reading.COHORT and cohort in text else key)


def freshness(data_as_of: int | None, now: int, zone: str, text: Text, behind: str | None = None) -> str:
    """Return how fresh the data is, with the helpdesk that is behind others; the time alone when it is of today."""
    if data_as_of is None:
        said = text("answer.never_synced")
    elif data_as_of == FOREVER:
        said = text("answer.nothing_follows")
    else:
        today = local_day(data_as_of, zone) == local_day(now, zone)
        said = text("answer.data_as_of", moment=(text.clock if today else text.moment)(data_as_of, zone))
    return said if behind is None else f"{said} ({one_line(behind)})"
