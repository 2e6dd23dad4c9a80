"""What the bot tells by itself: how long a tick takes, how late alerts are, how long hundreds of digests take.

Slack is the stand-in in a process of its own, so that only what the bot does is timed.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from time import monotonic, sleep, time

import databases
import desk
from distant import Distant
from measure import interleaved, shown, table
from product import following
from slack_sdk import WebClient
from sqlalchemy import Engine, delete, insert, text, update

from bot.alerts.run import Alerts, alerts_for
from bot.asking import Asker
from bot.database import writing
from bot.demo.slack import Channel, StandInSlack, serving
from bot.demo.slack.directory import APP_USER, Person
from bot.digests.run import digests_for
from bot.facts import remember_rules, rules_of
from bot.jobs import Job, Ticker
from bot.posting.send import Poster, posting_once
from bot.recurrence import DAYS_OF_WEEK, Recurrence
from bot.running import TOLD_EVERY_S
from bot.settings import Settings
from bot.slack.directory import SlackDirectory
from bot.subscriptions import DigestWanted, SlaWanted, Subscriptions
from bot.sync import sync
from bot.tables import alert_messages, deliveries
from kpi import schema
from kpi.question import Filter

TOKEN, SECRET, WORKSPACE, OWNER = "xoxb-benchmark", "0123456789abcdef", "T1", "U0"  # made up
CHANNELS = 500
LEAD_S = 3600
NOW = desk.END
GROWTH_AT_MOST = 2
"""So many times longer may a tick take over a hundred times as many open clocks."""

ALERTED, ALERTED_WITHIN_S, TOLD_WITHIN_S = desk.TEAMS, 45, 30
"""So many alerts come due within so many seconds while helpdesks are read, and each must be told within the last."""

DIGESTS, DIGESTS_WITHIN_S = 500, 60
AT_MINUTE = 5

OPEN = {"a thousand": 1000, "a hundred thousand": 100_000}
DUE, DUE_TEAMS = 50, 10

spawned = multiprocessing.get_context("spawn")


# --- Slack, in a process of its own ----------------------------------------------------------------------------------


def slack(bot: Connection) -> None:
    """Take what is posted, and tell which channel got how many messages at which instants, until nobody asks."""
    people = frozenset({APP_USER, OWNER})
    channels = [Channel(id=channel(number), name=f"channel-{number}", members=people) for number in range(CHANNELS)]
    owner = Person(id=OWNER, name="Bob")
    stand_in = StandInSlack(signing_secret=SECRET, bot_token=TOKEN, people=[owner], channels=channels, user_groups=())
    with serving(stand_in.app) as stand_in.url:
        bot.send(stand_in.api_url)
        while bot.recv():
            bot.send([(one.channel, float(one.ts), one.thread_ts is None) for one in stand_in.workspace.messages])
    stand_in.sender.end()


def channel(number: int) -> str:
    """Return the id of a channel."""
    return f"C{number:03}"


Posts = Callable[[], Sequence[tuple[str, float, bool]]]
"""Tells what was posted so far: channel, instant, and whether it stands by itself."""


@contextmanager
def slack_running(every_s: float | None = None) -> Iterator[tuple[Poster, Posts, str]]:
    """Give what posts to a Slack, what has got there, and where that Slack is."""
    here, there = spawned.Pipe()
    process = spawned.Process(target=slack, args=(there,), daemon=True)
    process.start()

    def posts() -> Sequence[tuple[str, float, bool]]:
        here.send(True)
        found: Sequence[tuple[str, float, bool]] = here.recv()
        return found

    try:
        url = here.recv()
        yield posting_once(TOKEN, url, every_s), posts, url
    finally:
        here.send(None)
        process.join(5)
        process.terminate()


# --- A tick over many open clocks ------------------------------------------------------------------------------------


def measure_ticks() -> None:
    """Print how long one alert tick takes that tells of fifty clocks, among a thousand open ones and many more."""
    for name, opened in (("SQLite", databases.sqlite), ("PostgreSQL", databases.postgresql)):
        with slack_running(every_s=0) as (poster, posts, _), opened() as few, opened() as many:
            sides = {}
            for (title, count), engine in zip(OPEN.items(), (few, many), strict=True):
                settings = _clocks(engine, count)
                sides |= {
                    f"{title}, fifty due": _first(engine, settings, poster),
                    f"{title}, fifty told": _again(engine, settings, poster),
                }
            times = interleaved(sides, rounds=5)
            assert len(posts()) % DUE == 0, "each first tick tells of all fifty"
        _print(name, times)


def _print(name: str, times: dict[str, float]) -> None:
    few, many = OPEN
    rows = []
    for what in ("fifty due", "fifty told"):
        fast, slow = times[f"{few}, {what}"], times[f"{many}, {what}"]
        reached = "reached" if slow <= GROWTH_AT_MOST * fast else "NOT reached"
        rows.append([what, shown(fast), shown(slow), f"{slow / fast:.2f}", reached])
    head = ("A tick with", few, many, "ratio", f"at most {GROWTH_AT_MOST}")
    table(f"An alert tick among open clocks, {name}", head, rows)


def _first(engine: Engine, settings: Settings, poster: Poster) -> Callable[[], None]:
    """Return a tick that finds the clocks and tells of them, as if nobody had."""

    def tick() -> None:
        with writing(engine) as connection:
            connection.execute(delete(alert_messages))
            connection.execute(delete(deliveries))
        _alerts(engine, settings, poster).tick()

    return tick


def _again(engine: Engine, settings: Settings, poster: Poster) -> Callable[[], None]:
    """Return a tick that finds everything told."""
    alerts = _alerts(engine, settings, poster)

    def tick() -> None:
        alerts.tick()

    return tick


def _alerts(engine: Engine, settings: Settings, poster: Poster) -> Alerts:
    return alerts_for(engine, settings, poster, lambda: float(NOW))


def _clocks(engine: Engine, count: int) -> Settings:
    """Store so many open clocks, fifty of them due within the hour, five for each of ten teams; subscribe those."""
    settings = _named(engine)
    _store(engine, [_clock(number, _due(number, count)) for number in range(1, count + 1)])
    with writing(engine) as connection:
        connection.execute(update(schema.versions).where(schema.versions.c.name == "facts").values(version=1))
    for team in range(DUE_TEAMS):
        wanted = SlaWanted(zone=desk.ZONE, leads_s=(LEAD_S,), filters=(Filter(dimension="team", values=(f"t{team}",)),))
        Subscriptions(engine).add(
            wanted, team_id=WORKSPACE, channel=channel(team), owner=OWNER, language="en", now=NOW - desk.DAY
        )
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return settings


def _named(engine: Engine) -> Settings:
    """Store the helpdesk, whose facts follow the settings that are returned."""
    databases.name_people(engine)
    settings = Settings(database_url="", timezone=desk.ZONE)
    with writing(engine) as connection:
        remember_rules(connection, "desk", rules_of(connection, "desk", settings.rulebook))
    return settings


def _store(engine: Engine, clocks: Sequence[dict[str, object]]) -> None:
    """Store clocks with their tickets."""
    numbers = [clock["ticket_id"] for clock in clocks]
    with writing(engine) as connection:
        connection.execute(insert(schema.tickets), [_ticket(number) for number in numbers])
        connection.execute(insert(schema.ticket_facts), [_facts(number) for number in numbers])
        connection.execute(insert(schema.clock_facts), clocks)


def _ticket(number: object) -> dict[str, object]:
    return {
        "id": number,
        "helpdesk": "desk",
        "external_id": str(number),
        "created_at": NOW - 3 * desk.DAY,
        "status": "open",
    }


def _facts(number: object) -> dict[str, object]:
    counted = ("replies", "customer_messages", "teams", "is_solved", "solves", "reopens", "automatic_reopens")
    return {
        "ticket_id": number,
        "helpdesk": "desk",
        "created_at": NOW - 3 * desk.DAY,
        "status": "open",
        "customer": f"c{number}",
        "version": 1,
        **dict.fromkeys(counted, 0),
    }


def _due(number: int, count: int) -> int:
    """Return when one of so many clocks is due: the first fifty within the hour, a third long ago, the others later."""
    if number <= DUE:
        return NOW + LEAD_S - 60 * number
    if number % 3 == 0:
        return NOW - 2 * desk.DAY - number
    return NOW + 2 * LEAD_S + 10 * desk.DAY * number // count


def _clock(number: int, due: int) -> dict[str, object]:
    return {
        "ticket_id": number,
        "helpdesk": "desk",
        "metric": "first_reply",
        "instance": 1,
        "created_at": NOW - 3 * desk.DAY,
        "team": f"t{number % DUE_TEAMS}",
        "status": "open",
        "opened_by_agent": 0,
        "policy": "standard",
        "target_s": LEAD_S,
        "business": 0,
        "started_at": NOW - 3 * desk.DAY,
        "state": "running",
        "due_at": due,
        "late_after": due,
    }


# --- From due to told, while helpdesks are read ----------------------------------------------------------------------


def measure_delays() -> None:
    """Print how long after its lead time an alert is in Slack while one helpdesk after the other is read."""
    rows = []
    for name, opened in (("SQLite", databases.sqlite), ("PostgreSQL", databases.postgresql)):
        with slack_running(every_s=0) as (poster, posts, _), opened() as engine:
            delays, tickets = _delays(engine, poster, posts)
        reached = "reached" if len(delays) == ALERTED and max(delays) <= TOLD_WITHIN_S else "NOT reached"
        median, worst = sorted(delays)[len(delays) // 2], max(delays)
        rows.append([name, f"{len(delays)} of {ALERTED}", f"{median:.1f} s", f"{worst:.1f} s", f"{tickets:,}", reached])
    head = ("Database", "told", "median", "longest", "tickets read meanwhile", f"at most {TOLD_WITHIN_S} s")
    table(f"From lead time to Slack while a backfill runs; a tick every {TOLD_EVERY_S} s", head, rows)


def _delays(engine: Engine, poster: Poster, posts: Posts) -> tuple[list[float], int]:
    settings, start = _named(engine), int(time()) + 5
    due = {channel(n): start + n * ALERTED_WITHIN_S // ALERTED + LEAD_S for n in range(ALERTED)}
    # Far from the numbers of the tickets that are read meanwhile.
    _store(engine, [_clock(10**6 + n, due[channel(n)]) | {"team": f"t{n}"} for n in range(ALERTED)])
    with writing(engine) as connection:
        connection.execute(update(schema.helpdesks).values(synced_at=start + LEAD_S))
    for n in range(ALERTED):
        wanted = SlaWanted(zone=desk.ZONE, leads_s=(LEAD_S,), filters=(Filter(dimension="team", values=(f"t{n}",)),))
        Subscriptions(engine).add(
            wanted, team_id=WORKSPACE, channel=channel(n), owner=OWNER, language="en", now=start - desk.DAY
        )
    stopping, read = Event(), list[int]()
    jobs = [
        Job("alerts", alerts_for(engine, settings, poster, time).tick, TOLD_EVERY_S),
        Job("sync", lambda: _backfill(engine, settings, stopping, read), 1),
    ]
    ticker = Ticker(jobs, stopping)
    ticker.start()
    until = start + ALERTED_WITHIN_S + 2 * TOLD_WITHIN_S
    while time() < until and sum(name in due for name, _, _ in posts()) < ALERTED:
        sleep(0.5)
    ticker.stop()
    return [at - (due[name] - LEAD_S) for name, at, _ in posts() if name in due], sum(read)


def _backfill(engine: Engine, settings: Settings, stopping: Event, read: list[int]) -> None:
    """Read helpdesks that were never read, one after the other."""
    while not stopping.is_set():
        number = len(read)
        report = sync(engine, Distant(seed=number), settings, f"demo{number}", stopping=stopping.is_set)
        read.append(report.tickets)


# --- Hundreds of digests at once -------------------------------------------------------------------------------------


def measure_digests(place: Path) -> None:
    """Print how long it takes until five hundred channels have their digest, all of them due in the same minute."""
    with slack_running() as (poster, posts, url), databases.sqlite() as database:
        settings = _named(database)
        databases.fill_some(database, place, 2)
        with following(database, place) as frames:
            began, due = monotonic(), NOW + 60 * AT_MINUTE
            people = SlackDirectory(WebClient(TOKEN, base_url=url))
            asker = Asker(database, settings, frames)
            digests = digests_for(
                database, settings, asker, poster=poster, people=people, clock=lambda: due + monotonic() - began
            )
            order = _subscribe(database)
            began = monotonic()
            digests.tick()
            while not digests.idle():
                sleep(0.1)
            took = monotonic() - began
            digests.stop()
        told = posts()
    roots = [name for name, _, is_root in sorted(told, key=lambda one: one[1]) if is_root]
    behind = max(abs(order.index(name) - place) for place, name in enumerate(roots))
    rows = [
        [f"{len(set(roots))} of {DIGESTS}", f"{len(told):,}", shown(took), f"{len(told) / took:.1f}/s", f"{behind}"]
    ]
    head = ("Channels told", "messages", "time", "rate", "farthest from their turn")
    table("Digests that are due in the same minute", head, rows)
    print("reached" if sorted(roots) == sorted(order) and took <= DIGESTS_WITHIN_S else "NOT reached")


def _subscribe(engine: Engine) -> list[str]:
    """Subscribe every channel to the same digest; return them in the order of their turn."""
    wanted = DigestWanted(recurrence=Recurrence(at=AT_MINUTE, zone=desk.ZONE, weekdays=DAYS_OF_WEEK))
    store = Subscriptions(engine)
    for number in range(DIGESTS):
        store.add(wanted, team_id=WORKSPACE, channel=channel(number), owner=OWNER, language="en", now=NOW - 60)
    return [one.channel for one in store.due(NOW + 60 * AT_MINUTE)]
