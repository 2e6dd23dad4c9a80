"""What an app of Help Scout can and can't see."""

from bot.helpdesks.connector import Account
from bot.helpdesks.helpscout.client import ApiClient
from bot.helpdesks.helpscout.directory import LiveDirectory
from bot.helpdesks.helpscout.mapping import Record, person_name
from bot.helpdesks.http import IMPATIENT
from bot.helpdesks.reading import answers
from kpi.errors import HelpdeskError

SEES_ALL = frozenset({"owner", "admin"})
"""The roles that see every inbox; other users see those that they were given."""

MISSING = {"inboxes": "helpscout_no_inboxes", "teams": "helpscout_no_teams", "users": "helpscout_no_users"}
"""What is said of each optional list that isn't to be had."""

Warning_ = tuple[str, dict[str, object]]


def check(client: ApiClient, directory: LiveDirectory, app_id: str) -> Account:
    """Return the account with a warning for everything that would make figures wrong or incomplete.

    Raises HelpdeskError that says what is wrong with the credentials: the app, or the user to whom it belongs.
    """
    me = _me(client, app_id)
    name = person_name(me) or f"#{me.get('id')}"
    warnings: list[Warning_] = []
    if str(me.get("role")) not in SEES_ALL:
        warnings.append(("helpscout_role", {"user": name, "role": str(me.get("role"))}))
    directory.look()
    warnings += [(MISSING[kind], {}) for kind in sorted(directory.unavailable)]
    now = client.http.now()
    if not answers(lambda: client.ratings(now - 1, now)):
        warnings.append(("helpscout_no_ratings", {}))
    return Account(name=name, clock_skew_s=client.http.skew_s, warnings=tuple(warnings))


def _me(client: ApiClient, app_id: str) -> Record:
    try:
        client.sign_in(IMPATIENT)
    except HelpdeskError as error:
        if error.key in {"helpdesk_wrong_token", "helpdesk_refused"}:
            raise HelpdeskError("helpscout_app_refused", url=client.http.url, app=app_id) from error
        raise
    try:
        return client.me(IMPATIENT)
    except HelpdeskError as error:
        if error.key in {"helpdesk_wrong_token", "helpdesk_refused"}:
            raise HelpdeskError("helpscout_user_inactive", url=client.http.url, app=app_id) from error
        if error.key == "helpdesk_not_found":
            raise HelpdeskError("helpdesk_wrong_url", url=client.http.url) from error
        raise
