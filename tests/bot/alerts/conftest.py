import pytest
from alert_desk import AlertDesk, alert_slack


@pytest.fixture
def slack():
    with alert_slack().running() as running:
        yield running


@pytest.fixture
def desk(engine, slack):
    """A desk on Tuesday 24 November at nine, on SQLite and on PostgreSQL."""
    return AlertDesk(engine, slack)
