"""The life of an alert: what its message says at an instant, and what is worth a word of its own.

A pure function of the clock's facts, of what was told and done so far, and of what the subscription wants.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.alerts.clocks import Clock
from bot.subscriptions import Quiet, SlaWanted
from kpi.policies import Metric

DAY_S = 86_400


class Phase(StrEnum):
    """What a message says of its clock."""

    AT_RISK = "at_risk"
    BREACHED = "breached"
    CALM = "calm"  # due later than was told: no longer at risk
    PAUSED = "paused"  # the ticket waits, and so does the clock
    PAUSED_LATE = "paused_late"  # the same, past its due time
    IN_TIME = "in_time"
    LATE = "late"
    UNANSWERED = "unanswered"  # ended without what was promised
    GONE = "gone"  # deleted, merged, spam, or promised no longer
    MOVED = "moved"  # no longer among the tickets that the subscription is about


WAITING = frozenset({Phase.AT_RISK, Phase.BREACHED})
"""Somebody is still to answer."""

ENDED = frozenset({Phase.IN_TIME, Phase.LATE, Phase.UNANSWERED, Phase.GONE, Phase.MOVED})


KEPT_BY = {Metric.FIRST_REPLY: "reply", Metric.NEXT_REPLY: "reply", Metric.RESOLUTION: "solve"}
"""What keeps each promise, as the facts call it."""


class News(StrEnum):
    """What is told in the thread, since an edit notifies nobody."""

    LEAD = "lead"  # the next of the lead times has been reached
    BREACH = "breach"
    REMINDER = "reminder"  # acknowledged, and still unanswered shortly before it is due
    SNOOZE_OVER = "snooze_over"
    AGAIN = "again"  # it had ended, and hasn't after all
    ESCALATION = "escalation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What was told and done about a clock so far; instants, and Slack users."""

    phase: Phase
    lead_s: int | None = None
    acknowledged_at: int | None = None
    acknowledged_by: str | None = None
    snoozed_until: int | None = None
    snoozed_by: str | None = None
    muted_at: int | None = None
    muted_by: str | None = None
    breached_at: int | None = None
    reminded_at: int | None = None
    escalated_at: int | None = None
    ended_at: int | None = None

    def is_snoozed(self, now: int) -> bool:
        """Tell whether somebody wants to hear of it later only."""
        return self.snoozed_until is not None and now < self.snoozed_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A clock at an instant.

    Attributes:
        clock: its facts; None when there are none any more.
        matches: the subscription is about its ticket.
        left_s: seconds until it is due, in its own time.
        opens_at: when its time goes on; nothing is told before.
        blind: its helpdesk could not be read lately.
        told_at: when its message was made.
    """

    clock: Clock | None
    matches: bool
    left_s: int
    opens_at: int
    blind: bool
    told_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What follows: the phase to show, what to tell, and when to look again unless the ticket changes before."""

    phase: Phase
    news: tuple[News, ...]
    lead_s: int | None
    next_at: int | None


def phase_of(sight: Sight, wanted: SlaWanted, now: int) -> Phase:
    """Return what is to be said of a clock."""
    clock = sight.clock
    if clock is None or not clock.counts or clock.stopped_by == "gone":
        return Phase.GONE
    if clock.state == "stopped":
        return _ended(clock)
    if not sight.matches:
        return Phase.MOVED
    return _running(clock, sight.left_s, wanted, now)


def _ended(clock: Clock) -> Phase:
    if clock.stopped_by != KEPT_BY[Metric(clock.metric)]:
        return Phase.UNANSWERED
    return Phase.LATE if clock.breached else Phase.IN_TIME


def _running(clock: Clock, left_s: int, wanted: SlaWanted, now: int) -> Phase:
    if clock.state == "paused" or clock.late_after is None:
        return Phase.PAUSED_LATE if clock.breached else Phase.PAUSED
    if now > clock.late_after:
        return Phase.BREACHED
    return Phase.AT_RISK if left_s <= max(wanted.leads_s) else Phase.CALM


