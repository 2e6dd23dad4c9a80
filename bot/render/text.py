"""An answer as plain text: for the terminal, and as the fallback that notifications and screen readers get."""

from rich.cells import cell_len

from bot.render.limits import MESSAGE_TEXT, SECTION_TEXT, cut
from bot.render.mrkdwn import escape, fenced
from bot.render.rows import Table
from bot.render.words import Words, words
from bot.text import Text
from kpi.question import Answer

GAP = "  "


def terminal(answer: Answer, text: Text) -> str:
    """Return an answer as it reads in a terminal."""
    said = words(answer, text)
    parts = (_head(said), _fields(said, text), *map(columns, said.tables), "\n".join(said.footnotes))
    return "\n\n".join(part for part in parts if part)


def fallback(answer: Answer, text: Text) -> str:
    """Return an answer as the text of a Slack message; what came from the helpdesk is escaped."""
    said = words(answer, text)
    tables = [fenced(columns(table), SECTION_TEXT) for table in said.tables]
    parts = (escape(_head(said)), escape(_fields(said, text)), *tables, escape("\n".join(said.footnotes)))
    return cut("\n\n".join(part for part in parts if part), MESSAGE_TEXT)


def columns(table: Table) -> str:
    """Return a table in columns of a fixed-width font: labels to the left, figures to the right."""
    lines = [table.header, *table.rows]
    widths = [max(cell_len(line[index]) for line in lines) for index in range(len(table.header))]
    return "\n".join(
        GAP.join(
            _padded(cell, width, right=index > 0) for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _padded(cell: str, width: int, *, right: bool) -> str:
    # Names can hold characters two cells wide.
    space = " " * (width - cell_len(cell))
    return space + cell if right else cell + space


def _head(said: Words) -> str:
    return "\n".join(line for line in (said.title, said.subtitle, said.headline, *said.details) if line is not None)


def _fields(said: Words, text: Text) -> str:
    return "\n".join(text("answer.field", label=label, value=value) for label, value in said.fields)
