"""What an account of Request Tracker can and can't see."""

import re

from bot.helpdesks.connector import Account
from bot.helpdesks.request_tracker.client import RestClient
from bot.helpdesks.request_tracker.mapping import STATUSES
from bot.helpdesks.request_tracker.options import Options
from kpi.errors import HelpdeskError

Warning_ = tuple[str, dict[str, object]]


def check(client: RestClient, token: str, options: Options) -> Account:
    """Return the account with a warning for everything that would make figures wrong or incomplete."""
    version = client.version()
    name, warnings = _account(client, token)
    if not client.queues():
        warnings.append(("rt_no_queues", {}))
    if not client.count("id > 0"):
        warnings.append(("rt_no_tickets", {}))
    elif not client.sees_comments():
        warnings.append(("rt_no_comments", {}))
    warnings += _fields(client, options)
    known = {*STATUSES, *options.statuses}
    warnings += [
        ("rt_status_unknown", {"status": status})
        for status in sorted(client.statuses_besides(known))
        if status.casefold() not in known
    ]
    return Account(name=name, version=version, clock_skew_s=client.http.skew_s, warnings=tuple(warnings))


def _account(client: RestClient, token: str) -> tuple[str, list[Warning_]]:
    """Return whose token it is: it names the user's number, and REST2 has no other way to ask."""
    owner = re.match(r"\d+-(\d+)-", token)
    if owner is None:
        return "?", []
    try:
        user = client.user(owner[1])
    except HelpdeskError as error:
        if error.key != "helpdesk_refused":
            raise
        return f"#{owner[1]}", [("rt_unprivileged", {})]
    warnings: list[Warning_] = []
    if str(user.get("Privileged")) != "1":
        warnings.append(("rt_unprivileged", {}))
    language = str(user.get("Lang") or "en")
    if not language.casefold().startswith("en"):
        warnings.append(("rt_language", {"language": language}))
    return str(user.get("Name") or f"#{owner[1]}"), warnings


def _fields(client: RestClient, options: Options) -> list[Warning_]:
    visible = sorted(str(record["Name"]) for record in client.custom_fields())
    if not visible:
        return [("rt_no_custom_fields", {})]
    wanted = {
        "channel_field": options.channel_field,
        "type_field": options.type_field,
        "csat_field": options.csat_field,
    }
    return [
        ("rt_field_missing", {"field": name, "option": option, "known": visible})
        for option, name in wanted.items()
        if name not in visible
    ]
