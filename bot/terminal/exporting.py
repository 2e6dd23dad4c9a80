"""Exports on the command line."""

from pathlib import Path
from time import time

import typer

from bot.exporting import export_facts
from bot.settings import Settings
from bot.terminal.questions import open_to_read
from bot.terminal.upkeep import progress_bar
from bot.text import Text


def export(settings: Settings, directory: Path, text: Text) -> None:
    """Export all facts to a directory and print what was written; raises KpiError."""
    with progress_bar(text("cli.exporting")) as progress:
        done = export_facts(open_to_read(settings), settings, directory, int(time()), progress)
    size = text.number(done.size / 1e6, 1)
    typer.echo(text.plural("cli.exported", done.rows, files=done.files, size=size, directory=directory))
