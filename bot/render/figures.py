"""How a figure is said: how much it rests on decides how much of it is shown (KPIS.md rule 7)."""

from bot.text import Text
from kpi.question import Answer, Figure, Kind, Sample, Unit

# What the rows of a KPI are; all others rest on tickets.
_RESTS_ON = {"reply_time": "replies", "csat": "ratings"}


class Figures:
    """Says the figures of one answer in one language; they rest on `tickets`, `replies` or `ratings`."""

    def __init__(self, answer: Answer, text: Text) -> None:
        self._text = text
        self._unit = answer.unit
        self._business = answer.business
        self._kind = answer.kind
        self.rests_on = _RESTS_ON.get(answer.question.kpi, "tickets")
        if answer.kind is Kind.EFFECT:
            self.rests_on = "agents"

    def full(self, figure: Figure) -> str:
        """Return a figure with what it rests on: `72.4% (42 of 58)`, `3 of 4`, `n/a (0 tickets)`."""
        match figure.sample:
            case Sample.NOTHING:
                return self._text("answer.nothing", rows=self.rows(figure.n))
            case Sample.COUNTS_ONLY:
                return f"{self._counts(figure)} · {self._text('answer.small_sample')}"
            case Sample.SMALL:
                return f"{self._value(figure)} · {self._text('answer.small_sample')}"
            case Sample.ENOUGH:
                return self._value(figure)

    def short(self, figure: Figure) -> str:
        """Return the value alone, as a table shows it; the counts where there are too few for more."""
        if figure.value is None:
            return self._text("answer.na")
        return self._counts(figure) if figure.sample is Sample.COUNTS_ONLY else self.number(figure.value)

    def number(self, value: float | None) -> str:
        """Return a value in the answer's unit; of an effect with its sign."""
        if value is None:
            return self._text("answer.na")
        return self.signed(value) if self._kind is Kind.EFFECT else self.plain(value)

    def signed(self, difference: float) -> str:
        """Return a difference with its sign: `+3.1 points`, `−12 min 05 s`; 0 has none."""
        said = self.apart(difference)
        return said if said == self.apart(0) else f"{'+' if difference > 0 else '−'}{said}"

    def plain(self, value: float | None) -> str:
        """Return a value in the answer's unit, whatever kind of answer it is."""
        if value is None:
            return self._text("answer.na")
        return self._text.value(value, self._unit, business=self._business)

    def target(self, target: float) -> str:
        """Return a target, a percentage without decimals where it has none."""
        if self._unit is Unit.RATIO and round(target * 100, 6).is_integer():
            return self._text.percent(target, 0)
        return self.number(target)

    def apart(self, difference: float) -> str:
        """Return how far two values are apart."""
        return self._text.difference(difference, self._unit, business=self._business)

    def fraction(self, figure: Figure) -> str:
        """Return numerator and denominator: `42 of 58`."""
        part, whole = figure.numerator or 0, figure.denominator or 0
        return self._text("answer.fraction", part=self._text.number(part), whole=self._text.number(whole))

    def rows(self, n: int) -> str:
        """Return how many tickets, replies or ratings."""
        return self._text.plural(f"unit.{self.rests_on}", n)

    def interval(self, figure: Figure) -> str | None:
        """Return both ends of the 95 % interval; None without one, or where only counts are shown."""
        if figure.interval is None or figure.sample is Sample.COUNTS_ONLY:
            return None
        return f"{self.number(figure.interval[0])} – {self.number(figure.interval[1])}"

    def spread(self, figure: Figure) -> str | None:
        """Return p90 and mean of a duration; a p90 that rests on little says so."""
        if figure.median is None or figure.sample is Sample.COUNTS_ONLY:
            return None
        key = "answer.spread" if figure.p90_reliable else "answer.spread_unreliable"
        return self._text(key, p90=self.number(figure.p90), mean=self.number(figure.mean))

    def _value(self, figure: Figure) -> str:
        said = self.number(figure.value)
        if self._kind is not Kind.MEASURED:
            return said
        match self._unit:
            case Unit.COUNT:
                return said
            case Unit.RATIO:
                return f"{said} ({self.fraction(figure)})"
            case Unit.SECONDS:
                return self._text("answer.median", value=said)
            case Unit.NUMBER | Unit.SCORE | Unit.MONEY | Unit.NET:
                return said

    def _counts(self, figure: Figure) -> str:
        return self.rows(figure.n) if figure.denominator is None else self.fraction(figure)
