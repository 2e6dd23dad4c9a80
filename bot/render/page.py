"""Pages of words: help, the catalogue, a definition, the freshness."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.render.blocks import joined, section
from bot.render.limits import SECTION_TEXT, Block, cut
from bot.render.mrkdwn import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...] = ()


def page_blocks(sections: Sequence[Section]) -> list[Block]:
    """Return a page as Slack's blocks, as few as it fits into."""
    return [section(words) for words in joined([cut(_mrkdwn(one), SECTION_TEXT) for one in sections], "\n\n")]


def page_fallback(sections: Sequence[Section]) -> str:
    """Return a page as the text of a Slack message."""
    return "\n\n".join(_mrkdwn(one) for one in sections)


def page_terminal(sections: Sequence[Section]) -> str:
    """Return a page as it reads in a terminal."""
    return "\n\n".join("\n".join((one.heading, *(f"  {line}" for line in one.lines))) for one in sections)


def _mrkdwn(one: Section) -> str:
    return "\n".join((f"*{escape(one.heading)}*", *map(escape, one.lines)))
