"""What the demo page asks the stand-in Slack: what somebody sees, and to do what they do.

The page is served from the same origin as the stand-in Slack; both together must stay on this machine.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.demo.completing import Suggestion
from bot.demo.slack.directory import APP_USER, BOT_NAME, Channel, Json
from bot.demo.slack.errors import SlackError
from bot.demo.slack.inputs import VALUE, find
from bot.demo.slack.interactions import Key, Place
from bot.demo.slack.messages import Message
from bot.demo.slack.sending import Delivery
from bot.demo.slack.standin import StandInSlack
from bot.demo.slack.views import View

STILL_THERE_AFTER_S = 15
"""How often a quiet stream of changes shows that it is still there."""

Complete = Callable[[str, str], Sequence[Suggestion]]
"""Suggests how what was typed can go on, in a language."""


def create_page(
    slack: StandInSlack, bundle_directory: Path, *, complete: Complete, move: Callable[[float], None]
) -> list[BaseRoute]:
    """Return what the page is made of and what it calls; to be served together with `slack.routes()`.

    Args:
        slack: the workspace.
        bundle_directory: holds index.html and what it loads from /static.
        complete: suggests words to whoever types.
        move: moves the demo's clock by so many seconds.
    """
    page = _Page(slack, complete, move)

    async def index(_: Request) -> Response:
        return FileResponse(bundle_directory / "index.html", headers={"cache-control": "no-store"})

    return [
        Route("/", index),
        Mount("/static", StaticFiles(directory=bundle_directory)),
        Route("/api/page/state", page.state),
        Route("/api/page/changes", page.changes),
        Route("/api/page/complete", page.complete),
        *(Route(f"/api/page/{name}", page.doing(name), methods=["POST"]) for name in _DOINGS),
    ]


class _Page:
    def __init__(self, slack: StandInSlack, complete: Complete, move: Callable[[float], None]) -> None:
        self.slack = slack
        self.move = move
        self._complete = complete

    async def state(self, request: Request) -> Response:
        user = request.query_params.get("user", "")
        if user not in self.slack.directory.people:
            return JSONResponse({"error": "user_not_found"}, status_code=404)
        return JSONResponse(seen(self.slack, user), headers={"cache-control": "no-store"})

    async def changes(self, _: Request) -> Response:
        return StreamingResponse(_revisions(self.slack), media_type="text/event-stream")

    async def complete(self, request: Request) -> Response:
        person = self.slack.directory.people.get(request.query_params.get("user", ""))
        language = "fr" if person is not None and person.locale.startswith("fr") else "en"
        found = await run_in_threadpool(self._complete, request.query_params.get("text", ""), language)
        return JSONResponse({"suggestions": [asdict(one) for one in found]})

    def doing(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        """Return what answers when somebody does something."""

        async def done(request: Request) -> Response:
            # A page of another origin can send a form, but no JSON.
            if request.headers.get("content-type", "").partition(";")[0] != "application/json":
                return JSONResponse({"ok": False, "error": "not_json"}, status_code=415)
            given = await request.json()
            try:
                return JSONResponse(await run_in_threadpool(_DOINGS[name], self, given))
            except SlackError as refused:
                return JSONResponse({"ok": False, "error": refused.error})
            except KeyError as missing:
                return JSONResponse({"ok": False, "error": f"missing {missing}"})
            except (LookupError, TypeError, ValueError) as refused:
                return JSONResponse({"ok": False, "error": str(refused)})

        return done


async def _revisions(slack: StandInSlack) -> AsyncIterator[str]:
    """Yield the number of changes at once and after each of them; several at a time may be told as one."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()
    with slack.workspace.watched(lambda: loop.call_soon_threadsafe(changed.set)):
        while True:
            changed.clear()
            yield f"data: {json.dumps({'revision': slack.workspace.revision})}\n\n"
            try:
                await asyncio.wait_for(changed.wait(), STILL_THERE_AFTER_S)
            except TimeoutError:
                yield ": still there\n\n"


# --- What somebody sees ----------------------------------------------------------------------------------------------


