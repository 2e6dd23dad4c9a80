"""Showing modals and App Homes: the methods `views.*`."""

from bot.demo.slack.directory import Json
from bot.demo.slack.errors import SlackError
from bot.demo.slack.workspace import Workspace


def open_view(workspace: Workspace, given: Json) -> Json:
    """Show a modal to whoever has just done something."""
    trigger = workspace.permits.exchange(str(given.get("trigger_id")))
    return {"view": workspace.views.open(_view(given), trigger.user, trigger.channel).as_json()}


def push(workspace: Workspace, given: Json) -> Json:
    """Show a modal on top of the one in which somebody has just done something."""
    trigger = workspace.permits.exchange(str(given.get("trigger_id")))
    if trigger.view_id is None:
        raise SlackError("not_found")
    workspace.views.find(trigger.view_id)
    return {"view": workspace.views.push(_view(given), trigger.user).as_json()}


def update(workspace: Workspace, given: Json) -> Json:
    """Show other content in a view that is still open."""
    view = workspace.views.find(str(given.get("view_id") or given.get("external_id") or ""))
    workspace.views.update(view, _view(given), given.get("hash"))
    return {"view": view.as_json()}


def publish(workspace: Workspace, given: Json) -> Json:
    """Show somebody's App Home."""
    person = workspace.directory.person(str(given.get("user_id")))
    return {"view": workspace.views.publish(_view(given), person.id, given.get("hash")).as_json()}


def _view(given: Json) -> Json:
    view = given.get("view")
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", ["missing required field: view"])
    return view
