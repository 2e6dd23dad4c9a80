"""An answer as rows of a CSV file: the same figures as on the screen, unrounded."""

import csv
from io import StringIO

from kpi.period import Span, instant_text
from kpi.question import Answer, Figure, Group

COLUMNS = (
    "kpi",
    "reading",
    "unit",
    "row",
    "key",
    "label",
    "key_2",
    "label_2",
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
)

Row = dict[str, str | float | int | None]


def rows(answer: Answer) -> list[Row]:
    """Return the answer as rows: `total`, then `previous`, each `group` and each `bucket`; empty when unavailable."""
    if answer.figure is None:
        return []
    found = [_row(answer, "total", answer.span, answer.figure)]
    if answer.compared_span is not None and answer.compared_figure is not None:
        found.append(_row(answer, "previous", answer.compared_span, answer.compared_figure))
    for group in answer.groups:
        row = _row(answer, "group", answer.span, group.figure)
        found.append(row | _identity(group))
    found.extend(_row(answer, "bucket", bucket.period.span(answer.now), bucket.figure) for bucket in answer.buckets)
    return found


def _identity(group: Group) -> Row:
    """Return the keys and labels of a group, those of a second dimension in columns of their own."""
    found: Row = {}
    for suffix, key, label in zip(("", "_2"), group.keys, group.labels, strict=False):
        found |= {f"key{suffix}": neutral(key), f"label{suffix}": neutral(label)}
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
    }
