"""Modals: a target, a question put together from menus, digests, SLA alerts; what is wrong is told at its field."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from bot.posting.send import Message, reply
from bot.render.blocks import section
from bot.render.elements import plain
from bot.render.limits import OPTION_TEXT, Block
from bot.render.mrkdwn import escape
from bot.render.page import page_blocks
from bot.slack.answers import answer_asked
from bot.slack.bot import Bot, Place, Reader, Respond
from bot.slack.digest_modal import read_digest_view
from bot.slack.fields import Outcome, Submitted, errors, field, kpi_menu, menu, modal, named, words_field
from bot.slack.sla_modal import groups_like, read_sla_view
from bot.slack.subscription_modal import submit as submit_subscription
from bot.targeting import set_target, targets_page
from bot.targets import can_be_aimed_at, read_target
from bot.text import Text
from kpi.catalogue import CATALOGUE
from kpi.dimensions import BREAKDOWNS
from kpi.errors import AccessError, KpiError, QuestionError
from kpi.period import Grain

PERIODS = ("today", "week", "last_week", "month", "last_month", "quarter", "last_quarter", "year", "last_30_days")
"""The periods that can be chosen: each said in English to the parser, which everybody asks through."""


def submit(bot: Bot, name: str, sent: Submitted, text: Text) -> Outcome:
    """Return what becomes of a modal that was sent."""
    return MODALS[name](bot, sent, text)


def respond_to(bot: Bot, sent: Submitted) -> Respond:
    """Return how the reply goes: in the place of the menu that the modal was opened from, else as a direct message."""
    response_url = sent.behind.get("response_url")

    def respond(messages: Iterable[Message]) -> None:
        if response_url is None:
            bot.poster.post(bot.poster.direct(sent.place.user), messages)
        else:
            reply(response_url, messages, replaces=bool(sent.behind.get("is_own")))

    return respond


# --- A target --------------------------------------------------------------------------------------------------------


def target_view(text: Text) -> Block:
    """Return the modal that sets a target."""
    aimed = [key for key, kpi in CATALOGUE.items() if can_be_aimed_at(kpi)]
    teams = {
        "type": "external_select",
        "placeholder": plain(text("modal.all_teams"), OPTION_TEXT),
        "min_query_length": 0,
    }
    blocks = [
        field("kpi", text, kpi_menu(aimed, text)),
        field("team", text, teams, optional=True),
        field("value", text, words_field(longest=40), optional=True, hint=True),
    ]
    return modal("target", text, blocks)


def teams_like(bot: Bot, _: Place, typed: str) -> list[Block]:
    """Return the teams whose name holds what was typed, as choices."""
    return named(bot.commands.asker.values("team"), typed)


def _submit_target(bot: Bot, sent: Submitted, text: Text) -> Outcome:
    """Set the target, or take it away where no value stands; then show what holds in place of the fields."""
    kpi, asker = CATALOGUE[sent.values["kpi"]], bot.commands.asker
    teams = [sent.values["team"]] if sent.values.get("team") else []
    value = sent.values.get("value", "").strip()
    try:
        target = read_target(value, kpi) if value else None
    except QuestionError as error:
        return errors(value=text.error(error)), None
    try:
        set_target(asker, kpi, teams, target, now=bot.now, viewer=bot.viewer(sent.place))
    except AccessError as error:
        return errors(**{"team" if teams else "kpi": text.error(error)}), None
    except KpiError as error:
        return errors(kpi=text.error(error)), None
    shown = modal("target", text, page_blocks(targets_page(asker, asker.values("team"), text, kpi)))
    del shown["submit"]
    return {"response_action": "update", "view": shown}, None


# --- A question ------------------------------------------------------------------------------------------------------


def build_view(text: Text, place: Place, response_url: str | None, *, is_own: bool) -> Block:
    """Return the modal that a question is put together in; its answer takes the place of the menu, if there is one."""
    periods = {key: text(f"modal.period.{key}") for key in PERIODS}
    dimensions = {key: text("button.by_dimension", dimension=text(f"dimension.{key}")) for key in BREAKDOWNS}
    grains = {str(grain): text("asked.per", grain=text(f"grain.{grain}")) for grain in Grain}
    blocks = [
        section(escape(text("modal.build.hint" if response_url else "home.answers"))),
        field("kpi", text, kpi_menu(CATALOGUE, text)),
        field("period", text, menu(periods, text, "week"), optional=True),
        field("by", text, menu(dimensions, text), optional=True),
        field("per", text, menu(grains, text), optional=True),
        field("filter", text, words_field(), optional=True, hint=True),
    ]
    behind = {"channel": place.channel, "response_url": response_url, "is_own": is_own}
    return modal("build", text, blocks, behind)


def _submit_build(bot: Bot, sent: Submitted, text: Text) -> Outcome:
    """Read the fields as the words they stand for; then answer where the menu was."""
    place = Place(team_id=sent.place.team_id, user=sent.place.user, channel=str(sent.behind.get("channel") or ""))
    chosen = sent.values
    words = [chosen["kpi"], chosen.get("period", "").replace("_", " "), chosen.get("filter", "")]
    words += [f"by {chosen['by']}"] if chosen.get("by") else []
    words += [f"per {chosen['per']}"] if chosen.get("per") else []
    now, kpi = bot.now, CATALOGUE[chosen["kpi"]]
    by = chosen.get("by")
    if by and kpi.dimensions is not None and by not in kpi.dimensions:
        known = sorted(kpi.dimensions)
        error = QuestionError("dimension_unknown_here", kpi=kpi.key, dimension=by, choices=known)
        return errors(by=text.error(error)), None
    try:
        asked = bot.commands.read(" ".join(filter(None, words)), now, text, bot.viewer(place))
    except KpiError as error:
        field = "filter" if chosen.get("filter") else "period"
        return errors(**{field: text.error(error)}), None
    reader = Reader(place=place, text=text, respond=respond_to(bot, sent))
    return {}, lambda: answer_asked(bot, asked, reader, now)


MODALS: Mapping[str, Callable[[Bot, Submitted, Text], Outcome]] = {
    "target": _submit_target,
    "build": _submit_build,
    "digest": partial(submit_subscription, read=read_digest_view),
    "sla": partial(submit_subscription, read=read_sla_view),
}
"""What becomes of each modal, by its callback_id."""

OFFERED: Mapping[str, Callable[[Bot, Place, str], list[Block]]] = {"team": teams_like, "escalate_group": groups_like}
"""What menus that ask the bot offer for what was typed, by their action."""
