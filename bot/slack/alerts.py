"""`/kpi alerts`: the alerts of a channel, or one's own, of both kinds."""

from collections.abc import Mapping
from functools import partial

from bot.slack.bot import Bot, Reader
from bot.slack.subscribing import Do, Page, end, listed, pause, perform, resume
from bot.subscriptions import Kind

KINDS = (Kind.SLA, Kind.KPI)


def alerts(bot: Bot, words: str, reader: Reader) -> Page:
    """Return the alerts of a place, or what became of one. Raises KpiError."""
    return perform("alerts", DOES, bot, words, reader)


def _list(bot: Bot, _: str, reader: Reader) -> Page:
    return listed(bot, reader, KINDS, reader.text("alerts.heading"), reader.text("alerts.how"))


DOES: Mapping[str, Do] = {
    "off": partial(end, kinds=KINDS),
    "list": _list,
    "pause": partial(pause, kinds=KINDS),
    "resume": partial(resume, kinds=KINDS),
}
