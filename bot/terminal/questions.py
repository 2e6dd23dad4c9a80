"""Questions on the command line: the same words as in Slack, the answer as text, JSON or CSV."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from bot.asking import Asker
from bot.commands import Commands, Reply, language_of
from bot.database import is_current, open_database, shown
from bot.render.json import as_json
from bot.render.page import page_terminal
from bot.render.table import as_csv
from bot.render.text import terminal
from bot.settings import Settings
from bot.text import Text
from kpi.errors import KpiError, QuestionError, StorageError
from kpi.question import Answer

COMMAND = "/kpi"
STANDARD_OUTPUT = Path("-")


def open_to_read(settings: Settings) -> Engine:
    """Return the database, which is there and of this version; raises StorageError."""
    engine = open_database(settings.database_url, create=False)
    if not is_current(engine):
        raise StorageError("database_not_migrated", database=shown(engine.url))
    return engine


def asker(engine: Engine, settings: Settings) -> Asker:
    """Return what answers questions from this database."""
    return Asker(engine, settings)


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
    answer = Commands(answerer).run(words, now, text)
    if not json_wanted and csv is None:
        return written(answer, text)
    if not isinstance(answer, Answer):
        raise QuestionError("figures_only", words=words)
    said = []
    if json_wanted:
        said.append(json.dumps(as_json(answer), ensure_ascii=False, indent=2))
    if csv == STANDARD_OUTPUT:
        said.append(as_csv(answer).rstrip("\n"))
    elif csv is not None:
        _write(csv, as_csv(answer))
        said += [] if json_wanted else [terminal(answer, text)]
    return "\n".join(said)


def written(reply: Reply, text: Text) -> str:
    """Return an answer or a page as it reads in a terminal."""
    return terminal(reply, text) if isinstance(reply, Answer) else page_terminal(reply)


def language_for(words: str, chosen: str | None, usual: str) -> Text:
    """Return the words of the chosen language; else of the one the question is written in; else of the usual one."""
    return Text(chosen or language_of(words, usual))


def _write(path: Path, content: str) -> None:
    try:
        # The mark tells spreadsheets that it is UTF-8.
        path.write_text(content, encoding="utf-8-sig", newline="")
    except OSError as error:
        raise KpiError("file_unwritable", path=str(path), reason=error.strerror or str(error)) from error
