"""The demo helpdesk: the connector interface over a made-up, but always the same, support desk."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from bot.helpdesks.connector import Account, Cursor, Gone, Named, Page, Told
from bot.helpdesks.demo.life import Life
from bot.helpdesks.demo.story import COLLEAGUES, DAY, TEAMS, WEEKS, ZONE
from bot.helpdesks.demo.world import World
from bot.settings import HelpdeskSettings
from kpi.errors import SettingsError
from kpi.events import Person, Team
from kpi.period import Grain, local_day, midnight, start_of

PAGE = 300
SEED = 2026


class DemoHelpdesk:
    """A helpdesk whose story began 65 weeks before it was first read, and goes on as time does.

    Args:
        key: the name it has in the settings.
        seed: another seed, another story of the same kind.
        clock: returns now, in epoch seconds.
    """

    kind = "demo"

    def __init__(self, key: str = "demo", seed: int = SEED, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._seed = seed
        self._clock = clock
        self._worlds: dict[date, World] = {}

    def check(self) -> Account:
        """Return who we are there."""
        return Account(name=self._key)

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Yield the tickets that changed since the cursor, in the order of their last change.

        A cursor holds the story's first day and the start of the next window, `since`. In the midst of a window
        `[since, until)` it also holds `until` and, in `after`, the last change given: a stream that was cut goes on
        in the same window, then reads what came meanwhile.
        """
        now = int(self._clock())
        window = cursor or {"start": first_day(now).isoformat(), "since": 0}
        if "until" in window:
            yield from self._window(window, last=False)
            window = _next(window)
        yield from self._window(window | {"until": now}, last=True)

    def ticket(self, external_id: str) -> Told:
        """Return one ticket as it is now."""
        now = int(self._clock())
        start = _story_of(external_id)
        world = None if start is None else self._world(start)
        life = None if world is None else world.life(external_id, now)
        if world is None or life is None:
            return Told(tickets=(Gone(external_id=external_id),))
        return Told(tickets=(life.history(now, self._key),), **_named(world, [life], now))

    def _window(self, cursor: Cursor, *, last: bool) -> Iterator[Page]:
        """Yield what changed in the cursor's window; always one page, so that the cursor moves on."""
        world = self._world(date.fromisoformat(cursor["start"]))
        until = cursor["until"]
        changed = _changed(world, cursor)
        for first in range(0, max(len(changed), 1), PAGE):
            piece = changed[first : first + PAGE]
            left = len(changed) - first - len(piece)
            yield Page(
                tickets=tuple(life.history(until, self._key) for _, _, life in piece),
                **_named(world, [life for _, _, life in piece], until),
                cursor=cursor | {"after": list(piece[-1][:2])} if left else _next(cursor),
                done=last and not left,
                remaining=left,
                seen_until=None if left else until,
                history_start=midnight(world.start, ZONE),
            )

    def _world(self, start: date) -> World:
        return self._worlds.setdefault(start, World(start, self._seed))


def _named(world: World, lives: Iterable[Life], until: int) -> Named:
    return {
        "agents": _agents(world, until),
        "customers": tuple(_customers(world, lives)),
        "teams": tuple(Team(external_id=key, name=name) for key, name in TEAMS.items()),
    }


def connect(settings: HelpdeskSettings) -> DemoHelpdesk:
    """Return the helpdesk of these settings; their only option is `seed`, a whole number. Raises SettingsError."""
    place = f"helpdesks.{settings.key}.options"
    for name in settings.options:
        if name != "seed":
            raise SettingsError("unknown_setting", setting=f"{place}.{name}", suggestions=["seed"], known=["seed"])
    seed = settings.options.get("seed", SEED)
    if type(seed) is not int:  # True is an int too
        raise SettingsError("setting_not_a_count", setting=f"{place}.seed", value=str(seed))
    return DemoHelpdesk(settings.key, seed)


def first_day(now: int) -> date:
    """Return the Monday on which a story begins that is first read now."""
    return start_of(local_day(now, ZONE), Grain.WEEK) - timedelta(weeks=WEEKS)


def _story_of(external_id: str) -> date | None:
    """Return the first day of the story a ticket belongs to: its number starts with that ISO week."""
    week = external_id.partition("-")[0]
    try:
        return date.fromisocalendar(2000 + int(week[:2]), int(week[2:]), 1)
    except ValueError:
        return None


def _next(cursor: Cursor) -> Cursor:
    return {"start": cursor["start"], "since": cursor["until"]}


def _changed(world: World, cursor: Cursor) -> list[tuple[int, str, Life]]:
    """Return the tickets that last changed in the window and after the last one given: when, which, and all of it."""
    until = cursor["until"]
    updated = [(life.updated_at(until), life.ticket.external_id, life) for life in world.lives(until)]
    given = tuple(cursor.get("after", ()))
    return sorted(
        (at, external_id, life)
        for at, external_id, life in updated
        if at is not None and at >= cursor["since"] and (at, external_id) > given
    )


def _agents(world: World, until: int) -> tuple[Person, ...]:
    """Return the agents who have joined; when somebody will leave is not known before."""
    began = midnight(world.start, ZONE)
    found = []
    for colleague in COLLEAGUES:
        joined_at = began + colleague.joins * DAY
        left_at = None if colleague.leaves is None else began + colleague.leaves * DAY
        if joined_at < until:
            found.append(
                Person(
                    external_id=colleague.key,
                    name=colleague.name,
                    joined_at=joined_at if colleague.joins else None,
                    left_at=left_at if left_at is not None and left_at < until else None,
                )
            )
    return tuple(found)


def _customers(world: World, lives: Iterable[Life]) -> Iterator[Person]:
    for key in sorted({life.ticket.customer for life in lives if life.ticket.customer is not None}):
        yield Person(external_id=key, name=world.clientele.named(key))
