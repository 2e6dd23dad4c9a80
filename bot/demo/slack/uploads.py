"""Uploading files: an address for the bytes, the bytes, then the message that shows them.

https://docs.slack.dev/messaging/working-with-files#uploading_files
"""

import secrets

from bot.demo.slack.directory import APP_USER, Json
from bot.demo.slack.errors import SlackError
from bot.demo.slack.files import File
from bot.demo.slack.workspace import Workspace


def address(workspace: Workspace, given: Json) -> Json:
    """Return where to send the bytes of a file."""
    name, length = str(given.get("filename") or ""), str(given.get("length") or "")
    if not name or not length.isdecimal() or int(length) == 0:
        raise SlackError("invalid_arguments")
    file = File(id=f"F{secrets.token_hex(5).upper()}", name=name.replace("/", "_"), length=int(length))
    workspace.files[file.id] = file
    return {"upload_url": f"{workspace.url}/upload/{file.id}", "file_id": file.id}


def receive(workspace: Workspace, file_id: str, content: bytes) -> None:
    """Take the bytes of a file; raises SlackError when they are not those announced."""
    file = workspace.files.get(file_id)
    if file is None or file.content is not None or len(content) != file.length:
        raise SlackError("upload_failed")
    file.content = content


def complete(workspace: Workspace, given: Json) -> Json:
    """Show files whose bytes have come in a conversation of the app, or keep them for nobody to see."""
    named = given.get("files")
    if not isinstance(named, list) or not named:
        raise SlackError("invalid_arguments")
    files = [_ready(workspace, str(one.get("id")), str(one.get("title") or "")) for one in named]
    where = given.get("channel_id")
    if where:
        channel = workspace.directory.channel(str(where))
        if APP_USER not in channel.members:
            raise SlackError("not_in_channel")
        workspace.messages.add(
            channel=channel.id,
            user=APP_USER,
            text=str(given.get("initial_comment") or ""),
            thread_ts=given.get("thread_ts"),
            files=tuple(files),
        )
    for file in files:
        file.shared = bool(where)
    return {"files": [file.as_json() for file in files]}


def _ready(workspace: Workspace, file_id: str, title: str) -> File:
    file = workspace.files.get(file_id)
    if file is None or file.content is None:
        raise SlackError("file_not_found")
    file.title = title or file.name
    return file
