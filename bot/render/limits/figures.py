"""Native charts and tables.

https://docs.slack.dev/reference/block-kit/blocks
"""

from math import isfinite
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bot.render.limits.blocks import AnyBlock
from bot.render.limits.objects import Shape
from bot.render.limits.sizes import (
    CHART_CATEGORIES,
    CHART_NAME,
    CHART_SERIES,
    CHART_TITLE,
    DATA_TABLE_ROWS,
    TABLE_CHARACTERS,
    TABLE_COLUMNS,
    TABLE_ROWS,
)

AXIS_LABEL = 50

Name = Annotated[str, Field(min_length=1, max_length=CHART_NAME)]


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ValueError("not a finite number")
    return value


Number = Annotated[int | float, AfterValidator(_finite)]


class Segment(Shape):
    """A part of a pie."""

    label: Name
    value: Annotated[Number, Field(gt=0)]


class Pie(Shape):
    """Shares of a whole."""

    type: Literal["pie"]
    segments: list[Segment] = Field(min_length=1, max_length=CHART_SERIES)


class Point(Shape):
    """A value of one category."""

    label: Name
    value: Number


class Series(Shape):
    """A line, or the bars of one colour."""

    name: Name
    data: list[Point] = Field(min_length=1, max_length=CHART_CATEGORIES)


class Axis(Shape):
    """The categories in their order, and what both axes are called."""

    categories: list[Name] = Field(min_length=1, max_length=CHART_CATEGORIES)
    x_label: str | None = Field(None, max_length=AXIS_LABEL)
    y_label: str | None = Field(None, max_length=AXIS_LABEL)


class Graph(Shape):
    """Lines, bars or areas over categories: every series has exactly one point for each of them."""

    type: Literal["line", "bar", "area"]
    series: list[Series] = Field(min_length=1, max_length=CHART_SERIES)
    axis_config: Axis

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        categories = self.axis_config.categories
        if len(set(categories)) != len(categories):
            raise ValueError("a category is there twice")
        if len({one.name for one in self.series}) != len(self.series):
            raise ValueError("two series have the same name")
        if any(sorted(point.label for point in one.data) != sorted(categories) for one in self.series):
            raise ValueError("a series has not exactly one point per category")
        return self


class DataVisualization(AnyBlock):
    """A native chart."""

    type: Literal["data_visualization"]
    title: str = Field(min_length=1, max_length=CHART_TITLE)
    chart: Annotated[Pie | Graph, Field(discriminator="type")]


class RawText(Shape):
    """A cell of words."""

    type: Literal["raw_text"]
    text: str = Field(min_length=1)


class RawNumber(Shape):
    """A cell that sorts by its number and shows its text."""

    type: Literal["raw_number"]
    value: Number
    text: str = Field(min_length=1)


Cell = Annotated[RawText | RawNumber, Field(discriminator="type")]


class ColumnSettings(Shape):
    """How a column looks."""

    align: Literal["left", "center", "right"] | None = None
    is_wrapped: bool | None = None


class Table(AnyBlock):
    """A plain table."""

    type: Literal["table"]
    rows: list[Annotated[list[RawText], Field(min_length=1, max_length=TABLE_COLUMNS)]] = Field(
        min_length=1, max_length=TABLE_ROWS
    )
    column_settings: list[ColumnSettings | None] | None = Field(None, max_length=TABLE_COLUMNS)


class DataTable(AnyBlock):
    """A table that sorts and filters; its first row is its header."""

    type: Literal["data_table"]
    caption: str = Field(min_length=1)
    rows: list[Annotated[list[Cell], Field(min_length=1, max_length=TABLE_COLUMNS)]] = Field(
        min_length=2, max_length=DATA_TABLE_ROWS
    )
    page_size: int = Field(5, ge=1, le=TABLE_ROWS)
    row_header_column_index: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _is_rectangular(self) -> Self:
        columns = len(self.rows[0])
        if any(len(row) != columns for row in self.rows):
            raise ValueError("rows of different lengths")
        if self.row_header_column_index >= columns:
            raise ValueError("row_header_column_index is beyond the last column")
        if self.characters > TABLE_CHARACTERS:
            raise ValueError(f"more than {TABLE_CHARACTERS} characters")
        return self

    @property
    def characters(self) -> int:
        """How many characters the cells hold."""
        return sum(len(cell.text) for row in self.rows for cell in row)
