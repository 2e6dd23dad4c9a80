"""A Request Tracker of one's own whose clock the test moves, with what people do there."""

import json
import os
import shutil
import socket
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import httpx2
import pytest

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
SCRIPT = Path(__file__).parents[2] / ".ci" / "request-tracker.sh"
PASSWORDS = {"root": "password"}
"""Everybody else's is the agents' (`rt_initialdata.pl`)."""


@dataclass(frozen=True, kw_only=True)
class MovingTracker:
    """A running Request Tracker with the saved history; its clock stands where `move` puts it."""

    directory: Path
    url: str
    token: str

    @classmethod
    def boot(cls, directory: Path, now: int) -> "MovingTracker":
        """Start one in a directory; skips the test where Request Tracker or libfaketime isn't installed."""
        if shutil.which("rt-mailgate-5") is None or not FAKETIME.exists():
            pytest.skip("needs Debian's Request Tracker and libfaketime on this machine: see .ci/request-tracker.sh")
        _write_clock(directory, now)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        told = subprocess.run(
            ["/bin/bash", str(SCRIPT), str(directory), str(port)],
            env={**os.environ, "FAKETIME": "1", "TZ": "UTC"},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        ).stdout
        variables = dict(line.split("=", 1) for line in told.splitlines())
        return cls(directory=directory, url=variables["TEST_RT_URL"], token=variables["TEST_RT_TOKEN"])

    def stop(self) -> None:
        os.kill(int((self.directory / "pid").read_text()), 15)

    def move(self, now: int) -> None:
        """Let it be that instant."""
        _write_clock(self.directory, now)

    def writes(self, sender: str, subject: str) -> int:
        """Let a customer write an e-mail to the support, through Request Tracker's own gateway; return the ticket."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, "support@helpdesk.test", subject
        mail["Message-ID"] = f"<{abs(hash((sender, subject)))}@example.test>"
        mail.set_content("It does not print any more.")
        gateway = ["rt-mailgate-5", "--queue", "Support", "--action", "correspond", "--url", self.url]
        subprocess.run(gateway, input=mail.as_bytes(), check=True, capture_output=True)
        found = self.calls("root", "GET", "tickets?query=id%3E0&orderby=id&order=DESC&per_page=1")
        return int(found["items"][0]["id"])

    def replies(self, agent: str, ticket: int, words: str) -> None:
        """Let an agent answer."""
        self.calls(agent, "POST", f"ticket/{ticket}/correspond", {"Content": words, "ContentType": "text/plain"})

    def due(self, ticket: int) -> int:
        """Return when a ticket is due, as Request Tracker computed it by its own service agreement."""
        said = self.calls("root", "GET", f"ticket/{ticket}")["Due"]
        return int(datetime.fromisoformat(said).astimezone(UTC).timestamp())

    def calls(self, user: str, method: str, path: str, body: object = None) -> dict:
        """Call its REST2 as somebody; return what it says."""
        answer = httpx2.request(
            method,
            f"{self.url}/REST/2.0/{path}",
            auth=(user, PASSWORDS.get(user, "agent-pass")),
            json=body,
            timeout=60,
            trust_env=False,
        )
        answer.raise_for_status()
        # What it says to somebody in their language isn't always UTF-8, whatever its header says.
        return json.loads(answer.content.decode("utf-8", "replace"))


def _write_clock(directory: Path, now: int) -> None:
    wall = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%S\n")
    (directory / "now").write_text(wall)
