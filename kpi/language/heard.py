"""What a text says, and what it asks once everything said of one thing agrees."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kpi.catalogue import CATALOGUE, Effect
from kpi.dimensions import BREAKDOWNS
from kpi.errors import QuestionError
from kpi.language.calendar import Spoken
from kpi.language.clauses import SamePeriod, Versus
from kpi.language.lexicon import Lexicon
from kpi.period import Grain
from kpi.question import Filter

MOST_BREAKDOWNS = 2
EFFECTS = frozenset(key for key, kpi in CATALOGUE.items() if isinstance(kpi, Effect))
"""The KPIs that are about another KPI."""

Named = tuple[tuple[str, ...], str]
"""The KPIs that words can mean, and the words."""


@dataclass(slots=True)
class Heard:
    """What a text says, by kind of clause, each with its words; `lost` are the tokens that mean nothing.

    Its methods speak the reader's `lexicon` in what they raise.
    """

    kpis: list[Named] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    per: list[Grain] = field(default_factory=list)
    periods: list[tuple[Spoken, str]] = field(default_factory=list)
    versus: list[tuple[Versus | SamePeriod, str]] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    lost: list[int] = field(default_factory=list)

    def kpi(self, lexicon: Lexicon) -> tuple[str, str | None]:
        """Return the KPI, and for one of an effect the KPI it is about; raises as `_agreed`."""
        effects = {keys[0] for keys, _ in self.kpis if keys[0] in EFFECTS}
        if len(effects) != 1:
            return self._agreed(self.kpis, lexicon), None
        subjects = [(keys, words) for keys, words in self.kpis if keys[0] not in EFFECTS]
        return effects.pop(), self._agreed(subjects, lexicon) if subjects or self.counted else None

    def _agreed(self, named: Sequence[Named], lexicon: Lexicon) -> str:
        """Return the KPI that all names agree on, else what is counted.

        Raises:
            QuestionError: `no_kpi`, `two_kpis`, `ambiguous_kpi`.
        """
        if not named:
            if self.counted:
                return self.counted[0]
            raise QuestionError("no_kpi", suggestions=lexicon.usual, example=lexicon.example)
        common, words = named[0]
        for keys, other in named[1:]:
            agreed = tuple(key for key in common if key in keys)
            if not agreed:
                raise QuestionError("two_kpis", first=words, second=other)
            common = agreed
        if len(common) > 1:
            choices = [lexicon.name("kpi", key) for key in common]
            raise QuestionError("ambiguous_kpi", word=words, choices=choices)
        return common[0]

    def breakdown(self, lexicon: Lexicon) -> tuple[str, ...]:
        """Return up to two dimensions; raises QuestionError `three_breakdowns`, `no_breakdown`."""
        dimensions = tuple(dict.fromkeys(self.by))
        names = [lexicon.name("dimension", key) for key in dimensions]
        if len(dimensions) > MOST_BREAKDOWNS:
            raise QuestionError("three_breakdowns", dimensions=names, last=names[-1])
        for key, name in zip(dimensions, names, strict=True):
            if key not in BREAKDOWNS:
                known = [lexicon.name("dimension", other) for other in BREAKDOWNS]
                raise QuestionError("no_breakdown", dimension=name, choices=known)
        return dimensions

    def step(self, lexicon: Lexicon) -> Grain | None:
        """Return the step of the trend; raises QuestionError `two_trends`, `trend_without_step`."""
        grains = list(dict.fromkeys(self.per))
        if len(grains) > 1:
            names = [lexicon.name("unit", grain) for grain in grains]
            raise QuestionError("two_trends", first=names[0], second=names[1])
        if "trend" in self.flags and not grains:
            choices = [f"{lexicon.name('per', '')} {lexicon.name('unit', grain)}" for grain in Grain]
            raise QuestionError("trend_without_step", choices=choices)
        return next(iter(grains), None)
