import json
from collections import Counter
from datetime import UTC, datetime
from importlib.resources import as_file, files
from statistics import mean, median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.helpdesks.connector import Gone
from bot.helpdesks.demo import PAGE, DemoHelpdesk, connect
from bot.helpdesks.demo.story import COLLEAGUES, EPISODES, OFFICE, RETURNS_FROM, WEEKS
from bot.settings import HelpdeskSettings, load_settings
from kpi.errors import SettingsError
from kpi.events import UNSOLVED, Author, Field, Status
from kpi.history import fold
from kpi.period import midnight

NOW = int(datetime(2026, 11, 24, 9, 26, tzinfo=UTC).timestamp())
HOUR, DAY, WEEK = 3600, 86_400, 7 * 86_400
PARIS = "Europe/Paris"


class Clock:
    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now


def read(desk, cursor=None, pages=None):
    """Return what the helpdesk tells, by ticket, and the last cursor; after so many pages the stream is cut."""
    found = {}
    for number, page in enumerate(desk.pages(cursor), 1):
        found |= {history.ticket.external_id: history for history in page.tickets}
        cursor = page.cursor
        if number == pages:
            break
    return found, cursor


@pytest.fixture(scope="module")
def told():
    return read(DemoHelpdesk(clock=Clock()))[0]


@pytest.fixture(scope="module")
def start(told):
    first = min(history.ticket.created_at for history in told.values())
    day = datetime.fromtimestamp(first, UTC).date()
    assert day.weekday() == 0
    return midnight(day, PARIS)


@pytest.fixture(scope="module")
def facts(told):
    with as_file(files("bot.demo").joinpath("settings.toml")) as path:
        rules = load_settings({"KPI_BOT_SETTINGS": str(path)}).rules
    return {key: fold(history, rules) for key, history in told.items()}


# --- A helpdesk like any other -----------------------------------------------------------------------------------


def test_the_same_seed_tells_the_same_story(told):
    assert read(DemoHelpdesk(clock=Clock()))[0] == told


def test_another_seed_tells_another(told):
    assert read(DemoHelpdesk(seed=7, clock=Clock()))[0] != told


def test_a_story_of_fifteen_months_has_some_thousand_tickets(told, start):
    assert 4_000 < len(told) < 6_000
    assert (NOW - start) // WEEK == WEEKS


def test_pages_are_of_some_hundred_tickets_and_their_cursors_are_json():
    pages = list(DemoHelpdesk(clock=Clock()).pages(None))
    assert [len(page.tickets) for page in pages[:-1]] == [PAGE] * (len(pages) - 1)
    assert [page.done for page in pages] == [False] * (len(pages) - 1) + [True]
    assert all(json.loads(json.dumps(page.cursor)) == page.cursor for page in pages)
    assert pages[0].remaining == sum(len(page.tickets) for page in pages[1:])
    assert pages[-1].seen_until == NOW


def test_every_person_and_team_that_a_page_mentions_has_a_name(told):
    for page in DemoHelpdesk(clock=Clock()).pages(None):
        names = {person.external_id for person in (*page.agents, *page.customers) if person.name}
        teams = {team.external_id for team in page.teams}
        for history in page.tickets:
            assert {history.ticket.customer, history.ticket.agent} - {None} <= names
            assert history.ticket.team in teams


def test_nothing_happens_after_now(told):
    for history in told.values():
        assert history.ticket.created_at < NOW
        assert all(event.at < NOW for event in (*history.changes, *history.messages, *history.ratings))


@pytest.fixture(scope="module")
def desk_and_clock():
    """Give a helpdesk that remembers its world, so that reading it again is quick."""
    clock = Clock()
    return DemoHelpdesk(clock=clock), clock


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(later=st.integers(1, 20 * DAY))
def test_a_second_sync_tells_what_changed_and_together_they_are_the_whole(desk_and_clock, later):
    desk, clock = desk_and_clock
    clock.now = NOW
    first, cursor = read(desk)
    clock.now += later
    second, _ = read(desk, cursor)
    # A story that was first read later begins later: the whole is read from the same beginning.
    whole, _ = read(desk, {"start": cursor["start"], "since": 0})
    assert first | second == whole
    assert all(first.get(key) != history for key, history in second.items())


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages=st.integers(1, 5), later=st.integers(1, 9 * DAY))
def test_a_stream_that_was_cut_goes_on_where_it_was(desk_and_clock, pages, later):
    desk, clock = desk_and_clock
    clock.now = NOW
    first, cursor = read(desk, pages=pages)
    clock.now += later
    rest, _ = read(desk, cursor)
    whole, _ = read(desk, {"start": cursor["start"], "since": 0})
    assert first | rest == whole


