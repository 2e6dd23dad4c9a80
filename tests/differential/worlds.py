"""Random worlds: helpdesks with nasty histories, and everything else that happened around them."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from cast import ALICE, BOB, CHLOE, DAY, DINA, HOUR, PARIS
from hypothesis import strategies as st
from slow.days import local_day, midnight, utc
from slow.world import Row, World
from strategies import CLOSES, OPENED, histories, rulebooks

from kpi.events import Contact, History, Rating, Work

AGENTS = (ALICE, BOB, CHLOE)
CUSTOMERS = (DINA, "elias", ALICE, None, None)
CHANNELS = ("phone", "phone", "chat", "email")
DAYS = [date(2026, 2, 25) + timedelta(days=number) for number in range(66)]
"""From before the first ticket to after the last: a month's ends, and the day of 23 hours in Paris."""

SURVEYS = {
    "csat": ((1, 5), (1, 7), (0, 1)),
    "nps": ((0, 10),),
    "ces": ((1, 5), (1, 7)),
    "wait": ((1, 5), (3, 3)),
    "self_service": ((1, 3), (0, 1)),
    "perceived": ((1, 5),),
    "agent": ((1, 5), (1, 5), (1, 5), (0, 10)),
}
CRITERIA = ("communication_quality", "information_accuracy", "flexibility", "greeting")


