"""`/kpi digest`: the digests of a channel, or one's own."""

from collections.abc import Mapping
from functools import partial

from bot.digests.making import post_now, preview
from bot.digests.reading import read_digest
from bot.posting.forms import simpler
from bot.posting.send import SendError
from bot.render.blocks import section
from bot.render.mrkdwn import escape
from bot.render.page import Section
from bot.slack.bot import Bot, Place, Reader
from bot.slack.digest_modal import digest_view
from bot.slack.subscribing import (
    Do,
    Page,
    check_subscribing,
    chosen,
    edit,
    end,
    line,
    listed,
    made,
    pause,
    perform,
    resume,
    stored,
)
from bot.subscriptions import Kind, Subscription
from bot.text import Text
from kpi.errors import QuestionError

KINDS = (Kind.DIGEST,)


def digest(bot: Bot, words: str, reader: Reader) -> Page:
    """Return the digests of a place, or what became of one. Raises KpiError."""
    return perform("digest", DOES, bot, words, reader)


def show(bot: Bot, subscription: Subscription, reader: Reader) -> None:
    """Show a digest to the reader alone, as it would be now. Raises KpiError and SendError."""
    _, (words, versions) = preview(bot.commands.asker, bot.access, subscription, bot.now)
    note = reader.text("digest.preview")
    above = section(f"_{escape(note)}_")
    reader.respond(simpler(f"{escape(note)}\n\n{words}", [[above, *blocks] for blocks in versions], bot.poster))


def _list(bot: Bot, _: str, reader: Reader) -> Page:
    return listed(bot, reader, KINDS, reader.text("digest.heading"), reader.text("digest.how"))


def _on(bot: Bot, words: str, reader: Reader) -> Page:
    """Make a digest; show what it would say now, and say when it comes first."""
    place, text = reader.place, reader.text
    check_subscribing(bot, place)
    viewer = bot.viewer(place)
    wanted, language = read_digest(words, bot.commands.asker, bot.now, text, zone=bot.zone(place), viewer=viewer)
    new = made(bot, wanted, reader, language)
    show(bot, new, reader)
    return came_about(bot, stored(bot, new), place, text)


def came_about(bot: Bot, subscription: Subscription, place: Place, text: Text) -> Page:
    """Return that a digest was made or changed, and when it comes first."""
    said = [line(bot, subscription, place, text)]
    said += [] if subscription.is_personal else [text("digest.invite")]
    return Page(sections=(Section(heading=text("digest.made"), lines=tuple(said)),))


def _now(bot: Bot, words: str, reader: Reader) -> Page:
    """Post digests for everybody at once; raises QuestionError `bot_not_in_channel`."""
    text = reader.text
    for one in chosen(bot, words, reader, KINDS):
        with bot.first_click(reader.place, f"digest_now:{one.id}") as is_first:
            if is_first:
                _post(bot, one)
    return Page(sections=(Section(heading=text("digest.posted")),))


def _post(bot: Bot, subscription: Subscription) -> None:
    try:
        post_now(bot.commands.asker, bot.access, bot.poster, subscription, bot.now)
    except SendError as error:
        if error.is_not_there:
            raise QuestionError("bot_not_in_channel", code=error.code) from error
        raise


def _test(bot: Bot, words: str, reader: Reader) -> Page:
    """Show digests to the reader alone."""
    tested = chosen(bot, words, reader, KINDS)
    for one in tested:
        show(bot, one, reader)
    lines = tuple(line(bot, one, reader.place, reader.text) for one in tested)
    return Page(sections=(Section(heading=reader.text("digest.heading"), lines=lines),))


def _edit(bot: Bot, words: str, reader: Reader) -> Page:
    edit(bot, words, reader, KINDS, digest_view)
    return _list(bot, "", reader)


DOES: Mapping[str, Do] = {
    "on": _on,
    "off": partial(end, kinds=KINDS),
    "now": _now,
    "list": _list,
    "test": _test,
    "edit": _edit,
    "pause": partial(pause, kinds=KINDS),
    "resume": partial(resume, kinds=KINDS),
}
