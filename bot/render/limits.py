"""What Slack accepts in a message. slack_sdk has no models for charts and data tables, so blocks are plain dicts."""

from collections import Counter
from collections.abc import Callable, Iterator
from math import isfinite
from typing import Any

Block = dict[str, Any]

BLOCKS = 50
HEADER = 150
SECTION_TEXT = 3000
FIELDS = 10
FIELD_TEXT = 2000
CONTEXT_ELEMENTS = 10
BLOCK_ID = 255
CHARTS = 2
CHART_TITLE = 50
CHART_SERIES = 12
CHART_CATEGORIES = 20
CHART_NAME = 20
TABLE_ROWS = 100
DATA_TABLE_ROWS = 201
TABLE_COLUMNS = 20
TABLE_CHARACTERS = 20_000
MESSAGE_TEXT = 40_000


def cut(words: str, length: int) -> str:
    """Return the words, ended by an ellipsis where they are too long."""
    return words if len(words) <= length else words[: length - 1] + "…"


def check(blocks: list[Block]) -> list[str]:
    """Return what Slack would refuse in the blocks of a message; empty when nothing.

    Limits: https://docs.slack.dev/reference/block-kit/blocks
    """
    problems = list(_check_message(blocks))
    for index, block in enumerate(blocks):
        checker = _CHECKERS.get(block.get("type", ""))
        if checker is None:
            problems.append(f"block {index}: unknown type {block.get('type')!r}")
            continue
        problems.extend(f"block {index} ({block['type']}): {problem}" for problem in checker(block))
    return problems


def _check_message(blocks: list[Block]) -> Iterator[str]:
    if not 1 <= len(blocks) <= BLOCKS:
        yield f"{len(blocks)} blocks, not 1 to {BLOCKS}"
    types = Counter(block.get("type") for block in blocks)
    if types["data_visualization"] > CHARTS:
        yield f"more than {CHARTS} charts"
    if types["table"] > 1:
        yield "more than one table"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        yield "a block_id is used twice"
    if any(not 1 <= len(block_id) <= BLOCK_ID for block_id in ids):
        yield f"a block_id is not 1 to {BLOCK_ID} characters"
    cells = [
        cell for block in blocks if block.get("type") == "data_table" for row in block.get("rows", []) for cell in row
    ]
    if sum(len(_cell_text(cell)) for cell in cells) > TABLE_CHARACTERS:
        yield f"more than {TABLE_CHARACTERS} characters in data tables"


def _check_text(text: Any, length: int, kinds: tuple[str, ...] = ("mrkdwn", "plain_text")) -> Iterator[str]:  # noqa: ANN401  # anything can stand in a payload
    if not isinstance(text, dict) or text.get("type") not in kinds:
        yield f"a text must be {' or '.join(kinds)}"
    elif not isinstance(text.get("text"), str) or not 1 <= len(text["text"]) <= length:
        yield f"a text is not 1 to {length} characters"


def _check_header(block: Block) -> Iterator[str]:
    yield from _check_text(block.get("text"), HEADER, ("plain_text",))


def _check_section(block: Block) -> Iterator[str]:
    fields = block.get("fields", [])
    if "text" not in block and not fields:
        yield "neither text nor fields"
    if "text" in block:
        yield from _check_text(block["text"], SECTION_TEXT)
    if len(fields) > FIELDS:
        yield f"more than {FIELDS} fields"
    for field in fields:
        yield from _check_text(field, FIELD_TEXT)


def _check_context(block: Block) -> Iterator[str]:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= CONTEXT_ELEMENTS:
        yield f"{len(elements)} elements, not 1 to {CONTEXT_ELEMENTS}"
    for element in elements:
        yield from _check_text(element, SECTION_TEXT)


def _check_divider(_: Block) -> Iterator[str]:
    yield from ()


def _check_chart(block: Block) -> Iterator[str]:
    if not 1 <= len(block.get("title", "")) <= CHART_TITLE:
        yield f"title is not 1 to {CHART_TITLE} characters"
    chart = block.get("chart", {})
    if chart.get("type") not in {"line", "bar", "area"}:
        yield f"unknown chart {chart.get('type')!r}"
        return
    categories = chart.get("axis_config", {}).get("categories", [])
    if not 1 <= len(categories) <= CHART_CATEGORIES or len(set(categories)) != len(categories):
        yield f"categories are not 1 to {CHART_CATEGORIES} different ones"
    if any(not 1 <= len(category) <= CHART_NAME for category in categories):
        yield f"a category is not 1 to {CHART_NAME} characters"
    series = chart.get("series", [])
    names = [one.get("name", "") for one in series]
    if not 1 <= len(series) <= CHART_SERIES or len(set(names)) != len(names):
        yield f"series are not 1 to {CHART_SERIES} with different names"
    if any(not 1 <= len(name) <= CHART_NAME for name in names):
        yield f"a series name is not 1 to {CHART_NAME} characters"
    for one in series:
        if [point.get("label") for point in one.get("data", [])] != categories:
            yield "a series has not exactly one point per category"
        if not all(_is_finite(point.get("value")) for point in one.get("data", [])):
            yield "a point is not a finite number"


def _is_finite(value: Any) -> bool:  # noqa: ANN401  # anything can stand in a payload
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _cell_text(cell: Block) -> str:
    return str(cell.get("text", cell.get("value", "")))


def _check_cell(cell: Block) -> Iterator[str]:
    if cell.get("type") not in {"raw_text", "raw_number"}:
        yield f"unknown cell {cell.get('type')!r}"
    elif not _cell_text(cell):
        yield "a cell is empty"
    if cell.get("type") == "raw_number" and not _is_finite(cell.get("value")):
        yield "a number is not finite"


def _check_rows(block: Block, least: int, most: int) -> Iterator[str]:
    rows = block.get("rows", [])
    if not least <= len(rows) <= most:
        yield f"{len(rows)} rows, not {least} to {most}"
    if len({len(row) for row in rows}) > 1:
        yield "rows of different lengths"
    if any(not 1 <= len(row) <= TABLE_COLUMNS for row in rows):
        yield f"a row is not 1 to {TABLE_COLUMNS} cells"
    for row in rows:
        for cell in row:
            yield from _check_cell(cell)


def _check_table(block: Block) -> Iterator[str]:
    yield from _check_rows(block, 1, TABLE_ROWS)


def _check_data_table(block: Block) -> Iterator[str]:
    if not block.get("caption"):
        yield "no caption"
    if not 1 <= block.get("page_size", 5) <= TABLE_ROWS:
        yield f"page_size is not 1 to {TABLE_ROWS}"
    yield from _check_rows(block, 2, DATA_TABLE_ROWS)


_CHECKERS: dict[str, Callable[[Block], Iterator[str]]] = {
    "header": _check_header,
    "section": _check_section,
    "context": _check_context,
    "divider": _check_divider,
    "data_visualization": _check_chart,
    "table": _check_table,
    "data_table": _check_data_table,
}
