"""`/kpi digest`: the digests of a channel, or one's own."""

from collections.abc import Mapping
from functools import partial

from bot.slack.bot import Bot, Reader
from bot.slack.subscribing import Do, Page, end, listed, pause, perform, resume
from bot.subscriptions import Kind

KINDS = (Kind.DIGEST,)


def digest(bot: Bot, words: str, reader: Reader) -> Page:
    """Return the digests of a place, or what became of one. Raises KpiError."""
    return perform("digest", DOES, bot, words, reader)


def _list(bot: Bot, _: str, reader: Reader) -> Page:
    return listed(bot, reader, KINDS, reader.text("digest.heading"), reader.text("digest.how"))


DOES: Mapping[str, Do] = {
    "off": partial(end, kinds=KINDS),
    "list": _list,
    "pause": partial(pause, kinds=KINDS),
    "resume": partial(resume, kinds=KINDS),
}
