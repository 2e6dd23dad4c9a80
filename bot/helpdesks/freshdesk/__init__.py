"""Freshdesk through its API v2: lists of tickets by last update, each changed ticket whole, answers and time apart."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Self

from bot.helpdesks.budget import RateLimit, shared_budget
from bot.helpdesks.connector import Account, Apart, Cursor, Gone, Page, Told
from bot.helpdesks.freshdesk.apart import read_rating, read_work
from bot.helpdesks.freshdesk.check import check
from bot.helpdesks.freshdesk.client import ApiClient, Listed
from bot.helpdesks.freshdesk.directory import LiveDirectory
from bot.helpdesks.freshdesk.mapping import Mapper, Record
from bot.helpdesks.freshdesk.options import Options
from bot.helpdesks.freshdesk.reader import Reader
from bot.helpdesks.freshdesk.rules import read_rules
from bot.helpdesks.freshdesk.streams import Recent, State, TicketWalk
from bot.helpdesks.http import Patience
from bot.helpdesks.own_rules import own_rules
from bot.helpdesks.reading import UNSEEN
from bot.settings import HelpdeskSettings
from kpi.errors import HelpdeskError
from kpi.policies import OwnRules

LIMIT = RateLimit(requests=50, hourly_from=3000)
"""The least that any plan allows in a minute; older accounts have 3000 or 5000 an hour: .../api/#ratelimit."""

LEFT_OUT = ("deleted", "spam")
"""The filters that list what the usual list of tickets leaves out."""


class Freshdesk:
    """One Freshdesk; its cursor holds where each of its lists stands, by name."""

    kind = "freshdesk"

    def __init__(self, settings: HelpdeskSettings, patience: Patience | None = None, limit: RateLimit = LIMIT) -> None:
        self._settings = settings
        self._options = Options.read(settings.options, settings.key)
        budget = shared_budget(settings.url, limit, self._options.rate_share)
        self._client = ApiClient(settings.url, settings.token.get_secret_value(), patience, budget)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.http.close()

    def check(self) -> Account:
        """Return the account, what it can't see, and the clock; raises HelpdeskError."""
        reader = self._reader
        return check(self._client, reader.directory, reader.mapper)

    def ticket(self, external_id: str) -> Told:
        """Return one ticket whole; raises HelpdeskError."""
        if not external_id.isdecimal():
            return Told(tickets=(Gone(external_id=external_id),))
        reader = self._reader
        return Told(tickets=(reader.ticket(external_id),), **reader.named())

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Yield what happened since `cursor`: what stands apart from tickets first; raises HelpdeskError."""
        self._client.me()  # a wrong address or key has its own sentence; and it tells the time there
        started_at = self._client.http.now()
        reader = self._reader
        rules, _ = own_rules(lambda found: read_rules(self._client, reader.mapper, found))
        run = _Run(self._client, reader, dict(cursor or {}), started_at, rules)
        yield from run.apart("ratings", self._client.ratings, lambda row: read_rating(reader.directory, row))
        yield from run.apart("time_entries", self._client.time_entries, read_work)
        for name in LEFT_OUT:
            yield from run.tickets(name, only=name)
        yield from run.tickets("tickets")

    @cached_property
    def _reader(self) -> Reader:
        """What reads tickets, and asks only once who and what there is."""
        directory = LiveDirectory(self._client)
        mapper = Mapper(helpdesk=self._settings.key, web=self._client.web, options=self._options, directory=directory)
        return Reader(self._client, directory, mapper)


class _Run:
    """One walk through all lists."""

    def __init__(
        self, client: ApiClient, reader: Reader, cursor: Cursor, started_at: int, rules: OwnRules | None
    ) -> None:
        self._client, self._reader = client, reader
        self._cursor, self._started_at = cursor, started_at
        self._rules = rules

    def apart(
        self, name: str, ask: Callable[[int | None, int], Listed], read: Callable[[Record], Apart | None]
    ) -> Iterator[Page]:
        """Yield what a list tells of tickets; nothing when the plan doesn't have it."""
        at: State = self._cursor.get(name) or {}
        stream = Recent(
            ask=ask,
            now=self._started_at,
            until=at.get("until"),
            looked_back_at=at.get("looked_back_at", 0),
            walk=at.get("walk"),
        )
        try:
            for rows in stream:
                told = tuple(one for one in map(read, rows) if one is not None)
                self._reader.mention_agents(one.event.agent for one in told)
                yield self._page(name, stream.state, apart=told)
        except HelpdeskError as error:
            if error.key not in UNSEEN:
                raise

    def tickets(self, name: str, only: str | None = None) -> Iterator[Page]:
        """Yield the tickets of a list, whole; the last page of the usual one is the last of all."""
        at: State = self._cursor.get(name) or {}
        walk = TicketWalk(
            ask=lambda since, page: self._client.tickets(since, page, only),
            now=self._client.http.now,
            since=at.get("since", 0),
            seen=dict(at.get("seen", {})),
        )
        for rows in walk:
            tickets = tuple(self._reader.read(row) for row in rows)
            done = walk.done and only is None
            seen_until = self._started_at if done else min(walk.since, self._started_at)
            known: dict[str, Any] = {} if only else {"done": done, "seen_until": seen_until}
            yield self._page(name, walk.state, tickets=tickets, **known)

    def _page(self, name: str, state: State, **told: Any) -> Page:  # noqa: ANN401  # the fields of a page
        self._cursor = self._cursor | {name: state}
        values: dict[str, Any] = {"done": False, "tickets": (), "rules": self._rules, "observes": True} | told
        return Page(cursor=self._cursor, **values, **self._reader.named())
