"""What is offered to somebody who says nothing: the KPIs that are usual here, as buttons."""

from collections.abc import Sequence

from bot.posting.send import Message
from bot.questions import Questions
from bot.render.blocks import section
from bot.render.elements import actions, button
from bot.render.limits import Block
from bot.render.mrkdwn import escape
from bot.slack.bot import Bot, Place
from bot.text import Text
from kpi.watch import WATCHED

OFFERED = 8

HELP_PAGES = ("list", "help")


def menu(bot: Bot, place: Place, text: Text) -> list[Message]:
    """Return the menu with blocks, then as text."""
    keys = usual(bot.questions, place)
    heading, hint = text("menu.heading"), text("menu.hint")
    blocks = [section(f"*{escape(heading)}*\n{escape(hint)}"), *kpi_buttons(keys, text), *more_buttons(text)]
    named = "\n".join(f"/kpi {key} · {text(f'kpi.{key}.name')}" for key in keys)
    words = escape(f"{heading}\n{named}\n{hint}")
    return [Message(text=words, blocks=blocks), Message(text=words)]


def usual(questions: Questions, place: Place) -> list[str]:
    """Return the KPIs that are asked for here most; where too few were, those that everybody watches as well."""
    # In a direct message only one person asks, so what is usual there is what is usual for the person.
    whose = {"asker": place.user} if place.is_direct else {"channel": place.channel}
    asked = questions.usual(place.team_id, OFFERED, **whose)
    return list(dict.fromkeys((*asked, *WATCHED)))[:OFFERED]


def kpi_buttons(keys: Sequence[str], text: Text) -> list[Block]:
    """Return a button for each KPI."""
    return actions([button(text(f"kpi.{key}.name"), f"ask.{key}", key) for key in keys])


def more_buttons(text: Text) -> list[Block]:
    """Return the buttons that lead to everything else."""
    pages = [button(text(f"button.{page}"), f"show.{page}", page) for page in HELP_PAGES]
    return actions([button(text("button.build"), "build", "build", style="primary"), *pages])