def test_when_nothing_is_new_an_empty_page_moves_the_cursor_on(desk_and_clock):
    desk, clock = desk_and_clock
    clock.now = NOW
    _, cursor = read(desk)
    clock.now += 1
    (page,) = desk.pages(cursor)
    assert (page.tickets, page.done, page.seen_until) == ((), True, NOW + 1)


def test_one_ticket_is_told_as_in_the_stream_also_by_a_connector_that_read_nothing(told):
    key = sorted(told)[1234]
    assert DemoHelpdesk(clock=Clock()).ticket(key).tickets[0] == told[key]
    later = DemoHelpdesk(clock=Clock(NOW + 3 * WEEK))
    assert later.ticket(key).tickets[0].ticket.created_at == told[key].ticket.created_at


@pytest.mark.parametrize("external_id", ["2535-999999", "nothing", "", "9999-001001", "2535", "--"])
def test_a_ticket_that_never_was_is_gone(external_id):
    assert DemoHelpdesk(clock=Clock()).ticket(external_id).tickets[0] == Gone(external_id=external_id)


def test_the_key_in_the_settings_names_the_helpdesk():
    lamps = HelpdeskSettings(key="lamps", kind="demo", token=SecretStr(""))
    assert connect(lamps).check().name == "lamps"
    assert next(connect(lamps).pages(None)).tickets[0].ticket.helpdesk == "lamps"


@pytest.mark.parametrize("options", [{"sed": 1}, {"seed": "one"}, {"seed": True}])
def test_an_option_it_doesnt_know_is_refused(options):
    with pytest.raises(SettingsError):
        connect(HelpdeskSettings(key="demo", kind="demo", options=options))


def test_the_packaged_settings_have_the_opening_hours_that_the_story_is_written_to():
    with as_file(files("bot.demo").joinpath("settings.toml")) as path:
        packaged = load_settings({"KPI_BOT_SETTINGS": str(path)})
    (schedule,) = (assignment.schedule for assignment in packaged.schedules)
    assert (schedule.zone, schedule.weeks, schedule.country) == (OFFICE.zone, OFFICE.weeks, OFFICE.country)


# --- A believable story ------------------------------------------------------------------------------------------


def week_of(history, start):
    return (history.ticket.created_at - start) // WEEK


def first_replies(facts, start, week, **ticket):
    return [
        turn["reply_s"]
        for fact in facts.values()
        if (fact.ticket["created_at"] - start) // WEEK == week
        and all(fact.ticket[name] == value for name, value in ticket.items())
        for turn in fact.turns[:1]
        if turn["replied_at"] is not None
    ]


def test_the_carrier_strike_brings_many_tickets_and_slow_first_replies(told, facts, start):
    strike = next(episode for episode in EPISODES if episode.key == "carrier strike")
    week = strike.start // 7
    volume = Counter(week_of(history, start) for history in told.values() if history.ticket.type == strike.topic)
    before = range(week - 6, week)
    assert volume[week] > 3 * median(volume[number] for number in before)
    slow = median(first_replies(facts, start, week, created_team="orders"))
    usual = median(median(first_replies(facts, start, number, created_team="orders")) for number in before)
    assert slow > 2 * usual


def test_returns_go_to_the_new_team_from_its_first_day_on_and_are_answered_faster(facts, start):
    begins = start + RETURNS_FROM * DAY
    returns = [fact for fact in facts.values() if fact.ticket["type"] == "return" and not fact.ticket["left_out"]]
    before = Counter(fact.ticket["solved_team"] for fact in returns if fact.ticket["created_at"] < begins - WEEK)
    after = Counter(fact.ticket["solved_team"] for fact in returns if fact.ticket["created_at"] >= begins)
    assert before["returns"] == 0
    assert before["orders"] > 150
    assert after["returns"] > 10 * after["orders"]
    orders, new = (
        [
            turn["reply_s"]
            for fact in returns
            for turn in fact.turns[:1]
            if turn["replied_at"] is not None and turn["team"] == team
        ]
        for team in ("orders", "returns")
    )
    assert median(new) < median(orders)