def look(alert: Alert, sight: Sight, wanted: SlaWanted, now: int) -> Look:
    """Return what is to be shown and told of an alert at an instant."""
    phase = phase_of(sight, wanted, now)
    # Once it is due later, each lead time counts anew.
    lead = None if phase is Phase.CALM else alert.lead_s
    if phase is Phase.AT_RISK:
        lead = _lead(sight.left_s, wanted.leads_s)
    hushed = _hushed_until(alert, sight, wanted, now)
    news = _news(alert, phase, lead, wanted) if now >= hushed else ()
    if now >= hushed and _escalates(alert, phase, sight, wanted, now):
        news = (*news, News.ESCALATION)
    if now < hushed and phase is Phase.AT_RISK:
        lead = alert.lead_s  # still to be told
    if phase in ENDED:
        return Look(phase=phase, news=(), lead_s=lead, next_at=None)
    times = [*_times(alert, phase, sight, wanted, now), hushed]
    return Look(phase=phase, news=news, lead_s=lead, next_at=min((at for at in times if at > now), default=None))


def may_be_told(sight: Sight, wanted: SlaWanted, now: int) -> bool:
    """Tell whether a clock that nobody was told of is to be told now."""
    fresh = Alert(phase=Phase.CALM)
    return phase_of(sight, wanted, now) in WAITING and now >= _hushed_until(fresh, sight, wanted, now)


def _news(alert: Alert, phase: Phase, lead: int | None, wanted: SlaWanted) -> tuple[News, ...]:
    if phase not in WAITING:
        return ()
    if alert.phase in ENDED:
        return (News.AGAIN,)
    if alert.snoozed_until is not None and alert.acknowledged_at is None:
        return (News.SNOOZE_OVER,)
    if phase is Phase.BREACHED:
        return (News.BREACH,) if alert.breached_at is None else ()
    is_next = lead is not None and (alert.lead_s is None or lead < alert.lead_s)
    if is_next and alert.acknowledged_at is None:
        return (News.LEAD,)
    is_last = is_next and lead == min(wanted.leads_s)
    return (News.REMINDER,) if is_last and alert.reminded_at is None else ()


def _escalates(alert: Alert, phase: Phase, sight: Sight, wanted: SlaWanted, now: int) -> bool:
    after = wanted.escalate_after_s
    unheard = alert.acknowledged_at is None and alert.escalated_at is None
    return after is not None and unheard and phase in WAITING and now >= sight.told_at + after


def _times(alert: Alert, phase: Phase, sight: Sight, wanted: SlaWanted, now: int) -> Iterable[int]:
    """Yield when something may have to be told next. Business time never runs faster than the clock on the wall."""
    late_after = sight.clock.late_after if sight.clock is not None else None
    if phase is Phase.CALM:
        yield now + max(sight.left_s - max(wanted.leads_s), 1)
    if phase is Phase.AT_RISK:
        yield from (now + max(sight.left_s - lead, 1) for lead in wanted.leads_s if lead < sight.left_s)
    if late_after is not None and phase is not Phase.BREACHED:
        yield late_after + 1
    if wanted.escalate_after_s is not None and alert.acknowledged_at is None and alert.escalated_at is None:
        yield sight.told_at + wanted.escalate_after_s


def _lead(left_s: int, leads_s: tuple[int, ...]) -> int | None:
    """Return the last lead time that has been reached; None before the first."""
    return min((lead for lead in leads_s if left_s <= lead), default=None)


def _hushed_until(alert: Alert, sight: Sight, wanted: SlaWanted, now: int) -> int:
    """Return from when on something may be told of an alert."""
    if alert.muted_at is not None:
        return now + DAY_S
    if sight.blind:
        return now + BLIND_AGAIN_S
    snoozed = alert.snoozed_until or now
    return max(now, snoozed, sight.opens_at, end_of_quiet(wanted.quiet, wanted.zone, now))


BLIND_AGAIN_S = 30
"""How soon it is looked whether the helpdesk can be read again."""


def end_of_quiet(quiet: Quiet | None, zone: str, now: int) -> int:
    """Return when quiet hours that are at an instant end; the instant itself when there are none then."""
    if quiet is None or quiet.start == quiet.end:
        return now
    wall = datetime.fromtimestamp(now, ZoneInfo(zone))
    minutes = wall.hour * 60 + wall.minute
    over_midnight = quiet.end < quiet.start
    inside = minutes >= quiet.start or minutes < quiet.end if over_midnight else quiet.start <= minutes < quiet.end
    if not inside:
        return now
    # A minute at a time past a change of the clocks: it is looked at again when this has passed.
    return now + ((quiet.end - minutes) % 1440) * 60 - wall.second
