"""A worker process that tells alerts, and dies at random: `alert_worker.py DATABASE SLACK CLOCK SEED`.

`CLOCK` is a file with the seconds by which the worker's time is ahead of the real one.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import bot.alerts.book
import bot.alerts.telling
import bot.posting.outbox
import bot.posting.send
from bot.alerts.run import alerts_for
from bot.database import open_database
from bot.posting.send import Poster, posting_once
from kpi.errors import KpiError

LEASE_S = 4
DIES = 0.08
"""How often it dies: before a claim, between claim and post, between post and its mark."""


def main(database: str, slack: str, clock: str, seed: str) -> None:
    from alert_desk import alert_settings  # noqa: PLC0415  # it needs what the tests' paths have

    bot.posting.outbox.LEASE_S = bot.alerts.book.LEASE_S = LEASE_S
    bot.posting.outbox.RETRY_FIRST_S = bot.alerts.telling.TRIED_AGAIN_S = 1
    bot.posting.send.A_MESSAGE_EVERY_S = 0
    random = Random(seed)  # noqa: S311  # a story, not a secret

    def may_die() -> None:
        if random.random() < DIES:
            os.kill(os.getpid(), signal.SIGKILL)

    class Mortal(Poster):
        def post(self, *given, **named):
            may_die()
            ts = super().post(*given, **named)
            may_die()
            return ts

        def edit(self, *given, **named):
            may_die()
            super().edit(*given, **named)
            may_die()

    engine = open_database(database)
    poster = Mortal(posting_once("xoxb-stand-in", slack)._client)
    alerts = alerts_for(engine, alert_settings(), poster, lambda: time.time() + float(Path(clock).read_text()))
    claim = alerts.book.claim

    def claimed(*given):
        may_die()
        found = claim(*given)
        may_die()
        return found

    alerts.book.claim = claimed
    while True:
        with suppress(KpiError):  # the database is busy: as the job does, it tries again
            alerts.tick()
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
