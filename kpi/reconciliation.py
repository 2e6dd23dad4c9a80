"""Our figure of a ticket beside its helpdesk's own, and what makes them differ: worked out, never guessed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kpi.events import Quantity
from kpi.history.story import Story
from kpi.otherwise import (
    Basis,
    Cause,
    Sides,
    Variant,
    due,
    first_reply,
    first_resolution,
    full_resolution,
    reopened,
    replies,
    resolution,
    variants,
)
from kpi.policies import Metric, Rulebook

MINUTE = 60
APART_S = 2
"""What happens and what is noted of it may be stored a moment apart."""


class Reason(StrEnum):
    """Why two figures are equal or differ, besides the causes of other definitions."""

    EQUAL = "equal"
    ROUNDED_DOWN = "rounded_down"  # they count whole minutes
    ROUNDED_UP = "rounded_up"
    A_MOMENT = "a_moment"  # apart
    OTHER_TARGET = "other_target"  # their policy promises another time
    OTHER_HOURS = "other_hours"  # the calendar time is the same
    NO_SCHEDULE = "no_schedule"  # theirs is business time, and nothing says here what that is
    DELETED = "deleted"
    SPAM = "spam"
    MERGED = "merged"
    TEST = "test"
    AGENT_OPENED = "agent_opened"
    NOT_SOLVED = "not_solved"
    OURS_MISSING = "ours_missing"
    THEIRS_MISSING = "theirs_missing"
    UNREAD = "unread"  # before they were read
    UNEXPLAINED = "unexplained"


AGREE = frozenset({Reason.EQUAL, Reason.ROUNDED_DOWN, Reason.ROUNDED_UP, Reason.A_MOMENT})
"""Those with which there is nothing to explain."""

Why = tuple[Reason | Cause, ...]
Said = tuple[Quantity, bool]
"""What a helpdesk says, and whether in business time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What can be compared of a KPI.

    Attributes:
        kpi: whose rows.
        columns: the columns of those rows that hold our figure.
        said: what helpdesks say that means about the same; the first that is there counts.
        otherwise: yields what our figure would be by other definitions.
    """

    kpi: str
    columns: Mapping[Basis, str]
    said: Mapping[Basis, tuple[Said, ...]]
    otherwise: Callable[[Story, Rulebook], Iterable[Variant]]

    def theirs(self, figures: Mapping[Said, int]) -> Sides:
        """Return what a helpdesk says, given all that it says of a ticket."""
        found = {
            basis: next((figures[one] for one in names if one in figures), None) for basis, names in self.said.items()
        }
        return {basis: value for basis, value in found.items() if value is not None}


def _time(
    kpi: str, columns: str, at: str, said: tuple[Quantity, Quantity], otherwise: Callable[..., Iterable[Variant]]
) -> Comparison:
    seconds, moment = said
    return Comparison(
        kpi=kpi,
        columns={Basis.BUSINESS: f"{columns}_s", Basis.CALENDAR: f"{columns}_calendar_s", Basis.MOMENT: at},
        said={
            Basis.BUSINESS: ((seconds, True),),
            Basis.CALENDAR: ((seconds, False),),
            Basis.MOMENT: ((moment, False),),
        },
        otherwise=otherwise,
    )


def _number(kpi: str, column: str, said: Quantity, otherwise: Callable[..., Iterable[Variant]]) -> Comparison:
    return Comparison(
        kpi=kpi, columns={Basis.NUMBER: column}, said={Basis.NUMBER: ((said, False),)}, otherwise=otherwise
    )


def _promise(
    kpi: str, metric: Metric, breached: Quantity, moments: tuple[Quantity, ...], target: Quantity
) -> Comparison:
    return Comparison(
        kpi=kpi,
        columns={Basis.BREACH: "breached", Basis.MOMENT: "due_at", Basis.TARGET: "target_s"},
        said={
            Basis.BREACH: ((breached, False),),
            Basis.MOMENT: tuple((moment, False) for moment in moments),
            Basis.TARGET: ((target, True), (target, False)),
        },
        otherwise=due(metric),
    )


_REPLIED = (Quantity.FIRST_REPLY_S, Quantity.FIRST_REPLIED_AT)
_SOLVED_LAST = (Quantity.FULL_RESOLUTION_S, Quantity.LAST_SOLVED_AT)
_SOLVED_FIRST = (Quantity.FIRST_RESOLUTION_S, Quantity.FIRST_SOLVED_AT)

COMPARISONS: Mapping[str, Comparison] = {
    one.kpi: one
    for one in (
        _time("frt", "reply", "replied_at", _REPLIED, first_reply),
        _time("resolution_time", "resolution", "last_solved_at", _SOLVED_LAST, resolution),
        _time("full_resolution_time", "full_resolution", "last_solved_at", _SOLVED_LAST, full_resolution),
        _time("first_resolution_time", "first_resolution", "first_solved_at", _SOLVED_FIRST, first_resolution),
        _number("reopen_rate", "reopens", Quantity.REOPENS, reopened),
        _number("replies_per_ticket", "replies", Quantity.REPLIES, replies),
        _promise(
            "frt_sla",
            Metric.FIRST_REPLY,
            Quantity.FIRST_REPLY_BREACHED,
            (Quantity.FIRST_REPLY_DUE_AT,),
            Quantity.FIRST_REPLY_TARGET_S,
        ),
        _promise(
            "resolution_sla",
            Metric.RESOLUTION,
            Quantity.RESOLUTION_BREACHED,
            (Quantity.RESOLUTION_DUE_AT, Quantity.DUE_AT),
            Quantity.RESOLUTION_TARGET_S,
        ),
    )
}
"""What can be compared, by KPI."""


def common(ours: Sides, theirs: Sides) -> Basis | None:
    """Return what two figures are compared by: business time where both know it."""
    return next((basis for basis in Basis if ours.get(basis) is not None and theirs.get(basis) is not None), None)


def agreement(basis: Basis, ours: int | None, theirs: int | None) -> Reason | None:
    """Return in which way two values agree; None when they don't."""
    if ours is None or theirs is None:
        return None
    if ours == theirs:
        return Reason.EQUAL
    if basis is Basis.MOMENT:
        return Reason.A_MOMENT if abs(ours - theirs) <= APART_S else None
    if basis in {Basis.BUSINESS, Basis.CALENDAR} and theirs % MINUTE == 0 and abs(ours - theirs) < MINUTE:
        return Reason.ROUNDED_DOWN if theirs < ours else Reason.ROUNDED_UP
    return None


