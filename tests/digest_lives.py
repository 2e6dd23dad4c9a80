"""Processes that tell digests at a given time, one tick each, and may be killed, -9, before a given statement."""

import time

from digest_desk import digest_settings
from lives import die_at, nurse
from slack_desk import TOKEN
from slack_sdk import WebClient

import bot.posting.send
from bot.asking import Asker
from bot.database import open_database
from bot.digests.run import digests_for
from bot.posting.send import posting_once
from bot.slack.directory import SlackDirectory

NEVER = 0


def tell(url: str, api_url: str, now: str, moment: str) -> None:
    bot.posting.send.A_MESSAGE_EVERY_S = 0.0
    engine, settings = open_database(url), digest_settings()
    people = SlackDirectory(WebClient(TOKEN, base_url=api_url))
    poster, clock = posting_once(TOKEN, api_url), lambda: float(now)
    digests = digests_for(engine, settings, Asker(engine, settings), poster=poster, people=people, clock=clock)
    if int(moment) != NEVER:
        die_at(int(moment), engine)
    digests.tick()
    while not digests.idle():
        time.sleep(0.005)
    digests.stop()


if __name__ == "__main__":
    nurse(tell)
