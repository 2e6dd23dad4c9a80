"""Reading the audit from the command line."""

import csv
from io import StringIO
from pathlib import Path
from time import time

import typer

from bot.audit import Audit, Entry
from bot.database import open_database
from bot.render.rows import Table
from bot.render.table import neutral
from bot.render.text import columns
from bot.settings import Settings
from bot.terminal.questions import STANDARD_OUTPUT, write_file
from bot.text import Text
from kpi.language.writer import write
from kpi.period import instant_text

COLUMNS = ("at", "team_id", "asker", "channel", "what", "about", "question", "reason")

SHOWN = 50
DAY = 86_400


def show_audit(settings: Settings, text: Text, *, days: int, asker: str | None, file: Path | None) -> None:
    """Print who asked what in Slack in the last days, or write all of it to a CSV file; `asker` is a Slack user.

    Raises StorageError, and KpiError `file_unwritable`.
    """
    engine = open_database(settings.database_url, create=False)
    try:
        since = int(time()) - days * DAY
        found = Audit(engine, settings.access.keep_audit).entries(since=since, asker=asker)
    finally:
        engine.dispose()
    if file is not None:
        written = _csv(found, settings.timezone)
        typer.echo(written, nl=False) if file == STANDARD_OUTPUT else write_file(file, written)
    elif not found:
        typer.echo(text("audit.nothing"))
    else:
        typer.echo(columns(_table(found[:SHOWN], settings.timezone, text)))
        if len(found) > SHOWN:
            typer.echo(text("audit.cut", shown=text.number(SHOWN)))


def _csv(found: list[Entry], zone: str) -> str:
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in found:
        cells = (entry.team_id, entry.asker, entry.channel, entry.what, entry.about, entry.question, entry.reason)
        writer.writerow((instant_text(entry.at, zone), *map(neutral, cells)))
    return file.getvalue()


def _table(found: list[Entry], zone: str, text: Text) -> Table:
    rows = tuple(
        (
            text.moment(entry.at, zone),
            entry.asker,
            entry.channel or "",
            text(f"audit.what.{entry.what}"),
            entry.about,
            _words(entry, text),
        )
        for entry in found
    )
    header = tuple(text(f"audit.{name}") for name in ("at", "asker", "channel", "what", "about", "question"))
    return Table(header=header, rows=rows, numbers=(None,) * len(rows), notes=())


def _words(entry: Entry, text: Text) -> str:
    """Return a question as it can be asked again."""
    question = entry.asked()
    return entry.question if question is None else write(question, text.language)
