"""`/kpi alerts`: the alerts of a channel, or one's own, of both kinds."""

from collections.abc import Mapping
from functools import partial

from bot.slack import kpi_alerts, sla_alerts
from bot.slack.bot import Bot, Reader
from bot.slack.sla_modal import sla_view
from bot.slack.subscribing import Do, Page, edit, end, listed, pause, perform, resume
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
    """Make alerts on promises, `sla` and which; or on a KPI, `csat < 80% weekly`."""
    first, _, rest = words.partition(" ")
    if not first:
        raise QuestionError("alerts_on_what")
    if plain(first) == Kind.SLA.value:
        return sla_alerts.subscribe(bot, rest, reader, bot.zone(reader.place))
    return kpi_alerts.subscribe(bot, words, reader)


def _edit(bot: Bot, words: str, reader: Reader) -> Page:
    edit(bot, words, reader, KINDS, sla_view)
    return _list(bot, "", reader)


DOES: Mapping[str, Do] = {
    "on": _on,
    "snooze": sla_alerts.snooze,
    "off": partial(end, kinds=KINDS),
    "list": _list,
    "test": kpi_alerts.test,
    "edit": _edit,
    "pause": partial(pause, kinds=KINDS),
    "resume": partial(resume, kinds=KINDS),
}
