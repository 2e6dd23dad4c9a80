"""What people do with what the app shows: click, choose, fill in, submit and close."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.demo.slack import payloads
from bot.demo.slack.directory import Json
from bot.demo.slack.errors import SlackError
from bot.demo.slack.inputs import VALUE, WITHOUT_STATE, State, chosen, complaints, find, initial_state
from bot.demo.slack.messages import Message
from bot.demo.slack.sending import Delivery, Sender
from bot.demo.slack.views import View
from bot.demo.slack.workspace import Workspace
from bot.render.limits import Block, check_suggestions

Place = Message | View
"""Where something can be clicked."""

Key = str | tuple[str, str]
"""An element: its action_id, or its block_id and action_id where the first is there twice."""

NOTHING_SENT = Delivery(status=200, body="", seconds=0)
NO_CONNECTION = "We had some trouble connecting. Try again?"


class Interactions:
    """Uses messages, modals and App Homes on behalf of people."""

    def __init__(self, workspace: Workspace, sender: Sender) -> None:
        self.workspace = workspace
        self.sender = sender
        self._states: dict[tuple[str, str, str], State] = {}
        # In the order they were asked for: answers overtake one another, and of two with one value the last is meant.
        self._suggested: dict[tuple[str, str, str], list[Json]] = {}

    def click(
        self,
        user: str,
        where: Place | str,
        action_id: str,
        *,
        block_id: str | None = None,
        value: object = None,
    ) -> Delivery:
        """Click a button, or choose `value` in any other element; return what the app answered at once.

        Args:
            user: who does it.
            where: a message, a view or the id of a view, as it was seen; what stands there now is used.
            action_id: the element.
            block_id: the block it is in, where the action_id is there twice.
            value: what is chosen: an option's value, several in a list, an id, a date, words; of a button nothing.

        Raises LookupError when there is no such element, or it doesn't offer the value; SlackError when the message or
        view is gone, or never was for this person.
        """
        with self.workspace.changing():
            place = self._now(user, where)
            block, element = find(place.blocks, action_id, block_id)
            action = self._use(user, place, block, element, value)
            if block["type"] == "input" and not block.get("dispatch_action"):
                return NOTHING_SENT
            payload = self._told("block_actions", user, place) | {"actions": [action]}
            payload["trigger_id"] = self._trigger(user, place)
            if isinstance(place, Message):
                payload["response_url"] = self._response_url(
                    user, place.channel, message_ts=place.ts, thread_ts=place.thread_ts
                )
        delivery = self.sender.send("interaction", payload)
        if not delivery.acknowledged:
            self.workspace.notice(user, f"{action_id}: {NO_CONNECTION}")
        return delivery

    def select(
        self, user: str, where: Place | str, action_id: str, value: object, *, block_id: str | None = None
    ) -> Delivery:
        """Choose a value in a menu, a date or a time picker, or a set of boxes; see `click`."""
        return self.click(user, where, action_id, block_id=block_id, value=value)

    def suggest(
        self, user: str, where: Place | str, action_id: str, query: str = "", *, block_id: str | None = None
    ) -> list[Json]:
        """Return the options that the app offers for what was typed into a menu; they can then be chosen."""
        with self.workspace.changed:
            place = self._now(user, where)
            block, element = find(place.blocks, action_id, block_id)
            known = {"action_id": element["action_id"], "block_id": block["block_id"], "value": query}
            payload = self._told("block_suggestion", user, place) | known
        delivery = self.sender.send("interaction", payload)
        problems = check_suggestions(delivery.answer) if delivery.acknowledged else ["no answer in time"]
        if problems:
            self.workspace.refused.extend(problems)
            return []
        groups = delivery.answer.get("option_groups", [])
        found = delivery.answer.get("options") or [option for group in groups for option in group["options"]]
        with self.workspace.changed:
            self._suggested.setdefault((_key(place), block["block_id"], action_id), []).extend(found)
        return list(found)

    def fill(self, user: str, view: View, values: Mapping[Key, object]) -> None:
        """Put values into the fields of a view without telling the app; raises as `click`."""
        with self.workspace.changing():
            self._now(user, view)
            for key, value in values.items():
                block_id, action_id = key if isinstance(key, tuple) else (None, key)
                block, element = find(view.blocks, action_id, block_id)
                self._use(user, view, block, element, value)

    def submit(self, user: str, view: View | str | None = None, values: Mapping[Key, object] | None = None) -> Delivery:
        """Fill in a modal, that in front when none is named, and submit it.

        What Slack itself objects to, and what the app does, stands in `errors` and under the fields. Raises as `click`.
        """
        with self.workspace.changing():
            place = self._modal(user, view)
            if "submit" not in place.given:
                raise LookupError("this modal can't be submitted")
            self.fill(user, place, values or {})
            place.errors = complaints(place.blocks, place.state)
            if place.errors:
                return Delivery(status=None, body="", seconds=0, errors=place.errors)
            payload = self._told("view_submission", user, place)
            del payload["container"]
            payload |= {"trigger_id": self._trigger(user, place), "response_urls": self._response_urls(user, place)}
        delivery = self.sender.send("interaction", payload)
        if not delivery.acknowledged:
            self.workspace.notice(user, NO_CONNECTION)
            return delivery
        return self._submitted(place, delivery)

    def close(self, user: str, view: View | str | None = None) -> None:
        """Close a modal, that in front when none is named; the app is told of those that ask for it."""
        with self.workspace.changing():
            place = self._modal(user, view)
            is_cleared = bool(place.given.get("clear_on_close"))
            closed = [one for one in self.workspace.views.close(place) if one.given.get("notify_on_close")]
            told = [self._told("view_closed", user, one) | {"is_cleared": is_cleared} for one in reversed(closed)]
        for payload in told:
            del payload["container"]
            self.sender.send("interaction", payload)

    # --- Inside --------------------------------------------------------------------------------------------------

    def _submitted(self, view: View, delivery: Delivery) -> Delivery:
        """Do what the app wants done with a modal that was submitted."""
        try:
            with self.workspace.changing():
                self._apply(view, delivery.answer)
        except SlackError as refused:
            self.workspace.refused.extend(refused.messages or [refused.error])
            self.workspace.notice(view.user, NO_CONNECTION)
        if not view.errors:
            return delivery
        return Delivery(
            status=delivery.status,
            body=delivery.body,
            seconds=delivery.seconds,
            answer=delivery.answer,
            errors=view.errors,
        )

    def _apply(self, view: View, answer: Json) -> None:
        views = self.workspace.views
        match answer.get("response_action"):
            case "errors":
                view.errors = _placed(view, answer.get("errors"))
            case "update":
                views.update(view, answer.get("view") or {})
            case "push":
                views.push(answer.get("view") or {}, view.user)
            case "clear":
                views.clear(view.user)
            case None if not answer:
                if view in views.modals.get(view.user, []):
                    views.modals[view.user].remove(view)
            case _:
                raise SlackError("invalid_response", [f"not an answer to a modal: {answer}"])

    def _now(self, user: str, where: Place | str) -> Place:
        """Return a message or a view as it stands now; raises SlackError when it is not there for this person."""
        if isinstance(where, Message):
            message = self.workspace.messages.find(where.channel, where.ts)
            if not message.is_for(user):
                raise SlackError("message_not_found")
            return message
        view = self.workspace.views.find(where.id if isinstance(where, View) else where)
        if view.user != user:
            raise SlackError("not_found")
        return view

    def _modal(self, user: str, view: View | str | None) -> View:
        if view is not None:
            found = self._now(user, view)
            if isinstance(found, View):
                return found
        top = self.workspace.views.top(user)
        if top is None:
            raise SlackError("not_found")
        return top

    def _use(self, user: str, place: Place, block: Block, element: Block, value: object) -> Json:
        """Put a value into an element; return the action as Slack tells it."""
        block_id, action_id = block["block_id"], element["action_id"]
        known: Json = {"action_id": action_id, "block_id": block_id, "action_ts": f"{self.workspace.clock():.6f}"}
        if element["type"] not in VALUE:
            own = {name: element[name] for name in ("text", "value", "style") if name in element}
            return {"type": element["type"]} | own | known
        action = chosen(element, value, self._suggested.get((_key(place), block_id, action_id), ()))
        if element["type"] not in WITHOUT_STATE:
            self._state(user, place)[block_id][action_id] = action
        return action | known

    def _state(self, user: str, place: Place) -> State:
        if isinstance(place, View):
            return place.state
        key = (user, place.channel, place.ts)
        self._states[key] = initial_state(place.blocks, self._states.get(key, {}), place.channel)
        return self._states[key]

    def _told(self, kind: str, user: str, place: Place) -> Json:
        person = self.workspace.directory.person(user)
        if isinstance(place, View):
            return payloads.in_view(kind, person, place)
        state = {"values": self._state(user, place)}
        channel = self.workspace.directory.channel(place.channel)
        return payloads.in_message(kind, person, place, channel) | {"state": state}

    def _trigger(self, user: str, place: Place) -> str:
        permits = self.workspace.permits
        if isinstance(place, Message):
            return permits.trigger(user, place.channel)
        return permits.trigger(user, place.channel, place.id if place.given["type"] == "modal" else None)

    def _response_url(
        self, user: str, channel: str, *, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        permits = self.workspace.permits
        key = permits.response_url(user, channel, message_ts=message_ts, thread_ts=thread_ts)
        return f"{self.workspace.url}/answers/{key}"

    def _response_urls(self, user: str, view: View) -> Sequence[Json]:
        """Return where the app may post to, of the menus of channels that ask for it."""
        found = []
        for block in view.blocks:
            element = block.get("element", {})
            if element.get("response_url_enabled"):
                state = view.state[block["block_id"]][element["action_id"]]
                channel: Any = state.get("selected_conversation") or state.get("selected_channel")
                if channel:
                    known = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel}
                    found.append(known | {"response_url": self._response_url(user, channel)})
        return found


def _key(place: Place) -> str:
    return place.id if isinstance(place, View) else f"{place.channel} {place.ts}"


def _placed(view: View, errors: object) -> dict[str, str]:
    """Return the errors of a modal; raises SlackError when they are not about its fields."""
    fields = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= fields or not all(errors.values()):
        raise SlackError("invalid_response", [f"errors {errors!r} are not about the fields {sorted(fields)}"])
    return {str(block_id): str(words) for block_id, words in errors.items()}
