"""Modals and App Homes: who sees which, and what stands in them."""

import secrets
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from bot.demo.slack.directory import APP, BOT, TEAM, Json
from bot.demo.slack.errors import SlackError
from bot.demo.slack.inputs import State, initial_state
from bot.demo.slack.messages import identified
from bot.render.limits import Block, check_view

STACKED = 3
"""How many modals may lie on top of each other."""

LARGEST_VIEW = 250_000


@dataclass(slots=True, kw_only=True)
class View:
    """A modal or an App Home, as one person sees it.

    Attributes:
        given: what the app sent, its blocks with identifiers.
        channel: where the person was when it was opened.
        state: what is filled in.
        errors: what is shown under a field, by block_id.
    """

    id: str
    user: str
    given: Json
    channel: str | None = None
    hash: str = ""
    root: str = ""
    previous: str | None = None
    state: State = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Block]:
        """The blocks, each with its identifiers."""
        blocks: list[Block] = self.given["blocks"]
        return blocks

    @property
    def title(self) -> str:
        """What stands above a modal; nothing above an App Home."""
        return str(self.given.get("title", {}).get("text", ""))

    @property
    def callback_id(self) -> str:
        """What the app calls the view."""
        return str(self.given.get("callback_id", ""))

    def put(self, given: Json) -> None:
        """Show other content; raises SlackError `invalid_arguments` or `view_too_large`."""
        problems = check_view(given)
        if problems:
            raise SlackError("invalid_arguments", problems)
        if len(str(given)) > LARGEST_VIEW:
            raise SlackError("view_too_large")
        self.given = deepcopy(given) | {"blocks": identified(given["blocks"])}
        self.hash = f"{secrets.randbelow(10**9)}.{secrets.token_hex(4)}"
        self.state = initial_state(self.blocks, self.state, self.channel)
        self.errors = {}

    def as_json(self) -> Json:
        """Return the view as Slack tells it to the app."""
        around: Json = {"close": None, "submit": None, "title": None, "private_metadata": "", "callback_id": ""}
        return (
            around
            | {"external_id": "", "clear_on_close": False, "notify_on_close": False}
            | deepcopy(self.given)
            | {
                "id": self.id,
                "team_id": TEAM,
                "app_id": APP,
                "bot_id": BOT,
                "hash": self.hash,
                "root_view_id": self.root,
                "previous_view_id": self.previous,
                "state": {"values": deepcopy(self.state)},
            }
        )


class Views:
    """The App Home of each person, and the modals on top of each other in front of them."""

    def __init__(self) -> None:
        self.homes: dict[str, View] = {}
        self.modals: dict[str, list[View]] = {}

    def open(self, given: Json, user: str, channel: str | None) -> View:
        """Show a modal instead of whatever modal is there."""
        self._require(given, "modal")
        view = self._new(given, user, channel)
        self.modals[user] = [view]
        return view

    def push(self, given: Json, user: str) -> View:
        """Show a modal on top; raises SlackError `not_found` when there is none, or `push_limit_reached`."""
        self._require(given, "modal")
        below = self.modals.get(user, [])
        if not below:
            raise SlackError("not_found")
        if len(below) >= STACKED:
            raise SlackError("push_limit_reached")
        view = self._new(given, user, below[-1].channel)
        view.root, view.previous = below[0].id, below[-1].id
        below.append(view)
        return view

    def update(self, view: View, given: Json, known: str | None = None) -> None:
        """Show other content in a view; raises SlackError `hash_conflict` when it is not the `known` one any more."""
        if known and known != view.hash:
            raise SlackError("hash_conflict")
        self._require(given, view.given["type"])
        if given.get("external_id") not in {None, "", view.given.get("external_id")}:
            self._require_new(given)
        view.put(given)

    def publish(self, given: Json, user: str, known: str | None = None) -> View:
        """Show somebody's App Home; raises SlackError `hash_conflict`."""
        self._require(given, "home")
        home = self.homes.get(user)
        if home is None:
            home = self._new(given, user, None)
            self.homes[user] = home
        else:
            self.update(home, given, known)
        return home

    def find(self, view_id: str) -> View:
        """Return a view that somebody sees, by its id or its external_id; raises SlackError `not_found`."""
        for view in (*self.homes.values(), *(view for stack in self.modals.values() for view in stack)):
            if view_id and view_id in {view.id, view.given.get("external_id")}:
                return view
        raise SlackError("not_found")

    def top(self, user: str) -> View | None:
        """Return the modal in front of somebody; None when there is none."""
        stack = self.modals.get(user)
        return stack[-1] if stack else None

    def close(self, view: View) -> list[View]:
        """Take a modal away with what lies on it, or with all of them if it says so; return those that were closed."""
        stack = self.modals.get(view.user, [])
        start = 0 if view.given.get("clear_on_close") else stack.index(view)
        closed, self.modals[view.user] = stack[start:], stack[:start]
        return closed

    def clear(self, user: str) -> None:
        """Take all modals of somebody away."""
        self.modals.pop(user, None)

    def _new(self, given: Json, user: str, channel: str | None) -> View:
        self._require_new(given)
        view = View(id=f"V{secrets.token_hex(5).upper()}", user=user, given={}, channel=channel)
        view.root = view.id
        view.put(given)
        return view

    def _require_new(self, given: Json) -> None:
        external: Any = given.get("external_id")
        try:
            self.find(external or "")
        except SlackError:
            return
        raise SlackError("duplicate_external_id")

    @staticmethod
    def _require(given: object, kind: str) -> None:
        if not isinstance(given, dict) or given.get("type") != kind:
            raise SlackError("invalid_arguments", [f"the view is no {kind}"])