def test_some_slas_are_missed_but_most_are_kept(facts):
    for metric, least, most in (("first_reply", 0.08, 0.3), ("resolution", 0.03, 0.2)):
        clocks = [clock for fact in facts.values() for clock in fact.clocks if clock["metric"] == metric]
        stopped = [clock["breached"] for clock in clocks if clock["stopped_by"] in {"reply", "solve"}]
        assert least < mean(stopped) < most


def test_tickets_are_in_every_state(told):
    assert {history.ticket.status for history in told.values()} == set(Status)


def test_a_backlog_is_left(told):
    assert 10 < sum(history.ticket.status in UNSOLVED for history in told.values()) < 200


def test_what_goes_wrong_in_real_life_goes_wrong_here(told, facts):
    rows = [fact.ticket for fact in facts.values()]
    left_out = Counter(row["left_out"] for row in rows)
    assert set(left_out) == {None, "deleted", "spam", "merged", "test"}
    assert sum(row["reopens"] > 0 for row in rows) > 50
    assert sum(row["automatic_reopens"] for row in rows) > 5
    assert sum(row["teams"] > 1 for row in rows) > 100
    assert sum(row["opened_by_agent"] for row in rows) > 50
    assert sum(row["solved_in_contact"] for row in rows) > 100
    assert sum(row["closed_at"] is not None for row in rows) > 10
    messages = [message for history in told.values() for message in history.messages]
    assert any(not message.public for message in messages)
    assert any(message.automatic and message.author_kind is Author.BOT for message in messages)
    assert any(change.field is Field.PRIORITY for history in told.values() for change in history.changes)
    assert any(contact.abandoned for history in told.values() for contact in history.contacts)


def test_a_merged_ticket_names_the_one_it_went_into(told):
    merged = [history.ticket for history in told.values() if history.ticket.status is Status.MERGED]
    assert all(told[ticket.merged_into].ticket.customer == ticket.customer for ticket in merged)
    others = [history.ticket for history in told.values() if history.ticket.status is not Status.MERGED]
    assert all(ticket.merged_into is None for ticket in others)


def test_customers_of_two_languages_write_in_four_ways_with_four_priorities(told):
    tickets = [history.ticket for history in told.values()]
    assert {ticket.language for ticket in tickets} == {"en", "fr"}
    assert {ticket.channel for ticket in tickets} == {"email", "web", "chat", "phone"}
    assert {ticket.priority for ticket in tickets} == {"low", "normal", "high", "urgent"}


def test_customers_come_back_about_the_same_thing(told):
    contacts = Counter((history.ticket.customer, history.ticket.type) for history in told.values())
    assert sum(count > 1 for count in contacts.values()) > 100


def test_agents_write_only_while_they_are_there(told, start):
    assert any(colleague.leaves for colleague in COLLEAGUES)
    assert any(colleague.joins for colleague in COLLEAGUES)
    there = {colleague.key: colleague for colleague in COLLEAGUES}
    late = 0
    for history in told.values():
        for message in history.messages:
            if message.author_kind is Author.AGENT:
                day = (message.at - start) // DAY
                assert there[message.author].joins <= day
                late += not there[message.author].works(day)
    # Whoever leaves may still finish what was on the desk.
    assert late < 20


def test_weekends_are_quiet_and_the_end_of_the_year_is_busy(told):
    days = Counter(datetime.fromtimestamp(history.ticket.created_at, UTC).date() for history in told.values())
    workdays, weekends = ([n for day, n in days.items() if (day.weekday() > 4) is weekend] for weekend in (False, True))
    assert mean(weekends) < 0.5 * mean(workdays)
    months = Counter((day.year, day.month) for day in days.elements())
    assert months[2025, 12] > 1.3 * months[2025, 10]
    assert months[2025, 11] > 1.1 * months[2026, 5]


def test_the_longer_customers_wait_the_worse_they_rate(facts):
    rated = sorted(
        (fact.turns[0]["reply_calendar_s"], fact.ticket["rating"])
        for fact in facts.values()
        if fact.ticket["rating"] is not None and fact.turns and fact.turns[0]["replied_at"] is not None
    )
    quarter = len(rated) // 4
    assert quarter > 100
    assert mean(score for _, score in rated[:quarter]) > mean(score for _, score in rated[-quarter:]) + 0.5


def test_live_channels_are_open_in_office_hours_only(told):
    live = [history.ticket.created_at for history in told.values() if history.ticket.channel in {"chat", "phone"}]
    assert all(OFFICE.elapsed(at, at + 1) for at in live)
