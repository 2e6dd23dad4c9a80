"""A breakdown or a trend as rows of words."""

from dataclasses import dataclass

from bot.render.figures import Figures
from bot.text import Text
from kpi.question import Answer, Figure, Group, Sample, Unit

GROUPS_SHOWN = 20
BUCKETS_SHOWN = 60
LABEL_SHOWN = 60
SMALL_SAMPLE_MARK, UNRELIABLE_MARK = "*", "~"
NO_INTERVAL = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A breakdown or a trend: `rows` as people read them, `numbers` the value of each row, for sorting.

    `notes` say how much is shown when that is not all, and what the marks in the rows mean.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[float | None, ...]
    notes: tuple[str, ...]


def sentence(words: str) -> str:
    """Return words with a capital at the beginning."""
    return words[:1].upper() + words[1:]


def one_line(label: str) -> str:
    """Return a name that came from the helpdesk on one line, ended by an ellipsis where it is too long."""
    line = " ".join(label.split())
    return line if len(line) <= LABEL_SHOWN else line[: LABEL_SHOWN - 1] + "…"


Labelled = list[tuple[str, Figure]]


def tables(answer: Answer, text: Text) -> tuple[Table, ...]:
    """Return the breakdown, then the trend: those that were asked for."""
    found = []
    if answer.groups:
        groups = [(_labels(group, text), group.figure) for group in answer.groups]
        found.append(
            _table(
                answer,
                text,
                " · ".join(text(f"dimension.{key}") for key in answer.question.by),
                groups,
                groups[:GROUPS_SHOWN],
            )
        )
    if answer.buckets:
        buckets = [(text.bucket(bucket.period), bucket.figure) for bucket in answer.buckets]
        found.append(_table(answer, text, text(f"grain.{answer.question.per}"), buckets, buckets[-BUCKETS_SHOWN:]))
    return tuple(found)


def _table(answer: Answer, text: Text, heading: str, labelled: Labelled, shown: Labelled) -> Table:
    figures = Figures(answer, text)
    rows = tuple((label, *_cells(figure, answer.unit, figures, text)) for label, figure in shown)
    return Table(
        header=(sentence(heading), *_headings(answer, figures, text)),
        rows=rows,
        numbers=tuple(figure.value for _, figure in shown),
        notes=(*_cut(len(shown), len(labelled), text), *_marks(rows, text)),
    )


def _labels(group: Group, text: Text) -> str:
    return " · ".join(_label(label, key, text) for label, key in zip(group.labels, group.keys, strict=True))


def _label(label: str | None, key: str | None, text: Text) -> str:
    return one_line(label or key or "") or text("answer.no_value")


def _headings(answer: Answer, figures: Figures, text: Text) -> tuple[str, ...]:
    name = text(f"kpi.{answer.question.kpi}.name")
    match answer.unit:
        case Unit.COUNT | Unit.MONEY:
            return (name,)
        case Unit.RATIO:
            return (name, text(f"column.{figures.rests_on}"), text("column.interval"))
        case Unit.NUMBER | Unit.SCORE | Unit.NET:
            return (name, text(f"column.{figures.rests_on}"), text("column.interval"))
        case Unit.SECONDS:
            return (text("column.median"), text("column.p90"), text("column.mean"), text("column.n"))


def _cells(figure: Figure, unit: Unit, figures: Figures, text: Text) -> tuple[str, ...]:
    """Return a figure as the cells of a row; what rests on little carries a mark that a note explains."""
    value = figures.short(figure)
    if figure.sample is Sample.SMALL:
        value += SMALL_SAMPLE_MARK
    if unit is Unit.COUNT:
        return (value,)
    if unit is Unit.RATIO:
        return (value, figures.fraction(figure), figures.interval(figure) or NO_INTERVAL)
    if figure.sample is Sample.COUNTS_ONLY:
        return (text("answer.too_few"), NO_INTERVAL, NO_INTERVAL, text.number(figure.n))
    p90 = figures.number(figure.p90)
    if figure.p90 is not None and not figure.p90_reliable:
        p90 += UNRELIABLE_MARK
    return (value, p90, figures.number(figure.mean), text.number(figure.n))


def _cut(shown: int, total: int, text: Text) -> tuple[str, ...]:
    if shown == total:
        return ()
    return (text("answer.cut", shown=text.number(shown), total=text.number(total)),)


def _marks(rows: tuple[tuple[str, ...], ...], text: Text) -> tuple[str, ...]:
    cells = "".join(cell for row in rows for cell in row[1:])
    found = []
    if SMALL_SAMPLE_MARK in cells:
        found.append(text("answer.small_sample_mark", mark=SMALL_SAMPLE_MARK))
    if UNRELIABLE_MARK in cells:
        found.append(text("answer.unreliable_mark", mark=UNRELIABLE_MARK))
    return tuple(found)