def agreed(ours: Sides, theirs: Sides) -> Reason | None:
    """Return in which way two figures agree, by what they are compared by; None when they don't."""
    basis = common(ours, theirs)
    return None if basis is None else agreement(basis, ours[basis], theirs[basis])


def explain_difference(ours: Sides, theirs: Sides, otherwise: Iterable[Variant]) -> Why:
    """Return what makes two figures differ that don't agree.

    1. Another time was promised.
    2. What our figure would be by another definition, the fewest causes first: the first that agrees with theirs.
    3. Of business time: the calendar time agrees, ours or that by another definition, so their hours are others.
    4. Nothing explains it.

    Args:
        ours: our figure; empty where we have none.
        theirs: the helpdesk's.
        otherwise: ours by other definitions.
    """
    if Basis.TARGET in ours and ours[Basis.TARGET] != theirs.get(Basis.TARGET, ours[Basis.TARGET]):
        return (Reason.OTHER_TARGET,)
    known = variants(otherwise)
    for causes, sides in known:
        if _fits(sides, theirs):
            return causes
    if Basis.BUSINESS in theirs and (not ours or ours.get(Basis.BUSINESS) is not None):
        whole: Sides = {basis: value for basis, value in theirs.items() if basis is not Basis.BUSINESS}
        for causes, sides in [((), ours), *known]:
            if agreed(sides, whole) is not None:
                return (*causes, Reason.OTHER_HOURS)
    if ours and common(ours, theirs) is None:
        return (Reason.NO_SCHEDULE,)
    return (Reason.UNEXPLAINED,) if ours else (Reason.OURS_MISSING,)


def _fits(variant: Sides, theirs: Sides) -> bool:
    """Tell whether a variant gives their figure; of two outcomes one comes by chance, so it has to be due then, too."""
    due: Sides = {basis: value for basis, value in theirs.items() if basis is not Basis.BREACH}
    return agreed(variant, theirs) is not None and (common(variant, due) is None or agreed(variant, due) is not None)
