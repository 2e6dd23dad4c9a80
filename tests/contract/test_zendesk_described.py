"""Zendesk's own OpenAPI file holds what its client asks for, and what the file answers is read: Prism speaks for it."""

import inspect
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from contract.desks import QUICK, UNLIMITED
from pydantic import SecretStr

from bot.helpdesks.zendesk import Zendesk
from bot.helpdesks.zendesk.client import ApiClient
from bot.settings import HelpdeskSettings
from kpi.errors import HelpdeskError
from kpi.events import Field, Status

FILE = Path(__file__).parents[3] / "shared" / "helpdesks" / "specs" / "zendesk" / "oas.yaml"
PRISM = "@stoplight/prism-cli@5.14.2"
STARTED_WITHIN_S = 50  # the first time it is downloaded

WRONG_IN_THE_FILE = (
    # A parameter in the path of a path that has none.
    ("  /api/v2/groups:\n", "        - $ref: '#/components/parameters/UserId'\n", ""),
    # With a cursor there is no start: the addresses of next pages in the file's own examples have none.
    ("    IncrementalUnixTime:\n", "      required: true\n", "      required: false\n"),
)
"""Where it stands, what stands there, and what is right."""

SINCE = 1_700_000_000
REQUESTS = {
    "me": lambda client: client.me(),
    "changed_tickets": lambda client: client.changed_tickets(None, SINCE).tickets,
    "the next page of changed_tickets": lambda client: client.changed_tickets("MTU3NjYxMzUzOS4wfHw0Njd8").tickets,
    "ticket_events": lambda client: client.ticket_events(SINCE).rows,
    "calls": lambda client: client.calls(SINCE),
    "ticket": lambda client: client.ticket("35436")[0],
    "audits": lambda client: client.audits("35436"),
    "agents": lambda client: client.agents(),
    "groups": lambda client: client.groups(),
    "brands": lambda client: client.brands(),
    "sla_policies": lambda client: client.sla_policies(),
    "schedules": lambda client: client.schedules(),
    "holidays": lambda client: client.holidays(35436),
    "ratings": lambda client: next(client.ratings(SINCE)),
    "surveys": lambda client: next(client.surveys(SINCE)),
}
OF_OTHER_FILES = {"calls", "schedules", "holidays", "surveys"}
"""Talk, schedules and the newer survey: this file is of Support."""


def corrected(text):
    for place, wrong, right in WRONG_IN_THE_FILE:
        before, found, after = text.partition(place)
        assert wrong in after[:1000], f"the file has changed at {place.strip()}"
        text = before + found + after.replace(wrong, right, 1)
    return text


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """Give the address of a server that answers as the file says, and refuses what it doesn't."""
    if not FILE.exists():
        pytest.skip("no OpenAPI file of Zendesk's: it is in ../shared")
    if shutil.which("npx") is None:
        pytest.skip("no Node: Prism needs npx")
    home = tmp_path_factory.mktemp("prism")
    file, written = home / "oas.yaml", home / "written"
    file.write_text(corrected(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["npx", "--yes", "--prefer-offline", PRISM, "mock", "--errors", "--port", str(port), str(file)]
    with written.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, start_new_session=True)
    try:
        deadline = time.monotonic() + STARTED_WITHIN_S
        while "is listening" not in written.read_text(encoding="utf-8"):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.skip(f"no Prism: npx can't get it here ({written.read_text(encoding='utf-8').strip()[-200:]})")
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def connector(url):
    settings = HelpdeskSettings(key="desk", kind="zendesk", url=url, token=SecretStr("key"), options={"email": "a@b.c"})
    with Zendesk(settings, patience=QUICK, limit=UNLIMITED, exports=UNLIMITED) as opened:
        yield opened


def test_every_request_is_tried():
    asked = {name for name, _ in inspect.getmembers(ApiClient, inspect.isfunction) if not name.startswith("_")}
    assert asked == {name.rpartition(" ")[2] for name in REQUESTS}


@pytest.mark.parametrize("name", sorted(REQUESTS.keys() - OF_OTHER_FILES))
def test_the_file_takes_the_request_and_its_example_is_read(connector, name):
    assert REQUESTS[name](connector._client)


@pytest.mark.parametrize("name", sorted(OF_OTHER_FILES))
def test_the_file_does_not_know_the_request_yet(connector, name):
    with pytest.raises(HelpdeskError, match="helpdesk_not_found"):
        REQUESTS[name](connector._client)


def test_the_example_of_a_ticket_with_its_audit_is_told(connector):
    (history,) = connector.ticket("35436").tickets
    assert (history.ticket.status, history.ticket.team, history.ticket.agent) == (Status.OPEN, "98738", "235323")
    assert [(change.field, change.old, change.new) for change in history.changes] == [(Field.STATUS, "new", "open")]
    assert [(message.author, message.public) for message in history.messages] == [("5246746", False)]


def test_the_example_of_an_agent_is_no_administrator(connector):
    with pytest.raises(HelpdeskError, match="zendesk_not_admin"):
        connector.check()
