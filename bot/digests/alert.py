"""Alerts on KPIs: the figure of the period that has passed, told when it is beyond a threshold or unusual."""

from dataclasses import dataclass
from enum import StrEnum

from bot.access import Viewer
from bot.asking import Asker
from bot.digests.wording import threshold
from bot.recurrence import Cadence, Occurrence, Recurrence
from bot.render.watching import sentence
from bot.subscriptions import KpiWanted, Trigger
from bot.text import Text
from kpi.period import Grain, Period
from kpi.question import Answer, Question
from kpi.watch import Watched


class Verdict(StrEnum):
    """Whether there is something to tell, and if not why."""

    TOLD = "told"
    WITHIN = "within"  # not beyond the threshold, or nothing unusual
    TOO_FEW = "too_few"  # it rests on fewer than it must
    NOTHING = "nothing"  # no figure, or no week that can be judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an alert found: its verdict, the figure, and of an anomaly the week as it was judged."""

    verdict: Verdict
    answer: Answer | None = None
    watched: Watched | None = None


def find(asker: Asker, wanted: KpiWanted, occurrence: Occurrence, now: int, viewer: Viewer | None) -> Finding:
    """Return what there is to tell on a day.

    Raises QuestionError and AccessError when the figure can't be asked or shown, StorageError.
    """
    if wanted.trigger is Trigger.ANOMALY:
        return _unusual(asker, wanted, occurrence, now, viewer)
    period = wanted.recurrence.reported(occurrence.day, asker.week_start)
    answer = asker.answer(_question(asker, wanted, period), now, viewer)
    figure = answer.figure
    if figure is None or figure.value is None:
        return Finding(verdict=Verdict.NOTHING, answer=answer)
    if figure.n < wanted.fewest and not figure.is_whole:
        return Finding(verdict=Verdict.TOO_FEW, answer=answer)
    limit = wanted.threshold or 0.0
    is_beyond = figure.value < limit if wanted.trigger is Trigger.BELOW else figure.value > limit
    return Finding(verdict=Verdict.TOLD if is_beyond else Verdict.WITHIN, answer=answer)


def _unusual(asker: Asker, wanted: KpiWanted, occurrence: Occurrence, now: int, viewer: Viewer | None) -> Finding:
    week = Period.of(occurrence.day, Grain.WEEK, wanted.recurrence.zone, asker.week_start)
    found = asker.watch(_question(asker, wanted, week), [wanted.kpi], now, viewer)
    judged = [one for one in found.watched if one.judgement is not None]
    if not judged:
        return Finding(verdict=Verdict.NOTHING)
    (watched,) = judged
    answer = asker.answer(_question(asker, wanted, watched.week), now, viewer)
    told = Verdict.TOLD if found.anomalies else Verdict.WITHIN
    if answer.figure is not None and not answer.figure.is_whole and answer.figure.n < wanted.fewest:
        told = Verdict.TOO_FEW
    return Finding(verdict=told, answer=answer, watched=watched)


def _question(asker: Asker, wanted: KpiWanted, period: Period) -> Question:
    return Question(kpi=wanted.kpi, period=period, filters=wanted.filters, week_start=asker.week_start)


def reason(wanted: KpiWanted, found: Finding, streak: int, text: Text) -> str:
    """Return why it is told; `streak` is how many times in a row, this one included."""
    if found.watched is not None and found.watched.judgement is not None:
        return sentence(found.watched, found.watched.judgement, text)
    name = text(f"kpi.{wanted.kpi}.name")
    said = text(f"kpi_alert.{wanted.trigger}", name=name, threshold=threshold(wanted, text))
    if streak < 2:  # noqa: PLR2004  # the first of a row
        return said
    return text("kpi_alert.again", reason=said, times=text.plural(f"kpi_alert.{_unit(wanted.recurrence)}", streak))


def _unit(recurrence: Recurrence) -> str:
    units = {Cadence.WEEKLY: "weeks", Cadence.MONTHLY: "months"}
    return units.get(recurrence.cadence, "times")


def why_not(wanted: KpiWanted, found: Finding, text: Text) -> str:
    """Return why nothing is told."""
    n = found.answer.figure.n if found.answer and found.answer.figure else 0
    return text(f"kpi_alert.{found.verdict}", n=text.number(n), fewest=text.number(wanted.fewest))
