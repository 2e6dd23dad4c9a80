"""An answer as Slack's blocks: plain dicts, because slack_sdk has no models for charts and data tables."""

from collections.abc import Sequence

from bot.render.chart import chart, chart_note
from bot.render.limits import CONTEXT_ELEMENTS, FIELD_TEXT, HEADER, SECTION_TEXT, Block, cut
from bot.render.mrkdwn import escape, fenced
from bot.render.rows import Table
from bot.render.text import columns
from bot.render.words import Words, words
from bot.text import Text
from kpi.question import Answer, Unit

PAGE_SIZE = 12


def answer_blocks(answer: Answer, text: Text) -> list[Block]:
    """Return an answer with its native chart and tables."""
    said = words(answer, text)
    blocks = _opening(said)
    drawn = chart(answer, text)
    if drawn is not None:
        blocks.append(drawn)
    blocks += [data_table(table, f"{said.title} · {table.header[0]}", answer.unit) for table in said.tables]
    note = chart_note(answer, text)
    return [*blocks, _footnotes(said.footnotes if note is None else (note, *said.footnotes))]


def simple_blocks(answer: Answer, text: Text) -> list[Block]:
    """Return an answer in blocks that every workspace accepts."""
    said = words(answer, text)
    tables = [section(fenced(columns(table), SECTION_TEXT)) for table in said.tables]
    return [*_opening(said), *tables, _footnotes(said.footnotes)]


def _opening(said: Words) -> list[Block]:
    lines = [f"*{escape(said.headline)}*", *map(escape, said.details)]
    if said.subtitle is not None:
        lines.insert(0, escape(said.subtitle))
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": cut(said.title, HEADER), "emoji": False}},
        section(cut("\n".join(lines), SECTION_TEXT)),
    ]
    if said.fields:
        fields = [_mrkdwn(cut(f"*{escape(label)}*\n{escape(value)}", FIELD_TEXT)) for label, value in said.fields]
        blocks.append({"type": "section", "fields": fields})
    return blocks


def _footnotes(notes: tuple[str, ...]) -> Block:
    elements = [_mrkdwn(escape(note)) for note in notes[:CONTEXT_ELEMENTS]]
    return {"type": "context", "elements": elements}


def data_table(table: Table, caption: str, unit: Unit | None = None) -> Block:
    """Return a table that sorts by its number: one column holds numbers of a unit, shown as their words.

    Without a unit it holds words alone.
    """
    sortable = unit is not None and all(number is not None for number in table.numbers)
    rows = [[_cell(cell) for cell in table.header]]
    for row, number in zip(table.rows, table.numbers, strict=True):
        cells = [_cell(cell) for cell in row]
        if sortable and number is not None:
            # A percentage sorts the same as its ratio, but clients that show the number show 72.4, not 0.724.
            value = round(number * 100, 1) if unit is Unit.RATIO else number
            cells[table.value_column] = {"type": "raw_number", "value": value, "text": row[table.value_column]}
        rows.append(cells)
    return {"type": "data_table", "caption": caption, "rows": rows, "page_size": PAGE_SIZE}


def _cell(words: str) -> Block:
    return {"type": "raw_text", "text": words}


def section(mrkdwn: str) -> Block:
    """Return a section of mrkdwn."""
    return {"type": "section", "text": _mrkdwn(mrkdwn)}


def joined(parts: Sequence[str], separator: str = "\n") -> list[str]:
    """Return parts joined as far as they fit into a section each; none is divided, for it may hold a link."""
    found: list[str] = []
    for part in parts:
        whole = f"{found[-1]}{separator}{part}" if found else part
        if found and len(whole) <= SECTION_TEXT:
            found[-1] = whole
        else:
            found.append(cut(part, SECTION_TEXT))
    return found


def _mrkdwn(words: str) -> Block:
    # verbatim: a "#general" or an address in a customer's name stays as it is written.
    return {"type": "mrkdwn", "text": words, "verbatim": True}
