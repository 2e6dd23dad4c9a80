"""Alerts on KPIs in Slack: the words that make them, and what they would say now."""

from bot.digests.alert import Finding, Verdict, find, reason, why_not
from bot.digests.making import viewer
from bot.digests.reading import read_kpi_alert
from bot.posting.forms import forms
from bot.recurrence import Occurrence
from bot.render.page import Section
from bot.slack.bot import Bot, Reader
from bot.slack.subscribing import Page, check_subscribing, chosen, line, made, stored
from bot.subscriptions import Kind, KpiWanted, Subscription
from kpi.period import local_day


def subscribe(bot: Bot, words: str, reader: Reader) -> Page:
    """Make an alert on a KPI; say what its last period would have told. Raises KpiError."""
    place, text = reader.place, reader.text
    check_subscribing(bot, place)
    wanted, language = read_kpi_alert(
        words, bot.commands.asker, bot.now, text, zone=bot.zone(place), viewer=bot.viewer(place)
    )
    new = made(bot, wanted, reader, language)
    said = _try(bot, new, wanted, reader)
    lines = (line(bot, stored(bot, new), place, text), said)
    return Page(sections=(Section(heading=text("alerts.heading"), lines=lines),))


def test(bot: Bot, words: str, reader: Reader) -> Page:
    """Show what the alerts of a place on KPIs would say now. Raises KpiError."""
    text, lines = reader.text, []
    for one in chosen(bot, words, reader, (Kind.KPI,)):
        if isinstance(one.wanted, KpiWanted):
            lines += [line(bot, one, reader.place, text), _try(bot, one, one.wanted, reader)]
    return Page(sections=(Section(heading=text("alerts.heading"), lines=tuple(lines)),))


def _try(bot: Bot, subscription: Subscription, wanted: KpiWanted, reader: Reader) -> str:
    """Return what the last period would have told; where that is something, its answer is shown too."""
    found = _found(bot, subscription, wanted)
    if found.verdict is not Verdict.TOLD or found.answer is None:
        return why_not(wanted, found, reader.text)
    said = reason(wanted, found, 1, reader.text)
    reader.respond(forms(found.answer, reader.text, bot.poster, above=said))
    return reader.text("kpi_alert.told", reason=said)


def _found(bot: Bot, subscription: Subscription, wanted: KpiWanted) -> Finding:
    today = Occurrence(day=local_day(bot.now, wanted.recurrence.zone), at=bot.now)
    return find(bot.commands.asker, wanted, today, bot.now, viewer(bot.access, subscription))
