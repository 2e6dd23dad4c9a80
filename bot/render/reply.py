"""Whatever a question brought, laid out for each surface."""

import csv
from io import StringIO

from bot.render.blocks import answer_blocks, data_table, joined, section, simple_blocks
from bot.render.explanation import explanation_report
from bot.render.json import Json, as_json
from bot.render.limits import CONTEXT_ELEMENTS, HEADER, MESSAGE_TEXT, SECTION_TEXT, Block, cut
from bot.render.listing import listing_report
from bot.render.mrkdwn import escape, fenced, link
from bot.render.page import Section, page_blocks, page_fallback, page_terminal
from bot.render.report import Report
from bot.render.rows import Table
from bot.render.table import as_csv
from bot.render.text import columns, fallback, terminal
from bot.render.watching import watch_report
from bot.text import Text
from kpi.drilldown import Listing
from kpi.explain import Explanation
from kpi.question import Answer
from kpi.watch import Watch

Data = Answer | Listing | Explanation | Watch
"""What holds figures."""

Reply = Data | tuple[Section, ...]
"""What a question brought: figures, or a page of words."""


def report(said: Listing | Explanation | Watch, text: Text, first: int = 0) -> Report:
    """Return what is said beyond one number; `first` rows of a list come before those that it has."""
    match said:
        case Listing():
            return listing_report(said, text, first)
        case Explanation():
            return explanation_report(said, text)
        case Watch():
            return watch_report(said, text)


def reply_terminal(said: Reply, text: Text) -> str:
    """Return a reply as it reads in a terminal."""
    if isinstance(said, Answer):
        return terminal(said, text)
    return page_terminal(said) if isinstance(said, tuple) else _terminal(report(said, text), text)


def reply_json(said: Data, text: Text) -> Json:
    """Return a reply as a JSON object."""
    return as_json(said) if isinstance(said, Answer) else report(said, text).json


def reply_csv(said: Data, text: Text) -> str:
    """Return a reply as CSV with a header; empty cells are what did not happen."""
    if isinstance(said, Answer):
        return as_csv(said)
    found, file = report(said, text), StringIO()
    writer = csv.DictWriter(file, found.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(found.rows)
    return file.getvalue()


def reply_slack(said: Reply, text: Text, first: int = 0) -> tuple[str, list[list[Block]]]:
    """Return a reply as the text of a Slack message, and in simpler and simpler blocks; `first` as of `report`."""
    if isinstance(said, Answer):
        return fallback(said, text), [answer_blocks(said, text), simple_blocks(said, text)]
    if isinstance(said, tuple):
        return page_fallback(said), [page_blocks(said)]
    found = report(said, text, first)
    simple = _blocks(found, [section(words) for words in _table(found)])
    if found.table is None or any(found.links):
        return _fallback(found), [simple]  # cells of a native table hold no links
    return _fallback(found), [_blocks(found, [data_table(found.table, found.title)]), simple]


# --- Reports -----------------------------------------------------------------------------------------------------


def _terminal(found: Report, text: Text) -> str:
    table = found.table
    if table is not None and any(found.links):
        table = Table(
            header=(*table.header, text("column.link")),
            rows=tuple((*row, address or "") for row, address in zip(table.rows, found.links, strict=True)),
            numbers=table.numbers,
            notes=table.notes,
        )
    parts = ("\n".join((found.title, *found.lines)), columns(table) if table else "", "\n".join(found.notes))
    return "\n\n".join(part for part in parts if part)


def _blocks(found: Report, table: list[Block]) -> list[Block]:
    title = {"type": "plain_text", "text": cut(found.title, HEADER), "emoji": False}
    blocks: list[Block] = [{"type": "header", "text": title}]
    blocks += [section(words) for words in joined([escape(line) for line in found.lines])]
    blocks += table
    notes = [{"type": "mrkdwn", "text": cut(escape(note), SECTION_TEXT), "verbatim": True} for note in found.notes]
    return [*blocks, {"type": "context", "elements": notes[:CONTEXT_ELEMENTS]}] if notes else blocks


def _fallback(found: Report) -> str:
    parts = (escape(found.title), *map(escape, found.lines), *_table(found), *map(escape, found.notes))
    return cut("\n".join(parts), MESSAGE_TEXT)


def _table(found: Report) -> list[str]:
    """Return the table in Slack's markup: a line for each row where they have links, else in columns."""
    if found.table is None:
        return []
    if not any(found.links):
        return [fenced(columns(found.table), SECTION_TEXT)]
    lines = [" · ".join(map(escape, found.table.header))]
    for row, address in zip(found.table.rows, found.links, strict=True):
        first = escape(row[0]) if address is None else link(address, row[0])
        lines.append(" · ".join((first, *map(escape, row[1:]))))
    return joined(lines)
