"""The mapping file of a source: which column is which field, which word means what, and how dates are written.

Every key is described in `docs/en/import.md`.
"""

import tomllib
from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError, model_validator

from bot.importing.columns import Kind
from bot.importing.moments import ORDERS, Order
from bot.importing.numbers import PAIRS, UNITS
from bot.importing.words import WORDS, same
from bot.settings_values import SettingsTable, Words, Zone, explain, one_of, place, refusal
from kpi.errors import FileError, KpiError, SettingsError, suggest
from kpi.events import Field as Changing

READY_MADE = Path(__file__).with_name("mappings")
"""Mappings for helpdesks without an API, `NAME.KIND.toml`; docs/en/other-helpdesks.md tells how each is used."""

_FIELDS = tuple(field.value for field in Changing)


class OfColumn(SettingsTable):
    """The value of another column."""

    column: str


Assigned = str | OfColumn


def _text(value: object) -> object:
    """Return a number or yes-or-no of TOML as the text it would be in a cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


Cell = Annotated[str, BeforeValidator(_text)]


class Activity(SettingsTable):
    """What a word in the column `event` says happened: changes, a message, both or nothing."""

    status: Annotated[str, one_of(tuple(WORDS["status"]))] | None = None
    team: Assigned | None = None
    agent: Assigned | None = None
    priority: Assigned | None = None
    level: Assigned | None = None
    type: Assigned | None = None
    message: Annotated[str, one_of(tuple(WORDS["role"]))] | None = None
    public: bool = True
    automatic: bool = False

    def changes(self) -> dict[str, Assigned]:
        """Return the new values by field."""
        return {name: value for name in _FIELDS if (value := getattr(self, name)) is not None}


class Mapping(SettingsTable):
    """How a source writes one kind of file."""

    kind: str | None = None
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    zone: Zone | None = None
    date_order: Annotated[Order, one_of(ORDERS)] | None = None
    date_format: str | None = None
    decimal: Annotated[str, one_of((",", "."))] | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    titles: dict[str, Words] = Field(default_factory=dict)
    ignore: Words = ()
    constants: dict[str, Cell] = Field(default_factory=dict)
    values: dict[str, dict[str, Cell]] = Field(default_factory=dict)
    units: dict[str, Annotated[str, one_of((*UNITS, *PAIRS))]] = Field(default_factory=dict)
    identity: Words = ()
    tracked: Words | None = None
    activities: dict[str, Activity] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _tracks_fields(self) -> Self:
        for name in self.tracked or ():
            if name not in _FIELDS:
                near = suggest(name, _FIELDS, limit=1)
                raise refusal("setting_not_a_choice", value=name, choices=list(_FIELDS), suggestions=near)
        return self

    def for_kind(self, kind: Kind) -> "Mapping":
        """Return it when it is one for this kind; raises FileError for another kind's or for fields it doesn't have."""
        if self.kind is not None and same(self.kind) != same(kind.key):
            raise FileError("mapping_of_another_kind", kind=kind.key, other=self.kind)
        known = [column.name for column in kind.columns]
        for table in ("columns", "titles", "constants", "values", "units"):
            for name in getattr(self, table):
                if name not in known:
                    near = suggest(name, known, limit=1)
                    raise FileError(
                        "mapping_unknown_field", word=f"{table}.{name}", kind=kind.key, known=known, suggestions=near
                    )
        return self

    def meaning(self, field: str, cell: str) -> str | None:
        """Return what the mapping says a cell of a field means; None when it says nothing."""
        return self._meanings.get(field, {}).get(same(cell))

    def activity(self, word: str) -> Activity | None:
        """Return what an activity means; None when the mapping doesn't know it."""
        return self._activities.get(same(word))

    def model_post_init(self, _context: Any, /) -> None:  # noqa: ANN401  # pydantic's signature
        """Prepare the look-ups that each row makes."""
        meanings = {name: {same(word): value for word, value in words.items()} for name, words in self.values.items()}
        self._meanings = meanings
        self._activities = {same(word): activity for word, activity in self.activities.items()}

    _meanings: dict[str, dict[str, str]] = PrivateAttr(default_factory=dict)
    _activities: dict[str, Activity] = PrivateAttr(default_factory=dict)


def ready_made(kind: Kind) -> list[str]:
    """Return the names of the mappings that are built in for a kind."""
    return sorted(path.name.removesuffix(f".{kind.key}.toml") for path in READY_MADE.glob(f"*.{kind.key}.toml"))


def read_mapping(path: Path, kind: Kind) -> str:
    """Return the text of a mapping file, or of the one that is built in under this name; raises FileError."""
    if path.name == str(path) and not path.suffix and not path.exists():
        known, name = ready_made(kind), path.name.casefold()
        if name not in known:
            near = suggest(name, known, limit=1)
            raise FileError("mapping_unknown", word=path.name, kind=kind.key, known=known, suggestions=near)
        path = READY_MADE / f"{name}.{kind.key}.toml"
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileError("file_unreadable", path=str(path), reason=error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise FileError("file_not_in_encoding", path=str(path), encoding="utf-8") from error


def parse_mapping(text: str, name: str) -> Mapping:
    """Return a mapping file's content, checked; `name` is what its faults are told of. Raises KpiError."""
    try:
        document: MappingType[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileError("mapping_not_toml", path=name, reason=str(error)) from error
    try:
        return Mapping.model_validate(document)
    except ValidationError as error:
        raise _explained(error, document, name) from None


def _explained(error: ValidationError, document: object, name: str) -> KpiError:
    fault: SettingsError = explain(error, lambda location: f"{name}: {place(location, document)}")
    return fault
