"""`/kpi alerts`: the alerts of a channel, or one's own, of both kinds."""

from collections.abc import Mapping
from functools import partial

from bot.slack import sla_alerts
from bot.slack.bot import Bot, Reader
from bot.slack.subscribing import Do, Page, end, listed, pause, perform, resume
from bot.subscriptions import Kind
from kpi.errors import QuestionError
from kpi.language.tokens import plain

KINDS = (Kind.SLA, Kind.KPI)


def alerts(bot: Bot, words: str, reader: Reader) -> Page:
    """Return the alerts of a place, or what became of one. Raises KpiError."""
    return perform("alerts", DOES, bot, words, reader)


def _list(bot: Bot, _: str, reader: Reader) -> Page:
    return listed(bot, reader, KINDS, reader.text("alerts.heading"), reader.text("alerts.how"))


def _on(bot: Bot, words: str, reader: Reader) -> Page:
    """Make alerts on promises: `sla`, and which."""
    first, _, rest = words.partition(" ")
    if plain(first) != Kind.SLA.value:
        raise QuestionError("alerts_on_what")
    return sla_alerts.subscribe(bot, rest, reader, bot.commands.asker.zone)


DOES: Mapping[str, Do] = {
    "on": _on,
    "snooze": sla_alerts.snooze,
    "off": partial(end, kinds=KINDS),
    "list": _list,
    "pause": partial(pause, kinds=KINDS),
    "resume": partial(resume, kinds=KINDS),
}
