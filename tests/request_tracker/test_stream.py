"""The stream of a real Request Tracker: read again, cut, and asked for one ticket."""

import pytest
from contract.test_connectors import told

from bot.helpdesks.registry import connect
from kpi.events import History

pytestmark = pytest.mark.request_tracker


@pytest.fixture(scope="module")
def pages(rt_settings):
    return list(connect(rt_settings).pages(None))


def test_going_on_from_the_middle_tells_the_same_as_reading_it_whole(rt_settings, pages):
    half = len(pages) // 2
    rest = connect(rt_settings).pages(pages[half].cursor)
    assert told([*pages[: half + 1], *rest]) == told(pages)


def test_nothing_new_takes_three_requests_at_most(rt_settings, pages):
    connector = connect(rt_settings)
    (page,) = connector.pages(pages[-1].cursor)
    assert (page.tickets, page.done) == ((), True)
    assert connector._client.http.requests <= 3


def test_every_ticket_was_read_and_is_the_same_when_asked_for(rt_settings, pages):
    found = told(pages)
    assert all(isinstance(result, History) for result in found.values())
    connector = connect(rt_settings)
    for name in list(found)[::6]:
        assert connector.ticket(name).tickets[0] == found[name]


def test_the_account_sees_all_it_needs(rt_settings):
    account = connect(rt_settings).check()
    assert account.name == "kpibot"
    assert account.warnings == ()
