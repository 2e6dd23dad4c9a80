"""Changes that a helpdesk doesn't tell, found by comparing what it tells with what is stored."""

from dataclasses import replace
from itertools import permutations

import pytest
from cast import ALICE, BOB, DAY, DINA, HOUR, MINUTE
from scripted_desk import DESK, NOW, START, dump, page
from sqlalchemy import select

from bot.database import writing
from bot.helpdesks.connector import Apart, Gone
from bot.storage import Desk, store_page
from kpi import schema
from kpi.events import Author, Field, History, Message, Moment, Observed, Rating, Status, Ticket, Work
from kpi.policies import Rulebook

ENDED = ("solved", "closed")


def desk():
    return Desk(key=DESK, kind="demo", rulebook=lambda _, names, _own: Rulebook(team_names=names))


def told(as_of, status=Status.OPEN, *, since=None, moments=(), messages=(), **ticket):
    """Return a ticket as it is at a moment, of a helpdesk that tells no changes."""
    values = {"team": "support", "customer": DINA} | ticket
    seen = Ticket(helpdesk=DESK, external_id="1", created_at=START, status=status, as_of=as_of, **values)
    fields = [Observed(field=field, since=as_of) for field in (Field.TEAM, Field.AGENT, Field.PRIORITY)]
    of_status = Observed(field=Field.STATUS, since=since or as_of, moments=tuple(moments), first="open")
    return History(ticket=seen, messages=tuple(messages), observed=(of_status, *fields))


def store(engine, *tickets, now=NOW, **values):
    for one in tickets:
        with writing(engine) as connection:
            store_page(connection, desk(), page(0, one, observes=True, **values), now)


def changes(engine):
    table = schema.ticket_changes.c
    with engine.connect() as connection:
        rows = connection.execute(
            select(table.field, table.at, table.old, table.new).order_by(table.at, table.position)
        )
        return [(row.field, row.at - START, row.old, row.new) for row in rows]


def facts(engine, *columns):
    with engine.connect() as connection:
        return tuple(connection.execute(select(*(schema.ticket_facts.c[name] for name in columns))).one())


# --- What differs ------------------------------------------------------------------------------------------------


def test_the_first_look_finds_no_change(engine):
    store(engine, told(START + HOUR, agent=ALICE))
    assert changes(engine) == []


def test_what_differs_at_the_next_look_has_changed_at_the_last_update(engine):
    store(engine, told(START + HOUR), told(START + 2 * HOUR, team="billing", agent=ALICE))
    assert changes(engine) == [
        ("team", 2 * HOUR, "support", "billing"),
        ("agent", 2 * HOUR, None, ALICE),
    ]


def test_a_status_has_changed_when_the_helpdesk_says_that_its_status_was_updated(engine):
    store(engine, told(START + HOUR), told(START + 3 * HOUR, Status.PENDING, since=START + 2 * HOUR))
    assert changes(engine) == [("status", 2 * HOUR, "open", "pending")]


def test_the_same_told_again_is_stored_once(engine):
    looks = [told(START + HOUR), told(START + 2 * HOUR, Status.SOLVED, agent=BOB)]
    store(engine, *looks)
    before = dump(engine)
    store(engine, looks[1], looks[1])
    assert dump(engine) == before
    assert len(changes(engine)) == 2


@pytest.mark.parametrize("order", sorted(set(permutations([1, 1, 2, 2]))), ids=lambda order: "".join(map(str, order)))
def test_an_older_state_told_later_brings_nothing_back(engine, order):
    looks = [told(START, team="a"), told(START + HOUR, team="b"), told(START + 2 * HOUR, Status.SOLVED, team="c")]
    store(engine, looks[0], *(looks[number] for number in order))
    first, last = changes(engine), facts(engine, "status", "solved_team")
    assert last == ("solved", "c")
    assert first[-2:] == [("team", 2 * HOUR, first[-2][2], "c"), ("status", 2 * HOUR, "open", "solved")]
    assert len(first) == (3 if order[0] == 1 else 2)


