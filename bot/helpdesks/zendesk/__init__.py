"""Zendesk through its Support and Talk APIs: the export of tickets, each changed one whole, answers and calls apart."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Self

from bot.helpdesks.budget import RateLimit
from bot.helpdesks.connector import Account, Apart, Cursor, Gone, Page, Told
from bot.helpdesks.http import Patience
from bot.helpdesks.own_rules import own_rules
from bot.helpdesks.reading import UNSEEN
from bot.helpdesks.zendesk.apart import read_call, read_rating, read_survey
from bot.helpdesks.zendesk.check import administrator, check
from bot.helpdesks.zendesk.client import EXPORTS, LAG_S, LIMIT, ApiClient, Record, Stretch
from bot.helpdesks.zendesk.directory import LiveDirectory
from bot.helpdesks.zendesk.events import EventWalk
from bot.helpdesks.zendesk.mapping import Mapper
from bot.helpdesks.zendesk.options import Options
from bot.helpdesks.zendesk.reader import Reader
from bot.helpdesks.zendesk.rules import read_rules
from bot.settings import HelpdeskSettings
from kpi.errors import HelpdeskError
from kpi.events import Contact
from kpi.policies import OwnRules

BULK_AFTER_S = 86_400
"""When reading begins so far back, updates are read by the thousand in place of ticket by ticket."""

OVERLAP_S = 300
LOOK_BACK_S = 14 * 86_400
LOOK_BACK_EVERY_S = 3600
"""How far back answers are read again, and how often: an answer may change, and is listed by its beginning."""

State = dict[str, Any]


class Zendesk:
    """One Zendesk; its cursor holds where each of its streams stands, by name."""

    kind = "zendesk"

    def __init__(
        self,
        settings: HelpdeskSettings,
        patience: Patience | None = None,
        limit: RateLimit = LIMIT,
        exports: RateLimit = EXPORTS,
    ) -> None:
        self._settings = settings
        self._options = Options.read(settings.options, settings.key)
        self._client = ApiClient(
            settings.url,
            settings.token.get_secret_value(),
            self._options.email,
            scope="all" if self._options.ai_agent_tickets else "agent",
            share=self._options.rate_share,
            patience=patience,
            limit=limit,
            exports=exports,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.http.close()

    def check(self) -> Account:
        """Return the account, what it can't see, and the clock; raises HelpdeskError."""
        return check(self._client)

    def ticket(self, external_id: str) -> Told:
        """Return one ticket whole; raises HelpdeskError."""
        if not (external_id.isascii() and external_id.isdecimal()):
            return Told(tickets=(Gone(external_id=external_id),))
        reader = self._reader
        return Told(tickets=(reader.ticket(external_id),), **reader.named())

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Yield what happened since `cursor`: what stands apart from tickets first; raises HelpdeskError."""
        administrator(self._client)  # a wrong address, token or role has its own sentence; and it tells the time there
        reader = self._reader
        started_at = self._client.http.now()
        rules, _ = own_rules(lambda found: read_rules(self._client, reader.directory, found))
        run = _Run(self._client, reader, dict(cursor or {}), started_at, rules)
        yield from run.answers("ratings", self._client.ratings, read_rating)
        yield from run.answers("surveys", self._client.surveys, read_survey)
        yield from run.calls()
        yield from run.tickets()

    @cached_property
    def _reader(self) -> Reader:
        """What reads tickets, and asks only once who and what there is."""
        directory = LiveDirectory(self._client)
        mapper = Mapper(helpdesk=self._settings.key, web=self._client.web, options=self._options, directory=directory)
        return Reader(self._client, directory, mapper)


class _Run:
    """One walk through all streams."""

    def __init__(
        self, client: ApiClient, reader: Reader, cursor: Cursor, started_at: int, rules: OwnRules | None
    ) -> None:
        self._client, self._reader = client, reader
        self._cursor, self._started_at = cursor, started_at
        self._complete_at = started_at - LAG_S
        self._rules = rules

    def answers(
        self, name: str, ask: Callable[[int | None], Iterator[list[Record]]], read: Callable[[Record], Apart | None]
    ) -> Iterator[Page]:
        """Yield the answers to a survey; nothing when this account doesn't have it."""
        at: State = self._cursor.get(name) or {"until": None, "looked_back_at": 0}
        deep = self._complete_at - at["looked_back_at"] >= LOOK_BACK_EVERY_S
        since = None if at["until"] is None else at["until"] - (LOOK_BACK_S if deep else OVERLAP_S)
        looked_back_at = self._complete_at if deep else at["looked_back_at"]
        try:
            for rows in ask(since):
                yield self._page(name, at, apart=tuple(one for one in map(read, rows) if one is not None))
        except HelpdeskError as error:
            if error.key not in UNSEEN:
                raise
            return
        yield self._page(name, {"until": self._complete_at, "looked_back_at": looked_back_at})

    def calls(self) -> Iterator[Page]:
        """Yield the calls that changed; nothing when Talk isn't there."""
        at: State = self._cursor.get("calls") or {"since": 0}
        stretch = Stretch([], at["since"], done=False)
        while not stretch.done:
            try:
                stretch = self._client.calls(stretch.end)
            except HelpdeskError as error:
                if error.key not in UNSEEN:
                    raise
                return
            calls = tuple(map(read_call, stretch.rows))
            self._reader.mention_customers(one.event.customer for one in calls if isinstance(one.event, Contact))
            yield self._page("calls", {"since": stretch.end}, apart=calls)

    def tickets(self) -> Iterator[Page]:
        """Yield the tickets that changed, whole; the last page of them is the last of all."""
        at: State = self._cursor.get("tickets") or {"after": None, "until": 0}
        after, until = at["after"], at["until"]
        far = self._complete_at - until > BULK_AFTER_S
        walk = EventWalk(self._client, until) if far else None
        done = False
        while not done:
            exported = self._client.changed_tickets(after)
            done = exported.done or exported.cursor in {None, after}
            after = exported.cursor or after
            self._reader.directory.meet(exported.users)
            rows = _latest(exported.tickets)
            until = max([until, *(int(row["generated_timestamp"]) for row in rows)])
            tickets = tuple(self._reader.read(row, walk) for row in rows)
            until = max(until, self._complete_at) if done else min(until, self._complete_at)
            yield self._page("tickets", {"after": after, "until": until}, tickets=tickets, done=done, seen_until=until)

    def _page(self, name: str, state: State, **told: Any) -> Page:  # noqa: ANN401  # the fields of a page
        self._cursor = self._cursor | {name: state}
        values: dict[str, Any] = {"done": False, "tickets": (), "rules": self._rules} | told
        self._reader.mention_agents(one.event.agent for one in values.get("apart", ()))
        return Page(cursor=self._cursor, **values, **self._reader.named())


def _latest(records: list[Record]) -> list[Record]:
    """Return each ticket once, as it changed last, in the order of their last change."""
    ordered = sorted(records, key=lambda record: int(record["generated_timestamp"]))
    latest = {str(record["id"]): record for record in ordered}
    return sorted(latest.values(), key=lambda record: (int(record["generated_timestamp"]), int(record["id"])))
