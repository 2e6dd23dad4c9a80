import pytest
from digest_desk import DigestDesk, digest_slack


@pytest.fixture
def slack():
    with digest_slack().running() as running:
        yield running


@pytest.fixture
def desk(engine, slack):
    """A desk on Monday evening, on SQLite and on PostgreSQL."""
    made = DigestDesk(engine, slack)
    yield made
    made.digests.stop()
