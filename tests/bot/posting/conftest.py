import pytest
from slack_desk import SECRET, TOKEN

from bot.demo.slack import StandInSlack
from bot.posting.send import posting_once


@pytest.fixture
def workspace():
    """Give a stand-in Slack that no bot listens to."""
    with StandInSlack(signing_secret=SECRET, bot_token=TOKEN, clock=lambda: 1_800_000_000.0).running() as slack:
        yield slack


@pytest.fixture
def poster(workspace):
    return posting_once(TOKEN, workspace.api_url)
