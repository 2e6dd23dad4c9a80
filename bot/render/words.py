"""What an answer says, in words, before any layout. Blocks and plain text lay out the same words."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.render.figures import Figures
from bot.render.rows import Table, one_line, sentence, tables
from bot.text import Text
from kpi.period import local_day, midnight
from kpi.question import Answer, Figure, Kind, Reading, Sample, Unit

# How a target is said: untold, reached, missed.
TARGET = ("answer.target", "answer.target_reached", "answer.target_missed")
USUAL = ("answer.usual", "answer.usual_reached", "answer.usual_missed")


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
        return self.figures.full(self.answer.figure)

    # --- What it means -------------------------------------------------------------------------------------------

    def details(self) -> tuple[str, ...]:
        """Return the spread of a duration, the change and the target; of what is no measurement, how far it carries."""
        figure = self.answer.figure
        if figure is None:
            return ()
        said = (self.figures.spread(figure), self.change(), self.target(figure), self.reach(figure))
        return tuple(line for line in said if line is not None)

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
        return f"{self.text.change(self.answer.change, self.answer.unit, business=self.answer.business)} ({was})"

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
        target, better = self.answer.target, self.answer.higher_is_better
        if target is None:
            return None
        said = self.figures.target(target)
        plain, reached, missed = USUAL if self.answer.target_is_usual else TARGET
        if better is None or figure.value is None or figure.sample is Sample.COUNTS_ONLY:
            return self.text(plain, target=said)
        gap = figure.value - target
        if (gap >= 0) if better else (gap <= 0):
            return self.text(reached, target=said)
        return self.text(missed, target=said, amount=self.figures.apart(gap))

    # --- What it rests on ----------------------------------------------------------------------------------------

    def fields(self) -> tuple[tuple[str, str], ...]:
        """Return up to four labelled facts: n, interval, the other reading, what is still open."""
        figure, beside = self.answer.figure, self.answer.beside
        if figure is None:
            return ()
        said = self._groups(figure.parts)
        if self.answer.unit is not Unit.COUNT and figure.n and self.answer.kind is Kind.MEASURED:
            said.append((self.text("field.based_on"), self.figures.rows(figure.n)))
        if (interval := self.figures.interval(figure)) is not None:
            said.append((self._interval_name(figure), interval))
        said.extend(
            (sentence(self.text(f"reading.{reading}")), self.figures.full(beside[reading]))
            for reading in Reading
            if reading in beside
        )
        said.extend(self._outlook(figure.parts))
        if (overdue := beside.get("running_overdue")) is not None:
            said.append((self.text("field.running_overdue"), self.text.number(overdue.value or 0)))
        return tuple(said)

    def _interval_name(self, figure: Figure) -> str:
        if self.answer.kind is Kind.FORECAST:
            return self.text("field.band", level=self.text.percent(figure.level, 0))
        return self.text("field.interval")

    def _outlook(self, parts: Mapping[str, Figure]) -> list[tuple[str, str]]:
        """Return what a forecast rests on."""
        if self.answer.kind is not Kind.FORECAST:
            return []
        said = []
        if "so_far" in parts:
            said.append((self.text("field.so_far"), self.text.number(parts["so_far"].n)))
        if "typical_error" in parts:
            said.append((self.text("field.typical_error"), self.text.percent(parts["typical_error"].value or 0, 0)))
        return said

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
        return freshness(self.answer.data_as_of, self.answer.now, self.question.period.zone, self.text)

    def definition(self) -> str:
        """Return the definition in one line, of the reading shown."""
        said = definition(self.question.kpi, self.question.reading, self.text)
        if self.answer.unit is Unit.SECONDS:
            said = f"{said} · {self.text('time.business' if self.answer.business else 'time.calendar')}"
        return self.text("answer.definition", definition=said)


def definition(kpi: str, reading: Reading, text: Text) -> str:
    """Return what a KPI is, in one line, in one of its readings."""
    key = f"kpi.{kpi}.definition"
    cohort = f"{key}_cohort"
    return text(cohort if reading is Reading.COHORT and cohort in text else key)


def freshness(data_as_of: int | None, now: int, zone: str, text: Text) -> str:
    """Return how fresh the data is; the time alone when it is of today."""
    if data_as_of is None:
        return text("answer.never_synced")
    today = local_day(data_as_of, zone) == local_day(now, zone)
    return text("answer.data_as_of", moment=(text.clock if today else text.moment)(data_as_of, zone))