def test_messages_of_an_older_state_are_kept(engine):
    said = Message(external_id="m", at=START + MINUTE, position=1, author=ALICE, author_kind=Author.AGENT, public=True)
    store(engine, told(START + HOUR), told(START + MINUTE, messages=[said]))
    assert facts(engine, "first_replied_at") == (START + MINUTE,)


def test_whoever_took_the_ticket_up_to_its_solve_solved_it(engine):
    store(engine, told(START), told(START + HOUR, Status.SOLVED, since=START + 30 * MINUTE, agent=ALICE))
    assert facts(engine, "solved_agent", "last_solved_at") == (ALICE, START + 30 * MINUTE)


def test_a_value_that_comes_and_goes_is_followed(engine):
    teams = ["a", "b", "a", "b"]
    store(engine, *(told(START + number * HOUR, team=team) for number, team in enumerate(teams)))
    assert [new for _, _, _, new in changes(engine)] == ["b", "a", "b"]


# --- What is certain of the time before ------------------------------------------------------------------------


def test_a_ticket_first_seen_solved_was_solved_when_the_helpdesk_says(engine):
    solved = Moment(at=START + HOUR, value="solved")
    store(engine, told(START + DAY, Status.CLOSED, moments=[solved, Moment(at=START + DAY, value="closed")]))
    assert facts(engine, "last_solved_at", "solves", "resolution_calendar_s") == (START + HOUR, 1, HOUR)
    assert changes(engine) == [("status", HOUR, "open", "solved"), ("status", DAY, "solved", "closed")]


def reopened(at):
    return Moment(at=START + at, value="open", after=ENDED)


def test_a_reopen_from_before_the_first_look_is_not_counted_since_its_solve_is_unknown(engine):
    store(engine, told(START + 3 * HOUR, moments=[reopened(2 * HOUR)]))
    store(engine, told(START + 4 * HOUR, moments=[reopened(2 * HOUR)]))
    assert changes(engine) == []


def test_a_solve_and_a_reopen_between_two_looks_are_both_counted(engine):
    store(engine, told(START + HOUR), told(START + 3 * HOUR, moments=[reopened(2 * HOUR)]))
    assert facts(engine, "solves", "reopens") == (1, 1)
    assert changes(engine) == [("status", 2 * HOUR, "open", "solved"), ("status", 2 * HOUR, "solved", "open")]


def test_reopens_are_counted_from_the_first_look_on(engine):
    looks, moments = [], []
    for number in range(1, 4):
        at = number * DAY
        looks.append(told(START + at, Status.SOLVED, moments=[*moments[-1:], Moment(at=START + at, value="solved")]))
        moments.append(reopened(at + HOUR))
        looks.append(told(START + at + HOUR, moments=moments[-1:]))
    store(engine, told(START), *looks)
    assert facts(engine, "solves", "reopens") == (3, 3)
    store(engine, *looks[-2:])
    assert facts(engine, "solves", "reopens") == (3, 3)


def test_a_solve_is_found_between_two_looks_at_which_the_ticket_was_solved(engine):
    first = told(START + HOUR, Status.SOLVED, moments=[Moment(at=START + HOUR, value="solved")])
    again = [reopened(2 * HOUR), Moment(at=START + 3 * HOUR, value="solved")]
    store(engine, first, told(START + 3 * HOUR, Status.SOLVED, moments=again))
    assert facts(engine, "solves", "reopens", "last_solved_at") == (2, 1, START + 3 * HOUR)


def test_a_ticket_that_arrives_closed_stays_so(engine):
    moments = [Moment(at=START, value="solved"), Moment(at=START, value="closed")]
    store(engine, told(START + MINUTE, Status.CLOSED, moments=moments, opened_by_agent=True))
    assert facts(engine, "status", "solves") == ("closed", 0)


# --- Who did it --------------------------------------------------------------------------------------------------


def said(at, kind, **values):
    message = Message(external_id=f"m{at}", at=START + at, position=at, author="x", author_kind=kind, public=True)
    return replace(message, **values)


