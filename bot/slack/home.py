"""The App Home: whether the data is fresh, what one usually asks, and how to ask."""

from bot.questions import Stored, renewed
from bot.render.blocks import section
from bot.render.elements import actions, button, plain
from bot.render.limits import HEADER, SECTION_TEXT, Block, cut
from bot.render.mrkdwn import escape
from bot.render.page import page_blocks
from bot.render.rows import one_line
from bot.slack.bot import Bot, Place
from bot.slack.menu import kpi_buttons, more_buttons, usual
from bot.targeting import leads
from bot.text import Text
from kpi.errors import AccessError

REMEMBERED = 8
"""How many of one's last questions are shown."""


def home_view(bot: Bot, place: Place, text: Text) -> Block:
    """Return the App Home of a person."""
    blocks = [
        {"type": "header", "text": plain(text("home.heading"), HEADER)},
        *page_blocks(bot.commands.status(bot.now, text)),
        {"type": "divider"},
        section(f"*{escape(text('home.usual'))}*\n{escape(text('home.answers'))}"),
        *kpi_buttons(usual(bot.questions, place), text),
        *more_buttons(text),
        *_recent(bot, place, text),
        *_leading(bot, place, text),
    ]
    return {"type": "home", "blocks": blocks}


def _recent(bot: Bot, place: Place, text: Text) -> list[Block]:
    """Return the last questions of a person, each with a button that asks it as of today."""
    stored = bot.questions.recent(place.team_id, place.user, REMEMBERED)
    if not stored:
        return []
    blocks = [{"type": "divider"}, section(f"*{escape(text('home.recent'))}*")]
    for each in stored:
        asks = button(text("button.again"), f"again.{each.id}", each.id)
        blocks.append(section(cut(escape(_described(bot, each, text)), SECTION_TEXT)) | {"accessory": asks})
    return blocks


def _described(bot: Bot, stored: Stored, text: Text) -> str:
    """Return a question in words, with the dates that it has today."""
    question = renewed(stored.asked, stored.asked_at, bot.now).question
    said = [text(f"asked.{stored.asked.about}", kpi=text(f"kpi.{question.kpi}.name")), text.period(question.period)]
    said += [text("button.by_dimension", dimension=text(f"dimension.{key}")) for key in question.by]
    said += [] if question.per is None else [text("asked.per", grain=text(f"grain.{question.per}"))]
    for chosen in question.filters:
        names = _names(bot, chosen.dimension)
        values = [one_line(names.get(value, value)) for value in chosen.values]
        said.append(text("answer.filter", dimension=text(f"dimension.{chosen.dimension}"), values=values))
    return " · ".join(said)


def _names(bot: Bot, dimension: str) -> dict[str, str]:
    try:
        return dict(bot.commands.asker.values(dimension))
    except AccessError:
        return {}


def _leading(bot: Bot, place: Place, text: Text) -> list[Block]:
    """Return what only those who lead can do."""
    if not leads(bot.viewer(place)):
        return []
    return [{"type": "divider"}, *actions([button(text("button.target"), "target", "target")])]
