"""What LiveAgent's letters and dates mean, wherever they stand in a record."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.helpdesks.liveagent.client import Between, Record
from bot.helpdesks.liveagent.directory import Directory
from bot.helpdesks.liveagent.options import Options
from kpi.events import Author, Status

SYSTEM = "system00"
STATUSES = {
    "I": Status.NEW,  # init
    "N": Status.NEW,
    "T": Status.OPEN,  # chatting
    "P": Status.OPEN,  # calling
    "C": Status.OPEN,
    "A": Status.PENDING,  # answered: the customer's turn
    "W": Status.HOLD,  # postponed
    "R": Status.SOLVED,
    "L": Status.CLOSED,
    "X": Status.DELETED,
    "B": Status.SPAM,
}
CHANNELS = {
    "E": "email",
    "B": "chat",  # contact button
    "M": "web",  # contact form
    "I": "chat",  # invitation
    "C": "phone",
    "W": "phone",  # call button
    "F": "social",  # facebook
    "A": "social",  # facebook message
    "T": "social",  # twitter
    "Q": "web",  # forum
    "S": "web",  # suggestion
}
UNREAD = frozenset({"", "0000-00-00 00:00:00"})


@dataclass(frozen=True, kw_only=True)
class Mapper:
    """Maps the records of one LiveAgent; `helpdesk` is its key, `web` its address for people."""

    helpdesk: str
    web: str
    options: Options
    directory: Directory

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of LiveAgent's dates."""
        return ZoneInfo(self.options.timezone)

    def status(self, letter: str) -> Status:
        """Return what a status means; one of a letter that nobody knows is open."""
        return self.options.statuses.get(letter) or STATUSES.get(letter, Status.OPEN)

    def channel(self, letter: str) -> str | None:
        """Return the common name of a channel; None for a letter that nobody knows."""
        return self.options.channels.get(letter) or CHANNELS.get(letter)

    def kind(self, user: str) -> Author:
        """Return a user's role, apart from any ticket: who is no agent is a customer."""
        if user == SYSTEM:
            return Author.SYSTEM
        if user in self.options.bots:
            return Author.BOT
        return Author.AGENT if user in self.directory.agents or user in self.options.agents else Author.CUSTOMER

    def instant(self, said: object) -> int | None:
        """Return the UTC epoch seconds of a date; None when unset. Of an hour that occurs twice, it is the first."""
        text = str(said or "")
        if text in UNREAD:
            return None
        parsed = datetime.fromisoformat(text)
        return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=self.zone)).timestamp())

    def between(self, start: int, end: int) -> Between:
        """Return a stretch of time in server time, an hour wider where the clock is put back within it."""
        offsets = [datetime.fromtimestamp(at, self.zone).utcoffset() or timedelta() for at in (start, end)]
        return Between(_written(start, min(offsets)), _written(end, max(offsets)))


def _written(at: int, offset: timedelta) -> str:
    return f"{datetime.fromtimestamp(at, UTC) + offset:%Y-%m-%d %H:%M:%S}"


def identifier(said: object) -> str | None:
    """Return an identifier; None for the empty ones that stand for nobody and nothing."""
    return None if said is None or said == "" else str(said)


def author(record: Record, within: Record) -> str | None:
    """Return who wrote a message: itself, or the group it is in, says so."""
    return identifier(record.get("userid")) or identifier(within.get("userid"))
