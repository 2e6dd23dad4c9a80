"""A watched folder: what lands in it is imported, until somebody ends it."""

import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any

import typer

from bot.importing.columns import Kind
from bot.importing.folder import DONE, FAILED, Folder
from bot.importing.run import Request, run_import, understand
from bot.settings import Settings
from bot.terminal import complain, is_debugging, unexpected
from bot.terminal.importing import counts, database_for, requested
from bot.text import Text
from kpi.errors import FileError, KpiError, StorageError

LOOKED_EVERY_S = 2
"""Network folders tell nobody of new files, so it is looked."""
RETRIED_AFTER_S = 30


def watch(settings: Settings, text: Text, kind: Kind, directory: Path, options: dict[str, Any]) -> None:
    """Import every file that lands in a folder, and print a line for each, until SIGTERM or Ctrl-C.

    Arguments as for `bot.terminal.importing.import_file`. What isn't the fault of a file, such as a database that is
    away, is said once and waited out. Raises KpiError for a request or a folder that can't be meant.
    """
    request = requested(settings, Request(kind=kind, path=directory), options)
    watched = _Watch(settings, text, request, Folder(directory))
    watched.begin()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: watched.stopping.set())
    with suppress(KeyboardInterrupt):
        while not watched.stopping.wait(LOOKED_EVERY_S if watched.takes_all() else RETRIED_AFTER_S):
            pass
    typer.echo(text("watch.stopped"))


@dataclass
class _Watch:
    settings: Settings
    text: Text
    request: Request
    folder: Folder
    stopping: Event = field(default_factory=Event, init=False)
    waiting_for: str | None = field(default=None, init=False)

    def begin(self) -> None:
        """Say what is watched; raises KpiError for a request that can't be meant."""
        typer.echo(self.text("watch.started", kind=self.request.kind.key, directory=str(self.folder.path)))
        try:
            with database_for(self.settings, self.request) as engine:
                understand(engine, self.settings, self.request)
        except StorageError as error:
            self._wait(self.text.error(error))

    def takes_all(self) -> bool:
        """Import the files that are whole, one after the other; tell whether nothing stood in the way."""
        try:
            while not self.stopping.is_set() and (path := self.folder.first(time.monotonic())):
                self._take(path)
                self.waiting_for = None
        except KpiError as error:
            self._wait(self.text.error(error))
        except OSError as error:
            self._wait(f"{self.folder.path}: {error.strerror or error}")
        else:
            return True
        return False

    def _go_on(self, *_: object) -> None:
        """Leave an import between two of its steps when it is time to end: it is made again, which changes nothing."""
        if self.stopping.is_set():
            raise KeyboardInterrupt

    def _wait(self, reason: str) -> None:
        if reason != self.waiting_for:
            complain(self.text("watch.waiting", reason=reason))
        self.waiting_for = reason

    def _take(self, path: Path) -> None:
        """Import a file and move it; raises KpiError or OSError for what is no fault of the file."""
        request = replace(self.request, path=path, rejected=self.folder.collecting(path))
        with database_for(self.settings, request) as engine:
            understand(engine, self.settings, request)
            try:
                report = run_import(
                    engine, self.settings, request, self.text, now=int(time.time()), progress=self._go_on
                )
            except FileError as error:
                self._fail(path, self.text.error(error))
            except (KpiError, OSError):
                raise
            except Exception as error:
                if is_debugging():
                    raise
                self._fail(path, unexpected(error, self.text))
            else:
                self._succeed(path, counts(report, request, self.text))

    def _succeed(self, path: Path, said: str) -> None:
        settled = self.folder.settle(path, DONE)
        if settled is None:
            return
        parts = [path.name, said]
        if settled.rejected is not None:
            parts.append(self.text("watch.rejected", path=str(settled.rejected)))
        typer.echo(" · ".join(parts))

    def _fail(self, path: Path, reason: str) -> None:
        settled = self.folder.settle(path, FAILED)
        if settled is not None:
            complain(self.text("watch.failed", file=path.name, path=str(settled.file), reason=reason))
