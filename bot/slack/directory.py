"""What Slack knows of people: their language, name and address, and who is in a user group."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from zoneinfo import available_timezones

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

REMEMBERED_S = 3600
"""For how long a profile holds: people rarely change their language."""

REMEMBERED_AT_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A person in Slack; `locale` as `fr-FR`, `zone` an IANA name, `email` only where it is surely the person's own.

    `gone` is whoever has left the workspace.
    """

    name: str | None = None
    locale: str | None = None
    email: str = ""
    zone: str | None = None
    gone: bool = False


NOBODY = Profile()


class SlackDirectory:
    """Asks Slack about people; what it says of one holds for `lasts_s` seconds.

    Raises OSError when Slack can't tell: it can't be reached, or the app lacks a right.
    """

    def __init__(
        self, client: WebClient, lasts_s: float = REMEMBERED_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client, self._lasts_s, self._clock = client, lasts_s, clock
        self._known: dict[tuple[str, str], tuple[float, Profile]] = {}

    def profile(self, team_id: str, user: str) -> Profile:
        """Return what Slack tells of a person.

        https://docs.slack.dev/reference/methods/users.info
        """
        until, known = self._known.get((team_id, user), (0.0, NOBODY))
        if self._clock() < until:
            return known
        try:
            told = self._asked("users.info", user=user, include_locale=True)["user"]
        except LookupError:
            told = {"deleted": True}
        profile = _profile(told, team_id)
        if len(self._known) >= REMEMBERED_AT_MOST:
            self._known.clear()
        self._known[team_id, user] = (self._clock() + self._lasts_s, profile)
        return profile

    def is_gone(self, team_id: str, user: str) -> bool:
        """Tell whether somebody has left the workspace."""
        return self.profile(team_id, user).gone

    def email(self, team_id: str, user: str) -> str:
        """Return the confirmed address of a member of the workspace; empty when there is none to rely on."""
        return self.profile(team_id, user).email

    def members(self, team_id: str, group: str) -> Collection[str]:  # noqa: ARG002  # one workspace so far
        """Return the users in a user group; nobody is in one that there is not.

        https://docs.slack.dev/reference/methods/usergroups.users.list
        """
        try:
            return [str(user) for user in self._asked("usergroups.users.list", usergroup=group)["users"]]
        except LookupError:
            return ()

    def groups(self, team_id: str) -> Mapping[str, str]:  # noqa: ARG002  # one workspace so far
        """Return the handles of the user groups there are, by id.

        https://docs.slack.dev/reference/methods/usergroups.list
        """
        return {str(group["id"]): str(group["handle"]) for group in self._asked("usergroups.list")["usergroups"]}

    def _asked(self, method: str, **values: object) -> dict[str, Any]:
        """Return what a method answers; raises LookupError for whom or what there is not, OSError as the class."""
        try:
            response = self._client.api_call(method, http_verb="GET", params=values)
        except SlackApiError as error:
            code = str(error.response.get("error"))
            if code in {"user_not_found", "no_such_subteam", "subteam_not_found"}:
                raise LookupError(code) from error
            raise OSError(code) from error
        except (SlackClientError, HTTPException) as error:
            raise OSError(str(error)) from error
        return dict(response.data) if isinstance(response.data, dict) else {}


def _profile(told: dict[str, Any], team_id: str) -> Profile:
    shown = told.get("profile", {})
    # An address that nobody confirmed, or of somebody from another company, could be anybody's.
    outside = told.get("is_bot") or told.get("deleted") or told.get("is_stranger") or told.get("is_restricted")
    own = told.get("team_id") in (None, team_id) and told.get("is_email_confirmed", True) and not outside
    return Profile(
        name=shown.get("display_name") or told.get("real_name") or shown.get("real_name") or told.get("name"),
        locale=told.get("locale"),
        email=(shown.get("email") or "") if own else "",
        zone=told.get("tz") if told.get("tz") in available_timezones() else None,
        gone=bool(told.get("deleted")),
    )
