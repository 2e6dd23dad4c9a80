"""Help Scout through its Mailbox API 2.0: conversations by their last change with all threads, and ratings apart."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Self

from bot.helpdesks.budget import RateLimit, shared_budget
from bot.helpdesks.connector import Account, Cursor, Gone, Page, TicketResult, Told
from bot.helpdesks.helpscout.apart import read_rating
from bot.helpdesks.helpscout.check import check
from bot.helpdesks.helpscout.client import LIMIT, ApiClient
from bot.helpdesks.helpscout.directory import LiveDirectory
from bot.helpdesks.helpscout.mapping import Mapper
from bot.helpdesks.helpscout.options import Options
from bot.helpdesks.helpscout.reader import Reader
from bot.helpdesks.helpscout.streams import ConversationWalk, RatingWalk, State
from bot.helpdesks.http import Patience
from bot.helpdesks.reading import UNSEEN
from bot.settings import HelpdeskSettings
from kpi.errors import HelpdeskError


class HelpScout:
    """One Help Scout; its cursor holds where conversations and ratings stand."""

    kind = "help-scout"

    def __init__(self, settings: HelpdeskSettings, patience: Patience | None = None, limit: RateLimit = LIMIT) -> None:
        self._settings = settings
        self._options = Options.read(settings.options, settings.key)
        # All accounts have the same address: an app tells them apart.
        account = f"{settings.url} {self._options.app_id}"
        budget = shared_budget(account, limit, self._options.rate_share)
        secret = settings.token.get_secret_value()
        self._client = ApiClient(settings.url, self._options.app_id, secret, patience=patience, budget=budget)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.http.close()

    def check(self) -> Account:
        """Return the account, what it can't see, and the clock; raises HelpdeskError."""
        return check(self._client, LiveDirectory(self._client), self._options.app_id)

    def ticket(self, external_id: str) -> Told:
        """Return one conversation whole; raises HelpdeskError."""
        if not external_id.isdecimal():
            return Told(tickets=(Gone(external_id=external_id),))
        reader = self._reader
        return Told(tickets=tuple(reader.ticket(external_id)), **reader.named())

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Yield what happened since `cursor`: ratings first; raises HelpdeskError."""
        self._client.me()  # wrong credentials are said before anything is read; and it tells the time there
        run = _Run(self._client, self._reader, dict(cursor or {}))
        yield from run.ratings()
        yield from run.conversations()

    @cached_property
    def _reader(self) -> Reader:
        """What reads tickets, and asks only once who and what there is."""
        directory = LiveDirectory(self._client)
        mapper = Mapper(helpdesk=self._settings.key, web=self._client.web, options=self._options, directory=directory)
        return Reader(self._client, directory, mapper)


class _Run:
    """One walk through ratings and conversations."""

    def __init__(self, client: ApiClient, reader: Reader, cursor: Cursor) -> None:
        self._client, self._reader = client, reader
        self._cursor, self._started_at = cursor, client.http.now()

    def ratings(self) -> Iterator[Page]:
        """Yield ratings; nothing when the plan doesn't have them."""
        at: State = self._cursor.get("ratings") or {}
        walk = RatingWalk(
            ask=self._client.ratings,
            now=self._started_at,
            until=at.get("until"),
            looked_back_at=at.get("looked_back_at", 0),
        )
        try:
            for rows in walk:
                for row in rows:
                    self._reader.mention_rater(row)
                told = tuple(one for one in map(read_rating, rows) if one is not None)
                yield self._page("ratings", walk.state, apart=told)
        except HelpdeskError as error:
            if error.key not in UNSEEN:
                raise

    def conversations(self) -> Iterator[Page]:
        """Yield conversations, whole; drafts are none yet."""
        at: State = self._cursor.get("conversations") or {}
        walk = ConversationWalk(
            ask=self._client.conversations,
            now=self._client.http.now,
            since=at.get("since", 0),
            again=at.get("again"),
            seen=dict(at.get("seen", {})),
        )
        for rows in walk:
            tickets: list[TicketResult] = []
            for row in rows:
                tickets += self._reader.read(row) if row.get("state") != "draft" else []
            seen_until = min(walk.since, self._started_at)
            yield self._page("conversations", walk.state, tickets=tuple(tickets), done=walk.done, seen_until=seen_until)

    def _page(self, name: str, state: State, **told: Any) -> Page:  # noqa: ANN401  # the fields of a page
        self._cursor = self._cursor | {name: state}
        values: dict[str, Any] = {"done": False, "tickets": ()} | told
        return Page(cursor=self._cursor, **values, **self._reader.named())
