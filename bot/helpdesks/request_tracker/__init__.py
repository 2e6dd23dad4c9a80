"""Request Tracker 5 through REST2: the stream of transactions, and each touched ticket whole."""

from collections.abc import Iterator
from functools import cached_property
from typing import Self

from bot.helpdesks.connector import Account, Cursor, Gone, Page, Told
from bot.helpdesks.http import IMPATIENT, Patience
from bot.helpdesks.request_tracker.check import check
from bot.helpdesks.request_tracker.client import RestClient
from bot.helpdesks.request_tracker.directory import LiveDirectory
from bot.helpdesks.request_tracker.mapping import Mapper, instant
from bot.helpdesks.request_tracker.options import Options
from bot.helpdesks.request_tracker.reader import Reader
from bot.helpdesks.request_tracker.stream import Stream
from bot.settings import HelpdeskSettings


class RequestTracker:
    """One Request Tracker; its cursor is described at `Stream`."""

    kind = "request-tracker"

    def __init__(self, settings: HelpdeskSettings, patience: Patience | None = None) -> None:
        self._settings = settings
        self._options = Options.read(settings.options, settings.key)
        self._token = settings.token.get_secret_value()
        self._client = RestClient(settings.url, self._token, patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.http.close()

    def check(self) -> Account:
        """Return the account, what it can't see, and the clock; raises HelpdeskError."""
        self._client.version(IMPATIENT)
        return check(self._client, self._token, self._options)

    def ticket(self, external_id: str) -> Told:
        """Return one ticket whole; raises HelpdeskError."""
        if not external_id.isdecimal():
            return Told(tickets=(Gone(external_id=external_id),))
        reader = self._reader
        found = reader.read([external_id]) or [Gone(external_id=external_id)]
        return Told(tickets=tuple(found), **reader.named())

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Yield what happened since `cursor`, oldest first; raises HelpdeskError."""
        self._client.version()  # a wrong address or token has its own sentence; and it tells the time there
        started_at = self._client.http.now()
        stream = Stream(self._client, cursor)
        reader = self._reader
        for rows in stream:
            tickets = tuple(reader.read_touched(rows))
            last = instant(rows[-1]["Created"]) if rows else None
            yield Page(
                tickets=tickets,
                cursor=stream.cursor,
                done=stream.done,
                **reader.named(),
                remaining=stream.remaining,
                seen_until=started_at if stream.done else last,
            )

    @cached_property
    def _reader(self) -> Reader:
        """What reads tickets, and asks only once who and what there is."""
        directory = LiveDirectory(self._client)
        mapper = Mapper(helpdesk=self._settings.key, web=self._client.web, options=self._options, directory=directory)
        return Reader(self._client, directory, mapper)
