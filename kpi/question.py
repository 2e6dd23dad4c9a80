"""A question, and its answer: what every surface asks with and shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kpi.period import Grain, Period, Span
from kpi.targets import Standing, standing


class Reading(StrEnum):
    """Two ways to place a KPI in a period (KPIS.md rule 3)."""

    EVENT = "event"  # things that happened in the period
    COHORT = "cohort"  # what became of the tickets created in the period


class Unit(StrEnum):
    """What a value is counted in."""

    COUNT = "count"
    RATIO = "ratio"  # 0–1, or more where the whole can be smaller than the part
    SECONDS = "seconds"
    NUMBER = "number"  # so many of one thing for each of another
    SCORE = "score"  # on the scale of the figure
    NET = "net"  # −100 to 100
    MONEY = "money"  # in the currency of the figure


class Kind(StrEnum):
    """What a figure tells."""

    MEASURED = "measured"  # how much there was
    FORECAST = "forecast"  # how much there will be
    EFFECT = "effect"  # how much something changed: it may be below zero


class Narrowed(StrEnum):
    """What an answer is about in place of what was asked, for its reader may not see more of it."""

    OWN = "own"  # the reader alone
    TEAMS = "teams"  # the teams that the reader leads


class Sample(StrEnum):
    """How much a figure rests on (KPIS.md rule 7), which decides how it may be shown."""

    NOTHING = "nothing"  # no value
    COUNTS_ONLY = "counts_only"  # too few for a percentage or a median: "3 of 4"
    SMALL = "small"  # to be marked
    ENOUGH = "enough"


SMALL_SAMPLE_FROM = 5
SAMPLE_ENOUGH_FROM = 30
P90_RELIABLE_FROM = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Keep rows whose `dimension` has one of these values (keys, as the data has them)."""

    dimension: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked; complete and absolute, so that it can be stored and asked again.

    `versus` None compares with the period before. `calendar` asks for calendar instead of business time. `by` holds
    up to two dimensions. `of` is the KPI that a KPI of an effect is about. `week_start` counts from Monday 0 and
    places the weeks of a trend.
    """

    kpi: str
    period: Period
    reading: Reading = Reading.EVENT
    calendar: bool = False
    by: tuple[str, ...] = ()
    of: str | None = None
    per: Grain | None = None
    filters: tuple[Filter, ...] = ()
    versus: Period | None = None
    week_start: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number with what it rests on.

    Ratios carry `numerator` and `denominator`; durations `median`, `p90` and `mean` in seconds, and their `value`
    is the median. `interval` is the 95 % interval of `value`, unless `level` says otherwise. `value` is None, never 0,
    when nothing happened.

    Attributes:
        unit: its own, where it differs from the answer's.
        level: how often such an interval holds the truth, 0–1.
        scale: lowest and highest possible value of a score.
        currency: of money, as ISO 4217 writes it.
        parts: the figures it is made of or that belong to it, by name.
    """

    value: float | None
    n: int
    numerator: int | None = None
    denominator: int | None = None
    interval: tuple[float, float] | None = None
    level: float = 0.95
    median: float | None = None
    p90: float | None = None
    mean: float | None = None
    maximum: float | None = None
    unit: Unit | None = None
    scale: tuple[float, float] | None = None
    currency: str | None = None
    parts: Mapping[str, "Figure"] = field(default_factory=dict)

    @property
    def sample(self) -> Sample:
        """How far the value carries; a plain count is no sample, so it is always enough."""
        if self.value is None:
            return Sample.NOTHING
        if self.is_whole:
            return Sample.ENOUGH
        if self.n < SMALL_SAMPLE_FROM:
            return Sample.COUNTS_ONLY
        return Sample.SMALL if self.n < SAMPLE_ENOUGH_FROM else Sample.ENOUGH

    def standing(self, target: float, *, higher_is_better: bool) -> Standing | None:
        """Return how it stands to a target; None when there is too little to tell."""
        if self.value is None or self.sample is Sample.COUNTS_ONLY:
            return None
        exact = (self.value, self.value) if self.is_whole else None
        return standing(self.value, target, self.interval or exact, higher_is_better=higher_is_better)

    @property
    def is_whole(self) -> bool:
        """Whether it is no sample of anything, as a count or a sum."""
        return self.denominator is None and self.median is None and self.mean is None

    @property
    def p90_reliable(self) -> bool:
        """Whether the 90th percentile rests on enough rows to be shown unmarked."""
        return self.n >= P90_RELIABLE_FROM


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Current minus compared value; `clear` when the 95 % interval of the difference leaves zero out."""

    value: float
    clear: bool
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The figure of one group of a breakdown, with a key and a label for each of its dimensions.

    A key is None for rows that have no value. It can stand in a `Filter`; of a team, agent or customer it is
    `helpdesk/identifier` when several helpdesks are read, since two of them may use the same identifier. `target` is
    what a team aims at; None for groups that are no teams.
    """

    keys: tuple[str | None, ...]
    labels: tuple[str | None, ...]
    figure: Figure
    target: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The figure of one bucket of a trend."""

    period: Period
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A figure that was said at an instant."""

    figure: Figure
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What `kpi.answer.answer` returns; every surface shows this and computes nothing.

    Attributes:
        span: the instants the figure rests on, cut at `now` while the period runs.
        figure: the number asked for; None when the KPI's data is missing, which `needs` then names.
        compared: the period compared with and its instants; its figure unless the data doesn't cover it.
        change: this figure against that one; None unless both have a value and the data covers both periods.
        beside: figures that belong beside this one, by name: `event` or `cohort` (the other reading),
            `running_overdue` (clocks past due that still run).
        left_out: rows that the rules leave out, by reason.
        notes: what else a reader must know, by name: `provisional` (may still change), `automatic_reopens`
            (reopens that don't count), `still_running` (clocks in time, in no figure yet), `ended_without_reply`
            and `closed_unsolved` (clocks that ended without what was promised).
        data_as_of: everything up to here has been read from the helpdesk; None when it never was.
        behind: the helpdesk that this is of, where others have been read further.
        uncovered: the part of the period that the sync has not covered: `before_history`, `not_synced` or None.
        by: the dimensions of the breakdown, those that are shown when none is asked for among them.
        groups: the figures of a breakdown: worst first, of counts most first, rows without a value last.
        buckets: the figures of a trend, up to the bucket that is running.
        target: what is aimed at; a ratio 0–1, a duration in seconds. The team's own when one team is asked about.
        target_is_usual: nobody has set the target; it is the lower end of the sources' reference range.
        within: of a share of durations, the limit in seconds that it counts within.
        things: what the figure rests on: `tickets`, `replies`, `ratings` … (`kpi.sources.THINGS`).
        is_mean: the figure is a mean; a figure with percentiles is a median otherwise.
        restated: what was last said of the same, when that was something else.
        business: durations are business time (for some ticket had a schedule).
        without: helpdesks that are left out, since they don't tell what the KPI needs.
        named_filters: the question's filters with the names people say instead of keys.
        kind: whether the figure was measured, is a forecast or is an effect.
        narrowed: what the reader may see of it, where that is less than was asked for.
        smallest: the fewest that a figure of persons rests on; those of fewer have no value.
    """

    question: Question
    unit: Unit
    higher_is_better: bool | None
    span: Span
    now: int
    figure: Figure | None
    needs: str | None = None
    compared: Period | None = None
    compared_span: Span | None = None
    compared_figure: Figure | None = None
    change: Change | None = None
    beside: dict[str, Figure] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    data_as_of: int | None = None
    behind: str | None = None
    uncovered: str | None = None
    business: bool = False
    target: float | None = None
    target_is_usual: bool = False
    within: int | None = None
    without: tuple[str, ...] = ()
    named_filters: tuple[Filter, ...] = ()
    kind: Kind = Kind.MEASURED
    things: str = "tickets"
    is_mean: bool = False
    restated: Said | None = None
    narrowed: Narrowed | None = None
    smallest: int = 0

    def withholds(self, figure: Figure | None) -> bool:
        """Tell whether a figure has no value for it rests on fewer than a figure of persons may."""
        return figure is not None and figure.value is None and 0 < figure.n < self.smallest

    @property
    def has_withheld(self) -> bool:
        """Whether any figure of it, or a part of one, is withheld."""
        groups, buckets = (group.figure for group in self.groups), (bucket.figure for bucket in self.buckets)
        told = [figure for figure in (self.figure, self.compared_figure, *groups, *buckets) if figure is not None]
        return any(self.withholds(one) for figure in told for one in (figure, *figure.parts.values()))

    @property
    def available(self) -> bool:
        """Whether the data this KPI needs is there."""
        return self.needs is None

    @property
    def standing(self) -> Standing | None:
        """How the figure stands to its target; None without one, or when there is too little to tell."""
        return self._standing(self.figure, self.target)

    def standing_of(self, group: Group) -> Standing | None:
        """Return how a group's figure stands to its target; None as of the whole."""
        return self._standing(group.figure, group.target)

    def _standing(self, figure: Figure | None, target: float | None) -> Standing | None:
        if figure is None or target is None or self.higher_is_better is None:
            return None
        return figure.standing(target, higher_is_better=self.higher_is_better)
