"""A bot in a process that is forked from one which has imported everything already: that takes two seconds.

It imports no more than it must, since the fork does so itself.
"""

import os
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from bot.running import Part, parts_named, run_bot
from bot.settings import load_settings
from bot.terminal import configure_logs

FORKING = get_context("forkserver")
FORKING.set_forkserver_preload(["bot.running", "bot.slack.app", "sqlalchemy.dialects.postgresql.psycopg"])


def start(environment: Mapping[str, str], slack_api: str, only: str, written: Path) -> BaseProcess:
    """Start a bot that has this environment, and writes to a file."""
    process = FORKING.Process(target=_run, args=(dict(environment), slack_api, only, written))
    process.start()
    return process


def _run(environment: dict[str, str], slack_api: str, only: str, written: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    with written.open("w") as stream:
        for standard in (1, 2):
            os.dup2(stream.fileno(), standard)
    configure_logs(as_json=True)
    parts = parts_named(only)
    run_bot(load_settings(reads_helpdesks=Part.WORKER in parts), slack_api, parts=parts)
