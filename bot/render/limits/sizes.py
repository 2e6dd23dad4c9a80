"""How much fits into each part of a message."""

from typing import Any

Block = dict[str, Any]

BLOCKS = 50
VIEW_BLOCKS = 100
HEADER = 150
SECTION_TEXT = 3000
FIELDS = 10
FIELD_TEXT = 2000
CONTEXT_ELEMENTS = 10
ACTIONS = 25
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
OPTIONS = 100
OPTION_TEXT = 75
OPTION_VALUE = 150
OVERFLOW_OPTIONS = 5
LISTED_OPTIONS = 10
PLACEHOLDER = 150
IDENTIFIER = 255
VIEW_TITLE = 24
PRIVATE_METADATA = 3000
CHARTS = 2
CHART_TITLE = 50
CHART_SERIES = 12
CHART_CATEGORIES = 20
CHART_NAME = 20
TABLE_ROWS = 100
DATA_TABLE_ROWS = 201
TABLE_COLUMNS = 20
TABLE_CHARACTERS = 20_000
MARKDOWN_TEXT = 12_000
MESSAGE_TEXT = 40_000


def cut(words: str, length: int) -> str:
    """Return the words, ended by an ellipsis where they are too long."""
    return words if len(words) <= length else words[: length - 1] + "…"
