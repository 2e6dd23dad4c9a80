"""SLA alerts in Slack: the command that makes them, and the buttons below their messages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.alerts.wording import duration_s, read_sla
from bot.render.mrkdwn import escape
from bot.render.page import Section
from bot.slack.bot import Bot, Place, Reader
from bot.slack.subscribing import Page, check_subscribing, line, made, stored
from bot.subscriptions import Kind, SlaWanted
from bot.text import Text
from kpi.errors import QuestionError
from kpi.hours import instant

NINE = 9
FIRST_S, SECOND_S = 30 * 60, 2 * 3600


def subscribe(bot: Bot, words: str, reader: Reader, zone: str) -> Page:
    """Make SLA alerts for a channel, or for oneself; `words` come after `sla`. Raises KpiError."""
    place, text = reader.place, reader.text
    check_subscribing(bot, place)
    wanted = read_sla(words, bot.commands.asker, bot.now, text, zone=zone, viewer=bot.viewer(place))
    lines = (line(bot, stored(bot, made(bot, wanted, reader)), place, text), text("alerts.made"))
    return Page(sections=(Section(heading=text("alerts.heading"), lines=lines),))


def snooze(bot: Bot, words: str, reader: Reader) -> Page:
    """Put off every alert that stands in a channel: `2h`. Raises KpiError."""
    place, text = reader.place, reader.text
    until = bot.now + duration_s(words)
    orders = bot.subscriptions.of_channel(place.team_id, place.channel, Kind.SLA)
    messages = [message for order in orders for message in bot.alerts.book.messages(order.id)]
    if not messages:
        raise QuestionError("nothing_to_snooze")
    for message in messages:
        bot.alerts.book.snooze(message, place.user, until, bot.now)
    said = text.plural("alerts.snoozed", len(messages), at=text.instant(until, bot.commands.asker.zone))
    return Page(sections=(Section(heading=text("alerts.heading"), lines=(said,)),))


def acknowledge(bot: Bot, message: str, place: Place, text: Text) -> str | None:
    """Let the person take care of an alert; return who did so before, as words for them alone."""
    first = _do(bot, bot.alerts.book.acknowledge, message, place)
    return None if first is None else escape(text("alerts.taken", name=first))


def mute(bot: Bot, message: str, place: Place, text: Text) -> str | None:
    """Tell nothing more of an alert; return who wanted that before, as words for the person alone."""
    first = _do(bot, bot.alerts.book.mute, message, place)
    return None if first is None else escape(text("alerts.muted", name=first))


def snooze_one(bot: Bot, message: str, choice: str, place: Place) -> None:
    """Put an alert off as it was chosen: `30m`, `2h`, `tomorrow`, `opening`. Raises QuestionError `alert_forgotten`."""
    _known(bot, message)
    bot.alerts.book.snooze(message, place.user, _until(bot, message, choice), bot.now)
    bot.alerts.look_after(message)


def _do(bot: Bot, take: Callable[[str, str, int], str | None], message: str, place: Place) -> str | None:
    """Do something about an alert once; return the name of somebody else who did so before."""
    _known(bot, message)
    first = take(message, place.user, bot.now)
    bot.alerts.look_after(message)
    return None if first in {None, place.user} else bot.name(place.team_id, str(first))


def _known(bot: Bot, message: str) -> None:
    if bot.alerts.book.find(message) is None:
        raise QuestionError("alert_forgotten")


def _until(bot: Bot, message: str, choice: str) -> int:
    """Return until when: half an hour, two hours, nine in the morning, or when the tickets' time goes on tomorrow."""
    now = bot.now
    if choice in {"30m", "2h"}:
        return now + (FIRST_S if choice == "30m" else SECOND_S)
    if choice == "opening" and (opens := bot.alerts.next_opening(message, now)) is not None:
        return opens
    found = bot.alerts.book.find(message)
    order = bot.subscriptions.of(found.subscription) if found is not None else None
    zone = ZoneInfo(order.wanted.zone if order is not None and isinstance(order.wanted, SlaWanted) else "UTC")
    tomorrow = datetime.fromtimestamp(now, zone).replace(tzinfo=None) + timedelta(days=1)
    return instant(tomorrow.replace(hour=NINE, minute=0, second=0, microsecond=0), zone)
