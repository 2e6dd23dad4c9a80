"""Few threads work at a time, however many wait for Slack; what nobody waits for lets them go first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from time import monotonic

import pytest

from bot.turns import AT_WORK, GIVES_WAY_S, elsewhere, give_way, turn

SOON_S = 10


class Counted:
    """Counts how many are inside at a time."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.now -= 1


def test_no_more_work_than_have_a_turn_and_all_get_one():
    at_work, done = Counted(), []

    def work(number: int) -> None:
        with turn(), at_work:
            done.append(number)

    with ThreadPoolExecutor(4 * AT_WORK) as threads:
        list(threads.map(work, range(20 * AT_WORK)))
    assert (at_work.most <= AT_WORK, sorted(done)) == (True, list(range(20 * AT_WORK)))


def test_who_waits_for_slack_leaves_the_turn_to_another_and_gets_one_again():
    slack_answers, all_wait, at_work = Event(), Event(), Counted()
    waiting = Counted()

    def ask() -> None:
        with turn():
            with elsewhere(), waiting:
                if waiting.now == 2 * AT_WORK:
                    all_wait.set()
                assert slack_answers.wait(SOON_S)
            with at_work:
                pass

    with ThreadPoolExecutor(2 * AT_WORK + 1) as threads:
        asking = [threads.submit(ask) for _ in range(2 * AT_WORK)]
        assert all_wait.wait(SOON_S)  # twice as many wait as may work
        with turn():
            slack_answers.set()
        for one in asking:
            one.result(SOON_S)
    assert at_work.most <= AT_WORK


def test_a_turn_ends_with_an_error():
    for _ in range(AT_WORK + 1):
        with pytest.raises(OSError, match="gone"), turn(), elsewhere():
            raise OSError("gone")


def test_a_sync_lets_people_go_first_but_not_for_long():
    began = monotonic()
    give_way()
    assert monotonic() - began < GIVES_WAY_S
    with turn():
        began = monotonic()
        give_way()
    assert monotonic() - began >= GIVES_WAY_S
