"""Writes the KPI reference, docs/en/kpis.md and docs/fr/kpis.md, from the catalogue and the words of bot/locales."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.render.words import definition
from bot.text import LANGUAGES, Text
from kpi.catalogue import CATALOGUE, MODULES, AnyKpi, Composite, Effect, Kpi, Listed, Projection
from kpi.catalogue.definition import Anchor
from kpi.dimensions import DIMENSIONS
from kpi.durations import Bands, Duration
from kpi.intervals import MEAN_FROM
from kpi.language.lexicon import lexicon
from kpi.measures import Count, Measure, Ratio
from kpi.question import P90_RELIABLE_FROM, SAMPLE_ENOUGH_FROM, SMALL_SAMPLE_FROM, Figure, Reading, Unit
from kpi.totals import Net, TimePerThing

DOCS = Path(__file__).parent

CHAPTERS = ("backlog", "inflow", "handling", "productivity", "satisfaction", "business", "composite")
"""The dimensions of the service, in the order in which people read of them."""

CHAPTER_OF_MODULE = {
    "self_service": "inflow",
    "outlook": "inflow",
    "sla": "handling",
    "resolution": "handling",
    "contacts": "handling",
    "time_spent": "productivity",
    "surveys": "satisfaction",
    "reviews": "satisfaction",
    "people": "business",
    "sales": "business",
}
"""Where the KPIs of a module stand that isn't called like a chapter."""

CHAPTER_OF_KPI = dict.fromkeys(
    ("call_time", "error_rate", "training_effect", "agent_retention", "agent_satisfaction"), "productivity"
)
"""KPIs of agents' work that are defined beside what they are computed like."""

RULES = (
    *("period", "reading", "left_out", "reply", "owner", "time", "sample"),
    *("interval", "change", "past", "fresh", "target", "missing"),
)
SOURCES = ("S0", "S1", "S2", "S3", "S4")
PHRASES = 3
"""How many of the names of a KPI are shown; more are understood."""

WHOSE = frozenset({"team", "agent", "priority"})
SAMPLE = Figure(value=1.0, n=SAMPLE_ENOUGH_FROM)
ALWAYS = "tickets"
"""The data that is said once for all KPIs."""


