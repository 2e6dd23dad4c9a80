"""The pace at which a helpdesk is asked, on a clock that only goes on when somebody waits."""

import pytest
from werkzeug import Response

from bot.helpdesks.budget import Budget, RateLimit, shared_budget
from bot.helpdesks.http import HelpdeskClient


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


def budget(clock, requests=700, share=0.8, **limit):
    return Budget(RateLimit(requests=requests, **limit), share, clock=clock, sleep=clock.sleep)


def times(budget, clock, count):
    """Return when each of so many requests was sent."""
    sent = []
    for _ in range(count):
        budget.take()
        sent.append(clock.now)
    return sent


@pytest.mark.parametrize(("requests", "share"), [(50, 0.8), (700, 0.8), (200, 0.5), (400, 1)])
def test_no_minute_has_more_than_the_share_and_a_busy_one_nearly_that(clock, requests, share):
    sent = times(budget(clock, requests, share), clock, 1500)
    in_a_minute = [sum(start <= at < start + 60 for at in sent) for start in sent]
    assert max(in_a_minute) <= requests * share + 1
    assert max(in_a_minute) >= requests * share * 0.9


def test_an_idle_account_is_asked_at_once(clock):
    assert times(budget(clock, 700), clock, 80) == [1000.0] * 80


def test_the_limit_is_what_the_header_says(clock):
    paced = budget(clock, 50)
    paced.learn({"X-RateLimit-Total": "700.0"})
    sent = times(paced, clock, 1000)
    assert 60 < sent[-1] - sent[0] < 130


def test_a_large_total_is_meant_for_an_hour(clock):
    paced = budget(clock, 50, hourly_from=3000)
    paced.learn({"X-RateLimit-Total": "3000"})
    sent = times(paced, clock, 3000)
    assert 3600 < sent[-1] - sent[0] < 5400


def test_a_request_that_costs_more_takes_more(clock):
    cheap, dear = budget(clock, 60), budget(clock, 60)
    started = clock.now
    times(cheap, clock, 100)
    cheap_took = clock.now - started
    started = clock.now
    for _ in range(100):
        dear.take()
        dear.learn({"X-RateLimit-Used-CurrentRequest": "5"})
    assert clock.now - started == pytest.approx(5 * cheap_took, rel=0.2)


def test_it_waits_when_others_have_used_up_all_but_their_share(clock):
    paced = budget(clock, 700)
    paced.take()
    paced.learn({"X-RateLimit-Total": "700", "X-RateLimit-Remaining": "20"})
    before = clock.now
    paced.take()
    assert clock.now - before > 10


def test_headers_that_make_no_sense_change_nothing(clock):
    paced = budget(clock, 700)
    paced.learn({"X-RateLimit-Total": "many", "X-RateLimit-Remaining": ""})
    assert times(paced, clock, 50) == [1000.0] * 50


def test_an_account_has_one_budget_in_a_process():
    limit = RateLimit(requests=50)
    assert shared_budget("https://a.example", limit, 0.8) is shared_budget("https://a.example", limit, 0.8)
    assert shared_budget("https://a.example", limit, 0.8) is not shared_budget("https://b.example", limit, 0.8)


def test_the_client_asks_no_faster_and_learns_from_each_answer(httpserver, clock):
    answer = Response("{}", headers={"X-RateLimit-Total": "7", "X-RateLimit-Remaining": "7"})
    httpserver.expect_request("/thing").respond_with_response(answer)
    with HelpdeskClient(httpserver.url_for("").rstrip("/"), {}, budget=budget(clock, 700)) as client:
        for _ in range(12):
            client.get("thing")
    assert clock.now - 1000 > 60
