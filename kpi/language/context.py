from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kpi.period import Grain, local_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What words are read against.

    Attributes:
        now: the instant of asking.
        zone: the reporting zone; periods are local days there.
        week_start: the first day of the week, Monday 0. ISO weeks (2026-W46) start on Mondays all the same.
        language: `en` or `fr`, the reader's; both are always understood, this one decides where they differ.
        values: by dimension, its known values with their labels; a filter takes no other value.
        default_period: the running calendar unit that is meant when no period is named: the current week. Beside a
            comparison with a calendar unit it is the running one of that unit, beside a step alone a trend's usual
            length (`kpi.language.spans.TREND`).
    """

    now: int
    zone: str
    week_start: int = 0
    language: str | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    default_period: Grain = Grain.WEEK

    @property
    def today(self) -> date:
        """The local date of asking."""
        return local_day(self.now, self.zone)
