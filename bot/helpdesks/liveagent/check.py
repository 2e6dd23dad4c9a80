"""What a key of LiveAgent can and can't read, and whether the zone of its dates is the one that was set."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.helpdesks.connector import Account
from bot.helpdesks.http import IMPATIENT, Patience
from bot.helpdesks.liveagent.client import PAGE, ApiClient, Record
from bot.helpdesks.liveagent.directory import read_directory
from bot.helpdesks.liveagent.mapping import CHANNELS, STATUSES, Mapper
from bot.helpdesks.liveagent.rules import level_rules
from kpi.errors import HelpdeskError

SAMPLES = 3
"""How many of the tickets that changed last are looked at: a single one may be odd."""

AHEAD_S = 120
"""The clocks of a server and of its database may differ by a little."""

QUIET_S = 3600
"""A change that old may as well be a new one in another zone: most are an hour or more apart."""

MISSING = {
    "calls": "liveagent_no_calls",
    "departments": "liveagent_no_departments",
    "history": "liveagent_no_history",
    "slas": "liveagent_no_slas",
    "tags": "liveagent_no_tags",
}
"""What is said of each optional list that isn't to be had."""

Warning_ = tuple[str, dict[str, object]]


def newest(client: ApiClient, count: int = SAMPLES, patience: Patience | None = None) -> list[Record]:
    """Return the tickets that changed last; raises HelpdeskError that says whether address or key is wrong."""
    try:
        return client.by_change(latest=True, count=count, patience=patience)
    except HelpdeskError as error:
        if error.key in {"helpdesk_not_found", "helpdesk_bad_request"}:
            raise HelpdeskError("helpdesk_wrong_url", url=client.web) from error
        if error.key == "helpdesk_refused":
            raise HelpdeskError("liveagent_key_refused", url=client.web) from error
        raise


def age(client: ApiClient, mapper: Mapper, latest: Sequence[Record]) -> int | None:
    """Return how many seconds ago the last change was, by the server's clock; None when there was none.

    Raises HelpdeskError `liveagent_zone_wrong` when the last ones are all yet to come: then the dates are in another
    zone. A single one may be a ticket that was imported with such a date.
    """
    now = client.http.now()
    dates = (mapper.instant(record.get("date_changed")) for record in latest[:SAMPLES])
    ages = [now - changed_at for changed_at in dates if changed_at is not None]
    if ages and max(ages) < -AHEAD_S:
        zone = mapper.options.timezone
        raise HelpdeskError("liveagent_zone_wrong", url=client.web, zone=zone, minutes=-max(ages) // 60)
    return min(ages, default=None)


def check(client: ApiClient, mapper: Mapper) -> Account:
    """Return the account with a warning for everything that would make figures wrong or incomplete."""
    latest = newest(client, PAGE, IMPATIENT)
    quiet_s = age(client, mapper, latest)
    warnings: list[Warning_] = [] if latest else [("liveagent_no_tickets", {})]
    if quiet_s is not None and quiet_s > QUIET_S:
        warnings.append(("liveagent_zone_unsure", {"zone": mapper.options.timezone, "minutes": quiet_s // 60}))
    directory = read_directory(client, latest)
    now = client.http.now()
    directory.optional("calls", lambda: client.calls(mapper.between(now - QUIET_S, now)))
    warnings += [(MISSING[name], {}) for name in sorted(directory.unavailable)]
    if any(level.get("values") for level in directory.levels.values()):
        warnings += level_rules(lambda: list(directory.levels.values()), mapper.options.sla_unit)[1]
    statuses = _unknown("status", latest, {*STATUSES, *mapper.options.statuses})
    channels = _unknown("channel_type", latest, {*CHANNELS, *mapper.options.channels})
    warnings += [("liveagent_unknown_status", {"letter": letter}) for letter in statuses]
    warnings += [("liveagent_unknown_channel", {"letter": letter}) for letter in channels]
    name = urlsplit(client.web).hostname or client.web
    return Account(name=name, clock_skew_s=client.http.skew_s, warnings=tuple(warnings))


def _unknown(field: str, records: Sequence[Record], known: set[str]) -> list[str]:
    return sorted({str(record[field]) for record in records if record.get(field)} - known)
