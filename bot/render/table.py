"""An answer as rows of a CSV file: the same figures as on the screen, unrounded."""

import csv
from collections.abc import Iterator
from io import StringIO

from kpi.period import Span, instant_text
from kpi.question import Answer, Figure, Group, Unit

COLUMNS = (
    "kpi",
    "reading",
    "unit",
    "row",
    "by",
    "key",
    "label",
    "by_2",
    "key_2",
    "label_2",
    "part",
    "start",
    "end",
    "value",
    "numerator",
    "denominator",
    "n",
    "interval_low",
    "interval_high",
    "median",
    "p90",
    "mean",
    "maximum",
    "scale_low",
    "scale_high",
    "currency",
    "target",
    "standing",
)

Row = dict[str, str | float | int | None]


def rows(answer: Answer) -> list[Row]:
    """Return the answer as rows; empty when unavailable.

    `total`, then `previous` and `said_before`, each `group` and each `bucket`; after a row of a figure with parts, the
    parts as `total_part`, `group_part` and `bucket_part`.
    """
    if answer.figure is None:
        return []
    aimed: Row = {"target": answer.target, "standing": answer.standing}
    found = _rows(answer, "total", answer.span, answer.figure, aimed)
    if answer.compared_span is not None and answer.compared_figure is not None:
        found.append(_row(answer, "previous", answer.compared_span, answer.compared_figure))
    if answer.restated is not None:
        found.append(_row(answer, "said_before", answer.span, answer.restated.figure))
    for group in answer.groups:
        aimed = {"target": group.target, "standing": answer.standing_of(group)}
        found += [row | _identity(answer, group) for row in _rows(answer, "group", answer.span, group.figure, aimed)]
    for bucket in answer.buckets:
        found += _rows(answer, "bucket", bucket.period.span(answer.now), bucket.figure, {})
    return found


def _rows(answer: Answer, kind: str, span: Span, figure: Figure, aimed: Row) -> list[Row]:
    """Return a figure with what is aimed at, and its parts."""
    parts = [
        _row(answer, f"{kind}_part", span, part) | {"part": name, "unit": str(unit)}
        for name, unit, part in _parts(figure, answer.unit)
    ]
    return [_row(answer, kind, span, figure) | aimed, *parts]


def _parts(figure: Figure, unit: Unit, inside: str = "") -> Iterator[tuple[str, Unit, Figure]]:
    """Yield the parts of a figure and theirs, which are called `part.part`, each with its unit."""
    for name, part in figure.parts.items():
        own = part.unit or unit
        yield f"{inside}{name}", own, part
        yield from _parts(part, own, f"{inside}{name}.")


def _identity(answer: Answer, group: Group) -> Row:
    """Return the dimensions, keys and labels of a group, those of a second dimension in columns of their own."""
    found: Row = {}
    for suffix, by, key, label in zip(("", "_2"), answer.by, group.keys, group.labels, strict=False):
        found |= {f"by{suffix}": by, f"key{suffix}": neutral(key), f"label{suffix}": neutral(label)}
    return found


def as_csv(answer: Answer) -> str:
    """Return the rows as CSV with a header; empty cells are what did not happen."""
    file = StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(answer))
    return file.getvalue()


def neutral(words: str | None) -> str | None:
    """Return words that no spreadsheet takes for a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    if words is not None and words.lstrip(" ").startswith(
        ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
    ):
        return f"'{words}"
    return words


def _row(answer: Answer, kind: str, span: Span, figure: Figure) -> Row:
    zone = answer.question.period.zone
    low, high = figure.interval or (None, None)
    scale_low, scale_high = figure.scale or (None, None)
    return {
        "kpi": answer.question.kpi,
        "reading": str(answer.question.reading),
        "unit": str(answer.unit),
        "row": kind,
        "start": instant_text(span.start, zone),
        "end": instant_text(span.end, zone),
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "n": figure.n,
        "interval_low": low,
        "interval_high": high,
        "median": figure.median,
        "p90": figure.p90,
        "mean": figure.mean,
        "maximum": figure.maximum,
        "scale_low": scale_low,
        "scale_high": scale_high,
        "currency": figure.currency,
    }
