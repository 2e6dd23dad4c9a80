"""What a connector does when its helpdesk, or something before it, misbehaves: nothing is lost, nothing is made up."""

import json

import pytest
from contract.desks import QUICK, busy_rt, rt_settings, serve
from contract.fake_rt import TOKEN
from contract.test_connectors import told
from werkzeug import Response

from bot.helpdesks.connector import Refused
from bot.helpdesks.request_tracker import RequestTracker
from bot.text import Text
from kpi.errors import HelpdeskError


@pytest.fixture
def rt():
    return busy_rt(tickets=18)


@pytest.fixture
def url(httpserver, rt):
    return serve(httpserver, rt)


@pytest.fixture
def connect(url):
    return lambda: RequestTracker(rt_settings(url), QUICK)


def error(status, **headers):
    return lambda _: Response('{"message": "no"}', status, headers=headers, content_type="application/json")


def html(_):
    return Response("<!DOCTYPE html><title>Maintenance</title>", content_type="text/html")


def truncated(_):
    return Response('{"items": [{"id": "12", "Ty', content_type="application/json")


def well(_):
    return None


def read(connector, cursor=None):
    """Return the pages read and the error that ended it."""
    stream, pages = connector.pages(cursor), []
    try:
        while page := next(stream, None):
            pages.append(page)
    except HelpdeskError as caught:
        return pages, caught
    return pages, None


@pytest.mark.parametrize(
    "fault", [error(429, **{"Retry-After": "0"}), error(500), error(503), truncated], ids=["429", "500", "503", "cut"]
)
def test_what_passes_is_waited_out(rt, connect, fault):
    whole = told(connect().pages(None))
    rt.faults = [fault, fault, *[well] * 6] * 50
    assert told(connect().pages(None)) == whole


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (error(429), "helpdesk_too_many_requests"),
        (error(502), "helpdesk_server_error"),
        (html, "helpdesk_html"),
        (truncated, "helpdesk_truncated"),
        (error(401), "helpdesk_wrong_token"),
    ],
    ids=["429", "502", "html", "cut", "401"],
)
def test_what_stays_stops_the_run_and_the_next_one_goes_on_from_there(rt, connect, fault, key):
    whole = told(connect().pages(None))
    stream = connect().pages(None)
    pages = [next(stream)]
    assert not pages[0].done
    rt.faults = [fault] * 1000
    with pytest.raises(HelpdeskError) as raised:
        list(stream)
    assert raised.value.key == key
    rt.faults = []
    rest, caught = read(connect(), json.loads(json.dumps(pages[-1].cursor)))
    assert caught is None
    assert told([*pages, *rest]) == whole


@pytest.mark.parametrize("after", [0, 1, 2, 3, 5, 8, 9, 10, 11, 13, 17])
def test_an_error_at_any_request_loses_nothing(rt, connect, after):
    whole = told(connect().pages(None))
    rt.faults = [well] * after + [error(401)]
    pages, caught = read(connect())
    assert caught is not None
    assert caught.key == "helpdesk_wrong_token"
    rest, _ = read(connect(), pages[-1].cursor if pages else None)
    assert told([*pages, *rest]) == whole


def test_a_wrong_token_is_said_before_anything_is_read(rt, connect):
    rt.token = "1-37-another"
    pages, caught = read(connect())
    assert (pages, caught.key) == ([], "helpdesk_wrong_token")
    assert "token" in Text("en").error(caught)
    assert TOKEN not in Text("en").error(caught)


@pytest.mark.parametrize("path", ["/wiki", "/rt/REST/2.0"])
def test_an_address_without_request_tracker_is_said_to_be_wrong(rt, url, path):
    connector = RequestTracker(rt_settings(url + path), QUICK)
    for ask in (connector.check, lambda: list(connector.pages(None))):
        with pytest.raises(HelpdeskError) as caught:
            ask()
        assert caught.value.key in {"helpdesk_wrong_url", "helpdesk_html"}


@pytest.mark.parametrize("suffix", ["", "/", "/REST/2.0", "/REST/2.0/"])
def test_any_way_of_writing_the_address_works(url, suffix):
    assert RequestTracker(rt_settings(url + suffix), QUICK).check().name == "kpibot"


def test_times_are_the_helpdesks_own(rt, connect):
    rt.skew_s = 3600
    connector = connect()
    last = list(connector.pages(None))[-1]
    assert last.seen_until == pytest.approx(rt.now + 3600, abs=2)


def test_one_broken_ticket_is_refused_and_the_others_are_read(rt, connect):
    whole = told(connect().pages(None))
    rt.broken = {9}
    now = told(connect().pages(None))
    assert now["9"] == Refused(external_id="9", reason="helpdesk_server_error")
    assert now | {"9": whole["9"]} == whole


def test_a_ticket_that_is_closed_to_the_bot_is_refused_when_asked_for(rt, connect):
    rt.hidden_tickets.add(3)
    assert connect().ticket("3").tickets[0] == Refused(external_id="3", reason="helpdesk_refused")
