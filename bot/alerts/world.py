"""What is known at an instant: the facts, the rules of each helpdesk, and which helpdesks could not be read lately."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, select

from bot.alerts.clocks import Clock, opens_at, reached, remaining
from bot.alerts.life import Sight, end_of_quiet
from bot.facts import rules_of, stale_helpdesks, team_names
from bot.settings import Settings
from bot.subscriptions import SlaWanted
from kpi.frames import IMPORTED, DatabaseFrames
from kpi.policies import Rulebook
from kpi.schema import helpdesks

BLIND_AFTER_S = 900
"""A helpdesk that was not read for so long, or for four times as long as is usual, may have answered meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is known at `now`.

    Attributes:
        rules: of each helpdesk whose facts follow the settings.
        teams: the names of each helpdesk's teams.
        blind: helpdesks that could not be read lately, with the instant up to which they were.
        frames: the facts, as they are in one transaction.
    """

    now: int
    rules: Mapping[str, Rulebook]
    teams: Mapping[str, Mapping[str, str]]
    blind: Mapping[str, int]
    frames: DatabaseFrames

    @property
    def sighted(self) -> list[str]:
        """The helpdesks whose clocks can be told of."""
        return sorted(self.rules.keys() - self.blind.keys())

    def sight(self, clock: Clock | None, told_at: int, *, matches: bool) -> Sight:
        """Return a clock as it is now; `told_at` is when its message was made."""
        if clock is None:
            return Sight(clock=None, matches=False, left_s=0, opens_at=self.now, blind=False, told_at=told_at)
        rules = self.rules[clock.helpdesk]
        return Sight(
            clock=clock,
            matches=matches,
            left_s=0 if clock.due_at is None else remaining(clock, rules, self.now),
            opens_at=opens_at(clock, rules, self.now),
            blind=clock.helpdesk in self.blind,
            told_at=told_at,
        )

    def was_due(self, clock: Clock, wanted: SlaWanted, lead_s: int | None, since: int) -> int:
        """Return when it was to be told that so little time was left, without a lead that it was late.

        Before `since` it wasn't, nor while nobody is at work or quiet hours last.
        """
        rules, start = self.rules[clock.helpdesk], max(since, clock.started_at)
        if lead_s is not None:
            at = reached(clock, rules, lead_s, start, self.now)
        else:
            at = max(start, (clock.late_after or 0) + 1)
        at = end_of_quiet(wanted.quiet, wanted.zone, opens_at(clock, rules, at))
        return opens_at(clock, rules, at)

    def knows(self, clock: Clock) -> bool:
        """Tell whether anything can be said of a clock: not while its facts follow other rules than the settings."""
        return clock.helpdesk in self.rules

    def team(self, clock: Clock | None) -> str | None:
        """Return what people call the team of a clock's ticket."""
        if clock is None or clock.team is None:
            return None
        return self.teams.get(clock.helpdesk, {}).get(clock.team, clock.team)


@contextmanager
def world(engine: Engine, settings: Settings, now: int) -> Iterator[World]:
    """Give what is known now, all of it from one transaction; raises StorageError."""
    oldest = now - max(BLIND_AFTER_S, 4 * settings.sync_every_s)
    with DatabaseFrames(engine, settings.counted_helpdesks).snapshot() as frames, frames.connect() as connection:
        table = helpdesks.c
        rows = connection.execute(
            select(table.key, table.synced_at).where(table.kind != IMPORTED, table.synced_at.is_not(None))
        ).all()
        read = {row.key: row.synced_at for row in rows if row.key in frames.helpdesks()}
        stale = stale_helpdesks(connection, read, settings)
        yield World(
            now=now,
            rules={key: rules_of(connection, key, settings.rulebook) for key in read if key not in stale},
            teams={key: team_names(connection, key) for key in read},
            blind={key: at for key, at in read.items() if at < oldest},
            frames=frames,
        )
