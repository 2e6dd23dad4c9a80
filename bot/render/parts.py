"""The figures that a figure is made of, or that belong to it: each under its name, in its own unit."""

import re
from collections.abc import Collection, Mapping

from bot.render.figures import Figures
from bot.text import DAY, Text
from kpi.catalogue import CATALOGUE, Composite, Kpi
from kpi.durations import Bands, Duration
from kpi.question import Answer, Figure, Kind, Sample

_BAND = re.compile(r"(\d+)-(\d*)")

WORKING_TIME = frozenset({"worked", "on_duty"})
"""Parts that are sums of working hours: 24 of them are no day."""

SHARE = "share"

TABLE_FROM = 3
"""From so many parts of one kind on they stand in a table."""


class Parts:
    """Says the parts of an answer's figures in one language."""

    def __init__(self, answer: Answer, text: Text) -> None:
        self._answer, self._text = answer, text
        self._figures = Figures(answer, text)
        kpi = CATALOGUE.get(answer.question.kpi)
        # The member whose figure is the figure itself.
        self.repeated = kpi.shared if isinstance(kpi, Composite) else None

    def of(self, figure: Figure) -> Mapping[str, Figure]:
        """Return the parts that are shown: those of forecasts and effects are said in words, and none twice."""
        if self._answer.kind is Kind.EFFECT:
            return {}
        return {name: part for name, part in figure.parts.items() if name != self.repeated}

    def in_table(self, figure: Figure) -> bool:
        """Tell whether the parts are of one kind and so many that a table shows them best."""
        parts = self.of(figure)
        alike = len({part.unit for part in parts.values()}) == 1 or all(name in CATALOGUE for name in parts)
        return len(parts) >= TABLE_FROM and alike

    def label(self, name: str) -> str:
        """Return what a part is called: a band by its edges, a KPI by its name."""
        if (band := _BAND.fullmatch(name)) is not None:
            edges = [int(edge) for found in self._bands() for edge in found.groups() if edge]
            days = in_days(edges) and not self._answer.business
            return self._text.band(int(band[1]), int(band[2]) if band[2] else None, days=days)
        return self._text(f"part.{name}" if f"part.{name}" in self._text else f"kpi.{name}.name")

    def short(self, name: str, part: Figure, *, counted: bool = False) -> str:
        """Return the value of a part alone; `counted` adds what it rests on, where that isn't the value itself."""
        said = self.saying(name, part)
        if counted and self.is_counted(name, part):
            return f"{said.short(part)} ({self._text.number(part.n)})"
        return said.short(part)

    @staticmethod
    def is_counted(name: str, part: Figure) -> bool:
        """Tell whether a part rests on rows that its value doesn't say; a share is one of the whole beside it."""
        shown = part.sample not in {Sample.NOTHING, Sample.COUNTS_ONLY}
        return shown and name != SHARE and part.value != part.n

    def full(self, name: str, part: Figure, whole: Figure | None = None) -> str:
        """Return the value of a part with what it rests on; `whole` is the part that it is a part of."""
        said = self.saying(name, part, whole=whole)
        if part.value is None:
            return self._text("answer.na")
        return f"{said.counts(part)} · {self._text('answer.small_sample')}" if _is_few(part) else said.full(part)

    def based_on(self, name: str, part: Figure) -> str:
        """Return the number of rows of a part."""
        return self.saying(name, part).based_on(part)

    def saying(self, name: str, part: Figure, inside: str = "", whole: Figure | None = None) -> Figures:
        """Return what says a part; one that stands inside another is of what that one is of."""
        unit = part.unit or (whole.unit if whole else None) or self._answer.unit
        kpi = CATALOGUE.get(inside or name)
        measure = kpi.measure if isinstance(kpi, Kpi) else None
        timed = isinstance(measure, Duration | Bands) and measure.business is not None
        is_median = isinstance(measure, Duration)
        in_hours = name in WORKING_TIME or (self._answer.business and timed)
        return self._figures.of_part(part, unit, business=in_hours, is_mean=not is_median)

    def _bands(self) -> list[re.Match[str]]:
        figure = self._answer.figure
        return [found for name in (figure.parts if figure else ()) if (found := _BAND.fullmatch(name))]


def in_days(edges: Collection[int]) -> bool:
    """Tell whether the edges of bands, in seconds, are best told in days."""
    return all(edge % DAY == 0 for edge in edges) and max(edges) > DAY


def _is_few(part: Figure) -> bool:
    return part.sample is Sample.COUNTS_ONLY
