"""What a token to Zammad can and can't see."""

from collections.abc import Iterator

from bot.helpdesks.connector import Account
from bot.helpdesks.http import IMPATIENT, Patience
from bot.helpdesks.own_rules import own_rules
from bot.helpdesks.reading import answers
from bot.helpdesks.zammad.client import ApiClient
from bot.helpdesks.zammad.directory import LiveDirectory, full_name
from bot.helpdesks.zammad.mapping import Mapper, Record
from bot.helpdesks.zammad.rules import read_rules
from kpi.errors import HelpdeskError

Warning_ = tuple[str, dict[str, object]]


def agent(client: ApiClient, patience: Patience | None = None) -> Record:
    """Return the agent whose token it is; raises HelpdeskError that says what else it is.

    Without the permission `ticket.agent` Zammad shows a user's own tickets only, and no history.
    """
    me = client.me(patience)
    if not client.is_agent(me, patience):
        raise HelpdeskError("zammad_not_agent", url=client.web, user=_name(me))
    return me


def check(client: ApiClient, directory: LiveDirectory, mapper: Mapper) -> Account:
    """Return the account with a warning for everything that would make figures incomplete."""
    me = agent(client, IMPATIENT)
    warnings: list[Warning_] = [*_tickets(client), *_groups(directory, me), ("zammad_no_ratings", {})]
    warnings += own_rules(lambda found: read_rules(client, mapper, found))[1]
    return Account(name=_name(me), clock_skew_s=client.http.skew_s, warnings=tuple(warnings))


def _tickets(client: ApiClient) -> Iterator[Warning_]:
    """Yield warnings for what the latest tickets show that can't be read."""
    latest = client.latest()
    if not latest:
        yield "zammad_no_tickets", {}
        return
    client.changed(0)  # whether the order in which they are read is kept
    closed = {str(row.get("group") or row.get("group_id")) for row in _one_a_group(latest) if not _timed(client, row)}
    if closed:
        yield "zammad_no_time", {"groups": sorted(closed)}


def _one_a_group(rows: list[Record]) -> list[Record]:
    return list({row.get("group_id"): row for row in rows}.values())


def _timed(client: ApiClient, ticket: Record) -> bool:
    """Tell whether the time spent on a ticket can be read."""
    return answers(lambda: client.time_entries(str(ticket["id"])))


def _groups(directory: LiveDirectory, me: Record) -> Iterator[Warning_]:
    """Yield warnings for groups that have no names here, or whose tickets are missing without a word."""
    if directory.groups is None:
        yield "zammad_no_groups", {}
        return
    granted = me.get("group_ids")
    # Rights can also come with a role, which isn't told here: then nothing is known of any group.
    if isinstance(granted, dict) and granted:
        hidden = sorted(name for number, name in directory.groups.items() if not _reads(granted.get(number)))
        if hidden:
            yield "zammad_groups_hidden", {"groups": hidden}


def _reads(rights: object) -> bool:
    return bool({"read", "full"} & set(rights if isinstance(rights, list) else ()))


def _name(me: Record) -> str:
    return full_name(me) or f"#{me.get('id')}"
