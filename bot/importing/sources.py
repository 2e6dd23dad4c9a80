"""Sources of imported files: which helpdesk a file belongs to, and what is remembered of it."""

import re
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bot.database import upsert
from bot.importing.columns import Kind
from bot.importing.mapping import Mapping, parse_mapping
from bot.importing.moments import ORDERS, Order
from bot.settings import Settings
from bot.tables import import_mappings
from kpi import schema
from kpi.errors import FileError
from kpi.frames import IMPORTED
from kpi.known import FOREVER

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What the last import of a kind from a source left behind."""

    mapping: str | None = None
    order: Order | None = None


def source_of(connection: Connection, settings: Settings, kind: Kind, given: str | None) -> str:
    """Return the helpdesk that a file belongs to.

    By default it is the only one configured or, where none is, the only one that was imported; whole histories always
    want a name of their own.

    Raises FileError: `source_needed`, `source_not_a_key`, and `source_is_read` for histories of a helpdesk that tells
    them itself.
    """
    configured = [helpdesk.key for helpdesk in settings.helpdesks]
    stored = dict(connection.execute(select(schema.helpdesks.c.key, schema.helpdesks.c.kind)).all())
    imported = sorted(key for key, its_kind in stored.items() if its_kind == IMPORTED)
    if given is None:
        known = configured or imported
        if kind.table is None:
            raise FileError("source_needed", kind=kind.key, sources=imported)
        if len(known) != 1:
            raise FileError("source_needed", kind=kind.key, sources=sorted({*configured, *imported}))
        return known[0]
    if not _KEY.fullmatch(given):
        raise FileError("source_not_a_key", word=given)
    if kind.table is None and (given in configured or stored.get(given, IMPORTED) != IMPORTED):
        raise FileError("source_is_read", source=given, kind=kind.key)
    return given


def kind_of(settings: Settings, source: str) -> str:
    """Return the kind of a source: its helpdesk's, or `import`."""
    return next((helpdesk.kind for helpdesk in settings.helpdesks if helpdesk.key == source), IMPORTED)


def make_source(connection: Connection, settings: Settings, source: str) -> None:
    """Store a source where it isn't known yet."""
    known = connection.scalar(select(schema.helpdesks.c.key).where(schema.helpdesks.c.key == source))
    if known is None:
        upsert(connection, schema.helpdesks, [{"key": source, "kind": kind_of(settings, source)}])


def remembered(connection: Connection, source: str, kind: Kind) -> Remembered:
    """Return what is remembered of a source."""
    table = import_mappings.c
    query = select(table.mapping, table.date_order).where(table.helpdesk == source, table.kind == kind.key)
    row = connection.execute(query).one_or_none()
    if row is None:
        return Remembered()
    return Remembered(mapping=row.mapping, order=next((order for order in ORDERS if order == row.date_order), None))


def remember(connection: Connection, source: str, kind: Kind, what: Remembered) -> None:
    """Remember a mapping and an order for the next import; None leaves what is known."""
    row = {"helpdesk": source, "kind": kind.key, "mapping": what.mapping, "date_order": what.order}
    upsert(connection, import_mappings, [row], keep=("mapping", "date_order"))


def mapping_of(text: str | None, name: str, kind: Kind) -> Mapping:
    """Return a mapping checked for a kind; an empty one where there is none. Raises KpiError."""
    return Mapping() if text is None else parse_mapping(text, name).for_kind(kind)


def widen_coverage(connection: Connection, source: str, kind: Kind, covered: tuple[int, int]) -> None:
    """Store that imported data covers this time, too; for histories also from when and up to when all is known."""
    data = kind.key if kind.table is None else kind.table.name
    table = schema.coverage.c
    query = select(table.covered_from, table.covered_until).where(table.helpdesk == source, table.data == data)
    known = connection.execute(query).one_or_none()
    since, until = _widened(covered, None if known is None else (known.covered_from, known.covered_until))
    row = {"helpdesk": source, "data": data, "covered_from": since, "covered_until": until}
    upsert(connection, schema.coverage, [row])
    if kind.table is None:
        _widen_history(connection, source, covered)


def _widen_history(connection: Connection, source: str, covered: tuple[int, int]) -> None:
    helpdesks = schema.helpdesks.c
    query = select(helpdesks.history_start, helpdesks.synced_at).where(helpdesks.key == source)
    known = connection.execute(query).one()
    before = None if known.history_start is None or known.synced_at is None else (known.history_start, known.synced_at)
    since, until = _widened(covered, before)
    row = {"key": source, "kind": IMPORTED, "history_start": since, "synced_at": until}
    upsert(connection, schema.helpdesks, [row])


def _widened(covered: tuple[int, int], known: tuple[int, int] | None) -> tuple[int, int]:
    if known is None:
        return covered
    since, until = known
    # What something followed of had not ended.
    return min(covered[0], since), covered[1] if until == FOREVER else max(covered[1], until)
