"""Random schedules, rulebooks and ticket histories."""

from datetime import date, timedelta
from itertools import pairwise

from cast import ALICE, BOB, CHLOE, DAY, DINA, HOUR, MINUTE, PARIS, at
from hypothesis import strategies as st

from kpi.events import WAITING, Author, Change, Field, History, Message, Rating, Status, Ticket
from kpi.hours import AROUND_THE_CLOCK, Schedule, Week
from kpi.policies import Assignment, Condition, Escalation, Metric, Policy, Rulebook, Target

ZONES = (
    "Europe/Paris",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "America/St_Johns",
    "Pacific/Apia",
    "UTC",
)

# Around these dates clocks change in some of the zones, or a date is skipped (Apia), or nothing happens at all.
DATES = tuple(
    date.fromisoformat(day)
    for day in (
        "2010-11-07",
        "2011-12-29",
        "2026-03-08",
        "2026-03-29",
        "2026-04-05",
        "2026-06-17",
        "2026-10-25",
        "2026-11-01",
    )
)


def daily(*openings: tuple[float, float], days: int = 7) -> Week:
    """Return a week with the same openings, in hours, on its first `days` days."""
    seconds = tuple((int(opens * HOUR), int(closes * HOUR)) for opens, closes in openings)
    return Week(days=(seconds,) * days + ((),) * (7 - days))


NINE_TO_SIX = daily((9, 18))
OFFICE = daily((9, 12), (13.5, 18), days=5)
NIGHTS = daily((22, 30))
COMMON_WEEKS = (AROUND_THE_CLOCK, NINE_TO_SIX, OFFICE, NIGHTS, daily((0, 2.5), (2.75, 24)), daily((2.25, 2.75)))