def seen(slack: StandInSlack, user: str) -> Json:
    """Return all that somebody sees in Slack, as the page reads it."""
    workspace, directory = slack.workspace, slack.directory
    with workspace.changed:
        channels = directory.seen_by(user)
        home, modal = slack.home(user), slack.modal(user)
        return {
            "revision": workspace.revision,
            "now": workspace.clock(),
            "zone": directory.person(user).tz,
            "people": [
                {"id": one.id, "name": one.name, "role": one.role, "locale": one.locale, "avatar": None}
                for one in directory.people.values()
            ],
            "channels": [_channel(channel) for channel in channels],
            "messages": {
                channel.id: [_message(slack, message, user) for message in slack.seen_by(user, channel.id)]
                for channel in channels
            },
            "home": home.as_json() if home is not None else None,
            "modal": modal.as_json() | {"errors": modal.errors or None} if modal is not None else None,
            "notices": [
                {"id": number, "channel": notice.channel, "text": notice.text, "at": notice.at}
                for number, notice in enumerate(workspace.notices)
                if notice.user == user
            ],
        }


def _channel(channel: Channel) -> Json:
    if channel.is_im:
        return {"id": channel.id, "name": BOT_NAME, "kind": "app"}
    return {"id": channel.id, "name": channel.name, "kind": "channel"}


def _message(slack: StandInSlack, message: Message, user: str) -> Json:
    is_bot = message.user == APP_USER
    return {
        "ts": message.ts,
        "user": message.user,
        "name": BOT_NAME if is_bot else slack.directory.person(message.user).name,
        "is_bot": is_bot,
        "ephemeral": message.ephemeral,
        "edited": message.edited is not None,
        "text": message.text,
        "blocks": message.blocks,
        "thread_ts": message.thread_ts,
        "reply_count": slack.workspace.messages.replies(message, user),
        "files": [{"name": file.title or file.name, "url": file.path} for file in message.files],
    }


# --- What somebody does ----------------------------------------------------------------------------------------------


def _outcome(delivery: Delivery | None) -> Json:
    if delivery is None or delivery.acknowledged or delivery.errors:
        return {"ok": True}
    # Slack has told it already, or tells nobody, as of messages to the app that it sends again.
    return {"ok": False, "error": delivery.body or f"http_{delivery.status}", "told": True}


def _place(page: _Page, given: Json) -> Place:
    if given.get("view_id"):
        return page.slack.workspace.views.find(given["view_id"])
    return page.slack.workspace.messages.find(given["channel"], given["message_ts"])


def _command(page: _Page, given: Json) -> Json:
    words = page.slack.directory.as_sent(given["text"])
    return _outcome(page.slack.command(words, user=given["user"], channel=given["channel"]))


def _write(page: _Page, given: Json) -> Json:
    return _outcome(page.slack.write(given["user"], given["channel"], given["text"], thread_ts=given.get("thread_ts")))


def _act(page: _Page, given: Json) -> Json:
    place = _place(page, given)
    _, element = find(place.blocks, given["action_id"], given.get("block_id"))
    if isinstance(place, View):
        page.slack.fill(given["user"], place, _values(place, given.get("state")))
    value = given.get(VALUE.get(element["type"], ""))
    return _outcome(
        page.slack.click(given["user"], place, given["action_id"], block_id=given.get("block_id"), value=value)
    )


def _options(page: _Page, given: Json) -> Json:
    found = page.slack.suggest(
        given["user"], _place(page, given), given["action_id"], given.get("value") or "", block_id=given["block_id"]
    )
    return {"ok": True, "options": found}


def _submit(page: _Page, given: Json) -> Json:
    view = page.slack.workspace.views.find(given["view_id"])
    return _outcome(page.slack.submit(given["user"], view, _values(view, given.get("state"))))


def _values(view: View, state: Json | None) -> Mapping[Key, object]:
    """Return what is filled in, by element."""
    held: Mapping[str, Mapping[str, Json]] = (state or {}).get("values") or {}
    return {
        (block_id, action_id): one.get(VALUE[one["type"]])
        for block_id, elements in held.items()
        for action_id, one in elements.items()
        if action_id in view.state.get(block_id, {})
    }


def _close(page: _Page, given: Json) -> Json:
    page.slack.close(given["user"], given["view_id"])
    return {"ok": True}


def _home(page: _Page, given: Json) -> Json:
    return _outcome(page.slack.open_home(given["user"]))


def _clock(page: _Page, given: Json) -> Json:
    page.move(float(given["seconds"]))
    with page.slack.workspace.changing():  # it is later for everybody
        return {"ok": True}


def _locale(page: _Page, given: Json) -> Json:
    with page.slack.workspace.changing():
        page.slack.directory.speak(given["user"], given["locale"])
    return {"ok": True}


_DOINGS: Mapping[str, Callable[[_Page, dict[str, Any]], Json]] = {
    "command": _command,
    "message": _write,
    "action": _act,
    "options": _options,
    "submit": _submit,
    "close": _close,
    "home": _home,
    "clock": _clock,
    "locale": _locale,
}
