"""Questions on the command line: the same words as in Slack, the answer as text, JSON or CSV."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from bot.asking import Asker
from bot.commands import Commands, language_of
from bot.database import is_current, open_database, shown
from bot.render.reply import Reply, reply_csv, reply_json, reply_terminal
from bot.settings import Settings
from bot.terminal.spark import spark_frames
from bot.text import Text
from kpi.drilldown import Listing
from kpi.errors import KpiError, QuestionError, StorageError
from kpi.parquet import ParquetFrames

COMMAND = "/kpi"
STANDARD_OUTPUT = Path("-")

TICKETS_SHOWN = 50
"""How many tickets of a list are printed; the files have all."""


def open_to_read(settings: Settings) -> Engine:
    """Return the database, which is there and of this version; raises StorageError."""
    engine = open_database(settings.database_url, create=False)
    if not is_current(engine):
        raise StorageError("database_not_migrated", database=shown(engine.url))
    return engine


def asker(settings: Settings, export: str | None = None, spark: str | None = None, *, remembers: bool = True) -> Asker:
    """Return what answers questions from the database, or from an export of its facts, read by Spark if there is one.

    Raises:
        StorageError: what stands in the way.
        QuestionError: `spark_without_facts`.
    """
    if export is None:
        if spark is not None:
            raise QuestionError("spark_without_facts")
        return Asker(open_to_read(settings), settings, remembers=remembers)
    return Asker(ParquetFrames(Path(export)) if spark is None else spark_frames(export, spark), settings)


def joined(arguments: Sequence[str]) -> str:
    """Return a command's arguments as the words of a question, without a leading `/kpi`.

    The shell takes the quotes off `team:"Customer care"`; they are put back. Raises QuestionError `no_words`.
    """
    if len(arguments) > 1:
        arguments = [_quoted(argument) for argument in arguments]
    words = without_command(" ".join(arguments))
    if not words:
        raise QuestionError("no_words")
    return words


def without_command(words: str) -> str:
    """Return words as they follow `/kpi`."""
    words = words.strip()
    first, _, rest = words.partition(" ")
    return rest.strip() if first.casefold() == COMMAND else words


def _quoted(argument: str) -> str:
    name, colon, value = argument.partition(":")
    is_filter = colon and value and " " not in name and '"' not in value and " " in value.strip()
    return f'{name}:"{value}"' if is_filter else argument


def instant(word: str, zone: str) -> int:
    """Return an ISO 8601 instant in epoch seconds; without an offset it is local to `zone`. Raises QuestionError."""
    try:
        said = datetime.fromisoformat(word)
    except ValueError as error:
        raise QuestionError("invalid_instant", word=word, zone=zone) from error
    return int((said if said.tzinfo else said.replace(tzinfo=ZoneInfo(zone))).timestamp())


def ask(
    words: str, answerer: Asker, now: int, text: Text, *, json_wanted: bool = False, csv: Path | None = None
) -> str:
    """Return what to print for a question; writes the CSV file when there is one to write.

    Raises:
        KpiError: the question has no answer, or the file can't be written.
        QuestionError: `one_output` for JSON and CSV both on standard output, `figures_only` for a page as either.
    """
    if json_wanted and csv == STANDARD_OUTPUT:
        raise QuestionError("one_output")
    reply = Commands(answerer, _shown(json_wanted=json_wanted, csv=csv)).run(words, now, text)
    if not json_wanted and csv is None:
        return written(reply, text)
    if isinstance(reply, tuple):
        raise QuestionError("figures_only", words=words)
    said = []
    if json_wanted:
        said.append(json.dumps(reply_json(reply, text), ensure_ascii=False, indent=2))
    if csv == STANDARD_OUTPUT:
        said.append(reply_csv(reply, text).rstrip("\n"))
    elif csv is not None:
        write_file(csv, reply_csv(reply, text))
        said += [] if json_wanted else [written(_cut(reply), text)]
    return "\n".join(said)


def _shown(*, json_wanted: bool, csv: Path | None) -> int | None:
    """Return how many tickets of a list are read: all for a file or a program."""
    return None if json_wanted or csv is not None else TICKETS_SHOWN


def _cut(reply: Reply) -> Reply:
    """Return what is printed beside a file."""
    return replace(reply, rows=reply.rows[:TICKETS_SHOWN]) if isinstance(reply, Listing) else reply


def written(reply: Reply, text: Text) -> str:
    """Return a reply as it reads in a terminal."""
    return reply_terminal(reply, text)


def language_for(words: str, chosen: str | None, usual: str) -> Text:
    """Return the words of the chosen language; else of the one the question is written in; else of the usual one."""
    return Text(chosen or language_of(words, usual))


def write_file(path: Path, content: str) -> None:
    """Write a file that spreadsheets read; raises KpiError `file_unwritable`."""
    try:
        # The mark tells spreadsheets that it is UTF-8.
        path.write_text(content, encoding="utf-8-sig", newline="")
    except OSError as error:
        raise KpiError("file_unwritable", path=str(path), reason=error.strerror or str(error)) from error
