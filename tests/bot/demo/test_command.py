"""`kpi-bot demo` as a program: the page it serves, and how it begins and ends."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import httpx2
import pytest
from shown import until
from sqlalchemy import make_url

from bot.demo.desk import DemoClock

PROGRAM = (sys.executable, "-m", "bot", "demo")


@pytest.fixture
def kept(demo_template, tmp_path):
    """Give a directory where the helpdesk was read already."""
    shutil.copyfile(str(make_url(demo_template).database), tmp_path / "kpi-bot-demo.db")
    return tmp_path


@contextmanager
def running(kept, *options, **variables):
    """Run the demo without questions from a pipe; give the process and the page's address."""
    environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    process = subprocess.Popen(
        [*PROGRAM, "--keep", str(kept), *options],
        env=environment | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield process, re.search(r"http://\S+", process.stdout.readline())[0]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def state(address):
    return httpx2.get(f"{address}/api/page/state?user=U_BOB").json()


def test_the_page_is_there_at_once_and_the_bot_as_soon_as_the_helpdesk_is_read(kept):
    with running(kept, "--no-browser", "--port", "0") as (process, address):
        assert "page.js" in httpx2.get(address).text
        assert state(address) == {"reading": True}
        assert "you are Bob" in process.stdout.readline()
        said = {"user": "U_BOB", "channel": "C_SUPPORT", "text": "fcr last month"}
        assert httpx2.post(f"{address}/api/page/command", json=said).json() == {"ok": True}
        (answer,) = until(lambda: state(address)["messages"]["C_SUPPORT"])
        assert "First contact resolution" in answer["text"]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        assert "Traceback" not in process.stderr.read()


def test_a_port_that_is_taken_gives_way_to_another(kept):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with running(kept, "--port", str(port)) as (process, address):
            assert not address.endswith(f":{port}")
            assert httpx2.get(address).status_code == 200
    assert process.returncode == 0, "SIGTERM is a way to end"


def test_other_names_of_this_machine_are_refused(kept):
    with running(kept, "--no-browser") as (_, address):
        assert httpx2.get(address, headers={"host": "evil.example"}).status_code == 400


def test_the_browser_of_the_reader_is_opened(kept, tmp_path):
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    with running(kept, "--port", "0", DISPLAY=":9", BROWSER=str(browser)) as (_, address):
        until(opened.exists)
        assert until(opened.read_text).strip() == address


def test_the_terminal_has_no_page():
    done = subprocess.run([*PROGRAM, "--terminal", "--port", "0"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Choose the terminal" in done.stderr


# --- The clock -------------------------------------------------------------------------------------------------------


def test_the_clock_of_the_demo_goes_with_the_real_one_and_ahead_of_it():
    now = 1_000.0
    clock = DemoClock(really=lambda: now)
    clock.forward(3600)
    now += 5
    assert clock() == 4605


def test_the_clock_goes_on_where_a_kept_demo_was_left():
    assert DemoClock(begins=5_000, really=lambda: 1_000)() == 5_000
    assert DemoClock(begins=500, really=lambda: 1_000)() == 1_000


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_the_clock_never_goes_back_nor_to_the_end_of_time(seconds):
    with pytest.raises(ValueError, match="forward"):
        DemoClock().forward(seconds)
