"""Reading and migrating from the command line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine

from bot.database import migrate, open_database, shown
from bot.facts import Progress as Report
from bot.facts import needs_rebuild
from bot.helpdesks.registry import connect
from bot.settings import HelpdeskSettings, Settings
from bot.sync import SyncReport, refresh, sync
from bot.terminal import complain, is_debugging, unexpected
from bot.text import Text
from kpi.errors import KpiError, SettingsError, StorageError


def open_to_write(settings: Settings) -> Engine:
    """Return the database, made and brought to this version where need be; raises StorageError."""
    engine = open_database(settings.database_url)
    migrate(engine)
    return engine


def sync_all(settings: Settings, text: Text, *, full: bool, accept_deletions: bool) -> bool:
    """Read every helpdesk and print a line for each; tell whether all went well.

    Raises:
        SettingsError: `no_helpdesk` when none is set.
        StorageError: the database can't be used at all.
    """
    if not settings.helpdesks:
        raise SettingsError("no_helpdesk")
    engine = open_to_write(settings)
    read = partial(sync, engine, settings=settings, full=full, accept_deletions=accept_deletions)
    well = [_sync_one(read, helpdesk, settings, text) for helpdesk in settings.helpdesks]
    return all(well)


def _sync_one(read: Callable[..., SyncReport], helpdesk: HelpdeskSettings, settings: Settings, text: Text) -> bool:
    try:
        with progress_bar(helpdesk.key) as progress:
            report = read(connect(helpdesk), helpdesk=helpdesk.key, progress=progress)
    except KpiError as error:
        complain(f"{helpdesk.key}: {text.error(error)}")
        return False
    except Exception as error:
        # The other helpdesks are still to be read.
        if is_debugging():
            raise
        complain(f"{helpdesk.key}: {unexpected(error, text)}")
        return False
    typer.echo(summary(report, settings, text))
    return True


def summary(report: SyncReport, settings: Settings, text: Text) -> str:
    """Return what a sync did, in one line."""
    said = [text.plural("cli.synced", report.tickets, helpdesk=report.helpdesk)]
    if report.seen_until is not None:
        said.append(text("cli.synced_until", moment=text.instant(report.seen_until, settings.timezone)))
    if report.rebuilt:
        said.append(text.plural("cli.rebuilt", report.rebuilt))
    if report.refused:
        said.append(text.plural("cli.refused", report.refused))
    return text("cli.sentence", parts=", ".join(said))


def migrate_database(settings: Settings, text: Text, *, rebuild: bool) -> None:
    """Bring the database to this version; with `rebuild` make all facts again, else tell where that is needed."""
    engine = open_to_write(settings)
    typer.echo(text("cli.migrated", database=shown(engine.url)))
    for helpdesk in settings.helpdesks:
        if not rebuild:
            _tell_stale_facts(engine, settings, helpdesk.key, text)
            continue
        with progress_bar(helpdesk.key) as progress:
            n = refresh(engine, settings, helpdesk.key, force=True, progress=progress)
        typer.echo(text("cli.sentence", parts=f"{helpdesk.key}: {text.plural('cli.rebuilt', n)}"))


def _tell_stale_facts(engine: Engine, settings: Settings, helpdesk: str, text: Text) -> None:
    with engine.connect() as connection:
        stale = needs_rebuild(connection, helpdesk, settings)
    if stale:
        complain(text.error(StorageError("facts_stale", helpdesk=helpdesk)))


@contextmanager
def progress_bar(name: str) -> Iterator[Report | None]:
    """Give what reports progress to a bar on stderr; None where nobody would see it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, left: bar.update(task, completed=done, total=None if left is None else done + left)
