"""What a token to Intercom can and can't see."""

from bot.helpdesks.connector import Account
from bot.helpdesks.http import IMPATIENT
from bot.helpdesks.intercom.client import MOST_PARTS, ApiClient
from bot.helpdesks.reading import UNSEEN, answers
from kpi.errors import HelpdeskError

Warning_ = tuple[str, dict[str, object]]


def check(client: ApiClient) -> Account:
    """Return the workspace with a warning for everything that would make figures incomplete.

    Raises HelpdeskError `intercom_no_conversations` when the token is taken but may not read conversations.
    """
    name = str(client.me(IMPATIENT)["app"].get("name") or client.web)
    now = client.http.now()
    try:
        client.changed(now, now, patience=IMPATIENT)
        long = client.long_conversations(IMPATIENT)
    except HelpdeskError as error:
        if error.key not in UNSEEN:
            raise
        raise HelpdeskError("intercom_no_conversations", url=client.web, workspace=name) from error
    warnings: list[Warning_] = []
    if not answers(client.admins):
        warnings.append(("intercom_no_admins", {}))
    if not answers(client.teams):
        warnings.append(("intercom_no_teams", {}))
    if long:
        warnings.append(("intercom_long_conversations", {"count": long, "parts": MOST_PARTS}))
    return Account(name=name, clock_skew_s=client.http.skew_s, warnings=tuple(warnings))
