"""LiveAgent through its API v3: the tickets that changed, and each of them whole."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Self

from bot.helpdesks.budget import RateLimit, shared_budget
from bot.helpdesks.connector import Account, Cursor, Gone, Named, Page, TicketResult, Told
from bot.helpdesks.http import Patience
from bot.helpdesks.liveagent.check import age, check, newest
from bot.helpdesks.liveagent.client import LIMIT, ApiClient, Record
from bot.helpdesks.liveagent.directory import Directory, read_directory
from bot.helpdesks.liveagent.mapping import Mapper
from bot.helpdesks.liveagent.options import Options
from bot.helpdesks.liveagent.reader import Reader
from bot.helpdesks.liveagent.rules import level_rules
from bot.helpdesks.liveagent.stream import Stream
from bot.settings import HelpdeskSettings

IDENTIFIER = re.compile(r"[\w-]+", re.ASCII)


class LiveAgent:
    """One LiveAgent; its cursor is described at `Stream`."""

    kind = "liveagent"

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
        return check(self._client, self._mapper(Directory()))

    def ticket(self, external_id: str) -> Told:
        """Return one ticket whole; raises HelpdeskError."""
        if not IDENTIFIER.fullmatch(external_id):
            return Told(tickets=(Gone(external_id=external_id),))
        reader = self._single
        return Told(tickets=(reader.read_one(external_id),), **reader.named())

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Yield what happened since `cursor`, oldest first; raises HelpdeskError."""
        latest = newest(self._client)  # a wrong address or key has its own sentence; and it tells the time there
        mapper = self._mapper(Directory())
        age(self._client, mapper, latest)
        rules, _ = level_rules(self._client.levels, self._options.sla_unit)
        stream = Stream(self._client, mapper, cursor)
        reader: Reader | None = None
        for rows in stream.walk(self._client.http.now()):
            if rows and reader is None:
                reader = self._reader(latest)
            named = Named(agents=(), customers=(), teams=())
            tickets: tuple[TicketResult, ...] = ()
            if reader is not None:
                tickets = tuple(reader.read(rows))
                named = reader.named()
            yield Page(
                tickets=tickets,
                cursor=stream.cursor,
                done=stream.done,
                seen_until=stream.seen_until,
                rules=rules,
                observes=reader is not None and "history" in reader.mapper.directory.unavailable,
                **named,
            )

    @cached_property
    def _single(self) -> Reader:
        """What reads single tickets, and asks only once who and what there is; raises HelpdeskError."""
        return self._reader(newest(self._client))

    def _reader(self, latest: list[Record]) -> Reader:
        """Return a reader that knows who and what is there; `latest` are tickets to try what is given."""
        return Reader(client=self._client, mapper=self._mapper(read_directory(self._client, latest)))

    def _mapper(self, directory: Directory) -> Mapper:
        return Mapper(helpdesk=self._settings.key, web=self._client.web, options=self._options, directory=directory)
