"""Our figures beside the helpdesks' own on the command line: how many tickets differ and why, the worst, all as CSV."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from time import time

import typer

from bot.asking import Asker
from bot.reconciling import Compared, Reconciled, reconcile
from bot.render.rows import Table, one_line
from bot.render.table import neutral
from bot.render.text import columns
from bot.settings import Settings
from bot.terminal.questions import STANDARD_OUTPUT, open_to_read, write_file
from bot.text import Text
from kpi.errors import QuestionError
from kpi.otherwise import Basis
from kpi.period import Period, instant_text
from kpi.question import Question
from kpi.reconciliation import COMPARISONS, Why

COLUMNS = ("kpi", "helpdesk", "ticket", "url", "compared_by", "ours", "theirs", "reasons")

WORST_SHOWN = 5


def reconcile_all(settings: Settings, text: Text, words: Sequence[str], kpis: Sequence[str], file: Path | None) -> None:
    """Print our figures of a period beside those of one helpdesk or of each, or write them to a CSV file.

    Args:
        settings: where the database is, and what our figures follow.
        text: the reader's words.
        words: a helpdesk's key, a period, both or neither.
        kpis: keys; all that can be compared when there are none.
        file: where the CSV file goes.

    Raises:
        QuestionError: `reconcile_words` for words that say anything but a helpdesk and a period, and as
            `bot.reconciling.reconcile`.
        StorageError: what stands in the way.
        KpiError: `file_unwritable`.
    """
    engine, now = open_to_read(settings), int(time())
    try:
        asker = Asker(engine, settings, remembers=False)
        helpdesks = asker.helpdesks()
        said = words[1:] if words and words[0] in helpdesks else words
        period = _period(asker, said, now, text, helpdesks)
        chosen = words[:1] if len(said) < len(words) else helpdesks
        found = {
            helpdesk: reconcile(engine, settings, helpdesk, period, kpis or COMPARISONS, now=now) for helpdesk in chosen
        }
    finally:
        engine.dispose()
    if file is not None:
        content = _csv(found, settings.timezone)
        typer.echo(content, nl=False) if file == STANDARD_OUTPUT else write_file(file, content)
    if file != STANDARD_OUTPUT:
        for helpdesk, told in found.items():
            typer.echo("\n\n".join(_sections(told, helpdesk, period, text)) + "\n")


def _period(asker: Asker, words: Sequence[str], now: int, text: Text, helpdesks: Sequence[str]) -> Period:
    """Return the period that words say; raises QuestionError `reconcile_words` when they say anything else."""
    anything = next(iter(COMPARISONS))
    other = QuestionError("reconcile_words", words=" ".join(words), helpdesks=helpdesks)
    try:
        heard = asker.understand(" ".join((anything, *words)), now, text.language)
    except QuestionError as error:
        raise other if error.key == "unknown_word" else error from None
    if heard != Question(kpi=anything, period=heard.period, week_start=heard.week_start):
        raise other
    return heard.period


# --- Words -------------------------------------------------------------------------------------------------------


def _sections(told: Iterable[Reconciled], helpdesk: str, period: Period, text: Text) -> Iterator[str]:
    """Yield each KPI under its title; those of which the same is said, together."""
    kpis: dict[str, list[str]] = {}
    for found in told:
        kpis.setdefault(_words(found, helpdesk, period.zone, text), []).append(text(f"kpi.{found.kpi}.name"))
    for words, names in kpis.items():
        title = text("reconcile.title", kpi=text.join(names), helpdesk=helpdesk, period=text.period(period))
        yield f"{title}\n{words}"


def _words(found: Reconciled, helpdesk: str, zone: str, text: Text) -> str:
    if found.needs is not None:
        return text("answer.not_available", needs=text(f"needs.{found.needs}"))
    if not found.tickets:
        return text("reconcile.no_tickets")
    if not found.told:
        return text("reconcile.untold", helpdesk=helpdesk)
    agree = text.number(sum(one.agrees for one in found.tickets))
    head = text.plural("reconcile.compared", len(found.tickets), agree=agree)
    reasons = [(_why(why, text), text.number(count)) for why, count in found.reasons()]
    parts = [head, columns(_table((text("reconcile.why"), text("column.tickets")), reasons))]
    if worst := [one for one in found.tickets if not one.agrees][:WORST_SHOWN]:
        header = tuple(text(key) for key in ("column.ticket", "reconcile.ours", "reconcile.theirs", "reconcile.why"))
        shown = [
            (
                one_line(one.ticket.external_id),
                _value(one.basis, one.ours, zone, text),
                _value(one.basis, one.theirs, zone, text),
                _why(one.why, text),
            )
            for one in worst
        ]
        parts.append(columns(_table(header, shown)))
    return "\n\n".join(parts)


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    return Table(header=header, rows=tuple(rows), numbers=(None,) * len(rows), notes=())


def _why(why: Why, text: Text) -> str:
    return text.join([text(f"reconcile.reason.{reason}") for reason in why])


def _value(basis: Basis, value: int | None, zone: str, text: Text) -> str:
    if value is None:
        return text("reconcile.nothing")
    match basis:
        case Basis.MOMENT:
            return text.moment(value, zone)
        case Basis.NUMBER:
            return text.number(value)
        case Basis.BREACH:
            return text("reconcile.breached" if value else "reconcile.kept")
        case _:
            return text.duration(value, days=basis is Basis.CALENDAR)


def _csv(found: Mapping[str, Sequence[Reconciled]], zone: str) -> str:
    """Return every ticket; seconds and numbers as they are, instants in the reporting zone."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for helpdesk, told in found.items():
        for kpi in told:
            for one in kpi.tickets:
                place = (kpi.kpi, neutral(helpdesk), neutral(one.ticket.external_id), neutral(one.ticket.url))
                values = (_plain(one, one.ours, zone), _plain(one, one.theirs, zone))
                writer.writerow((*place, one.basis, *values, "+".join(one.why)))
    return file.getvalue()


def _plain(one: Compared, value: int | None, zone: str) -> str | int | None:
    return instant_text(value, zone) if one.basis is Basis.MOMENT and value is not None else value
