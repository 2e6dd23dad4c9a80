"""Zammad through its REST API: the tickets that changed, and each of them whole."""

from collections.abc import Iterator
from functools import cached_property
from typing import Self

from bot.helpdesks.budget import RateLimit, shared_budget
from bot.helpdesks.connector import Account, Cursor, Gone, Page, Told
from bot.helpdesks.http import Patience
from bot.helpdesks.own_rules import own_rules
from bot.helpdesks.zammad.check import agent, check
from bot.helpdesks.zammad.client import ApiClient
from bot.helpdesks.zammad.directory import LiveDirectory
from bot.helpdesks.zammad.mapping import Mapper
from bot.helpdesks.zammad.options import Options
from bot.helpdesks.zammad.reader import Reader
from bot.helpdesks.zammad.rules import read_rules
from bot.helpdesks.zammad.stream import Stream
from bot.settings import HelpdeskSettings


class Zammad:
    """One Zammad; its cursor is described at `Stream`."""

    kind = "zammad"

    def __init__(self, settings: HelpdeskSettings, patience: Patience | None = None) -> None:
        self._settings = settings
        self._options = Options.read(settings.options, settings.key)
        # Zammad has no limit of its own; what is asked shares the server with the people who work there.
        limit = RateLimit(requests=self._options.requests_a_minute, total="", remaining="", used="")
        budget = shared_budget(settings.url, limit, 1.0)
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
        if not (external_id.isascii() and external_id.isdecimal()):
            return Told(tickets=(Gone(external_id=external_id),))
        reader = self._reader
        return Told(tickets=(reader.ticket(external_id),), **reader.named())

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Yield what happened since `cursor`, oldest first; raises HelpdeskError."""
        agent(self._client)  # a wrong address, token or permission has its own sentence; and it tells the time there
        reader = self._reader
        rules, _ = own_rules(lambda found: read_rules(self._client, reader.mapper, found))
        stream = Stream(self._client.changed, cursor, self._client.http.now())
        for rows in stream:
            tickets = tuple(reader.read(row) for row in rows)
            yield Page(
                tickets=tickets,
                cursor=stream.cursor,
                done=stream.done,
                seen_until=stream.seen_until,
                rules=rules,
                **reader.named(),
            )

    @cached_property
    def _reader(self) -> Reader:
        """What reads tickets, and asks only once who and what there is."""
        directory = LiveDirectory(self._client)
        mapper = Mapper(helpdesk=self._settings.key, web=self._client.web, options=self._options, directory=directory)
        return Reader(self._client, directory, mapper)
