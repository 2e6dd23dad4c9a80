"""Fifty people ask at once over HTTP: until Slack has its acknowledgement, and until it has the answer.

Three processes, as in life: the bot's server (`create_web` in uvicorn), a Slack that takes the answers (the stand-in),
and the people, here. The baseline is a Bolt app in the same server whose handler answers a constant.
"""

import logging
import multiprocessing
import socket
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import count
from math import inf
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles
from threading import Barrier, Event
from time import monotonic, sleep, time
from urllib.parse import urlencode, urlsplit

import databases
import desk
import uvicorn
from distant import Distant
from measure import shown, table
from product import following
from pydantic import SecretStr
from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import Engine, insert
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.asking import Asker
from bot.commands import Commands
from bot.demo.slack import StandInSlack, serving
from bot.demo.slack.directory import APP_USER, Channel, Person
from bot.facts import remember_rules
from bot.helpdesks.demo import DemoHelpdesk
from bot.jobs import Job, Ticker, memory_job
from bot.logs import configure
from bot.settings import Settings, SlackSettings
from bot.slack.app import create_app
from bot.slack.following import FollowingExecutor
from bot.slack.manifest import EVENTS_PATH
from bot.sync import sync
from bot.web import create_web
from kpi import schema
from kpi.memory import MemoryFrames
from kpi.policies import Rulebook

PEOPLE, ROUNDS, WARM_UP = 50, 20, 2
TOKEN, SECRET = "xoxb-benchmark", "0123456789abcdef"  # made up
CHANNEL = "C_SUPPORT"
SLACK_WAITS_S, GIVEN_UP_S = 3, 30
ACK_P99_S, ACK_TIMES, ANSWER_P99_S = 0.3, 3, 2
"""What is aimed at: acknowledgements in this time and at most so many times the baseline's; answers in this time."""

ALIKE = (
    "fcr last week",
    "frt last month by team",
    "volume 2025 per month",
    "backlog",
    "fcr last month by agent",
    "resolution time last month",
    "frt 2025",
    "fcr 2025-11 vs 2025-10",
)
APART = (
    "fcr 2025-W{week}",
    "frt 2025-W{week} by team",
    "volume from 2024-{month}-{day} to 2025-{month}-{day} per month",
    "backlog 2025-{month}-{day}",
    "fcr from 2025-01-{day} to 2025-{month}-{day} by team",
    "resolution time from 2025-{month}-01 to 2025-{month}-{day}",
    "frt from 2024-{month}-{day} to 2025-{month}-{day}",
    "csat from 2025-{month}-01 to 2025-{month}-{day} vs 2024-{month}",
)
"""The same kinds, of days that hardly two ask about: nothing that was found for somebody helps anybody else."""

spawned = multiprocessing.get_context("spawn")


# --- Slack, in a process of its own ------------------------------------------------------------------------------


