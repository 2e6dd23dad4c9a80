"""Imports as a user makes them, and what the database holds afterwards."""

import csv
from datetime import UTC, datetime
from pathlib import Path

from scripted_desk import dump
from sqlalchemy import select
from typer.testing import CliRunner

from bot.cli import app
from bot.database import open_database

VARIABLES = {"KPI_BOT_TIMEZONE": "Europe/Paris"}


class Importer:
    """Runs `kpi-bot import` on one database, in one directory."""

    def __init__(self, url: str, directory: Path) -> None:
        self.url, self.directory = url, directory

    def write(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        path = self.directory / name
        path.write_bytes(text.encode(encoding))
        return path

    def run(self, *arguments: object, **variables: str):
        """Run the command and return its result; variables without their prefix."""
        environment = VARIABLES | {"KPI_BOT_DATABASE_URL": self.url}
        environment |= {f"KPI_BOT_{name.upper()}": value for name, value in variables.items()}
        result = CliRunner().invoke(app, ["import", *map(str, arguments)], env=environment, prog_name="kpi-bot")
        assert "Traceback" not in result.output
        assert result.exit_code in {0, 2}, result.output
        return result

    def good(self, kind: str, path: Path, *arguments: object, **variables: str) -> str:
        """Import a file of which every row is good, for the source `desk`; return what was said."""
        given = arguments if "--source" in arguments else ("--source", "desk", *arguments)
        result = self.run(kind, path, *given, **variables)
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout

    def bad(self, kind: str, path: Path, *arguments: object, **variables: str):
        """Import a file of which something can't be stored; return the result."""
        given = arguments if "--source" in arguments else ("--source", "desk", *arguments)
        result = self.run(kind, path, *given, **variables)
        assert result.exit_code == 2
        return result

    def ask(self, words: str, now: str) -> str:
        environment = VARIABLES | {"KPI_BOT_DATABASE_URL": self.url}
        arguments = ["ask", *words.split(), "--now", now]
        return CliRunner().invoke(app, arguments, env=environment, prog_name="kpi-bot").output

    def rows(self, table) -> list[dict]:
        engine = open_database(self.url)
        with engine.connect() as connection:
            found = [dict(row) for row in connection.execute(select(table)).mappings()]
        engine.dispose()
        return found

    def dump(self):
        engine = open_database(self.url)
        content = dump(engine)
        engine.dispose()
        return content


def cells(path: Path, encoding: str = "utf-8-sig", separator: str = ",") -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file, delimiter=separator))


def utc(instant: int | None) -> str | None:
    return None if instant is None else f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%d %H:%M:%S}"