@pytest.mark.parametrize(
    ("message", "automatic"),
    [
        (said(HOUR, Author.AGENT), 0),
        (said(HOUR - 1, Author.SYSTEM, automatic=True), 1),
        (said(HOUR - 10, Author.SYSTEM, automatic=True), 0),
    ],
    ids=["agent", "system", "nobody"],
)
def test_a_solve_is_automatic_only_when_a_machine_spoke_at_that_moment(engine, message, automatic):
    solved = Moment(at=START + HOUR, value="solved")
    store(engine, told(START), told(START + HOUR, Status.SOLVED, moments=[solved], messages=[message]))
    assert facts(engine, "solved_automatically") == (automatic,)


@pytest.mark.parametrize(("automatic", "counted"), [(False, (1, 0)), (True, (0, 1))])
def test_a_reopen_by_an_automatic_message_is_counted_apart(engine, automatic, counted):
    solved = told(START + HOUR, Status.SOLVED, moments=[Moment(at=START + HOUR, value="solved")])
    message = said(2 * HOUR, Author.CUSTOMER, automatic=automatic)
    store(engine, solved, told(START + 2 * HOUR, moments=[reopened(2 * HOUR)], messages=[message]))
    assert facts(engine, "reopens", "automatic_reopens") == counted


# --- Gone and back -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.DELETED, Status.SPAM, Status.MERGED])
def test_a_ticket_that_is_gone_is_left_out_and_one_that_comes_back_was_never_gone(engine, status):
    solved = [Moment(at=START + HOUR, value="solved")]
    store(engine, told(START + HOUR, Status.SOLVED, moments=solved))
    before = changes(engine)
    gone = told(START + DAY, status, moments=solved)
    store(engine, gone, gone)
    assert changes(engine)[1:] == [("status", DAY, "solved", status.value)]
    assert facts(engine, "left_out") == (status.value,)
    store(engine, told(START + 2 * DAY, Status.SOLVED, since=START + HOUR, moments=solved))
    assert changes(engine) == before
    assert facts(engine, "left_out", "solves") == (None, 1)


def test_a_ticket_that_could_not_be_found_for_a_while_is_as_it_was(engine):
    solved = told(START + HOUR, Status.SOLVED, moments=[Moment(at=START + HOUR, value="solved")])
    store(engine, solved)
    before = dump(engine)
    store(engine, Gone(external_id="1"))
    store(engine, solved)
    assert dump(engine) == before


# --- What is said of it ------------------------------------------------------------------------------------------


def test_nothing_before_the_first_page_is_sure_however_often_all_is_read_again(engine):
    def since():
        with engine.connect() as connection:
            return connection.scalar(select(schema.helpdesks.c.history_start))

    store(engine, told(START), now=NOW)
    assert since() == NOW
    store(engine, told(START), now=NOW + DAY)
    assert since() == NOW
    store(engine, told(START), now=NOW + DAY, history_start=START)
    assert since() == START


# --- What is told apart from its ticket --------------------------------------------------------------------------


def rating(ticket="1", score=3.0):
    return Apart(ticket=ticket, event=Rating(external_id="r1", at=START + DAY, score=score, highest=3, customer=DINA))


def test_a_rating_told_apart_belongs_to_its_ticket_whichever_comes_first(engine):
    work = Apart(ticket="1", event=Work(external_id="w1", at=START, agent=ALICE, seconds=60))
    with writing(engine) as connection:
        store_page(connection, desk(), page(0, observes=True, apart=(rating(), work)), NOW)
    store(engine, told(START))
    assert facts(engine, "rating", "rating_highest", "rating_positive") == (3, 3, 1)
    store(engine, told(START), apart=(rating(score=1.0),))
    assert facts(engine, "rating", "rating_positive") == (1, 0)
    with engine.connect() as connection:
        assert connection.scalar(select(schema.work.c.ticket_id).where(schema.work.c.seconds == 60)) is not None


def test_a_rating_told_twice_is_stored_once(engine):
    store(engine, told(START), apart=(rating(),))
    before = dump(engine)
    store(engine, told(START), apart=(rating(), rating()))
    assert dump(engine) == before
