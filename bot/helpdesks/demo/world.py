"""The days of the demo helpdesk: how many tickets come, from whom and about what. Later days change no earlier one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from math import exp
from random import Random

from bot.helpdesks.demo.handling import Case, Customer
from bot.helpdesks.demo.life import Life
from bot.helpdesks.demo.story import (
    CHANNELS,
    DAY,
    EPISODES,
    FIRST_NAMES,
    FRENCH,
    HOLIDAY,
    HOURS,
    LAST_NAMES,
    MONTHS,
    OFFICE,
    PRIORITIES,
    PRO,
    SUMMER,
    SUMMER_DELAY,
    TOPICS,
    WEEKDAYS,
    ZONE,
    Topic,
)
from bot.helpdesks.demo.telling import Telling
from kpi.period import midnight

NEW_CUSTOMER = 0.6


@dataclass(slots=True, kw_only=True)
class Clientele:
    """Everyone who has written so far."""

    known: list[Customer] = field(default_factory=list)

    def someone(self, dice: Random) -> Customer:
        """Return a new customer, or one who wrote before, the later the likelier."""
        if self.known and not dice.random() < NEW_CUSTOMER:
            return self.known[int(len(self.known) * dice.random() ** 0.5)]
        language = "fr" if dice.random() < FRENCH else "en"
        customer = Customer(
            key=f"c{len(self.known) + 1:05}",
            name=f"{dice.choice(FIRST_NAMES[language])} {dice.choice(LAST_NAMES[language])}",
            language=language,
            brand="vega-pro" if dice.random() < PRO else "vega-home",
        )
        self.known.append(customer)
        return customer

    def named(self, key: str) -> str:
        """Return a customer's name."""
        return self.known[int(key[1:]) - 1].name


class World:
    """The demo helpdesk from the Monday `start` on; the same start and seed give the same world."""

    def __init__(self, start: date, seed: int) -> None:
        self.start, self.seed = start, seed
        self.clientele = Clientele()
        self.days = 0
        self._lives: dict[str, Life] = {}
        self._coming: list[tuple[int, int, Case]] = []
        self._order = count()

    def lives(self, until: int) -> list[Life]:
        """Return the tickets created before an instant, oldest first."""
        while midnight(self._date(self.days), ZONE) < until:
            self._live_a_day()
        return [life for life in self._lives.values() if life.ticket.created_at < until]

    def life(self, external_id: str, until: int) -> Life | None:
        """Return one ticket; None when there was none of that name before the instant."""
        self.lives(until)
        found = self._lives.get(external_id)
        return found if found is not None and found.ticket.created_at < until else None

    def _date(self, day: int) -> date:
        return self.start + timedelta(days=day)

    def _live_a_day(self) -> None:
        day = self.days
        self.days += 1
        began, end = midnight(self.start, ZONE), midnight(self._date(self.days), ZONE)
        for case in self._cases(day, _dice(self.seed, self.start, day)):
            self._expect(case)
        number = 0
        while self._coming and self._coming[0][0] < end:
            case = heappop(self._coming)[2]
            number += 1
            external_id = f"{self.start:%g%V}-{day:03}{number:03}"
            telling = Telling(case, external_id, began, _dice(self.seed, external_id))
            self._lives[external_id] = telling.tell()
            again = telling.comes_back
            if again is not None:
                self._expect(
                    Case(
                        created_at=again.at,
                        customer=case.customer,
                        topic=case.topic,
                        channel=CHANNELS[0],
                        priority=case.priority,
                        delay=case.delay,
                        duplicate_of=again.duplicate_of,
                    )
                )

    def _expect(self, case: Case) -> None:
        heappush(self._coming, (case.created_at, next(self._order), case))

    def _cases(self, day: int, dice: Random) -> Iterator[Case]:
        """Yield what comes on a day, apart from customers who come back."""
        today = self._date(day)
        opens = midnight(today, ZONE)
        usual = WEEKDAYS[today.weekday()] * MONTHS[today.month - 1]
        if today.weekday() < 5 and not OFFICE.elapsed(opens, opens + DAY):  # noqa: PLR2004  # Saturday
            usual *= HOLIDAY
        for topic in TOPICS:
            for _ in range(_poisson(usual * topic.share * _rush(topic, day), dice)):
                yield self._case(topic, today, day, dice)

    def _case(self, topic: Topic, today: date, day: int, dice: Random) -> Case:
        hour = dice.choices(range(24), weights=HOURS)[0]
        wall = datetime(today.year, today.month, today.day, hour, dice.randrange(60), dice.randrange(60))  # noqa: DTZ001  # OFFICE's zone is added next
        created_at = midnight(today, ZONE) + int((wall - datetime.combine(today, datetime.min.time())).total_seconds())
        channel = dice.choices(CHANNELS, weights=[channel.share for channel in CHANNELS])[0]
        if channel.live and not OFFICE.elapsed(created_at, created_at + 1):
            channel = CHANNELS[0]
        return Case(
            created_at=created_at,
            customer=self.clientele.someone(dice),
            topic=topic,
            channel=channel,
            priority=dice.choices(PRIORITIES, weights=[priority.share for priority in PRIORITIES])[0],
            delay=_delay(topic, day) * (SUMMER_DELAY if today.month == SUMMER else 1.0),
        )


def _dice(*what: object) -> Random:
    return Random(":".join(map(str, what)))  # noqa: S311  # a story, not a secret


def _rush(topic: Topic, day: int) -> float:
    """Return how many times as many tickets of a topic come on a day."""
    return max(
        [episode.volume for episode in EPISODES if episode.topic == topic.key and episode.covers(day)], default=1
    )


def _delay(topic: Topic, day: int) -> float:
    """Return how many times as long replies take; an episode slows its whole team down."""
    teams = {known.key: known.team for known in TOPICS}
    slow = [e.delay for e in EPISODES if teams[e.topic] == topic.team and e.covers(day)]
    return max(slow, default=1)


def _poisson(mean: float, dice: Random) -> int:
    """Return a Poisson-distributed count (Knuth's method, good for means of some dozens)."""
    limit, product, found = exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        found += 1
    return found
