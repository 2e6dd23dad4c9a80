"""The main period of a question and the one it is compared with, from what was said of them or left out."""

from collections.abc import Sequence

from kpi.catalogue.definition import Listed, Projection
from kpi.errors import QuestionError
from kpi.language.calendar import Calendar, Spoken
from kpi.language.clauses import SamePeriod, Versus
from kpi.language.context import Context
from kpi.language.periods import Running, Unit, earlier, year_before
from kpi.period import Grain, Period

TREND = {Grain.DAY: 30, Grain.WEEK: 12, Grain.MONTH: 12, Grain.QUARTER: 8, Grain.YEAR: 5}
"""How many units a trend without a period shows, the running one included."""

Compared = Sequence[tuple[Versus | SamePeriod, str]]
"""What was said to compare with, each with its words."""


class Spans:
    """Makes what was said of periods absolute; `language` is the one of the words, None when it can't be told."""

    def __init__(self, context: Context, language: str | None) -> None:
        self.context = context
        self.language = language

    def main(self, said: Sequence[tuple[Spoken, str]], compared: Compared, per: Grain | None, kpi: Listed) -> Period:
        """Return the period that is asked about; one that is to come is a matter for a projection alone.

        When none was said: next month for a projection; beside a comparison with a calendar unit the running one of
        that unit, so that like is compared with like; else the usual length of a trend; else the latest whole unit of
        a KPI that has only whole ones; else the running unit of the context.

        Raises:
            QuestionError: `two_periods`, `period_in_future`, and as the words themselves.
        """
        ahead = isinstance(kpi, Projection)
        found = {self._resolve(spoken, self._calendar(words, ahead=ahead)): words for spoken, words in said}
        if len(found) > 1:
            first, second, *_ = found.values()
            raise QuestionError("two_periods", first=first, second=second)
        unsaid = Unit(Grain.MONTH, 1) if ahead else self._unsaid(compared, per, kpi.grain)
        return next(iter(found), None) or unsaid.resolve(self._calendar(""))

    def versus(self, compared: Compared, period: Period) -> Period | None:
        """Return what the period is compared with; None for the one before, which needs not be said.

        Raises:
            QuestionError: `two_comparisons`, `period_in_future`, and as the words themselves.
        """
        found = {self._compared(clause, self._calendar(words, period), period): words for clause, words in compared}
        if len(found) > 1:
            first, second, *_ = found.values()
            raise QuestionError("two_comparisons", first=first, second=second)
        return next(iter(found), None)

    def _unsaid(self, compared: Compared, per: Grain | None, whole: Grain | None) -> Spoken:
        for clause, words in compared:
            if isinstance(clause, Versus) and clause.period is not None:
                grain = self._resolve(clause.period, self._calendar(words)).grain
                if grain is not None:
                    return Unit(grain)
        if per is not None:
            return Running(per, TREND[per])
        return Unit(self.context.default_period) if whole is None else Unit(whole, -1)

    def _compared(self, clause: Versus | SamePeriod, calendar: Calendar, period: Period) -> Period | None:
        match clause:
            # "vs last year" is the same period last year; the whole of last year is said by its number.
            case SamePeriod(Unit(Grain.YEAR, -1)) | Versus(Unit(Grain.YEAR, -1)):
                return year_before(period, calendar)
            case SamePeriod(unit):
                return earlier(period, unit, calendar)
            case Versus(spoken):
                return None if spoken is None else self._resolve(spoken, calendar)

    def _resolve(self, spoken: Spoken, calendar: Calendar) -> Period:
        period = spoken.resolve(calendar)
        if period.start > calendar.today and not calendar.ahead:
            raise calendar.error("period_in_future", start=period.start)
        return period

    def _calendar(self, words: str, near: Period | None = None, *, ahead: bool = False) -> Calendar:
        return Calendar(
            today=self.context.today,
            zone=self.context.zone,
            week_start=self.context.week_start,
            language=self.language,
            words=words,
            near=near,
            ahead=ahead,
        )
