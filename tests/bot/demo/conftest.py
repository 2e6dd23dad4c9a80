"""A bot that does what a test tells it to, connected to the stand-in Slack over HTTP."""

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.demo.slack import Channel, StandInSlack, serving
from bot.web import create_web

TOKEN = "xoxb-stand-in"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock(1_795_511_160.0)


class Served:
    """An application at an address that stays, so that not every test waits for a server to start and to end."""

    url = ""

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def addresses():
    """Give an address for Slack and one for the bot."""
    of_slack, of_bot = Served(), Served()
    with serving(of_slack) as of_slack.url, serving(of_bot) as of_bot.url:
        yield of_slack, of_bot


@pytest.fixture
def slack(clock, addresses):
    """Give a stand-in Slack with a public channel that the bot is not in, and a private one without it."""
    everybody = frozenset({"U_KPI", "U_BOB", "U_ALICE", "U_DINA"})
    channels = (
        Channel(id="C_SUPPORT", name="support", members=everybody),
        Channel(id="C_SALES", name="sales", members=frozenset({"U_BOB"})),
        Channel(id="C_SECRET", name="secret", is_private=True, members=frozenset({"U_BOB"})),
        Channel(id="C_BOARD", name="board", is_private=True, members=frozenset({"U_BOB", "U_KPI"})),
    )
    stand_in = StandInSlack(signing_secret=SECRET, bot_token=TOKEN, clock=clock, channels=channels)
    served, _ = addresses
    served.app, stand_in.url = stand_in.app, served.url
    yield stand_in
    stand_in.sender.end()


@pytest.fixture
def client(slack):
    return WebClient(TOKEN, base_url=slack.api_url)


@pytest.fixture
def app(slack, client, addresses):
    """Give a Bolt app without listeners: a test adds those it needs."""
    app = App(client=client, signing_secret=SECRET)
    _, served = addresses
    served.app, slack.events_url = create_web(app), f"{served.url}/slack/events"
    return app
