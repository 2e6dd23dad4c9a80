"""The HTTP client over real HTTP: what it tries again, what it gives up on, and what it says."""

import logging
import socket
import threading
import time
from email.utils import formatdate

import pytest
import structlog
from werkzeug import Response

from bot.helpdesks.http import HelpdeskClient, Patience, TransientError, _pause, normalise_url
from bot.text import Text
from kpi.errors import HelpdeskError

TOKEN = "1-37-very-secret"
QUICK = Patience(attempts=4, first_wait_s=0.01, longest_wait_s=0.02, jitter_s=0.01)
SERVER_NOW = 1_795_000_000


@pytest.fixture
def client(httpserver):
    with HelpdeskClient(
        httpserver.url_for("/api").rstrip("/"), {"Authorization": f"token {TOKEN}"}, patience=QUICK
    ) as opened:
        yield opened


def answers(httpserver, *responses):
    """Answer requests for /api/thing with these, in order."""
    for response in responses:
        httpserver.expect_ordered_request("/api/thing").respond_with_response(response)


def ok(**headers):
    return Response('{"a": 1}', headers=headers, content_type="application/json")


def failing(status, **headers):
    return Response('{"message": "no"}', status, headers=headers, content_type="application/json")


def refused(client, path="thing"):
    with pytest.raises(HelpdeskError) as caught:
        client.get(path)
    return caught.value


def test_an_answer_is_decoded(client, httpserver):
    answers(httpserver, ok())
    assert client.get("thing") == {"a": 1}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(client, httpserver, status):
    answers(httpserver, failing(status), failing(status), ok())
    assert client.get("thing") == {"a": 1}
    assert client.requests == 3


@pytest.mark.parametrize(
    ("status", "key"),
    [
        (401, "helpdesk_wrong_token"),
        (403, "helpdesk_refused"),
        (404, "helpdesk_not_found"),
        (400, "helpdesk_bad_request"),
    ],
)
def test_what_will_not_pass_is_asked_once(client, httpserver, status, key):
    answers(httpserver, failing(status))
    assert refused(client).key == key
    assert client.requests == 1


def test_a_storm_of_server_errors_ends_with_its_status(client, httpserver):
    answers(httpserver, *[failing(503)] * 4)
    error = refused(client)
    assert (error.key, error.values["status"]) == ("helpdesk_server_error", 503)


def test_too_many_requests_for_good_says_so(client, httpserver):
    answers(httpserver, *[failing(429)] * 4)
    assert refused(client).key == "helpdesk_too_many_requests"


def test_retry_after_in_seconds_is_waited_for(client, httpserver):
    answers(httpserver, failing(429, **{"Retry-After": "1"}), ok())
    began = time.monotonic()
    client.get("thing")
    assert 1 <= time.monotonic() - began < 2.5


def test_retry_after_as_a_date_is_read_on_the_helpdesks_own_clock(httpserver):
    late = formatdate(SERVER_NOW + 1, usegmt=True)
    here = SERVER_NOW + 7200  # our clock runs two hours ahead
    answers(httpserver, failing(503, **{"Retry-After": late, "Date": formatdate(SERVER_NOW, usegmt=True)}), ok())
    with HelpdeskClient(httpserver.url_for("/api").rstrip("/"), {}, patience=QUICK, clock=lambda: here) as client:
        began = time.monotonic()
        client.get("thing")
        assert 1 <= time.monotonic() - began < 2.5


def test_a_pause_that_is_too_long_is_left_to_the_next_run(client, httpserver):
    answers(httpserver, failing(429, **{"Retry-After": "3600"}))
    assert refused(client).key == "helpdesk_too_many_requests"
    assert client.requests == 1


def test_nonsense_in_retry_after_is_no_pause(client, httpserver):
    answers(httpserver, failing(503, **{"Retry-After": "soon"}), ok())
    assert client.get("thing") == {"a": 1}


def test_pauses_asked_for_are_spread():
    pauses = {_pause(TransientError("helpdesk_too_many_requests", 10)) for _ in range(20)}
    assert len(pauses) > 10
    assert all(10 <= pause <= 10.5 for pause in pauses)


def test_truncated_json_is_tried_again_and_then_named(client, httpserver):
    cut = Response('{"a": [1, 2', content_type="application/json")
    answers(httpserver, cut, ok())
    assert client.get("thing") == {"a": 1}
    httpserver.clear()
    answers(httpserver, *[cut] * 4)
    assert refused(client).key == "helpdesk_truncated"


