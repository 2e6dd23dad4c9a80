"""What a reply says that is more than one number, before any layout: lines, a table, notes, and the same as data."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.render.json import Json
from bot.render.rows import Table
from bot.render.table import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is said of a question beyond its number.

    Attributes:
        title: a heading.
        lines: what is found, in sentences.
        table: the rows that are shown; None without any.
        links: an address for each row of the table, None where there is none; empty when no row has any.
        notes: what a reader must know.
        json: all of it for programs.
        columns, rows: all of it for a CSV file.
    """

    title: str
    lines: tuple[str, ...]
    table: Table | None = None
    links: tuple[str | None, ...] = ()
    notes: tuple[str, ...] = ()
    json: Json
    columns: tuple[str, ...]
    rows: Sequence[Row] = field(default_factory=tuple)
