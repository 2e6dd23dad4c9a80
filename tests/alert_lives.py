"""Processes that tell alerts at a given time, one tick each, and may be killed, -9, before a given statement."""

from alert_desk import alert_settings
from lives import die_at, nurse
from slack_desk import TOKEN

import bot.posting.send
from bot.alerts.run import alerts_for
from bot.database import open_database
from bot.posting.send import posting_once

NEVER = 0


def tell(url: str, api_url: str, now: str, moment: str) -> None:
    bot.posting.send.A_MESSAGE_EVERY_S = 0.0
    engine = open_database(url)
    if int(moment) != NEVER:
        die_at(int(moment), engine)
    alerts_for(engine, alert_settings(), posting_once(TOKEN, api_url), lambda: float(now)).tick()


if __name__ == "__main__":
    nurse(tell)
