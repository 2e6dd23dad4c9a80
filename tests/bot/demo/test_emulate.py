"""A second opinion about the stand-in Slack: `emulate` is asked the same and must answer the same.

It knows OAuth, scopes and the Web API, but no commands, buttons or limits of blocks. It needs Node 24; npx fetches it.
"""

import json
import re
import shutil
import socket
import subprocess
import time

import httpx2
import pytest
from shown import home, modal, section
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.demo.slack import Person, StandInSlack
from bot.slack.manifest import BOT_SCOPES

EMULATE = "emulate@0.12.2"  # "latest" is another program
NODE = 24
STARTS_WITHIN_S = 90
SCOPES = ["chat:write", "channels:read", "groups:read", "im:write", "users:read", "users:read.email", "files:write"]
APP = {"client_id": "1.2", "client_secret": "secret"}
RETURN = "http://127.0.0.1/back"


def node_version():
    node = shutil.which("node")
    if node is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(re.match(r"v(\d+)", said)[1])


@pytest.fixture(scope="module")
def emulated(tmp_path_factory):
    """Give the address of a strict emulate with Bob and a channel."""
    version = node_version()
    if version is None or version < NODE:
        pytest.skip(f"emulate needs Node {NODE}; there is {f'Node {version}' if version else 'none'}")
    bob = {"name": "bob", "real_name": "Bob", "email": "bob@example.org"}
    app = APP | {"name": "KPI", "redirect_uris": [RETURN], "scopes": SCOPES, "bot_name": "kpi"}
    slack = {"users": [bob], "channels": [{"name": "support"}], "oauth_apps": [app], "strict_scopes": True}
    seed = tmp_path_factory.mktemp("emulate") / "seed.json"
    seed.write_text(json.dumps({"slack": slack}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        shutil.which("npx"),
        "--yes",
        EMULATE,
        "start",
        "--service",
        "slack",
        "--port",
        str(port),
        "--seed",
        str(seed),
    ]
    with (seed.parent / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}", process, seed.parent / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(url, process, log):
    ends = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < ends and process.poll() is None:
        try:
            httpx2.get(url, trust_env=False)
        except httpx2.TransportError:
            time.sleep(0.2)
        else:
            return
    pytest.skip(f"npx could not start {EMULATE}: {log.read_text()[-300:]}")


def installed(url, scopes):
    """Install the app as Bob would and return its token, as OAuth hands it out."""
    asked = {"client_id": APP["client_id"], "scope": ",".join(scopes), "redirect_uri": RETURN}
    with httpx2.Client(base_url=url, trust_env=False) as browser:
        form = browser.get("/oauth/v2/authorize", params=asked | {"state": "s"}).text
        user = re.search(r'name="user_id"[^>]*value="([^"]+)"', form)[1]
        back = browser.post("/oauth/v2/authorize/callback", data=asked | {"state": "s", "user_id": user})
    code = re.search(r"code=([^&]+)", back.headers["location"])[1]
    granted = WebClient(base_url=f"{url}/api/").oauth_v2_access(code=code, redirect_uri=RETURN, **APP)
    assert set(granted["scope"].split(",")) == set(scopes)
    return granted["access_token"]


class Asked:
    """Calls a Slack and writes down what it says: its word for what is wrong, or nothing."""

    def __init__(self, client):
        self.client = client
        self.heard = {}

    def __call__(self, name, method, **given):
        try:
            said = getattr(self.client, method)(**given)
        except SlackApiError as refused:
            self.heard[name] = refused.response["error"]
            return {}
        self.heard[name] = None
        return said.data


def talk(client, channel, user, trigger):
    """Call what a bot calls, rightly and wrongly; return what was said to each call."""
    ask = Asked(client)
    ask("who am I", "auth_test")
    said = ask("a message", "chat_postMessage", channel=channel, text="one", blocks=[section()])
    where = {"channel": channel, "ts": said.get("ts", "0")}
    ask("a reply", "chat_postMessage", channel=channel, text="reply", thread_ts=where["ts"])
    ask("no words", "chat_postMessage", channel=channel, text="")
    ask("nowhere", "chat_postMessage", channel="C000", text="one")
    ask("for one", "chat_postEphemeral", channel=channel, user=user, text="one")
    ask("a link", "chat_getPermalink", channel=channel, message_ts=where["ts"])
    ask("a link to nothing", "chat_getPermalink", channel=channel, message_ts="1.000001")
    ask("another text", "chat_update", **where, text="two")
    ask("another text of nothing", "chat_update", channel=channel, ts="1.000001", text="two")
    ask("taken back", "chat_delete", **where)
    ask("taken back twice", "chat_delete", **where)
    ask("a channel", "conversations_info", channel=channel)
    ask("no channel", "conversations_info", channel="C000")
    ask("its members", "conversations_members", channel=channel)
    direct = ask("a conversation", "conversations_open", users=user)
    ask("a direct message", "chat_postMessage", channel=direct.get("channel", {}).get("id", user), text="one")
    somebody = ask("somebody", "users_info", user=user).get("user", {})
    ask.heard["an e-mail address is told"] = "email" in somebody.get("profile", {})
    ask("nobody", "users_info", user="U000")
    ask("by e-mail", "users_lookupByEmail", email="bob@example.org")
    ask("by no e-mail", "users_lookupByEmail", email="nobody@example.org")
    ask("a home", "views_publish", user_id=user, view=home(section()))
    show(ask, trigger)
    upload(ask, channel)
    return ask.heard


def show(ask, trigger):
    given = trigger(None)
    view = ask("a modal", "views_open", trigger_id=given, view=modal(section())).get("view", {})
    ask("a modal again", "views_open", trigger_id=given, view=modal(section()))
    ask("a modal of nothing", "views_open", trigger_id="1.2.3", view=modal(section()))
    for number in (2, 3, 4):
        ask(f"modal {number} on top", "views_push", trigger_id=trigger(view["id"]), view=modal(section()))
    ask("another modal", "views_update", view_id=view["id"], hash=view["hash"], view=modal(section()))
    ask("another modal too late", "views_update", view_id=view["id"], hash="old", view=modal(section()))
    ask("no modal", "views_update", view_id="V000", view=modal(section()))


def upload(ask, channel):
    asked = ask("a file", "files_getUploadURLExternal", filename="fcr.csv", length=3)
    if asked:
        ask("shown too early", "files_completeUploadExternal", files=[{"id": asked["file_id"]}], channel_id=channel)
        httpx2.post(asked["upload_url"], content=b"kpi", trust_env=False)
        ask("shown", "files_completeUploadExternal", files=[{"id": asked["file_id"]}], channel_id=channel)


def of_emulate(url, scopes):
    client = WebClient(installed(url, scopes), base_url=f"{url}/api/")
    everything = WebClient(installed(url, SCOPES), base_url=f"{url}/api/")
    channels = everything.api_call("conversations.list")["channels"]
    channel = next(one["id"] for one in channels if one["name"] == "support")
    user = everything.users_lookupByEmail(email="bob@example.org")["user"]["id"]

    def trigger(view_id):
        given = {"user_id": user} | ({"view_id": view_id} if view_id else {})
        return client.api_call("views.generateTriggerId", json=given)["trigger_id"]

    return talk(client, channel, user, trigger)


def of_ours(scopes):
    bob = Person(id="U_BOB", name="Bob", email="bob@example.org")
    slack = StandInSlack(signing_secret="s", bot_token="xoxb-ours", people=[bob], scopes=scopes)
    with slack.running():
        client = WebClient("xoxb-ours", base_url=slack.api_url)
        return talk(client, "C_SUPPORT", "U_BOB", lambda view: slack.workspace.permits.trigger("U_BOB", None, view))


@pytest.mark.parametrize(
    "scopes", [SCOPES, ["chat:write"], ["users:read"], ["groups:read", "im:write"], list(BOT_SCOPES)], ids=len
)
def test_both_say_the_same_to_every_call_with_the_scopes_that_an_installation_granted(emulated, scopes, monkeypatch):
    monkeypatch.setenv("SKIP_SLACK_SDK_WARNING", "1")  # a message without words is one of the calls
    assert of_ours(scopes) == of_emulate(emulated, scopes)
