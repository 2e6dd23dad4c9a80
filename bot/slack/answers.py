"""Answers in Slack: the words, in simpler and simpler blocks, with the buttons that go on from there."""

from collections.abc import Mapping

import structlog

from bot.commands import Said, subcommand
from bot.posting.forms import forms
from bot.posting.send import Message, SendError
from bot.questions import Asked
from bot.render.elements import actions, button
from bot.render.limits import Block
from bot.render.mrkdwn import escape
from bot.slack.alerts import alerts
from bot.slack.bot import Bot, Reader, Respond
from bot.slack.buttons import buttons
from bot.slack.channel_language import channel_language
from bot.slack.digest import digest
from bot.slack.following import reference
from bot.slack.menu import menu
from bot.slack.subscribing import Do
from bot.targeting import leads
from bot.text import Text
from kpi.errors import AccessError, KpiError, QuestionError

log = structlog.get_logger(__name__)

TARGETS = "target"

IN_SLACK: Mapping[str, Do] = {"language": channel_language, "digest": digest, "alerts": alerts}
"""The commands that only Slack knows (`bot.commands.IN_SLACK`), and what they do with the words after them."""


def answer_words(bot: Bot, words: str, reader: Reader) -> None:
    """Answer what somebody said; without words, offer what is usually asked here. Raises KpiError and SendError."""
    if not words:
        reader.respond(menu(bot, reader.place, reader.text))
        return
    now, (command, rest) = bot.now, subcommand(words)
    if command is not None and command in IN_SLACK:
        page = IN_SLACK[command](bot, rest, reader)
        reader.respond(forms(page.sections, reader.text, bot.poster, page.below))
        return
    _answer(bot, bot.commands.say(words, now, reader.text, bot.viewer(reader.place)), reader, now)


def answer_asked(bot: Bot, asked: Asked, reader: Reader, at: int) -> None:
    """Answer what is asked, as of an instant. Raises KpiError and SendError."""
    told = bot.commands.tell(asked, at, reader.text, bot.viewer(reader.place))
    _answer(bot, Said(reply=told, asked=asked), reader, at)


def _answer(bot: Bot, said: Said, reader: Reader, at: int) -> None:
    """Give a reply with its buttons, which go back to what was asked."""
    place, text = reader.place, reader.text
    row: list[Block] = []
    if said.page == TARGETS and leads(bot.viewer(place)):
        row = actions([button(text("button.target"), "target", "target")])
    if said.asked is not None:
        key = bot.questions.keep(
            said.asked,
            language=text.language,
            team_id=place.team_id,
            channel=place.channel,
            asker=place.user,
            now=at,
        )
        row = [] if key is None else buttons(said.asked, said.reply, key, text, place)
    first = 0 if said.asked is None else said.asked.first
    reader.respond(forms(said.reply, text, bot.poster, row, first=first))


def tell(error: Exception, text: Text, respond: Respond) -> None:
    """Tell somebody what went wrong and what to do."""
    try:
        respond([Message(text=escape(what_went_wrong(error, text)))])
    except SendError as lost:
        log.error("answer_lost", error=str(lost))  # noqa: TRY400  # what went wrong first is logged above


def what_went_wrong(error: Exception, text: Text) -> str:
    """Return what went wrong and what to do; of a defect, a reference under which the log has it."""
    if isinstance(error, AccessError | QuestionError):
        log.info("question_refused", error=str(error))
        return text.error(error)
    if isinstance(error, KpiError):
        log.warning("question_failed", error=str(error))
        return text.error(error)
    named = reference()
    log.error("listener_failed", reference=named, exc_info=error)
    return text("error.unknown", reference=named)
