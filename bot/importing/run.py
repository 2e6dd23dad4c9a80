"""One import: a file ─▶ the database, or what would become of it.

1. The first row tells which column is which; a first pass over the file tells how dates and numbers are written.
2. A second pass reads the rows. Batches are stored whole or not at all; what can't be stored is written to a file.
3. Histories are made of the tickets whose rows are new or changed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from bot.database import writing
from bot.importing.columns import Kind
from bot.importing.coverage import Covered
from bot.importing.events import EventReader
from bot.importing.header import Header, recognise
from bot.importing.mapping import Mapping, read_mapping
from bot.importing.moments import Order
from bot.importing.numbers import Mark
from bot.importing.records import Tally
from bot.importing.rejected import RejectedRows
from bot.importing.rows import Fault, RowReader, RowRejectedError
from bot.importing.seen import Seen
from bot.importing.sinks import RecordSink, Sink, Target, TicketSink
from bot.importing.source import STANDARD_INPUT, Line, Source, open_source
from bot.importing.sources import (
    Remembered,
    kind_of,
    make_source,
    mapping_of,
    remember,
    remembered,
    source_of,
    widen_coverage,
)
from bot.importing.survey import Format, Wanted, survey
from bot.importing.ticket_kinds import EVENTS
from bot.importing.words import Choices
from bot.settings import Settings
from bot.storage import Desk
from bot.sync import helpdesk_lock, refresh
from bot.text import LANGUAGES, Text, catalog
from kpi.errors import FileError
from kpi.needs import ALL_MESSAGES, FIRST_REPLIES

Progress = Callable[[str, int, int], None]
"""Called with the stage, what is done and of how much."""

REASON = "import.reason_column"
_REPORTED_EVERY = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the person asks for; None is what the file shows or was remembered."""

    kind: Kind
    path: Path
    source: str | None = None
    mapping: Path | None = None
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    zone: str | None = None
    order: Order | None = None
    mark: Mark | None = None
    until: int | None = None
    rejected: Path | None = None
    dry_run: bool = False

    def rejected_path(self) -> Path | None:
        """Return where rejected rows go; raises FileError when that is the file itself."""
        if self.dry_run:
            return None
        if self.rejected is not None:
            if self.rejected.absolute() == self.path.absolute():
                raise FileError("rejected_is_file", path=str(self.path))
            return self.rejected
        if self.path == STANDARD_INPUT:
            return Path("import-rejected.csv")
        name = self.path.name.removesuffix(".gz")
        return self.path.with_name(f"{Path(name).stem}-rejected.csv")