@st.composite
def weeks(draw, since: date = date.min) -> Week:
    """A usual week, or one with openings anywhere, some of them over midnight."""
    if draw(st.booleans()):
        return Week(days=draw(st.sampled_from(COMMON_WEEKS)).days, since=since)
    edges = sorted(draw(st.sets(st.integers(0, 7 * 96 - 1), min_size=2, max_size=16)))
    days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for opens, closes in list(pairwise(edges))[::2]:
        midnight = opens // 96 * 96
        days[opens // 96].append(((opens - midnight) * 900, min((closes - midnight) * 900, 2 * DAY)))
    return Week(days=tuple(tuple(draw(st.permutations(openings))) for openings in days), since=since)


@st.composite
def schedules(draw, around: date, zones: tuple[str, ...] = ZONES) -> Schedule:
    """A schedule with holidays, and sometimes other hours from a date on, near `around`."""
    near = st.integers(-8, 8).map(lambda days: around + timedelta(days=days))
    kept = [draw(weeks())]
    if draw(st.booleans()):
        kept.append(draw(weeks(since=draw(near))))
    country = draw(st.sampled_from((None, None, "FR", "US")))
    return Schedule(
        key=draw(st.sampled_from(("first", "second"))),
        zone=draw(st.sampled_from(zones)),
        weeks=tuple(kept),
        holidays=draw(st.frozensets(near, max_size=3)),
        country=country,
        subdivision=draw(st.sampled_from((None, "57"))) if country == "FR" else None,
    )


def instants(around: date) -> st.SearchStrategy[int]:
    """Instants to the second within eight days of `around`."""
    middle = at(around.isoformat())
    return st.integers(middle - 8 * DAY, middle + 8 * DAY)


# --- Rulebooks ---

TEAMS = ("support", "billing", "field")
PRIORITIES = ("low", "normal", "urgent")
LEVELS = ("gold", "silver")
TYPES = ("incident", "question")

DESK = Schedule(key="desk", zone=PARIS, weeks=(daily((9, 18), days=5),), country="FR")
SHIFTS = Schedule(
    key="shifts",
    zone=PARIS,
    weeks=(NIGHTS, Week(days=daily((6, 14), (16, 24)).days, since=date(2026, 3, 31))),
    holidays=frozenset({date(2026, 3, 25)}),
)
OVERSEAS = Schedule(key="overseas", zone="America/St_Johns", weeks=(OFFICE,))
EVERY_HOUR = Schedule(key="every hour", zone="Asia/Kolkata", weeks=(AROUND_THE_CLOCK,))


def conditions() -> st.SearchStrategy[tuple[Condition, ...]]:
    """No condition mostly, or one."""
    one = st.sampled_from(
        (
            Condition(field="team", values=("Support desk", "billing")),
            Condition(field="priority", values=("urgent", "Normal")),
            Condition(field="level", values=("gold",)),
            Condition(field="type", values=("incident",)),
            Condition(field="channel", values=("email",)),
        )
    )
    return st.just(()) | st.lists(one, max_size=1).map(tuple)


@st.composite
def targets(draw) -> tuple[Target, ...]:
    """Targets of a policy, at most one per metric and priority."""
    keys = draw(st.sets(st.tuples(st.sampled_from(Metric), st.sampled_from((None, None, *PRIORITIES))), min_size=2))
    hours = st.sampled_from((0.25, 1, 1, 2, 9, 24)) | st.floats(0.01, 24)
    return tuple(
        Target(metric=metric, priority=priority, seconds=int(draw(hours) * HOUR), business=draw(st.booleans()))
        for metric, priority in sorted(keys, key=str)
    )


def dates() -> st.SearchStrategy[dict[str, int | None]]:
    """From when until when a rule is in force: mostly always."""
    instant = st.none() | st.none() | st.integers(OPENED, OPENED + 14 * DAY)
    return st.fixed_dictionaries({"since": instant, "until": instant})


@st.composite
def policies(draw, key: str) -> Policy:
    """A policy, sometimes in force for a part of the time only."""
    return Policy(
        key=key,
        targets=draw(targets()),
        when=draw(conditions()),
        pauses=draw(st.sampled_from((WAITING, frozenset({Status.PENDING}), frozenset()))),
        exclusive=draw(st.booleans()),
        **draw(dates()),
    )


@st.composite
def assignments(draw) -> Assignment:
    """A schedule or none, for some tickets, sometimes for a part of the time only."""
    schedule = draw(st.sampled_from((DESK, SHIFTS, OVERSEAS, EVERY_HOUR, None)))
    return Assignment(schedule=schedule, when=draw(conditions()), **draw(dates()))


@st.composite
def rulebooks(draw) -> Rulebook:
    """Schedules by team, priority or level, one or two policies, and a tag for tests."""
    tiers = draw(
        st.sampled_from(((), (("Support desk",), ("field", "billing")), (("billing",), ("support",), ("field",))))
    )
    return Rulebook(
        escalation=Escalation(tiers=tiers, priorities=draw(st.sampled_from((frozenset(), frozenset({"Urgent"}))))),
        schedules=tuple(draw(st.lists(assignments(), max_size=3))),
        policies=tuple(draw(policies(key)) for key in ("first", "second")[: draw(st.sampled_from((0, 1, 1, 2, 2)))]),
        test_tags=frozenset({"test"}),
        team_names={"support": "Support desk"},
    )


# --- Histories ---

OPENED = at("2026-03-20")  # the first random tickets; nothing happens after CLOSES
CLOSES = at("2026-04-20")

# What a plausible ticket does next; a nasty one does anything.
NEXT = {
    Status.NEW: (Status.OPEN, Status.PENDING, Status.SOLVED, Status.CLOSED, Status.SPAM, Status.MERGED),
    Status.OPEN: (Status.PENDING, Status.HOLD, Status.SOLVED, Status.CLOSED, Status.DELETED),
    Status.PENDING: (Status.OPEN, Status.HOLD, Status.SOLVED, Status.CLOSED),
    Status.HOLD: (Status.OPEN, Status.PENDING, Status.SOLVED),
    Status.SOLVED: (Status.OPEN, Status.CLOSED, Status.PENDING),
    Status.CLOSED: (Status.OPEN, Status.SOLVED),
    Status.DELETED: (Status.OPEN, Status.NEW),
    Status.SPAM: (Status.OPEN,),
    Status.MERGED: (Status.MERGED,),
}

VALUES = {
    Field.TEAM: TEAMS,
    Field.AGENT: (ALICE, BOB, CHLOE, None),
    Field.PRIORITY: (*PRIORITIES, None),
    Field.LEVEL: (*LEVELS, None),
    Field.TYPE: TYPES,
}

# Mostly round, so that a clock stops at its target to the second now and then.
_GAPS = st.one_of(
    st.sampled_from((0, 0, 0, 1, MINUTE)),
    st.sampled_from((15 * MINUTE, HOUR, HOUR, 2 * HOUR, 9 * HOUR, DAY)),
    st.sampled_from((HOUR, 3 * DAY)),
    st.integers(0, DAY),
)
_SAID = ("reply", "reply", "reply", "ask", "ask", "ask", "note", "automatic", "requester", "bot")
_STEPS = st.lists(
    st.tuples(
        _GAPS,
        st.sampled_from((*_SAID, *(Field.STATUS,) * 8, *Field)),  # mostly words and statuses
        st.integers(0, 2),  # its position, when several share a second
        st.integers(0, 11),  # which of the possible values
        st.sampled_from((Author.AGENT, Author.AGENT, Author.CUSTOMER, Author.SYSTEM)),
    ),
    min_size=2,
    max_size=20,
)


def _message(said: str, choice: int, customer: str | None, **place) -> Message:
    agent = (ALICE, BOB, CHLOE)[choice % 3]
    author, kind, public, automatic = {
        "reply": (agent, Author.AGENT, True, False),
        "note": (agent, Author.AGENT, False, False),
        "ask": (customer, Author.CUSTOMER, choice % 5 > 0, False),
        "requester": (customer or agent, Author.AGENT, True, False),
        "automatic": (agent, Author.AGENT, choice % 2 > 0, True),
        "bot": ("bot", Author.BOT, True, choice % 2 > 0),
    }[said]
    return Message(author=author, author_kind=kind, public=public, automatic=automatic, **place)


@st.composite
def histories(draw, external_id: str = "1", *, nasty: bool = True) -> History:
    """What happened to one ticket.

    Nasty ones start in any state, go from any state to any other, share seconds in odd positions and lack their
    opening message.
    """
    when = draw(st.integers(OPENED, OPENED + 14 * DAY))
    opened_by_agent = draw(st.sampled_from((False, False, True)))
    customer = draw(st.sampled_from((DINA, DINA, "elias", ALICE, None)))
    state = {
        Field.STATUS: draw(st.sampled_from(Status)) if nasty and draw(st.booleans()) else Status.NEW,
        **{field: draw(st.sampled_from((None, *values))) for field, values in VALUES.items()},
    }
    created_at = when
    opening = draw(st.sampled_from((0, 0, 0, 1, 2, 3, None)) if nasty else st.just(0))
    steps = [(0, "reply" if opened_by_agent else "ask", 0, 1, Author.AGENT)] if opening is not None else []
    when += opening or 0
    events = []
    for number, (gap, what, position, choice, actor) in enumerate(steps + draw(_STEPS)):
        when = min(when + gap, CLOSES)
        events.append((when, position if nasty else number, isinstance(what, Field), str(number), what, choice, actor))
    changes, messages = [], []
    for at_, position, is_change, number, what, choice, actor in sorted(events, key=lambda event: event[:4]):
        if not is_change:
            messages.append(_message(what, choice, customer, external_id=number, at=at_, position=position))
            continue
        values = VALUES.get(what) or (tuple(Status) if nasty else NEXT[state[Field.STATUS]])
        old, new = state[what], values[choice % len(values)]
        if old == new and not (nasty and what is Field.STATUS):
            continue
        agent = ALICE if actor is Author.AGENT else None
        changes.append(
            Change(
                external_id=number,
                at=at_,
                position=position,
                field=what,
                old=old,
                new=new,
                actor=agent,
                actor_kind=actor,
            )
        )
        state[what] = new
    return History(
        ticket=Ticket(
            helpdesk="desk",
            external_id=external_id,
            created_at=created_at,
            customer=customer,
            opened_by_agent=opened_by_agent,
            channel=draw(st.sampled_from(("email", "phone", None))),
            tags=draw(st.sampled_from(((), (), (), ("vip",), ("vip", "test"), ("Escaladé",)))),
            merged_into="99" if state[Field.STATUS] is Status.MERGED else None,
            **{field.value: value for field, value in state.items()},
        ),
        changes=tuple(draw(st.permutations(changes))),
        messages=tuple(draw(st.permutations(messages))),
        ratings=tuple(
            draw(
                st.lists(
                    ratings(external_id, created_at, [event[0] for event in events]),
                    max_size=3,
                    unique_by=lambda r: r.external_id,
                )
            )
        ),
    )


@st.composite
def ratings(draw, ticket: str, created_at: int, seconds: list[int]) -> Rating:
    """An answer to a survey, now and then in the very second of something else."""
    highest = draw(st.sampled_from((5, 7, 1)))
    lowest = 0 if highest == 1 else 1
    return Rating(
        external_id=ticket + draw(st.sampled_from("abcdefgh")),
        at=draw(st.sampled_from([created_at, *seconds, *seconds]) | st.integers(created_at, CLOSES)),
        survey=draw(st.sampled_from(("csat", "csat", "nps"))),
        score=draw(st.none() | st.integers(lowest, highest)),
        lowest=lowest,
        highest=highest,
    )
