"""Imports on the command line: what was recognised, what became of the rows, and what to mend."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import time
from typing import Any
from zoneinfo import available_timezones

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine

from bot.database import is_current, migrate, open_database
from bot.importing.columns import Kind
from bot.importing.header import Bound
from bot.importing.kinds import KINDS
from bot.importing.moments import ORDERS, Moments
from bot.importing.run import Progress as Told
from bot.importing.run import Report, Request, run_import
from bot.importing.template import template
from bot.importing.words import same
from bot.settings import Settings
from bot.terminal.upkeep import open_to_write
from bot.text import LANGUAGES, Text
from kpi.errors import FileError, StorageError, suggest
from kpi.known import FOREVER

NOTHING_FOLLOWS = {"end", "fin"}
"""What --until says when the helpdesk is no longer used."""


def kind_named(word: str) -> Kind:
    """Return a kind by its name; raises FileError `kind_unknown`."""
    kind = KINDS.get(word.casefold().replace("_", "-"))
    if kind is None:
        raise FileError("kind_unknown", word=word, kinds=list(KINDS), suggestions=suggest(word, KINDS, limit=1))
    return kind


def print_template(kind: Kind, text: Text) -> None:
    """Print an example file, with the mark that tells spreadsheets that it is UTF-8."""
    typer.echo(codecs.BOM_UTF8 + template(kind, text).encode(), nl=False)


def import_file(settings: Settings, text: Text, kind: Kind, path: Path | None, options: dict[str, Any]) -> bool:
    """Import a file and print what was done; tell whether no row was rejected.

    Args:
        settings: of the process.
        text: the words of the reader's language.
        kind: of the file.
        path: of the file; `-` for standard input.
        options: the fields of Request that were given on the command line, as text.

    Raises KpiError.
    """
    if path is None:
        raise FileError("file_not_named", kind=kind.key)
    request = requested(settings, Request(kind=kind, path=path), options)
    with database_for(settings, request) as engine, _bar(text) as progress:
        report = run_import(engine, settings, request, text, now=int(time()), progress=progress)
    typer.echo("\n".join(_said(report, request, settings, text)))
    for line in _mended(report, text):
        typer.echo(line, err=True)
    return not report.rejected


def requested(settings: Settings, request: Request, options: dict[str, Any]) -> Request:
    """Return the request with what was given, checked; raises FileError."""
    given = {name: value for name, value in options.items() if value is not None}
    if "zone" in given:
        given["zone"] = _zone(given["zone"])
    if "order" in given and given["order"] not in ORDERS:
        raise FileError("option_not_a_choice", option="--date-order", word=given["order"], choices=list(ORDERS))
    if "mark" in given and given["mark"] not in {",", "."}:
        raise FileError("option_not_a_choice", option="--decimal", word=given["mark"], choices=[",", "."])
    if "until" in given:
        try:
            ended = given["until"].casefold() in NOTHING_FOLLOWS
            given["until"] = FOREVER if ended else Moments(given.get("zone", settings.timezone)).instant(given["until"])
        except FileError as error:
            raise FileError("until_not_a_date", word=given["until"]) from error
    return replace(request, **given)


def _zone(word: str) -> str:
    known = {zone.casefold(): zone for zone in available_timezones()}
    if word.casefold() not in known:
        near = [known[zone] for zone in suggest(word, known, limit=1)]
        raise FileError("zone_unknown", word=word, suggestions=near)
    return known[word.casefold()]


@contextmanager
def database_for(settings: Settings, request: Request) -> Iterator[Engine]:
    """Give the database; a dry run of the first import has an empty one in memory."""
    engine = _to_compare_with(settings) if request.dry_run else open_to_write(settings)
    try:
        yield engine
    finally:
        engine.dispose()


def _to_compare_with(settings: Settings) -> Engine:
    try:
        engine = open_database(settings.database_url, create=False)
        if is_current(engine):
            return engine
        engine.dispose()
    except StorageError as error:
        if error.key != "database_missing":
            raise
    empty = open_database("sqlite:///:memory:")
    migrate(empty)
    return empty


@contextmanager
def _bar(text: Text) -> Iterator[Told | None]:
    """Give what reports progress to a bar on stderr; None where nobody would see it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(stage: str, done: int, total: int) -> None:
            bar.update(task, description=text(f"import.stage.{stage}"), completed=done, total=total or None)

        yield tell


# --- Words -------------------------------------------------------------------------------------------------------


def _said(report: Report, request: Request, settings: Settings, text: Text) -> Iterator[str]:
    """Yield what was recognised and done, line by line."""
    yield text("import.into", kind=request.kind.key, source=report.source)
    how = [report.described, text("import.zone", zone=report.zone)]
    if report.order is not None:
        how.append(text(f"import.order.{report.order}"))
    if report.mapping != "none":
        how.append(text(f"import.mapping.{report.mapping}"))
    yield text("import.format", parts=", ".join(how))
    read = [_read_as(bound) for bound in report.header.bound if bound.index is not None]
    yield text("import.columns", columns=", ".join(read))
    if report.header.unknown:
        yield text("import.unknown_columns", columns=", ".join(report.header.unknown))
    yield counts(report, request, text)
    if request.kind.table is None:
        yield text.plural("import.would_tell" if request.dry_run else "import.told", report.tickets)
    if report.covered is not None:
        first, last = (text.moment(at, settings.timezone) for at in report.covered)
        ended = report.covered[1] == FOREVER
        yield text("import.covers_all" if ended else "import.covers", first=first, last=last, zone=settings.timezone)
    if report.unclear:
        yield text.plural("import.unclear_times", report.unclear)
    if request.dry_run:
        yield text("import.dry_run")


def _read_as(bound: Bound) -> str:
    """Return a column's title, with the field that it is where the template calls it otherwise."""
    own = {same(bound.column.header(language)) for language in LANGUAGES}
    return bound.title if same(bound.title) in own else f"{bound.title} → {bound.column.name}"


def counts(report: Report, request: Request, text: Text) -> str:
    """Return how many rows there were, and what became of them."""
    tally = report.tally
    parts = [
        text.plural("import.new", tally.new),
        text.plural("import.changed", tally.changed),
        text.plural("import.unchanged", tally.unchanged),
        text.plural("import.rejected", report.rejected),
    ]
    return text(
        "import.rows_would" if request.dry_run else "import.rows", n=text.number(report.rows), parts=text.join(parts)
    )


def _mended(report: Report, text: Text) -> Iterator[str]:
    """Yield why rows were rejected, and where they are."""
    for line, reason in report.shown:
        yield text("import.line", line=line, reason=reason)
    if report.rejected > len(report.shown):
        yield text.plural("import.more", report.rejected - len(report.shown))
    if report.rejected_path is not None:
        yield text("import.rejected_file", path=str(report.rejected_path))
