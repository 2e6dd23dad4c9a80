"""What a connector does when its helpdesk, or something before it, misbehaves: nothing is lost, nothing is made up."""

import json
from email.utils import formatdate

import pytest
from contract.desks import OVER_HTTP
from contract.test_connectors import told
from werkzeug import Response

from bot.helpdesks.connector import Refused
from bot.text import Text
from kpi.errors import HelpdeskError


@pytest.fixture(params=OVER_HTTP)
def desk(request, httpserver):
    return OVER_HTTP[request.param](httpserver, tickets=18)


@pytest.fixture
def fake(desk):
    return desk.fake


@pytest.fixture
def connect(desk):
    return desk.connect


def error(status, **headers):
    return lambda _: Response('{"message": "no"}', status, headers=headers, content_type="application/json")


def retry_after_a_date(fake):
    """Return a refusal until a moment that the helpdesk's own clock has just reached."""
    now = formatdate(fake.now + fake.skew_s, usegmt=True)
    return error(429, **{"Retry-After": now, "Date": now})


def html(_):
    return Response("<!DOCTYPE html><title>Maintenance</title>", content_type="text/html")


def truncated(_):
    return Response('[{"items": [{"id": "12", "Ty', content_type="application/json")


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
def test_what_passes_is_waited_out(fake, connect, fault):
    whole = told(connect().pages(None))
    fake.faults = [fault, fault, *[well] * 6] * 50
    assert told(connect().pages(None)) == whole


def test_a_pause_until_a_date_is_waited_out(fake, connect):
    whole = told(connect().pages(None))
    fake.faults = [retry_after_a_date(fake), *[well] * 6] * 3
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
def test_what_stays_stops_the_run_and_the_next_one_goes_on_from_there(fake, connect, fault, key):
    whole = told(connect().pages(None))
    stream = connect().pages(None)
    pages = [next(stream)]
    assert not pages[0].done
    fake.faults = [fault] * 1000
    with pytest.raises(HelpdeskError) as raised:
        list(stream)
    assert raised.value.key == key
    fake.faults = []
    rest, caught = read(connect(), json.loads(json.dumps(pages[-1].cursor)))
    assert caught is None
    assert told([*pages, *rest]) == whole


def test_an_error_at_any_request_loses_nothing(fake, connect):
    whole = told(connect().pages(None))
    for after in (0, 1, 2, 3, 5, 8, 9, 10, 11, 13, 17):
        # Twice: a token that ends by itself is renewed once.
        fake.faults = [well] * after + [error(401)] * 2
        pages, caught = read(connect())
        fake.faults = []
        assert caught is not None, after
        assert caught.key == "helpdesk_wrong_token", after
        rest, _ = read(connect(), pages[-1].cursor if pages else None)
        assert told([*pages, *rest]) == whole, after


def test_a_wrong_token_is_said_before_anything_is_read(fake, connect):
    right, fake.token = fake.token, "1-37-another"
    pages, caught = read(connect())
    assert (pages, caught.key) == ([], "helpdesk_wrong_token")
    assert "token" in Text("en").error(caught)
    assert right not in Text("en").error(caught)


def test_times_are_the_helpdesks_own(desk, fake, connect):
    fake.skew_s = 3600
    connector = connect()
    last = list(connector.pages(None))[-1]
    assert last.seen_until == pytest.approx(fake.now + 3600 - desk.lag_s, abs=2)


def test_one_broken_ticket_is_refused_and_the_others_are_read(desk, connect):
    whole = told(connect().pages(None))
    broken, reason = desk.spoil()
    now = told(connect().pages(None))
    assert now[broken] == Refused(external_id=broken, reason=reason)
    assert now | {broken: whole[broken]} == whole