def page(text: Text) -> str:
    """Return the reference in the language of `text`, as Markdown."""
    chapters = {chapter: list(_of_chapter(chapter)) for chapter in CHAPTERS}
    lines = [text("reference.generated"), "", f"# {text('reference.title')}", ""]
    lines += [text("reference.intro", n=len(CATALOGUE)), "", *_contents(chapters, text), *_rules(text)]
    for chapter, kpis in chapters.items():
        lines += [f"## {text(f'reference.chapter.{chapter}')}", ""]
        for kpi in kpis:
            lines += [*Entry(kpi, text).lines(), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _of_chapter(chapter: str) -> Iterator[Listed]:
    for module in MODULES:
        name = module.__name__.rpartition(".")[2]
        for kpi in module.KPIS:
            if CHAPTER_OF_KPI.get(kpi.key, CHAPTER_OF_MODULE.get(name, name)) == chapter:
                yield kpi


def _contents(chapters: dict[str, list[Listed]], text: Text) -> list[str]:
    lines = [f"## {text('reference.contents')}", ""]
    for chapter, kpis in chapters.items():
        links = " · ".join(_link(kpi.key, text) for kpi in kpis)
        label = f"**{text(f'reference.chapter.{chapter}')}**"
        lines.append(f"- {text('answer.field', label=label, value=links)}")
    return [*lines, ""]


def _rules(text: Text) -> list[str]:
    values = {
        "few": SMALL_SAMPLE_FROM,
        "enough": SAMPLE_ENOUGH_FROM,
        "p90": P90_RELIABLE_FROM,
        "ranked": MEAN_FROM,
        "tickets": _missing(ALWAYS, text),
    }
    lines = [f"## {text('reference.rules')}", "", *(f"- {text(f'reference.rule.{rule}', **values)}" for rule in RULES)]
    lines += ["", f"## {text('reference.sources')}", ""]
    return [*lines, *(f"- **{source}** {text(f'reference.source.{source}')}" for source in SOURCES), ""]


def _link(key: str, text: Text) -> str:
    return f"[{text(f'kpi.{key}.name')}](#{key})"


def _missing(need: str, text: Text) -> str:
    return f"*{text('answer.not_available', needs=text(f'needs.{need}'))}*"


def own_members(kpi: Listed) -> Iterator[Kpi]:
    """Yield what a KPI is measured on: itself, or the members of a composite that are no KPIs of their own.

    Of a composite that rests on the rows of one member, the others only stand beside it.
    """
    if isinstance(kpi, Kpi):
        yield kpi
    elif isinstance(kpi, Composite):
        members = kpi.made_of.values() if kpi.rows_of is None else [kpi.made_of[kpi.rows_of]]
        for member in members:
            if CATALOGUE.get(member.key) is not member:
                yield from own_members(member)


def others(kpi: Listed) -> list[str]:
    """Return the keys of the KPIs that a KPI is made of."""
    if isinstance(kpi, Projection):
        return [kpi.of.key]
    if isinstance(kpi, Effect):
        return [kpi.usual.key]
    members: Iterable[AnyKpi] = kpi.made_of.values() if isinstance(kpi, Composite) else ()
    return [member.key for member in members if CATALOGUE.get(member.key) is member]


def narrows(kpi: Listed) -> bool:
    """Tell whether a KPI doesn't count everything of its kind, so that words must say what it leaves out."""
    return any(
        member.condition is not None
        or member.where
        or member.latest_per
        or any(anchor is not None and anchor.condition is not None for anchor in (member.event, member.cohort))
        for member in own_members(kpi)
    )


def has_more(kpi: Listed) -> bool:
    """Tell whether other figures stand beside a KPI's own, so that words must say which."""
    if isinstance(kpi, Composite):
        return bool(kpi.combine(dict.fromkeys(kpi.made_of, SAMPLE), {}).parts)
    return bool(kpi.beside) or _in_pieces(kpi.measure) if isinstance(kpi, Kpi) else True


def _in_pieces(measure: Measure) -> bool:
    match measure:
        case Bands() | Net():
            return True
        case Count(parts=parts, longest=longest):
            return bool(parts) or longest is not None
        case Ratio(parts=parts) | TimePerThing(parts=parts):
            return bool(parts)
        case Duration(edges=edges):
            return bool(edges)
    return False


class Entry:
    """What the reference says of one KPI."""

    def __init__(self, kpi: Listed, text: Text) -> None:
        self.kpi, self.text = kpi, text

    def lines(self) -> list[str]:
        """Return its heading, what people call it, its definition, and its fields."""
        key, text = self.kpi.key, self.text
        said = definition(key, Reading.EVENT, text)
        fields = [self._field(name, value) for name, value in self._fields() if value]
        heading = [f'<a id="{key}"></a>', "", f"### {text(f'kpi.{key}.name')}", ""]
        return [*heading, self._asked(), "", f"{said[0].upper()}{said[1:]}.", "", *fields]

    def _field(self, name: str, value: str) -> str:
        label = f"**{self.text(f'reference.field.{name}')}**"
        return f"- {self.text('answer.field', label=label, value=value)}"

    def _asked(self) -> str:
        names = [name.replace("'", "’") for name in lexicon(self.text.language).names("kpi", self.kpi.key)]
        known = {self.kpi.key, self.text(f"kpi.{self.kpi.key}.name").casefold()}
        other = [name for name in names if name not in known][:PHRASES]
        phrases = ", ".join(self.text("reference.phrase", phrase=name) for name in other)
        return self.text("reference.asked", key=self.kpi.key, phrases=phrases)

    def _fields(self) -> Iterator[tuple[str, str]]:
        key, text = self.kpi.key, self.text
        yield "formula", text(f"kpi.{key}.formula")
        yield "example", text(f"kpi.{key}.example")
        yield "made_of", " · ".join(_link(other, text) for other in others(self.kpi))
        yield "event", self._placed()
        yield "cohort", self._cohort()
        yield "owner", self._owners()
        yield "excluded", self._excluded()
        yield "beside", text(f"kpi.{key}.beside") if has_more(self.kpi) else ""
        yield "footnotes", self._footnotes()
        yield "unit", self._unit()
        yield "range", self._range()
        yield "dimensions", self._dimensions()
        yield "needs", " ".join(_missing(need, text) for need in self.kpi.needs if need != ALWAYS)
        yield "sources", " · ".join(f"{source} {text(f'reference.source.{source}')}" for source in self.kpi.sources)

    # --- What places it --------------------------------------------------------------------------------------------

    def _placed(self) -> str:
        return _each(self._anchor(member, member.event) for member in own_members(self.kpi))

    def _anchor(self, kpi: Kpi, anchor: Anchor) -> str:
        return self.text(f"reference.anchor.{kpi.fact}.{anchor.instant}")

    def _cohort(self) -> str:
        if not isinstance(self.kpi, Kpi) or self.kpi.cohort is None:
            return ""
        said = definition(self.kpi.key, Reading.COHORT, self.text)
        return self.text("reference.cohort", definition=said, anchor=self._anchor(self.kpi, self.kpi.cohort))

    def _owners(self) -> str:
        if self.kpi.dimensions is not None:
            return ""
        members = list(own_members(self.kpi))
        said = _each(self._owner(member, member.event) for member in members)
        cohort = _each(self._owner(member, member.cohort) for member in members if member.cohort is not None)
        if cohort and cohort != said:
            return f"{said} · {self.text('answer.field', label=self.text('reference.field.cohort'), value=cohort)}"
        return said

    def _owner(self, kpi: Kpi, anchor: Anchor) -> str:
        return self.text(f"reference.owner.{anchor.prefix.rstrip('_') or kpi.fact}")

    # --- What it counts --------------------------------------------------------------------------------------------

    def _excluded(self) -> str:
        said = [self.text(f"kpi.{self.kpi.key}.excluded")] if narrows(self.kpi) else []
        if any(member.customer_opened for member in own_members(self.kpi)):
            said.append(self.text("reference.agent_opened"))
        return " · ".join(said)

    def _footnotes(self) -> str:
        names = dict.fromkeys(note for member in own_members(self.kpi) for note in member.notes)
        return ", ".join(
            self.text("reference.phrase", phrase=self.text(f"notes.{name}.other", n="n")) for name in names
        )

    def _unit(self) -> str:
        better = self.kpi.higher_is_better
        direction = "reference.neither" if better is None else "define.higher" if better else "define.lower"
        months = [self.text("reference.whole_months")] if self.kpi.grain is not None else []
        return " ".join([self.text(f"reference.{_kind(self.kpi)}"), *months, self.text(direction)])

    def _range(self) -> str:
        if self.kpi.target_range is None:
            return ""
        lowest, highest = (self.text.percent(target, 0) for target in self.kpi.target_range)
        return self.text("reference.range", lowest=lowest, highest=highest)

    def _dimensions(self) -> str:
        if self.kpi.dimensions is None:
            return ""
        known = [self.text(f"dimension.{key}") for key in DIMENSIONS if key in self.kpi.dimensions]
        return ", ".join(known) or self.text("reference.no_dimension")


def _kind(kpi: Listed) -> str:
    """Return the key of the words that say what a KPI's figure is."""
    if isinstance(kpi, Projection):
        return "unit.forecast"
    if isinstance(kpi, Effect):
        return "unit.points"
    if isinstance(kpi, Composite):
        return f"unit.{kpi.unit}" if kpi.rows_of is None else _kind(kpi.made_of[kpi.rows_of])
    measure = kpi.measure
    if isinstance(measure, Duration) and measure.business is None:
        return "measure.age"
    if isinstance(measure, Ratio):
        return "measure.ratio"
    name = type(measure).__name__.casefold()
    return "measure.mean_duration" if name == "mean" and kpi.unit is Unit.SECONDS else f"measure.{name}"


def _each(said: Iterable[str]) -> str:
    return " · ".join(dict.fromkeys(said))


def path(language: str) -> Path:
    """Return where the reference in a language stands."""
    return DOCS / language / "kpis.md"


def write() -> None:
    """Write the reference in every language."""
    for language in LANGUAGES:
        path(language).write_text(page(Text(language)), encoding="utf-8")


if __name__ == "__main__":
    write()
