"""What a key to Freshdesk can and can't see."""

from collections.abc import Callable, Iterator

from bot.helpdesks.connector import Account
from bot.helpdesks.freshdesk.client import ApiClient
from bot.helpdesks.freshdesk.directory import LiveDirectory
from bot.helpdesks.freshdesk.mapping import Mapper
from bot.helpdesks.freshdesk.rules import read_rules
from bot.helpdesks.http import IMPATIENT
from bot.helpdesks.own_rules import own_rules
from bot.helpdesks.reading import answers

ALL_TICKETS = 1
"""An agent's `ticket_scope` that sees every ticket; 2 its groups' and 3 its own: .../api/#agents."""

Warning_ = tuple[str, dict[str, object]]


def check(client: ApiClient, directory: LiveDirectory, mapper: Mapper) -> Account:
    """Return the account with a warning for everything that would make figures wrong or incomplete."""
    me = client.me(IMPATIENT)
    name = str((me.get("contact") or {}).get("name") or f"#{me.get('id')}")
    warnings: list[Warning_] = []
    if me.get("ticket_scope") != ALL_TICKETS:
        warnings.append(("fd_ticket_scope", {"agent": name}))
    if not answers(client.agents):
        warnings.append(("fd_no_agents", {"agent": name}))
    warnings += _optional(client)
    warnings += own_rules(lambda found: read_rules(client, mapper, found))[1]
    warnings += [
        ("fd_status_unknown", {"status": status})
        for number, status in sorted(directory.statuses().items())
        if mapper.known_status(number) is None
    ]
    return Account(name=name, clock_skew_s=client.http.skew_s, warnings=tuple(warnings))


def _optional(client: ApiClient) -> Iterator[Warning_]:
    """Yield a warning for each stream that isn't on the account's plan."""
    now = client.http.now()
    streams: dict[str, Callable[[], object]] = {
        "fd_no_ratings": lambda: client.ratings(now, 1),
        "fd_no_time_entries": lambda: client.time_entries(now, 1),
    }
    yield from ((key, {}) for key, ask in streams.items() if not answers(ask))
