"""How a figure is said: how much it rests on decides how much of it is shown (KPIS.md rule 7)."""

from copy import copy

from bot.text import Text
from kpi.question import Answer, Figure, Kind, Sample, Unit


class Figures:
    """Says the figures of one answer in one language; they rest on `things`, such as tickets or replies."""

    def __init__(self, answer: Answer, text: Text) -> None:
        self._text = text
        self.unit = answer.unit
        self.business = answer.business
        self.kind = answer.kind
        self.is_mean = answer.is_mean
        self.currency = answer.figure.currency if answer.figure else None
        self.withheld = f"withheld.{answer.question.kpi}"
        self.things = answer.things
        self.smallest = answer.smallest

    def of_part(self, part: Figure, unit: Unit, *, business: bool, is_mean: bool) -> "Figures":
        """Return what says a part of a figure, which may have a unit of its own."""
        found = copy(self)
        found.unit = unit
        found.kind = Kind.MEASURED
        found.business, found.is_mean = business, is_mean
        found.currency = part.currency or self.currency
        found.withheld = ""
        return found

    @property
    def has_rows(self) -> bool:
        """Whether the figures rest on rows of their own, not on several KPIs' at once."""
        return self.things != "figures"

    def full(self, figure: Figure) -> str:
        """Return a figure with what it rests on: `72.4% (42 of 58)`, `3 of 4`, `n/a (0 tickets)`."""
        match figure.sample:
            case Sample.NOTHING:
                return self._nothing(figure)
            case Sample.COUNTS_ONLY:
                return f"{self.counts(figure)} · {self._text('answer.small_sample')}"
            case Sample.SMALL:
                return f"{self._value(figure)} · {self._text('answer.small_sample')}"
            case Sample.ENOUGH:
                return self._value(figure)

    def short(self, figure: Figure) -> str:
        """Return the value alone, as a table shows it; the counts where there are too few for more."""
        if figure.value is None:
            return self._text("answer.na")
        return self.counts(figure) if figure.sample is Sample.COUNTS_ONLY else self._scored(figure)

    def based_on(self, figure: Figure) -> str:
        """Return the number of rows, of a ratio numerator and denominator."""
        return self._text.number(figure.n) if figure.denominator is None else self.fraction(figure)

    def number(self, value: float | None) -> str:
        """Return a value in the answer's unit; of an effect with its sign."""
        if value is None:
            return self._text("answer.na")
        return self.signed(value) if self.kind is Kind.EFFECT else self.plain(value)

    def signed(self, difference: float) -> str:
        """Return a difference with its sign: `+3.1 points`, `−12 min 05 s`; 0 has none."""
        said = self.apart(difference)
        return said if said == self.apart(0) else f"{'+' if difference > 0 else '−'}{said}"

    def plain(self, value: float | None) -> str:
        """Return a value in the answer's unit, whatever kind of answer it is."""
        if value is None:
            return self._text("answer.na")
        said = self._text.value(abs(value), self.unit, business=self.business, currency=self.currency)
        if self.unit is Unit.NET:
            return self._text.net(value)
        return f"−{said}" if value < 0 else said

    def target(self, target: float) -> str:
        """Return a target, a percentage without decimals where it has none."""
        return self._text.target(target, self.unit) if self.unit is Unit.RATIO else self.number(target)

    def apart(self, difference: float) -> str:
        """Return how far two values are apart."""
        return self._text.difference(difference, self.unit, business=self.business, currency=self.currency)

    def fraction(self, figure: Figure) -> str:
        """Return numerator and denominator: `42 of 58`."""
        part, whole = figure.numerator or 0, figure.denominator or 0
        return self._text("answer.fraction", part=self._text.number(part), whole=self._text.number(whole))

    def rows(self, n: int) -> str:
        """Return how many tickets, replies or ratings."""
        return self._text.plural(f"unit.{self.things}", n)

    def counts(self, figure: Figure) -> str:
        """Return what there is to count where a value would say too much."""
        return self.rows(figure.n) if figure.denominator is None else self.fraction(figure)

    def interval(self, figure: Figure) -> str | None:
        """Return both ends of the 95 % interval; None without one, or where only counts are shown."""
        if figure.interval is None or figure.sample is Sample.COUNTS_ONLY:
            return None
        return f"{self.number(figure.interval[0])} – {self.number(figure.interval[1])}"

    def spread(self, figure: Figure) -> str | None:
        """Return the percentiles beside a median or a mean; a p90 that rests on little says so."""
        if figure.median is None or figure.sample is Sample.COUNTS_ONLY:
            return None
        key = "answer.p90" if figure.p90_reliable else "answer.p90_unreliable"
        said = [self._text(key, p90=self.beside(figure.p90))]
        if self.is_mean:
            said.insert(0, self._text("answer.its_median", median=self.beside(figure.median)))
        else:
            said.append(self._text("answer.its_mean", mean=self.number(figure.mean)))
        if figure.maximum is not None:
            longest = "answer.longest" if self.unit is Unit.SECONDS else "answer.maximum"
            said.append(self._text(longest, maximum=self.beside(figure.maximum)))
        return " · ".join(said)

    def beside(self, value: float | None) -> str:
        """Return a percentile: one of replies or messages is often whole, and then has no decimals."""
        if self.unit is Unit.NUMBER and value is not None and float(value).is_integer():
            return self._text.number(value)
        return self.number(value)

    def _nothing(self, figure: Figure) -> str:
        """Return that there is no value, and why there is none although there are rows."""
        if self.kind is Kind.EFFECT:
            return self._text("answer.no_effect")
        if 0 < figure.n < self.smallest:
            return self._text("answer.too_few", smallest=self._text.number(self.smallest))
        if self.withheld in self._text and (figure.n or figure.parts):
            return self._text(self.withheld)
        return self._text("answer.nothing", rows=self.rows(figure.n))

    def _value(self, figure: Figure) -> str:
        said = self._scored(figure)
        if self.kind is not Kind.MEASURED:
            return said
        if self.unit is Unit.RATIO and figure.denominator is not None:
            return f"{said} ({self.fraction(figure)})"
        if self.unit in {Unit.SECONDS, Unit.NUMBER} and figure.mean is not None:
            return self._text("answer.mean" if self.is_mean else "answer.median", value=said)
        return said

    def _scored(self, figure: Figure) -> str:
        """Return the value, of a score with the highest it can be."""
        said = self.number(figure.value)
        if self.unit is not Unit.SCORE or figure.scale is None or self.kind is not Kind.MEASURED:
            return said
        return self._text("answer.score", value=said, highest=scale_end(figure.scale[1], self._text))


def scale_end(end: float, text: Text) -> str:
    """Return an end of a scale, without decimals where it has none."""
    return text.number(end, 0 if float(end).is_integer() else 1)
