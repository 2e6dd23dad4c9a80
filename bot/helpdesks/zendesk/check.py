"""What a token to Zendesk can and can't see."""

from bot.helpdesks.connector import Account
from bot.helpdesks.http import IMPATIENT, Patience
from bot.helpdesks.own_rules import own_rules
from bot.helpdesks.reading import answers
from bot.helpdesks.zendesk.client import LAG_S, ApiClient, Record
from bot.helpdesks.zendesk.directory import LiveDirectory
from bot.helpdesks.zendesk.rules import read_rules
from kpi.errors import HelpdeskError

Warning_ = tuple[str, dict[str, object]]


def administrator(client: ApiClient, patience: Patience | None = None) -> Record:
    """Return the administrator whose token it is; raises HelpdeskError that says what else it is.

    Only an administrator is given the exports, without which nothing can be read.
    """
    me = client.me(patience)
    if me.get("role") != "admin":
        raise HelpdeskError("zendesk_not_admin", url=client.web, user=_name(me), role=me.get("role"))
    return me


def check(client: ApiClient) -> Account:
    """Return the account with a warning for everything that would make figures incomplete."""
    me = administrator(client, IMPATIENT)
    since = client.http.now() - 2 * LAG_S
    try:
        client.changed_tickets(None, since, IMPATIENT)
    except HelpdeskError as error:
        if error.key != "helpdesk_refused":
            raise
        raise HelpdeskError("zendesk_not_admin", url=client.web, user=_name(me), role=me.get("role")) from error
    warnings: list[Warning_] = []
    if not (answers(lambda: next(client.ratings(since))) or answers(lambda: next(client.surveys(since)))):
        warnings.append(("zendesk_no_ratings", {}))
    if not answers(lambda: client.calls(since)):
        warnings.append(("zendesk_no_calls", {}))
    warnings += own_rules(lambda found: read_rules(client, LiveDirectory(client), found))[1]
    return Account(name=_name(me), clock_skew_s=client.http.skew_s, warnings=tuple(warnings))


def _name(me: Record) -> str:
    return str(me.get("name") or f"#{me.get('id')}")
