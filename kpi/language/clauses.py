"""What the parts of a question say."""

from dataclasses import dataclass

from kpi.language.calendar import Spoken
from kpi.language.periods import Unit
from kpi.language.tokens import Mention, Token
from kpi.period import Grain


@dataclass(frozen=True, slots=True)
class Kpi:
    """A KPI by name; several keys when the name is said of several."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A "tickets" or "how many": a KPI only where nothing else names one."""

    key: str


@dataclass(frozen=True, slots=True)
class By:
    """A breakdown."""

    dimension: str


@dataclass(frozen=True, slots=True)
class Per:
    """A trend."""

    grain: Grain


@dataclass(frozen=True, slots=True)
class During:
    """A period."""

    period: Spoken


@dataclass(frozen=True, slots=True)
class Versus:
    """A period to compare with; None is the one before."""

    period: Spoken | None


@dataclass(frozen=True, slots=True)
class SamePeriod:
    """The same period one or more units earlier, to compare with."""

    unit: Unit


@dataclass(frozen=True, slots=True)
class Filtered:
    """A filter as it was typed."""

    token: Token


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A person or a channel, which is a filter by itself."""

    mention: Mention


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel said in plain words: "e-mails"."""

    name: str


@dataclass(frozen=True, slots=True)
class KpiOfChannel:
    """A KPI that is meant only because a channel is said beside it: "missed calls", "cost per chat"."""

    key: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Flag:
    """`cohort` or `calendar`; `trend` for words that need a `Per` beside them, `stop` for words that say nothing."""

    name: str


Clause = Kpi | Counted | By | Per | During | Versus | SamePeriod | Filtered | Mentioned | Channel | KpiOfChannel | Flag