class Chance:
    """Draws what happened; `moments` are instants at which something else happened too."""

    def __init__(self, seed: int, moments: list[int]) -> None:
        self.draw, self.moments, self._numbers = Random(seed), moments, 0  # noqa: S311  # histories, not secrets

    def name(self) -> str:
        self._numbers += 1
        return f"{self.draw.choice('aBc')}{self._numbers}"

    def instant(self) -> int:
        if self.moments and self.draw.random() < 0.3:
            return self.draw.choice(self.moments)
        if self.draw.random() < 0.3:
            return midnight(self.draw.choice(DAYS), PARIS) + self.draw.choice((-1, 0, 1))
        return self.draw.randint(OPENED - 14 * DAY, CLOSES)

    def maybe(self, *values):
        """Return one of these values, or None now and then."""
        return None if self.draw.random() < 0.2 else self.draw.choice(values)

    def some(self, most: int) -> range:
        return range(self.draw.choice((0, most // 2, most)))

    def rating(self, survey: str | None = None) -> Rating:
        survey = survey or self.draw.choice(tuple(SURVEYS))
        low, high = self.draw.choice(SURVEYS[survey])
        at = self.instant()
        return Rating(
            external_id=self.name(),
            at=at,
            survey=survey,
            score=None if self.draw.random() < 0.15 else self.draw.randint(low, high),
            lowest=low,
            highest=high,
            customer=self.draw.choice(CUSTOMERS),
            agent=self.maybe(*AGENTS, "erin", "fay", "gus"),
            sent_at=self.maybe(at, at - HOUR, at - DAY),
        )

    def contact(self) -> Contact:
        queued = self.instant()
        answered = self.maybe(queued, queued + 20, queued + 21, queued + self.draw.randint(0, 300))
        abandoned = answered is None and self.draw.random() < 0.8
        since = queued if answered is None else answered
        return Contact(
            external_id=self.name(),
            channel=self.draw.choice(CHANNELS),
            queued_at=queued,
            answered_at=answered,
            ended_at=self.maybe(since, since + 5, since + 6, since + self.draw.randint(0, 2 * HOUR)),
            direction=self.draw.choice(("in", "in", "in", "out")),
            talk_s=self.maybe(0, 60, self.draw.randint(0, 2000)),
            hold_s=self.maybe(0, 30),
            wrap_up_s=self.maybe(0, 45, 600),
            abandoned=abandoned,
            agent=self.maybe(*AGENTS) if answered is not None else None,
            team=self.maybe("support", "billing"),
            customer=self.draw.choice(CUSTOMERS),
        )

    def work(self) -> Work:
        seconds = self.draw.choice((0, 60, 900, self.draw.randint(1, 9000)))
        return Work(external_id=self.name(), at=self.instant(), agent=self.maybe(*AGENTS), seconds=seconds)

    def around(self, history: History) -> History:
        """Return a ticket's history with calls, hours and answers to surveys of its own."""
        return replace(
            history,
            ratings=history.ratings + tuple(self.rating() for _ in self.some(2)),
            contacts=tuple(self.contact() for _ in self.some(2)),
            work=tuple(self.work() for _ in self.some(2)),
        )


def since_midnight(history: History) -> int:
    """Return the seconds between the first midnight of a ticket's day and its creation."""
    created = history.ticket.created_at
    return created - midnight(local_day(created, PARIS), PARIS)


def shifted(history: History, name: str, by: int) -> History:
    """Return the same history of another ticket some time earlier."""
    return replace(
        history,
        ticket=replace(history.ticket, external_id=name, created_at=history.ticket.created_at - by),
        changes=tuple(replace(change, at=change.at - by) for change in history.changes),
        messages=tuple(replace(message, at=message.at - by) for message in history.messages),
        ratings=tuple(replace(r, external_id=f"{name}{r.external_id}", at=r.at - by) for r in history.ratings),
    )


@st.composite
def worlds(draw) -> World:
    """One to three helpdesks, the last of three no longer read, and everything around them."""
    names = ("desk", "shop", "gone")[: draw(st.sampled_from((1, 2, 3)))]
    desks, moments = {}, []
    for name in names:
        told = [draw(histories(str(n), nasty=draw(st.booleans()))) for n in range(draw(st.integers(1, 4)))]
        places = [replace(h, ticket=replace(h.ticket, channel=draw(st.sampled_from(PLACES)))) for h in told]
        moves = draw(st.lists(st.sampled_from((0, 0, 1, HOUR, DAY, 7 * DAY)), min_size=2, max_size=2))
        copies = [
            shifted(history, f"{history.ticket.external_id}.{number}", by)
            for history in places
            for number, by in enumerate((*moves, since_midnight(history) + draw(st.sampled_from((-1, 0, 1)))))
        ]
        desks[name] = (draw(rulebooks()), [*places, *copies])
        moments += [h.ticket.created_at for h in desks[name][1]]
        moments += [change.at for h in desks[name][1] for change in h.changes]
    chance = Chance(draw(st.integers(0, 2**32)), moments)
    for name, (rules, told) in desks.items():
        desks[name] = (rules, [chance.around(history) for history in told])
    beside: dict[str, list[Row]] = {}
    for name in names:
        for table, rows in around(chance, name, desks[name][1]).items():
            beside.setdefault(table, []).extend(rows)
    briefly = frozenset({"shop"}) if draw(st.booleans()) else frozenset()
    return World(desks=desks, beside=beside | known_by_day(chance), read=names[:2], briefly=briefly)


PLACES = ("email", "phone", "chat", "social", None)


def around(chance: Chance, desk: str, told: list[History]) -> dict[str, list[Row]]:
    """Return what happened at a helpdesk without a ticket, and who is there."""
    draw = chance.draw
    tickets = [None, None, *(history.ticket.external_id for history in told)]
    own = {"helpdesk": desk}
    surveys = [survey for survey in SURVEYS if draw.random() < 0.6]
    reviews = [
        {"external_id": chance.name(), "at": chance.instant(), "agent": chance.maybe(*AGENTS)}
        | {"ticket": draw.choice(tickets)}
        for _ in chance.some(12)
    ]
    return {
        "contacts": [_plain(chance.contact()) | own for _ in chance.some(20)],
        "work": [_plain(chance.work()) | own for _ in chance.some(4)],
        "ratings": [_plain(chance.rating(s)) | own for s in surveys for _ in chance.some(12)],
        "reviews": [own | review | criterion(chance, name) for review in reviews for name in _some_criteria(chance)],
        "sales": [own | sale(chance, draw.choice(tickets)) for _ in chance.some(10)],
        "shifts": list({(s["agent"], s["started_at"]): own | s for s in map(shift, [chance] * 8)}.values())
        if draw.random() < 0.7
        else [],
        "agents": [own | person(chance, name) for name in (*AGENTS, "erin", "fay", "gus", "ivo")],
        "customers": [own | person(chance, name) for name in (DINA, "elias", ALICE, "zoe", "max")],
    }


def _plain(event: Contact | Work | Rating) -> Row:
    return {name: getattr(event, name) for name in event.__dataclass_fields__}


def _some_criteria(chance: Chance) -> list[str]:
    return [name for name in CRITERIA if chance.draw.random() < 0.7] or [CRITERIA[0]]


def criterion(chance: Chance, name: str) -> Row:
    draw = chance.draw
    low, high = draw.choice(((0, 100), (1, 5), (2, 2)))
    score = None if draw.random() < 0.2 else draw.choice((low, high, draw.randint(low, high)))
    marks = {"critical": draw.random() < 0.15, "error": draw.random() < 0.2, "weight": draw.choice((0, 1, 1, 2.5))}
    return {"criterion": name, "score": score, "lowest": low, "highest": high} | marks


def sale(chance: Chance, ticket: str | None) -> Row:
    draw = chance.draw
    amount = draw.choice((0, 9.99, draw.randint(1, 99_999) / 100))
    currency = "USD" if draw.random() < 0.03 else "EUR"
    whose = {"customer": draw.choice(CUSTOMERS), "agent": chance.maybe(*AGENTS)}
    return (
        {"external_id": chance.name(), "ticket": ticket, "at": chance.instant(), "amount": amount}
        | whose
        | {"currency": currency}
    )


def shift(chance: Chance) -> Row:
    start = chance.instant()
    return {
        "agent": chance.draw.choice(AGENTS),
        "started_at": start,
        "ended_at": start + chance.draw.choice((HOUR, DAY)),
    }


def person(chance: Chance, name: str) -> Row:
    joined = chance.maybe(chance.instant(), OPENED - 400 * DAY)
    left = chance.maybe(chance.instant(), CLOSES + DAY)
    if chance.draw.random() < 0.5 or (joined is not None and left is not None and left < joined):
        left = None
    return {"external_id": name, "name": name, "joined_at": joined, "left_at": left}


def known_by_day(chance: Chance) -> dict[str, list[Row]]:
    """Return what is known by the day or by the month, and who was trained."""
    draw = chance.draw
    days = [day for day in DAYS if draw.random() < 0.4]
    counts = {table: [utc(day) for day in days if draw.random() < 0.8] for table in ("self_service", "social")}

    def number(most: int) -> int | None:
        return chance.maybe(0, draw.randint(0, most))

    return {
        "self_service": [
            {"day": day, "source": "site", "visits": None, "solved": number(9)}
            | {"helpful": number(5), "unhelpful": number(5)}
            for day in counts["self_service"]
            if draw.random() < 0.9
        ],
        "social": [
            {"day": day, "source": "site", "received": received}
            | {"answered_24h": chance.maybe(0, draw.randint(0, 9 if received is None else received))}
            | {"interactions": number(40), "impressions": number(900)}
            for day in counts["social"]
            for received in [number(9)]
        ],
        "costs": [
            {"month": utc(date(2026, month, 1)), "label": chance.name(), "channel": chance.maybe(*CHANNELS, "fax")}
            | {"amount": draw.choice((0, 1000, 99.5)), "currency": "CHF" if draw.random() < 0.02 else "EUR"}
            for month in (2, 3, 4, 5)
            for _ in chance.some(4)
        ],
        "trainings": [
            {"agent": name, "topic": "tone", "day": utc(draw.choice(DAYS))}
            for name in (ALICE, BOB)
            for _ in chance.some(2)
        ][:1],
    }
