"""What a kind of file holds, as data: parsing, headers, templates, help, documentation and errors come from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Any

from sqlalchemy import Table

from bot.importing.words import same

Values = dict[str, Any]
"""The values of a row by the name of their column; those that the file doesn't have are absent."""


class Type(StrEnum):
    """What stands in the cells of a column."""

    TEXT = "text"
    MOMENT = "moment"
    DAY = "day"
    MONTH = "month"
    DURATION = "duration"
    NUMBER = "number"
    COUNT = "count"
    AMOUNT = "amount"
    FLAG = "flag"
    WORD = "word"
    TAGS = "tags"


class Need(Enum):
    """Whether a column may be missing, or have empty cells."""

    CELL = auto()
    """There is no row without it."""
    HEADER = auto()
    """Its cells may be empty, which then says something."""
    NONE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        name: its header in English; `import.field.<name>` describes it.
        french: its header in French.
        also: other headers that are recognised, in any language.
        examples: two cells of the template; what people read may differ between languages, so these are values.
        words: for a WORD, the table of `bot.importing.words` that it is looked up in.
        stored: the column of the database table where it isn't called by its own name.
        instead: the name of a column that can stand in its place.
    """

    name: str
    type: Type
    french: str
    also: tuple[str, ...] = ()
    examples: tuple[object, object] = (None, None)
    need: Need = Need.NONE
    words: str = ""
    stored: str = ""
    instead: str = ""

    def header(self, language: str) -> str:
        """Return what its header is called."""
        return self.french if language == "fr" else self.name

    def is_called(self, header: str) -> bool:
        """Tell whether a header names it; case, accents, spaces and underscores don't count."""
        return same(header) in {same(name) for name in (self.name, self.french, *self.also)}


def as_it_is(values: Values) -> Values:
    """Return the values of a row in which nothing follows from anything else."""
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of file.

    Attributes:
        key: its name on the command line.
        table: where its rows go; None for the histories of tickets, which are made of several rows.
        columns: in the order of the template.
        covers: the columns that tell which time the file covers.
        complete: what follows from other cells of a row; raises FileError for a row that contradicts itself.
        defaults: what holds where a cell is empty.
        lists: whether it lists who is there now, so that it covers the time up to the import.
    """

    key: str
    table: Table | None
    columns: tuple[Column, ...]
    covers: tuple[str, ...]
    complete: Callable[[Values], Values] = as_it_is
    defaults: Mapping[str, object] = field(default_factory=dict)
    lists: bool = False

    def column(self, name: str) -> Column | None:
        """Return the column of a name."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def has_identifier(self) -> bool:
        """Whether a row without an identifier needs one, made of its content."""
        return self.table is None or "external_id" in self.table.primary_key.columns
