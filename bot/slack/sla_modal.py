"""The modal in which SLA alerts are made or changed."""

from bot.alerts.wording import duration_s, durations_written, lead_times_s, quiet_hours
from bot.recurrence import clock
from bot.render.elements import option, plain
from bot.render.limits import OPTION_TEXT, Block
from bot.slack.bot import Bot, Place
from bot.slack.fields import Submitted, checkboxes, field, named, words_field
from bot.slack.subscription_modal import (
    WrongField,
    channel_menu,
    filled_in,
    filters_field,
    language_field,
    read_filters,
    read_zone,
    subscription_view,
    zone_field,
)
from bot.subscriptions import SlaWanted, Subscription
from bot.text import Text
from kpi.errors import QuestionError
from kpi.policies import Metric

BROADCAST = "broadcast"


def sla_view(bot: Bot, place: Place, text: Text, subscription: Subscription | None = None) -> Block:
    """Return the modal of SLA alerts, or of new ones for the place: in the App Home, personal ones."""
    wanted = SlaWanted(zone=bot.zone(place))
    if subscription is not None and isinstance(subscription.wanted, SlaWanted):
        wanted = subscription.wanted
    after = "" if wanted.escalate_after_s is None else durations_written([wanted.escalate_after_s])
    quiet = "" if wanted.quiet is None else f"{clock(wanted.quiet.start)}-{clock(wanted.quiet.end)}"
    to = wanted.escalate_to or ""
    promises = {metric.value: text(f"alert.promise.{metric}") for metric in Metric}
    shown = {BROADCAST: text("modal.broadcast.yes")}
    fields = [
        field("metrics", text, checkboxes(promises, wanted.metrics), optional=True, hint=True),
        filters_field(bot, wanted.filters, place, text),
        field("leads", text, words_field(durations_written(wanted.leads_s)), hint=True),
        field("broadcast", text, checkboxes(shown, shown if wanted.broadcast else ()), optional=True),
        field("escalate_after", text, words_field(after), optional=True, hint=True),
        field("escalate_group", text, _group_menu(bot, place, to, text), optional=True),
        field("escalate_channel", text, channel_menu(to if to[:1] in {"C", "G"} else None), optional=True, hint=True),
        field("quiet", text, words_field(quiet), optional=True, hint=True),
        zone_field(wanted.zone, text),
        language_field(subscription, text),
    ]
    return subscription_view("sla", place, text, subscription, fields)


def _group_menu(bot: Bot, place: Place, chosen: str, text: Text) -> Block:
    placeholder = plain(text("modal.choose"), OPTION_TEXT)
    made: Block = {"type": "external_select", "placeholder": placeholder, "min_query_length": 0}
    if not chosen.startswith("S"):
        return made
    names = groups(bot, place)
    return {**made, "initial_option": option(names.get(chosen, chosen), chosen)}


def groups_like(bot: Bot, place: Place, typed: str) -> list[Block]:
    """Return the user groups whose name holds what was typed, as choices."""
    return named(groups(bot, place), typed)


def groups(bot: Bot, place: Place) -> dict[str, str]:
    """Return the handles of the user groups there are; none where Slack can't tell."""
    try:
        return {group: f"@{handle}" for group, handle in bot.directory.groups(place.team_id).items()}
    except OSError:
        return {}


def read_sla_view(bot: Bot, place: Place, sent: Submitted, text: Text) -> SlaWanted:
    """Return the alerts that a modal's fields want; raises WrongField."""
    values = sent.values
    with filled_in("leads"):
        leads = lead_times_s(values["leads"])
    with filled_in("quiet"):
        quiet = quiet_hours(values["quiet"]) if values.get("quiet") else None
    after, to = _escalation(sent)
    return SlaWanted(
        zone=read_zone(sent),
        filters=read_filters(bot, place, sent, text),
        metrics=tuple(values.get("metrics", "").split()),
        leads_s=leads,
        broadcast=bool(values.get("broadcast")),
        escalate_after_s=after,
        escalate_to=to,
        quiet=quiet,
    )


def _escalation(sent: Submitted) -> tuple[int, str] | tuple[None, None]:
    """Return after how long it is escalated, and to whom: a group or a channel, one of them."""
    after, group, channel = (sent.values.get(f"escalate_{name}", "").strip() for name in ("after", "group", "channel"))
    if not (after or group or channel):
        return None, None
    if group and channel:
        raise WrongField("escalate_channel", QuestionError("alert_escalates_twice"))
    if not (group or channel):
        raise WrongField("escalate_group", QuestionError("alert_escalates_to"))
    with filled_in("escalate_after"):
        return duration_s(after), group or channel