class Timed:
    """Notes when each answer got there, by its address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.at: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        await self._app(scope, receive, send)
        if scope["type"] == "http" and scope["path"].startswith("/answers/"):
            self.at.setdefault(scope["path"], monotonic())


def slack(people: Connection) -> None:
    """Give out payloads of commands by the dozen, and tell when they were answered, until nobody asks any more."""
    known = [Person(id=f"U{number}", name=f"Person {number}") for number in range(PEOPLE)]
    members = frozenset({APP_USER, *(person.id for person in known)})
    channel = Channel(id=CHANNEL, name="support", members=members)
    stand_in = StandInSlack(signing_secret=SECRET, bot_token=TOKEN, people=known, channels=[channel], user_groups=())
    timed = Timed(stand_in.app)
    with serving(timed) as stand_in.url:
        people.send(stand_in.api_url)
        while (words := people.recv()) is not None:
            if words:
                people.send([stand_in.payload(said, user=f"U{n}", channel=CHANNEL) for n, said in enumerate(words)])
            else:
                people.send((timed.at, list(stand_in.refused)))
    stand_in.sender.end()


# --- The servers, each in a process of its own -------------------------------------------------------------------


def constant(api_url: str, port: int, _place: Path, *, syncs: bool) -> None:  # noqa: ARG001  # as the bot is served
    """Serve an app that always answers the same."""
    app = App(client=WebClient(TOKEN, base_url=api_url), signing_secret=SECRET, listener_executor=FollowingExecutor(16))

    @app.command("/kpi")
    def answer(ack: Ack, respond: Respond) -> None:
        ack()
        respond("75.0 %")

    _serve(app, port)


def bot(api_url: str, port: int, place: Path, *, syncs: bool) -> None:
    """Serve the bot with the facts in its memory; when it `syncs`, it reads one helpdesk after the other meanwhile."""
    with databases.sqlite() as database:
        settings = Settings(
            database_url=database.url.render_as_string(hide_password=False),
            timezone=desk.ZONE,
            slack=SlackSettings(bot_token=SecretStr(TOKEN), signing_secret=SecretStr(SECRET)),
        )
        _name(database, place)
        with following(database, place) as frames:
            stopping = Event()
            jobs = [memory_job(frames)]
            if syncs:
                jobs.append(Job("sync", _another(database, settings, frames, stopping), 0))
            ticker = Ticker(jobs, stopping)
            commands = Commands(Asker(database, settings, frames))
            started = monotonic()

            def clock() -> float:
                return desk.END + monotonic() - started

            app = create_app(commands, database, settings, clock=clock, api_url=api_url)
            ticker.start()
            _serve(app, port)
            ticker.stop()


def _name(database: Engine, place: Path) -> None:
    """Store the helpdesk, and a ticket whose number keeps those that are read later apart from the generated ones."""
    databases.name_people(database)
    databases.fill_some(database, place, 2)
    last = {"id": 10**9, "helpdesk": "desk", "external_id": "last", "created_at": desk.START, "status": "open"}
    with database.begin() as connection:
        connection.execute(insert(schema.tickets), [last])
        remember_rules(connection, "desk", Rulebook())


def _another(database: Engine, settings: Settings, memory: MemoryFrames, stopping: Event) -> Callable[[], None]:
    """Return what reads a helpdesk of some thousand tickets as one that was never read, and has it in memory."""
    numbers, told = count(1), Distant(clock=lambda: desk.END)
    deque(DemoHelpdesk.pages(told, None), maxlen=0)  # its story is written beforehand, as elsewhere it would be

    def read() -> None:
        sync(database, told, settings, f"demo{next(numbers)}", clock=lambda: desk.END, stopping=stopping.is_set)
        memory.refresh()

    return read


def _serve(app: App, port: int) -> None:
    configure(as_json=True, level=logging.ERROR)
    uvicorn.run(create_web(app), host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off")


# --- The people --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heard:
    """How long acknowledgements and answers took, in seconds; and how many came too late or never."""

    acks: Sequence[float]
    answers: Sequence[float]
    too_late: int


def measure_http(place: Path) -> None:
    """Print how long fifty people wait who ask at once, and whether what is aimed at is reached."""
    heard = {
        "a constant": _heard(constant, place, ALIKE),
        "the bot": _heard(bot, place, ALIKE),
        "the bot, while a sync runs": _heard(bot, place, ALIKE, syncs=True),
        "the bot, everybody another question": _heard(bot, place, APART),
    }
    rows = [
        [
            name,
            *(shown(_percentile(times, p)) for times in (one.acks, one.answers) for p in (50, 99)),
            f"{one.too_late}",
        ]
        for name, one in heard.items()
    ]
    head = ("Served by", "ack p50", "ack p99", "answer p50", "answer p99", "too late")
    table(f"{PEOPLE} people who ask at once over HTTP, {ROUNDS} times", head, rows)
    baseline, *bots = heard.items()
    print()
    for name, one in bots:
        ack, answer = _percentile(one.acks, 99), _percentile(one.answers, 99)
        times = ack / _percentile(baseline[1].acks, 99)
        reached = ack < ACK_P99_S and times <= ACK_TIMES and answer < ANSWER_P99_S and not one.too_late
        print(f"{name}: ack p99 {times:.2f} times the baseline's; {'reached' if reached else 'NOT reached'}")
    print(
        f"aimed at: ack p99 < {shown(ACK_P99_S)} and ≤ {ACK_TIMES} times, answer p99 < {ANSWER_P99_S} s, none too late"
    )


def _heard(side: Callable[..., None], place: Path, questions: Sequence[str], *, syncs: bool = False) -> Heard:
    """Ask in rounds, everybody at the same moment, the next once all were answered."""
    with _process(slack) as slack_end:
        api_url = slack_end.recv()
        with _server(side, api_url, place, syncs=syncs) as port, ThreadPoolExecutor(PEOPLE) as people:
            acks: list[float] = []
            sent: dict[str, float] = {}
            for number in range(WARM_UP + ROUNDS):
                slack_end.send([_words(questions, number * PEOPLE + person) for person in range(PEOPLE)])
                barrier = Barrier(PEOPLE)
                asking = [people.submit(_ask, port, payload, barrier) for payload in slack_end.recv()]
                asked = [one.result() for one in asking]
                _wait(slack_end, [address for address, _, _ in asked])
                if number >= WARM_UP:
                    acks += [seconds for _, _, seconds in asked]
                    sent |= {address: at for address, at, _ in asked}
            slack_end.send([])
            got, refused = slack_end.recv()
            slack_end.send(None)
    assert not refused, refused[:3]
    answers = [got[address] - at for address, at in sent.items() if address in got]
    return Heard(acks, answers, sum(ack > SLACK_WAITS_S for ack in acks) + len(sent) - len(answers))


def _words(questions: Sequence[str], number: int) -> str:
    """Return what is asked as number so and so; questions that name days name others each time, as far as there are."""
    again, place = divmod(number, len(questions))
    week, month, day = again % 52 + 1, again % 12 + 1, again % 27 + 2
    return questions[place].format(week=f"{week:02}", month=f"{month:02}", day=f"{day:02}")


def _ask(port: int, payload: Mapping[str, str], barrier: Barrier) -> tuple[str, float, float]:
    """Send a signed command when everybody is ready; return its response_url, when that was, and until the ack."""
    body = urlencode(payload)
    timestamp = str(int(time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=body) or ""
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": signature,
    }
    connection = HTTPConnection("127.0.0.1", port, timeout=GIVEN_UP_S)
    with closing(connection):
        connection.connect()
        barrier.wait()
        at = monotonic()
        connection.request("POST", EVENTS_PATH, body, headers)
        response = connection.getresponse()
        response.read()
        seconds = monotonic() - at
    return urlsplit(payload["response_url"]).path, at, seconds if response.status == HTTPStatus.OK else inf


def _wait(slack_end: Connection, addresses: Sequence[str]) -> None:
    """Wait until all were answered, or long enough."""
    until = monotonic() + GIVEN_UP_S
    while monotonic() < until:
        slack_end.send([])
        if set(addresses) <= slack_end.recv()[0].keys():
            return
        sleep(0.05)


def _percentile(times: Sequence[float], percent: int) -> float:
    return quantiles(times, n=100, method="inclusive")[percent - 1]


@contextmanager
def _process(target: Callable[[Connection], None]) -> Iterator[Connection]:
    here, there = spawned.Pipe()
    process = spawned.Process(target=target, args=(there,), daemon=True)
    process.start()
    try:
        yield here
    finally:
        process.join(5)
        process.terminate()


@contextmanager
def _server(side: Callable[..., None], api_url: str, place: Path, *, syncs: bool) -> Iterator[int]:
    """Give the port at which a process serves, once it does."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = spawned.Process(target=side, args=(api_url, port, place), kwargs={"syncs": syncs}, daemon=True)
    process.start()
    try:
        while not _listens(port):
            assert process.is_alive(), "the server ended"
            sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.join()


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
