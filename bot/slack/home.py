"""The App Home: whether the data is fresh, what one usually asks, and how to ask."""

from bot.access import Viewer
from bot.questions import About, Stored, renewed
from bot.render.blocks import section
from bot.render.elements import actions, button, plain
from bot.render.limits import HEADER, SECTION_TEXT, Block, cut
from bot.render.mrkdwn import escape
from bot.render.page import page_blocks
from bot.render.rows import one_line
from bot.slack.bot import Bot, Place
from bot.slack.menu import kpi_buttons, more_buttons, usual
from bot.slack.subscribing import IN_MODALS, paused, written
from bot.subscriptions import Kind, Subscription
from bot.targeting import leads
from bot.text import Text

REMEMBERED = 8
"""How many of one's last questions are shown."""

SUBSCRIBED = 15
"""How many digests and alerts are shown."""


def home_view(bot: Bot, place: Place, text: Text) -> Block:
    """Return the App Home of a person."""
    blocks = [
        {"type": "header", "text": plain(text("home.heading"), HEADER)},
        *page_blocks(bot.commands.status(bot.now, text)),
        {"type": "divider"},
        section(f"*{escape(text('home.usual'))}*\n{escape(text('home.answers'))}"),
        *kpi_buttons(usual(bot.questions, place), text),
        *more_buttons(text),
        *_subscriptions(bot, place, text),
        *_recent(bot, place, text),
        *_leading(bot, place, text),
    ]
    return {"type": "home", "blocks": blocks}


def _recent(bot: Bot, place: Place, text: Text) -> list[Block]:
    """Return the last questions of a person, each with a button that asks it as of today."""
    stored = bot.questions.recent(place.team_id, place.user, REMEMBERED)
    if not stored:
        return []
    viewer = bot.viewer(place)
    blocks = [{"type": "divider"}, section(f"*{escape(text('home.recent'))}*")]
    for each in stored:
        asks = button(text("button.again"), f"again.{each.id}", each.id)
        blocks.append(section(cut(escape(_described(bot, each, text, viewer)), SECTION_TEXT)) | {"accessory": asks})
    return blocks


def _subscriptions(bot: Bot, place: Place, text: Text) -> list[Block]:
    """Return what a person has made, with its next time in the person's zone, and buttons for more."""
    zone = bot.zone(place)
    blocks: list[Block] = [{"type": "divider"}, section(f"*{escape(text('home.subscriptions'))}*")]
    for one in bot.subscriptions.of_owner(place.team_id, place.user)[:SUBSCRIBED]:
        # A channel is named by reference, which escaping would take apart.
        where = text("home.personal") if one.is_personal else f"<#{one.channel}>"
        said = [where, escape(written(bot, one.wanted, one.kind, place, text)), *map(escape, _state(one, zone, text))]
        blocks += [section(cut(" · ".join(said), SECTION_TEXT)), *actions(_buttons(one, text))]
    new = [button(text(f"button.{kind}_personal"), f"{kind}_new", "personal") for kind in Kind if kind in IN_MODALS]
    return [*blocks, *actions(new)]


def _state(one: Subscription, zone: str, text: Text) -> list[str]:
    """Return when something comes next or why it doesn't, and how often it failed."""
    said = [paused(one, text)] if one.is_paused else []
    if one.next_at is not None and one.kind is not Kind.SLA:
        said.append(text("subscription.next", moment=text.instant(one.next_at, zone)))
    return [*said, *([text.plural("subscription.failed", one.failures)] if one.failures else [])]


def _buttons(one: Subscription, text: Text) -> list[Block]:
    act = "resume" if one.is_paused else "pause"
    found = [button(text(f"button.subscription_{act}"), f"subscription_{act}.{one.id}", one.id)]
    if one.kind in IN_MODALS:
        found.append(button(text("button.subscription_edit"), f"{one.kind}_edit.{one.id}", one.id))
    return found


def _described(bot: Bot, stored: Stored, text: Text, viewer: Viewer) -> str:
    """Return a question in words, with the dates that it has today, as far as the viewer may read them now."""
    question = renewed(stored.asked, stored.asked_at, bot.now).question
    about, watched = stored.asked.about, stored.asked.watched
    if len(watched) > 1:
        said = [text("anomalies.title")]
    else:
        said = [text(f"asked.{about}", kpi=text(f"kpi.{question.kpi}.name"))]
    # Of a running week, anomalies are looked for in the one before.
    undated = about is About.DEFINITION or (about is About.ANOMALIES and question.period.is_running(bot.now))
    said += [] if undated else [text.period(question.period)]
    said += [text("button.by_dimension", dimension=text(f"dimension.{key}")) for key in question.by]
    said += [] if question.per is None else [text("asked.per", grain=text(f"grain.{question.per}"))]
    for chosen in question.filters:
        names = bot.commands.asker.values(chosen.dimension, viewer)
        values = [one_line(names.get(value, value)) for value in chosen.values]
        said.append(text("answer.filter", dimension=text(f"dimension.{chosen.dimension}"), values=values))
    return " · ".join(said)


def _leading(bot: Bot, place: Place, text: Text) -> list[Block]:
    """Return what only those who lead can do."""
    if not leads(bot.viewer(place)):
        return []
    return [{"type": "divider"}, *actions([button(text("button.target"), "target", "target")])]
