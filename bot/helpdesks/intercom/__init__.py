"""Intercom through its API 2.15: the conversations that changed, and each of them whole."""

from collections.abc import Iterator
from functools import cached_property
from typing import Self

from bot.helpdesks.budget import RateLimit, shared_budget
from bot.helpdesks.connector import Account, Cursor, Gone, Page, Told
from bot.helpdesks.http import Patience
from bot.helpdesks.intercom.check import check
from bot.helpdesks.intercom.client import ApiClient
from bot.helpdesks.intercom.directory import LiveDirectory
from bot.helpdesks.intercom.mapping import Mapper, inbox_address
from bot.helpdesks.intercom.options import Options
from bot.helpdesks.intercom.reader import Reader
from bot.helpdesks.intercom.stream import Stream
from bot.settings import HelpdeskSettings

LIMIT = RateLimit(requests=1666, window_s=10, total="X-RateLimit-Limit")
"""10,000 a minute for an app, counted in tenths of a minute: .../rest-api/errors/rate-limiting."""

SETTLE_S = 2
"""A second is over before it is read: nothing can happen in it any more that would bear the same date."""


class Intercom:
    """One Intercom; its cursor is described at `Stream`."""

    kind = "intercom"

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
        """Return the workspace, what the token can't see, and the clock; raises HelpdeskError."""
        return check(self._client)

    def ticket(self, external_id: str) -> Told:
        """Return one conversation whole; raises HelpdeskError."""
        if not external_id.isdecimal():
            return Told(tickets=(Gone(external_id=external_id),))
        reader = self._reader
        return Told(tickets=(reader.read(external_id),), **reader.named())

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Yield what happened since `cursor`, oldest first; raises HelpdeskError."""
        reader = self._reader
        stream = Stream(
            ask=self._client.changed,
            end=self._client.http.now() - SETTLE_S,
            since=(cursor or {}).get("since", 0),
            seen=dict((cursor or {}).get("seen", {})),
        )
        for rows in stream:
            tickets = tuple(reader.read(str(row["id"])) for row in rows)
            yield Page(
                tickets=tickets,
                cursor=stream.cursor,
                done=stream.done,
                seen_until=stream.seen_until,
                **reader.named(),
            )

    @cached_property
    def _reader(self) -> Reader:
        """What reads conversations, and asks only once who and what there is; raises HelpdeskError."""
        app = self._client.me()["app"]
        inbox = inbox_address(self._client.web, str(app.get("id_code")))
        mapper = Mapper(helpdesk=self._settings.key, inbox=inbox, options=self._options)
        return Reader(self._client, LiveDirectory(self._client), mapper)
