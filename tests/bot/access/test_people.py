"""Who a Slack user is and whom that person leads: by settings, user groups and e-mail address; in doubt, nobody."""

import time
from threading import Thread

import pytest
from cast import ALICE, BOB
from sqlalchemy import insert

from bot.access import Access
from bot.settings_access import AccessTable
from bot.turns import AT_WORK, elsewhere, turn
from kpi import schema

TEAM = "T1"
MAIL = "Chloe@Example.com"


class Book:
    """What Slack would say, which counts how often it is asked; it fails while `is_down`."""

    def __init__(self, groups=None, emails=None):
        self.groups, self.emails = groups or {}, emails or {}
        self.asked, self.is_down = [], False

    def members(self, team_id, group):
        return self._told(group, self.groups.get(group, ()) if team_id == TEAM else ())

    def email(self, team_id, user):
        return self._told(user, self.emails.get(user) if team_id == TEAM else None)

    def _told(self, about, said):
        self.asked.append(about)
        if self.is_down:
            raise OSError("ratelimited")
        return said


class Clock:
    now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def engine(new_engine):
    engine = new_engine()
    agents = [("desk", ALICE), ("desk", BOB), ("desk", "chloe@example.com"), ("shop", BOB), ("shop", "chloe")]
    with engine.begin() as connection:
        connection.execute(insert(schema.helpdesks), [{"key": key, "kind": "demo"} for key in ("desk", "shop")])
        rows = [{"helpdesk": desk, "external_id": name, "name": name.title()} for desk, name in agents]
        connection.execute(insert(schema.agents), rows)
    return engine


def access(engine, book=None, clock=None, **rules):
    return Access(AccessTable(**rules), engine, book or Book(), clock or Clock())


def test_many_who_ask_at_once_do_not_wait_for_one_that_waits_for_them(engine):
    class SlowBook(Book):
        def members(self, team_id, group):
            with elsewhere():  # as every call of Slack
                time.sleep(0.2)
                return super().members(team_id, group)

    book = SlowBook({"S01LEADS": {"U_BOB"}})
    known, leading = access(engine, book, leads=("S01LEADS",)), []

    def ask():
        with turn():
            leading.append(known.viewer(TEAM, "U_BOB", None).leads_all)

    # Threads that hold up nothing, should they wait for ever.
    asking = [Thread(target=ask, daemon=True) for _ in range(3 * AT_WORK)]
    for one in asking:
        one.start()
    until = time.monotonic() + 10
    for one in asking:
        one.join(max(0, until - time.monotonic()))
    assert (leading, book.asked.count("S01LEADS")) == ([True] * len(asking), 1)


def test_without_settings_nobody_leads_and_nobody_is_an_agent(engine):
    viewer = access(engine).viewer(TEAM, "U_ALICE", "C_SUPPORT")
    assert (viewer.agents, viewer.leads_all, viewer.leads, viewer.unsure) == ((), False, frozenset(), False)
    assert (viewer.team_id, viewer.user, viewer.channel, viewer.public) == (TEAM, "U_ALICE", "C_SUPPORT", False)


# --- Agents ----------------------------------------------------------------------------------------------------------


def test_the_settings_say_which_agent_a_user_is(engine):
    people = {"U_ALICE": "alice", "U_BOB": ["desk/bob", "shop/bob"]}
    found = access(engine, people=people)
    assert found.viewer(TEAM, "U_ALICE").agents == (("desk", ALICE),)
    assert found.viewer(TEAM, "U_BOB").agents == (("desk", BOB), ("shop", BOB))


def test_a_name_that_two_helpdesks_know_is_nobody_until_the_helpdesk_is_said(engine):
    assert access(engine, people={"U_BOB": "bob"}).viewer(TEAM, "U_BOB").agents == ()


def test_an_address_is_an_agent_that_is_known_by_all_of_it(engine):
    found = access(engine, Book(emails={"U_CHLOE": MAIL, "U_OTHER": "alice@elsewhere.example"}))
    assert found.viewer(TEAM, "U_CHLOE").agents == (("desk", "chloe@example.com"),)
    assert found.viewer(TEAM, "U_OTHER").agents == ()


def test_the_settings_go_before_the_address(engine):
    book = Book(emails={"U_CHLOE": MAIL})
    assert access(engine, book, people={"U_CHLOE": "shop/chloe"}).viewer(TEAM, "U_CHLOE").agents == (("shop", "chloe"),)
    assert book.asked == []


# --- Leads -----------------------------------------------------------------------------------------------------------


def test_leads_are_named_or_in_a_user_group(engine):
    book = Book({"S01LEADS": ["U_BOB"], "S_CARE": ["U_CHLOE"]})
    found = access(engine, book, leads=["U_EVE", "S01LEADS"], teams={"Care": "S_CARE", "Billing": ["U_CHLOE", "U_BOB"]})
    assert found.viewer(TEAM, "U_EVE").leads_all
    assert found.viewer(TEAM, "U_BOB").leads_all
    assert not found.viewer(TEAM, "U_CHLOE").leads_all
    assert found.viewer(TEAM, "U_CHLOE").leads == {"Care", "Billing"}
    assert found.viewer(TEAM, "U_ALICE").leads == frozenset()


def test_slack_is_asked_about_a_group_once_in_five_minutes(engine):
    book, clock = Book({"S01LEADS": ["U_BOB"]}, {"U_BOB": ""}), Clock()
    found = access(engine, book, clock, leads=["S01LEADS"])
    for _ in range(3):
        assert found.viewer(TEAM, "U_BOB").leads_all
    assert book.asked.count("S01LEADS") == 1
    book.groups["S01LEADS"] = []
    clock.now += 301
    assert not found.viewer(TEAM, "U_BOB").leads_all
    assert book.asked.count("S01LEADS") == 2


def test_when_slack_cannot_tell_nobody_leads_by_a_group(engine):
    book, clock = Book({"S01LEADS": ["U_BOB"]}), Clock()
    found = access(engine, book, clock, leads=["S01LEADS", "U_EVE"])
    assert found.viewer(TEAM, "U_BOB").leads_all
    clock.now += 301
    book.is_down = True
    viewer = found.viewer(TEAM, "U_BOB")
    assert (viewer.leads_all, viewer.unsure) == (False, True)
    assert found.viewer(TEAM, "U_EVE").leads_all  # who is named needs no word of Slack


def test_slack_is_left_alone_for_a_while_when_it_cannot_tell(engine):
    book, clock = Book({"S01LEADS": ["U_BOB"]}), Clock()
    book.is_down = True
    found = access(engine, book, clock, leads=["S01LEADS"])
    for _ in range(5):
        assert found.viewer(TEAM, "U_BOB").unsure
    assert book.asked.count("S01LEADS") == 1
    book.is_down = False
    clock.now += 31
    assert found.viewer(TEAM, "U_BOB").leads_all


def test_workspaces_are_kept_apart(engine):
    found = access(engine, Book({"S01LEADS": ["U_BOB"]}), leads=["S01LEADS"])
    assert found.viewer(TEAM, "U_BOB").leads_all
    assert not found.viewer("T2", "U_BOB").leads_all
