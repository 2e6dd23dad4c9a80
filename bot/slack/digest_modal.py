"""The modal in which a digest is made or changed."""

from dataclasses import replace

from bot.digests.content import can_be_told
from bot.recurrence import WORKING_DAYS, Cadence, Recurrence, clock, known_calendar
from bot.render.elements import actions, button
from bot.render.limits import Block
from bot.slack.bot import Bot, Place
from bot.slack.fields import Submitted, checkboxes, field, kpis_menu, menu, words_field
from bot.slack.subscription_modal import (
    WrongField,
    filled_in,
    filters_field,
    language_field,
    read_filters,
    read_zone,
    subscription_view,
    zone_field,
)
from bot.subscriptions import DigestWanted, Subscription
from bot.text import Text
from kpi.catalogue import CATALOGUE
from kpi.errors import QuestionError

USUAL = DigestWanted(recurrence=Recurrence(at=510, zone="UTC", weekdays=WORKING_DAYS))

LAST_DAY = 31


def digest_view(bot: Bot, place: Place, text: Text, subscription: Subscription | None = None) -> Block:
    """Return the modal of a digest, or of a new one for the place: in the App Home, a personal one."""
    wanted = replace(USUAL, recurrence=replace(USUAL.recurrence, zone=bot.zone(place)))
    if subscription is not None and isinstance(subscription.wanted, DigestWanted):
        wanted = subscription.wanted
    recurrence = wanted.recurrence
    cadences = {str(each): text(f"modal.cadence.{each}") for each in Cadence}
    fields = [
        field("kpis", text, kpis_menu(filter(can_be_told, CATALOGUE), wanted.kpis, text), optional=True, hint=True),
        field("at", text, {"type": "timepicker", "initial_time": clock(recurrence.at)}),
        field("cadence", text, menu(cadences, text, str(recurrence.cadence))),
        field("weekdays", text, _weekdays(recurrence, text), optional=True, hint=True),
        field("month_day", text, _month_day(recurrence), optional=True, hint=True),
        zone_field(recurrence.zone, text),
        filters_field(bot, wanted.filters, place, text),
        field("holidays", text, words_field(recurrence.calendar or ""), optional=True, hint=True),
        language_field(subscription, text),
        *actions([button(text("button.digest_test"), "digest_test", "test")]),
    ]
    return subscription_view("digest", place, text, subscription, fields)


def _weekdays(recurrence: Recurrence, text: Text) -> Block:
    names = {str(day): name for day, name in text.locale.days["stand-alone"]["wide"].items()}
    return checkboxes(names, map(str, sorted(recurrence.weekdays)))


def _month_day(recurrence: Recurrence) -> Block:
    made: Block = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": str(LAST_DAY)}
    return {**made, "initial_value": str(recurrence.month_day)}


def read_digest_view(bot: Bot, place: Place, sent: Submitted, text: Text) -> DigestWanted:
    """Return the digest that a modal's fields want; raises WrongField."""
    return DigestWanted(
        recurrence=_recurrence(sent),
        kpis=tuple(sent.values.get("kpis", "").split()),
        filters=read_filters(bot, place, sent, text),
    )


def _recurrence(sent: Submitted) -> Recurrence:
    values = sent.values
    cadence = Cadence(values["cadence"])
    hours, minutes = map(int, values["at"].split(":"))
    days = frozenset(map(int, values.get("weekdays", "").split()))
    if cadence is not Cadence.MONTHLY and not days:
        raise WrongField("weekdays", QuestionError("no_weekday"))
    if cadence is Cadence.WEEKLY and len(days) > 1:
        raise WrongField("weekdays", QuestionError("one_weekday"))
    with filled_in("holidays"):
        calendar = known_calendar(values["holidays"]) if values.get("holidays") else None
    return Recurrence(
        at=hours * 60 + minutes,
        zone=read_zone(sent),
        cadence=cadence,
        weekdays=days or WORKING_DAYS,
        month_day=int(values.get("month_day") or 1),
        calendar=calendar,
    )