@dataclass(kw_only=True)
class Report:
    """What an import did, or would do.

    Attributes:
        source: the helpdesk it belongs to.
        described: encoding and separator, or the sheet.
        header: the columns that were recognised.
        mapping: `given`, `remembered` or `none`.
        zone, order: how local times and dates were read; None when no date depended on an order.
        tally: what became of the rows that are good.
        rejected: how many weren't; `shown` are the first, with their lines.
        rejected_path: where they are; None in a dry run or when there are none.
        tickets: how many tickets' histories were made, or how many the file tells of in a dry run.
        covered: the first and last instant told, in this file.
        unclear: how many local times stand twice or not at all on the clock.
    """

    source: str
    described: str
    header: Header
    mapping: str
    zone: str
    order: Order | None
    tally: Tally = field(default_factory=Tally)
    rejected: int = 0
    shown: list[tuple[int, str]] = field(default_factory=list)
    rejected_path: Path | None = None
    tickets: int = 0
    covered: tuple[int, int] | None = None
    unclear: int = 0

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return self.rejected + self.tally.new + self.tally.changed + self.tally.unchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a request means before its file is looked at; `given` is the text of the mapping it names."""

    source: str
    mapping: Mapping
    given: str | None
    known: Remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """All that is known before the first row is stored."""

    file: Source
    asked: Understood
    header: Header
    layout: Format
    zone: str


def run_import(
    engine: Engine, settings: Settings, request: Request, text: Text, *, now: int, progress: Progress | None = None
) -> Report:
    """Import a file and return what was done; a dry run writes nothing.

    Args:
        engine: of a database that has this version's tables.
        settings: the zone of local times, the helpdesks and the rules of facts.
        request: what is imported, and how.
        text: the words of the reader's language, for the reasons in the file of rejected rows.
        now: the epoch second.
        progress: told how far it is.

    Raises:
        FileError: the file can't be read as it is, or the request doesn't fit it.
        StorageError: the database failed; all batches before are stored, and importing again goes on.
    """
    tell: Progress = progress or (lambda *_: None)
    prepared, report = _prepare(engine, settings, request, text, tell)
    desk = Desk(
        key=prepared.asked.source,
        kind=kind_of(settings, prepared.asked.source),
        rulebook=settings.rulebook,
        keep_subjects=settings.keep_subjects,
        messages=FIRST_REPLIES if request.kind.key == "tickets" else ALL_MESSAGES,
    )
    covered = Covered(request.kind, prepared.zone, now, request.until)
    with _writable(engine, settings, request, prepared) as still_held, Seen() as tickets:
        target = Target(engine=engine, desk=desk, dry_run=request.dry_run, still_held=still_held)
        sink = _sink(request, prepared, target, tickets, now)
        rejected = _read_rows(request, prepared, text, sink=sink, covered=covered, tell=tell)
        sink.finish(lambda done, total: tell("tickets", done, total))
        report.tally, report.tickets = sink.tally, sink.tickets
        report.rejected, report.shown = rejected.count, rejected.shown
        report.rejected_path = rejected.path if rejected.count else None
        report.covered, report.unclear = covered.span(), prepared.layout.unclear
        if report.covered is not None and not request.dry_run:
            with writing(engine) as connection:
                widen_coverage(connection, prepared.asked.source, request.kind, report.covered)
    if not request.dry_run:
        refresh(engine, settings, prepared.asked.source)  # a team that is new may be one that a rule asks for
    return report


def understand(engine: Engine, settings: Settings, request: Request) -> Understood:
    """Return whose file it is and how it is read; raises KpiError for what is wrong whatever stands in the file."""
    with engine.connect() as connection:
        source = source_of(connection, settings, request.kind, request.source)
        known = remembered(connection, source, request.kind)
    given = None if request.mapping is None else read_mapping(request.mapping, request.kind)
    mapping = mapping_of(known.mapping if given is None else given, str(request.mapping or source), request.kind)
    return Understood(source=source, mapping=mapping, given=given, known=known)


def _prepare(
    engine: Engine, settings: Settings, request: Request, text: Text, tell: Progress
) -> tuple[_Prepared, Report]:
    """Recognise what is in the file."""
    asked = understand(engine, settings, request)
    mapping, known = asked.mapping, asked.known
    file = open_source(
        request.path,
        encoding=request.encoding or mapping.encoding,
        separator=request.separator or mapping.separator,
        sheet=request.sheet or mapping.sheet,
    )
    header = _header(file, request, mapping, text)
    zone = request.zone or mapping.zone or settings.timezone
    wanted = Wanted(zone=zone, order=request.order, remembered=known.order, mark=request.mark)
    rows = _told(file, "recognising", tell)
    next(rows)
    layout = survey(rows, header, mapping, wanted, file.separator)
    prepared = _Prepared(
        file=file,
        asked=asked,
        header=header,
        layout=layout,
        zone=settings.timezone,
    )
    used = "given" if asked.given is not None else "none" if known.mapping is None else "remembered"
    described = file.described
    report = Report(
        source=asked.source, described=described, header=header, mapping=used, zone=zone, order=layout.order
    )
    return prepared, report


def _header(file: Source, request: Request, mapping: Mapping, text: Text) -> Header:
    _, cells = next(file.rows(), (0, []))
    if not cells:
        raise FileError("file_empty", path=str(request.path))
    reasons = [catalog(language)[REASON] for language in LANGUAGES]
    return recognise(request.kind, cells, mapping, reasons, text.language)


@contextmanager
def _writable(
    engine: Engine, settings: Settings, request: Request, prepared: _Prepared
) -> Iterator[Callable[[], None]]:
    """Hold the source's lock, with the source and its mapping stored; in a dry run do nothing."""
    if request.dry_run:
        yield lambda: None
        return
    refresh(engine, settings, prepared.asked.source)
    with helpdesk_lock(engine, prepared.asked.source) as still_held:
        with writing(engine) as connection:
            make_source(connection, settings, prepared.asked.source)
            what = Remembered(mapping=prepared.asked.given, order=prepared.layout.order)
            remember(connection, prepared.asked.source, request.kind, what)
        yield still_held


def _sink(request: Request, prepared: _Prepared, target: Target, tickets: Seen, now: int) -> Sink:
    if request.kind.table is not None:
        return RecordSink(request.kind, request.kind.table, prepared.header, target)
    events = EventReader(prepared.header, prepared.asked.mapping) if request.kind is EVENTS else None
    return TicketSink(request.kind, events, target, tickets, now)


def _read_rows(
    request: Request, prepared: _Prepared, text: Text, *, sink: Sink, covered: Covered, tell: Progress
) -> RejectedRows:
    """Give every good row to the sink and every other one to the file of rejected rows; return those."""
    file, header = prepared.file, prepared.header
    reader = RowReader(request.kind, header, prepared.asked.mapping, prepared.layout)

    rows = _told(file, "importing", tell)
    next(rows)
    rejected = RejectedRows(
        request.rejected_path(),
        header,
        encoding=file.encoding,
        separator=file.separator,
        title=text(REASON),
        explain=partial(_explained, text),
    )
    with rejected, Seen() as seen:
        for line, cells in rows:
            try:
                values = reader.read(cells)
                sink.add(values, cells, line, partial(_identifier, reader, seen, cells))
            except RowRejectedError as error:
                rejected.add(line, cells, error.faults)
            else:
                covered.add(values)
        sink.flush()
    return rejected


def _explained(text: Text, fault: Fault) -> str:
    """Return what is wrong, with the words that would be right in the reader's language."""
    values = {
        name: value.written(text.language) if isinstance(value, Choices) else value
        for name, value in fault.error.values.items()
    }
    said = text.error(FileError(fault.error.key, **values))
    if fault.column is None:
        return text("import.reason_of_row", reason=said)
    return text("import.reason", column=fault.column, reason=said)


def _identifier(reader: RowReader, seen: Seen, cells: list[str]) -> str:
    """Return what identifies a row that has no identifier: its content, and which of its like it is in the file."""
    key = reader.key(cells)
    times = seen.again(key)
    return f"row:{key.hex()}" + (f"-{times + 1}" if times else "")


def _told(file: Source, stage: str, tell: Progress) -> Iterator[Line]:
    """Yield the rows of a file and tell how far it is."""
    for number, row in enumerate(file.rows()):
        if number % _REPORTED_EVERY == 0:
            tell(stage, *file.progress())
        yield row
    done = file.progress()[1]
    tell(stage, done, done)
