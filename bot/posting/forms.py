"""A reply as messages, in simpler and simpler blocks."""

from collections.abc import Iterator, Sequence

import structlog

from bot.posting.send import Message, Poster, SendError
from bot.render.blocks import section
from bot.render.limits import BLOCKS, Block, cut
from bot.render.mrkdwn import escape
from bot.render.picture import can_draw, picture
from bot.render.reply import Reply, reply_slack
from bot.text import Text

log = structlog.get_logger(__name__)

CHART, PICTURE_TEXT = "data_visualization", 2000


def forms(
    reply: Reply,
    text: Text,
    poster: Poster,
    row: Sequence[Block] = (),
    *,
    first: int = 0,
    above: str | None = None,
    note: str | None = None,
) -> Iterator[Message]:
    """Yield a reply in simpler and simpler blocks, at last as text; `above` stands before it, `note` below it.

    `first` is how many rows of a list come before those that are shown.
    """
    words, versions = reply_slack(reply, text, first)
    below = [] if note is None else [{"type": "context", "elements": [_mrkdwn(escape(note))]}]
    words = words if note is None else f"{words}\n\n{escape(note)}"
    if above is not None:
        words, versions = f"{escape(above)}\n\n{words}", [[section(escape(above)), *blocks] for blocks in versions]
    yield from simpler(words, versions, poster, [*below, *row])


def simpler(
    words: str, versions: Sequence[Sequence[Block]], poster: Poster, after: Sequence[Block] = ()
) -> Iterator[Message]:
    """Yield a message in its versions of simpler and simpler blocks, each followed by `after`, at last as text.

    Where native blocks are refused, a chart becomes a picture, if the extra is installed: it is drawn and uploaded
    only then.
    """
    for place, blocks in enumerate(versions):
        if place == 1 and (drawn := _drawn(versions[0], words, poster)) is not None:
            yield Message(text=words, blocks=[*blocks[: BLOCKS - len(after) - 1], drawn, *after])
        yield Message(text=words, blocks=[*blocks[: BLOCKS - len(after)], *after])
    yield Message(text=words)


def _drawn(blocks: Sequence[Block], words: str, poster: Poster) -> Block | None:
    """Return the chart among blocks as an uploaded picture; None without one, or when it can't be had."""
    chart = next((block for block in blocks if block["type"] == CHART), None)
    if chart is None or not can_draw():
        return None
    try:
        return poster.picture("chart.png", picture(chart), cut(words, PICTURE_TEXT))
    except SendError as error:
        log.warning("picture_refused", error=str(error))
        return None


def _mrkdwn(words: str) -> Block:
    return {"type": "mrkdwn", "text": words, "verbatim": True}
