"""A program whose processes import a file of events and are killed at a given moment of it; see tests/lives.py.

What the command imports late is imported before the fork.
"""

import os

from importer import VARIABLES
from lives import die_at, nurse
from sqlalchemy import Engine

import bot.helpdesks.registry
import bot.importing.sinks
import bot.importing.ticket_rows
import bot.terminal.importing
from bot.cli import main

BATCH, PAGE = 20, 5
"""How many rows are written and how many tickets are made at once: few, so that there are many moments."""


def live(path: str, url: str, moment: str) -> None:
    os.environ.update(VARIABLES, KPI_BOT_DATABASE_URL=url)
    bot.importing.sinks.BATCH, bot.importing.ticket_rows.PAGE = BATCH, PAGE
    die_at(int(moment), Engine)
    try:
        main(["import", "events", path, "--source", "desk"])
    except SystemExit as ended:
        if ended.code not in {0, 2}:  # some rows are rejected
            raise


if __name__ == "__main__":
    for name in [name for name in os.environ if name.startswith("KPI_BOT_")]:
        del os.environ[name]
    nurse(live)
