"""The buttons below an answer: what each asks next, and which answers have it.

A button carries the id of the stored question, so it works after a restart and on another replica. What it asks next
is a function of that question alone; a click that comes twice gives the same reply twice, in the same place.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.commands import SHOWN
from bot.questions import About, Asked
from bot.render.elements import actions, button, option, select
from bot.render.limits import Block
from bot.render.reply import Reply
from bot.slack.bot import Place
from bot.text import Text
from kpi.catalogue import CATALOGUE, Composite, Kpi
from kpi.dimensions import BREAKDOWNS
from kpi.drilldown import Listing, has_tickets
from kpi.explain import Explanation
from kpi.language.spans import TREND
from kpi.period import Grain, Period, shift
from kpi.question import Answer
from kpi.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button, or a select, below an answer.

    Attributes:
        key: its action; `button.<key>` names its words.
        fits: tells which answers have it, given what was asked and where.
        next: what it asks; None when it does something else with the question (`bot.slack.actions`).
        choices: the dimensions that it lets choose from, which makes it a select.
    """

    key: str
    fits: Callable[[Asked, Reply, Place], bool]
    next: Callable[[Asked, str], Asked] | None = None
    choices: Callable[[Asked], tuple[str, ...]] | None = None


def buttons(asked: Asked, reply: Reply, key: str, text: Text, place: Place) -> list[Block]:
    """Return the buttons of an answer as a block; `key` is the id of what was asked."""
    fitting = [one for one in BUTTONS.values() if one.fits(asked, reply, place)]
    return actions([_element(one, asked, key, text) for one in fitting])


def buttons_for_all(asked: Asked, reply: Reply, key: str, text: Text, place: Place) -> list[Block]:
    """Return the buttons of an answer that was shared: nobody's way back, and not to be shared again."""
    alone = [one for one in BUTTONS.values() if one.key not in {"share", "back"} and one.fits(asked, reply, place)]
    return actions([_element(one, asked, key, text) for one in alone])


def _element(one: Button, asked: Asked, key: str, text: Text) -> Block:
    words = text(f"button.{one.key}")
    if one.choices is None:
        return button(words, one.key, key)
    said = {each: text("button.by_dimension", dimension=text(f"dimension.{each}")) for each in one.choices(asked)}
    chosen = f"{key} {asked.question.by[0]}" if len(asked.question.by) == 1 else None
    return select(words, one.key, [option(words, f"{key} {each}") for each, words in said.items()], chosen)


# --- What is asked next --------------------------------------------------------------------------------------------


def _following(asked: Asked, **changes: object) -> Asked:
    """Return what follows from a question, which leads back to where it began."""
    return replace(asked, origin=asked.origin or asked, **changes)  # type: ignore[arg-type]  # fields of Asked


def _by(asked: Asked, dimension: str) -> Asked:
    about = asked.about if asked.about is About.WHY else About.NUMBER
    return _following(
        asked, question=replace(asked.question, by=(dimension,), per=None), about=about, first=0, order=None
    )


def _trend(asked: Asked, _: str) -> Asked:
    """Return the trend that ends with the period: as many of its kind as a trend usually has, or its own days."""
    period = asked.question.period
    question = replace(asked.question, by=(), versus=None)
    if period.grain is not None:
        start = shift(period.start, period.grain, 1 - TREND[period.grain])
        long = Period(start=start, end=period.end, zone=period.zone)
        question = replace(question, period=long, per=period.grain)
    else:
        question = replace(question, per=next(grain for most, grain in _STEPS if period.days <= most))
    return _following(asked, question=question, about=About.NUMBER, first=0, order=None)


_STEPS = ((31, Grain.DAY), (184, Grain.WEEK), (1830, Grain.MONTH), (100_000, Grain.YEAR))
"""Up to so many days, a period without a calendar unit is followed by this one."""


def _tickets(asked: Asked, _: str) -> Asked:
    alone = replace(asked.question, by=(), per=None, versus=None)
    return _following(asked, question=alone, about=About.TICKETS, first=0)


def _page(rows: int) -> Callable[[Asked, str], Asked]:
    # A turned page is no step away from where it began.
    return lambda asked, _: replace(asked, first=max(0, asked.first + rows))


def _definition(asked: Asked, _: str) -> Asked:
    return _following(asked, about=About.DEFINITION, first=0, order=None)


def _back(asked: Asked, _: str) -> Asked:
    return asked.origin or replace(asked, about=About.NUMBER, first=0, order=None)


# --- Which answers have it -----------------------------------------------------------------------------------------


def _has_figures(_: Asked, reply: Reply, __: Place) -> bool:
    return isinstance(reply, Listing | Explanation | Watch) or (isinstance(reply, Answer) and reply.available)


def _can_be_shared(asked: Asked, reply: Reply, place: Place) -> bool:
    return not place.is_direct and (isinstance(reply, tuple) or _has_figures(asked, reply, place))


def _dimensions(asked: Asked) -> tuple[str, ...]:
    """Return what a KPI can be broken down by."""
    known = CATALOGUE[asked.question.kpi].dimensions
    return tuple(key for key in BREAKDOWNS if known is None or key in known)


def _can_be_broken_down(asked: Asked, reply: Reply, place: Place) -> bool:
    is_measured = isinstance(CATALOGUE[asked.question.kpi], Kpi | Composite)
    is_one = isinstance(reply, Answer | Explanation)
    return is_measured and is_one and _has_figures(asked, reply, place) and bool(_dimensions(asked))


def _has_trend(asked: Asked, reply: Reply, place: Place) -> bool:
    return isinstance(reply, Answer) and asked.question.per is None and _can_be_broken_down(asked, reply, place)


def _has_list(asked: Asked, reply: Reply, _: Place) -> bool:
    figure = reply.figure if isinstance(reply, Answer) else None
    return figure is not None and figure.n > 0 and has_tickets(CATALOGUE[asked.question.kpi])


def _is_defined(asked: Asked, _: Reply, __: Place) -> bool:
    return asked.about in {About.NUMBER, About.WHY}


def _has_before(asked: Asked, reply: Reply, _: Place) -> bool:
    return isinstance(reply, Listing) and asked.first > 0


def _has_after(asked: Asked, reply: Reply, _: Place) -> bool:
    return isinstance(reply, Listing) and asked.first + len(reply.rows) < reply.total


def _leads_back(asked: Asked, _: Reply, __: Place) -> bool:
    # Anomalies of several KPIs are of no number that there would be a way back to.
    return asked.origin is not None or (asked.about is not About.NUMBER and len(asked.watched) < 2)  # noqa: PLR2004


BUTTONS = {
    one.key: one
    for one in (
        Button(key="back", fits=_leads_back, next=_back),
        Button(key="previous", fits=_has_before, next=_page(-SHOWN)),
        Button(key="next", fits=_has_after, next=_page(SHOWN)),
        Button(key="share", fits=_can_be_shared),
        Button(key="by", fits=_can_be_broken_down, next=_by, choices=_dimensions),
        Button(key="trend", fits=_has_trend, next=_trend),
        Button(key="tickets", fits=_has_list, next=_tickets),
        Button(key="csv", fits=_has_figures),
        Button(key="define", fits=_is_defined, next=_definition),
    )
}