def test_a_body_that_breaks_off_is_truncated():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        port = listener.getsockname()[1]
        with HelpdeskClient(f"http://127.0.0.1:{port}", {}, patience=Patience(attempts=1)) as client:

            def serve():
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(
                        b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"a": ['
                    )

            thread = threading.Thread(target=serve)
            thread.start()
            assert refused(client).key == "helpdesk_truncated"
            thread.join()


def test_a_web_page_instead_of_json_is_named_at_once(client, httpserver):
    answers(httpserver, Response("<!DOCTYPE html><title>Sign in</title>", content_type="text/html"))
    assert refused(client).key == "helpdesk_html"
    assert client.requests == 1


def test_a_redirect_names_where_to_without_its_query(client, httpserver):
    answers(httpserver, Response(status=302, headers={"Location": "https://login.example.org/sso?next=secret"}))
    error = refused(client)
    assert (error.key, error.values["target"]) == ("helpdesk_moved", "https://login.example.org/sso")


def test_a_redirect_of_the_whole_helpdesk_names_its_new_address(client, httpserver):
    answers(httpserver, Response(status=301, headers={"Location": "https://rt.example.org/thing"}))
    assert refused(client).values["target"] == "https://rt.example.org"


def test_nobody_listening_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with HelpdeskClient(f"http://127.0.0.1:{port}", {}, patience=QUICK) as client:
        assert refused(client).key == "helpdesk_unreachable"
        assert client.requests == 4


def test_latin_1_under_a_utf_8_header_is_still_read(client, httpserver):
    answers(
        httpserver, Response(b'{"message": "Antwort hinzugef\xfcgt"}', content_type="application/json; charset=utf-8")
    )
    assert client.get("thing") == {"message": "Antwort hinzugef\ufffdgt"}


def test_the_helpdesks_clock_is_told_by_its_answers(httpserver):
    here = SERVER_NOW - 900
    answers(httpserver, ok(Date=formatdate(SERVER_NOW, usegmt=True)))
    with HelpdeskClient(httpserver.url_for("/api").rstrip("/"), {}, patience=QUICK, clock=lambda: here) as client:
        client.get("thing")
        assert (client.skew_s, client.now()) == (900, SERVER_NOW)


def test_a_search_is_sent_as_json(client, httpserver):
    httpserver.expect_request("/api/thing", method="POST", json=[{"field": "id"}]).respond_with_json({"items": []})
    assert client.search("thing", [{"field": "id"}], {"page": 1}) == {"items": []}


def test_no_secret_is_logged_or_said(client, httpserver, caplog):
    answers(httpserver, *[failing(503)] * 4)
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as logs:
        error = refused(client)
    assert [(entry["event"], entry["reason"], entry["status"]) for entry in logs] == [
        ("trying again", "helpdesk_server_error", 503)
    ] * 3
    said = " ".join([caplog.text, repr(logs), repr(error), repr(error.__cause__), Text("en").error(error)])
    assert "503" in said
    assert TOKEN not in said


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://rt.example.org", "https://rt.example.org"),
        ("https://rt.example.org/", "https://rt.example.org"),
        (" https://rt.example.org/REST/2.0 ", "https://rt.example.org"),
        ("https://rt.example.org/REST/2.0/", "https://rt.example.org"),
        ("https://example.org/rt/rest/2.0/", "https://example.org/rt"),
        ("https://example.org/rt//", "https://example.org/rt"),
        ("http://127.0.0.1:18080/?q=1#top", "http://127.0.0.1:18080"),
        ("https://bob:secret@rt.example.org/", "https://rt.example.org"),
    ],
)
def test_an_address_works_with_and_without_what_follows_it(given, meant):
    assert normalise_url(given, "/REST/2.0") == meant


@pytest.mark.parametrize("given", ["rt.example.org", "ftp://rt.example.org", "https://", "", "http://[::1", "nonsense"])
def test_what_is_no_address_is_refused(given):
    with pytest.raises(HelpdeskError) as caught:
        normalise_url(given)
    assert caught.value.key == "helpdesk_url_invalid"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "key",
    [
        "url_invalid",
        "unreachable",
        "wrong_url",
        "wrong_token",
        "refused",
        "not_found",
        "moved",
        "html",
        "truncated",
        "server_error",
        "too_many_requests",
        "bad_request",
    ],
)
def test_every_error_has_a_sentence(key, language):
    values = {"url": "https://rt.example.org", "status": 503, "target": "https://login.example.org"}
    assert "rt.example.org" in Text(language).error(HelpdeskError(f"helpdesk_{key}", **values))
