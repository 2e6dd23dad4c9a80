"""What is particular to Freshdesk, over HTTP against the small one of this folder: a test for each pitfall."""

import json
from pathlib import Path

import pytest
from contract.desks import QUICK, fd_settings, serve
from contract.fake_freshdesk import (
    ALICE,
    BILLING,
    BOB,
    CLOSED,
    DAY,
    DINA,
    EMIL,
    KEY,
    OPEN,
    PENDING,
    RESOLVED,
    ROBOT,
    START,
    SUPPORT,
    FakeFreshdesk,
)
from contract.test_connectors import told
from sqlalchemy import select
from werkzeug import Response

import bot.tables  # noqa: F401  # its tables belong to the metadata
from bot.asking import Asker
from bot.checking import Check, State
from bot.commands import Commands
from bot.helpdesks.budget import Budget, RateLimit
from bot.helpdesks.connector import Gone, Refused
from bot.helpdesks.freshdesk import Freshdesk, client, streams
from bot.helpdesks.freshdesk.client import ApiClient
from bot.settings import load_settings
from bot.sync import sync
from bot.text import Text
from kpi import schema
from kpi.errors import HelpdeskError, SettingsError
from kpi.events import Author, Field, Status

SAMPLES = Path(__file__).parents[3] / "shared" / "helpdesks" / "samples" / "freshdesk_real_shapes"


@pytest.fixture
def fd():
    return FakeFreshdesk()


@pytest.fixture
def url(httpserver, fd):
    return serve(httpserver, fd)


@pytest.fixture
def connect(url):
    return lambda **options: Freshdesk(fd_settings(url, **options), QUICK)


def pages(fd, connector, cursor=None):
    """Return the pages of a sync that begins some minutes after the last thing happened."""
    fd.tick(300)
    return list(connector.pages(cursor))


def read(fd, connect, ticket, **options):
    return told(pages(fd, connect(**options)))[str(ticket)]


def apart(found):
    return [one for page in found for one in page.apart]


def lists(fd):
    return [path for path in fd.asked if path.startswith("/api/v2/tickets?")]


@pytest.fixture
def settings(url):
    environment = {"KPI_BOT_HELPDESK": "freshdesk", "KPI_BOT_HELPDESK_URL": url, "KPI_BOT_HELPDESK_TOKEN": KEY}
    return load_settings(environment)


@pytest.fixture
def sync_all(engine, fd, settings):
    """Return a function that syncs what happened."""

    def run(**options):
        fd.tick(300)
        connector = Freshdesk(settings.helpdesks[0], QUICK)
        return sync(engine, connector, settings, "freshdesk", clock=lambda: fd.now, **options)

    return run


def facts(engine, ticket, *columns):
    tickets, rows = schema.tickets.c, schema.ticket_facts.c
    query = select(*(rows[name] for name in columns)).join(schema.tickets, tickets.id == rows.ticket_id)
    with engine.connect() as connection:
        return tuple(connection.execute(query.where(tickets.external_id == str(ticket))).one())


# --- Pitfalls 1, 2, 4: lists -------------------------------------------------------------------------------------


def test_an_empty_freshdesk_gives_a_last_page(fd, connect):
    last = pages(fd, connect())[-1]
    assert (last.tickets, last.done, last.observes) == ((), True, True)


def test_tickets_of_every_age_are_read_oldest_update_first(fd, connect):
    old = fd.create()
    fd.tick(400 * DAY)
    new = fd.create()
    found = pages(fd, connect())
    assert list(told(found)) == [str(old), str(new)]
    assert all("updated_since=" in path and "order_type=asc" in path for path in lists(fd))


def test_the_end_of_the_list_at_its_last_page_loses_no_ticket(fd, connect):
    fd.page_size, fd.last_page = 5, 2
    names = {str(fd.create()) for _ in range(57)}
    assert set(told(pages(fd, connect()))) == names


@pytest.mark.parametrize("count", [5, 12, 20])
def test_tickets_that_share_a_second_across_pages_are_all_read(fd, connect, count):
    fd.page_size = 5
    names = [fd.create() for _ in range(30)]
    for ticket in names[8 : 8 + count]:
        fd.tickets[ticket]["updated_at"] = fd.tickets[names[8]]["updated_at"]
    found = pages(fd, connect())
    assert set(told(found)) == set(map(str, names))
    assert sum(len(page.tickets) for page in found) == 30


def test_more_tickets_in_one_second_than_the_list_reaches_are_said_not_lost(fd, connect, monkeypatch):
    monkeypatch.setattr(client, "LAST_PAGE", 3)
    fd.page_size, fd.last_page = 5, 3
    for ticket in [fd.create() for _ in range(30)]:
        fd.tickets[ticket]["updated_at"] = fd.tickets[1]["updated_at"]
    with pytest.raises(HelpdeskError) as caught:
        pages(fd, connect())
    assert caught.value.key == "freshdesk_one_second"
    assert "2026-10-19T08:01:00Z" in Text("en").error(caught.value)


def test_rows_that_shift_while_paging_lose_no_ticket(fd, connect):
    fd.page_size = 5
    names = [fd.create() for _ in range(30)]
    fd.while_paging = lambda: [fd.note(ticket) for ticket in names[:4]]
    assert set(told(pages(fd, connect()))) == set(map(str, names))


def test_a_change_in_the_second_of_the_last_read_is_told_next_time(fd, connect):
    ticket = fd.create()
    first = list(connect().pages(None))
    fd.tickets[ticket]["group_id"] = BILLING  # in the same second, after it was read
    again = told(pages(fd, connect(), first[-1].cursor))
    assert again[str(ticket)].ticket.team == str(BILLING)


def test_what_changed_within_the_overlap_is_not_read_again(fd, connect):
    ticket = fd.create()
    fd.tick(120)
    first = list(connect().pages(None))
    assert told(connect().pages(first[-1].cursor)) == {}
    fd.asked.clear()
    list(connect().pages(first[-1].cursor))
    assert f"/api/v2/tickets/{ticket}/conversations" not in "".join(fd.asked)
    assert len(fd.asked) <= 8


def test_the_next_run_overlaps_the_last_by_minutes(fd, connect):
    fd.create()
    early = fd.create()
    first = list(pages(fd, connect()))
    # As if its row had shifted out of sight while the list was paged through.
    fd.tickets[early] |= {"group_id": BILLING, "updated_at": fd.tickets[1]["updated_at"]}
    assert set(told(pages(fd, connect(), first[-1].cursor))) == {str(early)}


def test_the_search_is_never_asked(fd, connect):
    fd.create()
    pages(fd, connect())
    assert not [path for path in fd.asked if "search" in path]


# --- Pitfall 3: deleted and spam ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("leave", "status"), [("delete", Status.DELETED), ("spam", Status.SPAM)])
def test_deleted_and_spam_tickets_are_found_by_lists_of_their_own(fd, connect, leave, status):
    ticket, other = fd.create(), fd.create()
    first = pages(fd, connect())
    getattr(fd, leave)(ticket)
    found = pages(fd, connect(), first[-1].cursor)
    assert {name: history.ticket.status for name, history in told(found).items()} == {str(ticket): status}
    assert connect().ticket(str(ticket)).tickets[0].ticket.status is status
    fd.restore(ticket)
    back = told(pages(fd, connect(), found[-1].cursor))
    assert back[str(ticket)].ticket.status is Status.OPEN
    assert str(other) not in back


def test_a_ticket_deleted_for_good_is_gone(fd, connect):
    ticket = fd.create()
    fd.erased.add(ticket)
    assert connect().ticket(str(ticket)).tickets[0] == Gone(external_id=str(ticket))


def test_a_restored_ticket_counts_again_as_if_it_had_never_left(fd, engine, sync_all):
    ticket = fd.create()
    fd.reply(ticket)
    fd.become(ticket, RESOLVED)
    sync_all()
    fd.delete(ticket)
    sync_all()
    assert facts(engine, ticket, "left_out") == ("deleted",)
    fd.restore(ticket)
    sync_all()
    assert facts(engine, ticket, "left_out", "solves", "reopens") == (None, 1, 0)


# --- Pitfalls 5, 7, 8: no history, but statistics ----------------------------------------------------------------


def test_a_timer_that_moves_the_last_update_changes_nothing(fd, engine, sync_all):
    ticket = fd.create()
    fd.reply(ticket)
    fd.become(ticket, RESOLVED)
    sync_all()
    before = facts(engine, ticket, "last_solved_at", "solved_agent", "solves", "reopens")
    fd.set(ticket, is_escalated=True, fr_escalated=True)
    sync_all()
    assert facts(engine, ticket, "last_solved_at", "solved_agent", "solves", "reopens") == before


def test_a_ticket_first_seen_solved_was_solved_when_the_statistics_say(fd, engine, sync_all):
    ticket = fd.create()
    fd.reply(ticket)
    fd.become(ticket, PENDING)
    fd.become(ticket, RESOLVED)
    solved_at = fd.now
    fd.tick(10 * DAY)
    fd.become(ticket, CLOSED)
    sync_all()
    assert facts(engine, ticket, "last_solved_at", "solves", "is_solved") == (solved_at, 1, 1)
    assert facts(engine, ticket, "first_replied_at") == (solved_at - 120,)


def test_reopens_are_counted_from_one_sync_to_the_next(fd, engine, sync_all):
    ticket = fd.create()
    fd.reply(ticket)
    fd.become(ticket, RESOLVED)
    sync_all()
    for _ in range(3):
        fd.ask(ticket)
        fd.reply(ticket)
        fd.become(ticket, RESOLVED)
        sync_all()
    assert facts(engine, ticket, "solves", "reopens") == (4, 3)
    sync_all(full=True)
    assert facts(engine, ticket, "solves", "reopens") == (4, 3)


def test_a_reopen_between_two_syncs_is_counted_although_its_solve_was_never_seen(fd, engine, sync_all):
    ticket = fd.create()
    sync_all()
    fd.become(ticket, RESOLVED)
    fd.ask(ticket)
    sync_all()
    assert facts(engine, ticket, "solves", "reopens", "is_solved") == (1, 1, 0)


def test_nothing_from_before_the_first_sync_is_called_sure(fd, engine, sync_all):
    fd.create()
    sync_all()
    first = fd.now
    fd.tick(DAY)
    sync_all(full=True)
    with engine.connect() as connection:
        assert connection.scalar(select(schema.helpdesks.c.history_start)) == first


def test_moves_between_teams_and_agents_are_seen_from_sync_to_sync(fd, engine, sync_all):
    ticket = fd.create()
    sync_all()
    fd.set(ticket, group_id=BILLING, responder_id=BOB)
    moved_at = fd.now
    sync_all()
    sync_all()
    changes = schema.ticket_changes.c
    with engine.connect() as connection:
        rows = connection.execute(select(changes.field, changes.at, changes.old, changes.new).order_by(changes.field))
        assert [tuple(row) for row in rows] == [
            ("agent", moved_at, None, str(BOB)),
            ("team", moved_at, str(SUPPORT), str(BILLING)),
        ]


def test_a_sync_that_is_killed_between_pages_finds_each_change_once(fd, engine, sync_all):
    fd.page_size = 3
    names = [fd.create() for _ in range(9)]
    sync_all()
    for ticket in names:
        fd.reply(ticket)
        fd.become(ticket, RESOLVED)
    sync_all(stopping=lambda: True)
    sync_all(full=True)
    sync_all()
    assert {facts(engine, ticket, "solves", "reopens", "replies") for ticket in names} == {(1, 0, 1)}


# --- Pitfall 6: numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (OPEN, Status.OPEN),
        (PENDING, Status.PENDING),
        (RESOLVED, Status.SOLVED),
        (CLOSED, Status.CLOSED),
        (6, Status.PENDING),
        (7, Status.HOLD),
    ],
)
def test_the_usual_statuses_are_known(fd, connect, number, status):
    assert read(fd, connect, fd.create(status=number)).ticket.status is status


def test_a_status_of_ones_own_is_open_until_the_options_explain_it(fd, connect):
    fd.statuses[12] = "With the workshop"
    ticket = fd.create(status=12)
    assert read(fd, connect, ticket).ticket.status is Status.OPEN
    assert ("fd_status_unknown", {"status": "With the workshop"}) in connect().check().warnings
    explained = connect(statuses={"with the Workshop": "hold"})
    assert read(fd, lambda: explained, ticket).ticket.status is Status.HOLD
    assert explained.check().warnings == ()


def test_a_usual_status_keeps_its_meaning_under_another_name(fd, connect):
    fd.statuses |= {2: "En cours", 4: "Réglé"}
    assert read(fd, connect, fd.create(status=RESOLVED)).ticket.status is Status.SOLVED


@pytest.mark.parametrize(("number", "word"), [(1, "low"), (2, "normal"), (3, "high"), (4, "urgent"), (9, "frozen")])
def test_priorities_are_words(fd, connect, number, word):
    assert read(fd, connect, fd.create(priority=number)).ticket.priority == word


@pytest.mark.parametrize(
    ("source", "channel"), [(1, "email"), (2, "web"), (3, "phone"), (7, "chat"), (9, "web"), (101, "hotline")]
)
def test_sources_are_channels(fd, connect, source, channel):
    assert read(fd, connect, fd.create(source=source)).ticket.channel == channel


def test_a_source_of_ones_own_can_be_named(fd, connect):
    assert read(fd, connect, fd.create(source=101), channels={"Hotline": "phone"}).ticket.channel == "phone"


def test_an_outbound_mail_is_a_ticket_that_an_agent_opened_and_no_reply(fd, engine, sync_all):
    ticket = fd.create(source=10, status=CLOSED)
    sync_all()
    assert facts(engine, ticket, "opened_by_agent", "replies", "first_replied_at", "solves") == (1, 0, None, 0)


def test_a_product_is_a_brand_by_its_name(fd, connect):
    assert read(fd, connect, fd.create(product_id=7)).ticket.brand == "Shop"


def test_numbers_beyond_32_bits_are_kept(fd, engine, sync_all):
    ticket = fd.create()
    said = fd.reply(ticket)
    sync_all()
    with engine.connect() as connection:
        found = connection.execute(select(schema.messages.c.author, schema.messages.c.position)).all()
    assert [tuple(row) for row in found] == [(str(DINA), 0), (str(ALICE), said)]
    assert said > 2**31


# --- Pitfall 9: merged and archived ------------------------------------------------------------------------------


def test_a_merged_ticket_is_known_by_the_note_on_it(fd, connect):
    source, target = fd.create(), fd.create()
    fd.merge(source, into=target)
    found = told(pages(fd, connect()))
    assert (found["1"].ticket.status, found["1"].ticket.merged_into) == (Status.MERGED, str(target))
    assert found["2"].ticket.merged_into is None


def test_a_merge_note_in_other_words_can_be_named(fd, connect):
    ticket = fd.create()
    fd.become(ticket, CLOSED)
    fd.note(ticket, text="Ce ticket est fermé et fusionné avec le ticket 12.")
    assert read(fd, connect, ticket).ticket.status is Status.CLOSED
    named = read(fd, connect, ticket, merge_notes=["Ce ticket est fermé et fusionné avec le ticket"])
    assert (named.ticket.status, named.ticket.merged_into) == (Status.MERGED, "12")


def test_a_customer_who_writes_the_words_merges_nothing(fd, connect):
    ticket = fd.create()
    fd.become(ticket, CLOSED)
    fd.say(ticket, DINA, incoming=True, body_text="This ticket is closed and merged into ticket 12")
    assert read(fd, connect, ticket).ticket.status is Status.CLOSED


def test_an_archived_ticket_is_not_gone(fd, connect):
    ticket = fd.create()
    fd.reply(ticket)
    fd.become(ticket, CLOSED)
    fd.archive.add(ticket)
    history = connect().ticket(str(ticket)).tickets[0]
    assert (history.ticket.status, len(history.messages)) == (Status.CLOSED, 2)


def test_without_archives_on_the_plan_what_is_not_there_is_gone(fd, connect):
    fd.not_on_plan.add("tickets/archived")
    assert connect().ticket("99").tickets[0] == Gone(external_id="99")


def test_a_ticket_that_is_archived_while_it_is_read_is_read_there(fd, connect):
    ticket = fd.create(status=CLOSED)
    fd.while_paging = lambda: fd.archive.add(ticket)
    assert read(fd, connect, ticket).ticket.status is Status.CLOSED


# --- Conversations -----------------------------------------------------------------------------------------------


def roles(history):
    return [(message.author_kind, message.public, message.automatic) for message in history.messages]


def test_who_wrote_is_told_by_who_is_an_agent(fd, connect):
    ticket = fd.create(DINA)
    fd.reply(ticket, ALICE)
    fd.ask(ticket)
    fd.say(ticket, EMIL, incoming=True)
    fd.note(ticket, BOB)
    assert roles(read(fd, connect, ticket)) == [
        (Author.CUSTOMER, True, False),
        (Author.AGENT, True, False),
        (Author.CUSTOMER, True, False),
        (Author.CUSTOMER, True, False),
        (Author.AGENT, False, False),
    ]


def test_an_agent_who_asked_speaks_as_a_customer(fd, connect):
    ticket = fd.create(ALICE)
    fd.say(ticket, ALICE)
    fd.reply(ticket, BOB)
    assert [role for role, _, _ in roles(read(fd, connect, ticket))] == [
        Author.CUSTOMER,
        Author.CUSTOMER,
        Author.AGENT,
    ]


def test_a_reply_stays_an_agents_when_the_agent_has_left(fd, connect):
    ticket = fd.create()
    fd.reply(ticket, BOB)
    del fd.agents[BOB]
    assert roles(read(fd, connect, ticket))[-1] == (Author.AGENT, True, False)


def test_automatic_replies_are_no_replies(fd, connect):
    ticket = fd.create()
    fd.reply(ticket, auto_response=True)
    fd.reply(ticket, automation_id=12, automation_type_id=1)
    fd.reply(ticket, None)
    fd.reply(ticket, ROBOT)
    assert roles(read(fd, connect, ticket, bots=[str(ROBOT)]))[1:] == [
        (Author.AGENT, True, True),
        (Author.AGENT, True, True),
        (Author.SYSTEM, True, True),
        (Author.BOT, True, True),
    ]


def test_what_is_written_below_a_survey_is_no_message(fd, connect):
    ticket = fd.create()
    fd.become(ticket, RESOLVED)
    fd.rate(ticket, 103, feedback="Thanks")
    assert len(read(fd, connect, ticket).messages) == 1


def test_long_conversations_are_read_to_their_end(fd, connect):
    fd.page_size = 10
    ticket = fd.create()
    for _ in range(35):
        fd.reply(ticket)
    assert len(read(fd, connect, ticket).messages) == 36


def test_no_text_of_a_message_leaves_the_connector(fd, connect):
    ticket = fd.create()
    fd.reply(ticket, body_text="The password is sesame")
    found = pages(fd, connect())
    assert "sesame" not in repr(found)
    assert "x@example.com" not in repr(found)
    assert told(found)[str(ticket)].messages[-1].length == len("The password is sesame")


def test_whom_tickets_name_comes_with_them(fd, connect):
    fd.reply(fd.create(DINA, responder_id=BOB, group_id=BILLING), ALICE)
    page = next(page for page in pages(fd, connect()) if page.tickets)
    assert {(p.external_id, p.name) for p in page.agents} == {(str(ALICE), "Alice Agent"), (str(BOB), "Bob Lead")}
    assert {(p.external_id, p.name) for p in page.customers} == {(str(DINA), "Dina Customer")}
    assert {(t.external_id, t.name) for t in page.teams} == {(str(BILLING), "Billing")}


def test_a_ticket_has_its_address(fd, connect, url):
    assert read(fd, connect, fd.create()).ticket.url == f"{url}/a/tickets/1"


# --- Ratings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "value", "ranked"),
    [
        ([103, -103], 103, (2, 2)),
        ([103, 100, -103], 103, (3, 3)),
        ([103, 100, -103], 100, (2, 3)),
        ([103, 101, 100, -101, -103], 101, (4, 5)),
        ([103, 102, 101, 100, -101, -102, -103], -102, (2, 7)),
        ([103, -103], 100, (2, 3)),
        ([], 102, (3, 3)),
        ([], -101, (1, 3)),
        ([], 1, (3, 3)),
        ([], 3, (1, 3)),
    ],
)
def test_a_rating_is_its_rank_among_what_the_survey_accepts(fd, connect, accepted, value, ranked):
    fd.accepted = accepted
    fd.rate(fd.create(), value)
    (one,) = apart(pages(fd, connect()))
    assert (one.ticket, one.event.lowest, (one.event.score, one.event.highest)) == ("1", 1, ranked)


def test_a_rating_that_is_changed_later_is_read_again(fd, engine, sync_all):
    ticket = fd.create()
    fd.become(ticket, RESOLVED)
    fd.rate(ticket, -103)
    sync_all()
    assert facts(engine, ticket, "rating") == (1,)
    fd.tick(10 * DAY)
    fd.answers[0]["ratings"]["default_question"] = 103
    sync_all()
    assert facts(engine, ticket, "rating") == (3,)


def test_answers_are_read_from_the_last_ones_on_and_a_fortnight_back_each_hour(fd, connect):
    first = pages(fd, connect())
    fd.asked.clear()
    second = pages(fd, connect(), first[-1].cursor)
    fd.tick(3600)
    pages(fd, connect(), second[-1].cursor)
    asked = [path for path in fd.asked if "satisfaction_ratings" in path]
    assert asked[0].startswith("/api/v2/surveys/satisfaction_ratings?created_since=2026-10-19T08:00:00Z")
    assert "created_since=2026-10-05" in asked[1]


def test_a_list_of_answers_that_was_broken_off_goes_on(fd, connect):
    fd.page_size = 5
    for _ in range(23):
        fd.rate(fd.create(), 103)
    stream = connect().pages(None)
    begun = [next(stream), next(stream)]
    rest = list(connect().pages(json.loads(json.dumps(begun[-1].cursor))))
    names = [one.event.external_id for one in apart([*begun, *rest]) if one.event.external_id.startswith("67000499")]
    assert len(names) == len(set(names)) == 23


# --- Time --------------------------------------------------------------------------------------------------------


def test_time_entries_are_work(fd, connect):
    ticket = fd.create()
    fd.spend(ticket, 103)
    fd.spend(ticket, 0, time_spent="01:30", time_spent_in_seconds=None)
    fd.spend(ticket, 60, timer_running=True)
    found = [one.event for one in apart(pages(fd, connect()))]
    assert [(work.seconds, work.agent) for work in found] == [(103, str(ALICE)), (5400, str(ALICE))]


# --- Plans, keys and addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "warning"),
    [
        ("surveys/satisfaction_ratings", "fd_no_ratings"),
        ("time_entries", "fd_no_time_entries"),
        ("agents", "fd_no_agents"),
    ],
)
def test_what_is_not_on_the_plan_is_a_warning_and_stops_nothing(fd, connect, path, warning):
    ticket = fd.create()
    fd.reply(ticket)
    fd.rate(ticket, 103)
    fd.spend(ticket, 60)
    fd.not_on_plan.add(path)
    assert [key for key, _ in connect().check().warnings] == [warning]
    found = pages(fd, connect())
    assert roles(told(found)[str(ticket)])[-1] == (Author.AGENT, True, False)
    assert found[-1].done


def test_a_kpi_of_what_the_plan_lacks_says_that_its_data_is_missing(fd, engine, settings, sync_all):
    fd.not_on_plan |= {"surveys", "surveys/satisfaction_ratings"}
    fd.become(fd.create(), RESOLVED)
    sync_all()
    answer = Commands(Asker(engine, settings)).run("csat last 7 days", fd.now, Text("en"))
    assert not answer.available
    assert answer.figure is None or answer.figure.value is None


def test_an_agent_who_sees_only_some_tickets_is_said(fd, connect):
    fd.ticket_scope = 2
    assert connect().check().warnings == (("fd_ticket_scope", {"agent": "KPI Bot"}),)


def test_a_good_key_gets_no_warning(fd, connect):
    account = connect().check()
    assert (account.name, account.version, account.warnings) == ("KPI Bot", None, ())


def spoken(settings, fd):
    """Return what `kpi-bot check` says of the helpdesk."""
    check = Check(settings, Text("en"), fd.now, connect=lambda one: Freshdesk(one, QUICK))
    return [(found.state, found.sentence) for found in check._helpdesk(settings.helpdesks[0])]


def test_check_says_in_one_sentence_that_the_key_is_wrong(fd, settings):
    fd.token = "another"
    ((state, sentence),) = spoken(settings, fd)
    assert state is State.BAD
    assert "token" in sentence
    assert KEY not in sentence


def test_check_says_in_one_sentence_that_the_key_sees_too_little(fd, settings):
    fd.ticket_scope = 3
    (good, (state, sentence)) = [found for found in spoken(settings, fd) if "clock" not in found[1]]
    assert good[0] is State.GOOD
    assert state is State.NOTE
    assert "KPI Bot" in sentence
    assert "global access" in sentence


def test_check_says_in_one_sentence_that_the_address_is_wrong(fd, settings):
    fd.faults = [lambda _: Response("<html>No such account</html>", 404, content_type="text/html")]
    ((state, sentence),) = spoken(settings, fd)
    assert state is State.BAD
    assert "no helpdesk of this kind" in sentence


@pytest.mark.parametrize("suffix", ["", "/", "/api/v2", "/api/v2/"])
def test_any_way_of_writing_the_address_works(fd, url, suffix):
    assert Freshdesk(fd_settings(url + suffix), QUICK).check().name == "KPI Bot"


def test_an_option_that_is_not_known_is_refused(url):
    with pytest.raises(SettingsError) as caught:
        Freshdesk(fd_settings(url, rate_shar=0.5), QUICK)
    assert caught.value.values["suggestions"] == ["rate_share"]


@pytest.mark.parametrize("share", [0, 1.5, "much"])
def test_a_share_that_is_none_is_refused(url, share):
    with pytest.raises(SettingsError):
        Freshdesk(fd_settings(url, rate_share=share), QUICK)


# --- The rate ----------------------------------------------------------------------------------------------------


class Clock:
    """A clock that only goes on when somebody waits."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def test_a_small_plan_is_asked_within_its_limit_and_pays_for_what_is_embedded(fd, url):
    fd.limit = 50_000_000  # what is told; how much of it is used is looked at below
    clock = Clock()
    budget = Budget(RateLimit(requests=50, total="X-None", remaining="X-None"), 0.8, clock=clock, sleep=clock.sleep)
    api = ApiClient(url, KEY, QUICK, budget)
    for _ in range(40):
        api.tickets(START, 1)
    assert fd.used == 200
    assert fd.used / (clock.now / 60) <= 50
    api.http.close()


def test_a_refusal_for_asking_too_much_is_waited_out(fd, connect):
    ticket = fd.create()
    fd.tick(300)
    fd.faults = [lambda _: Response("{}", 429, headers={"Retry-After": "0"})] * 2
    assert str(ticket) in told(connect().pages(None))


# --- What can't be read ------------------------------------------------------------------------------------------


def test_a_record_that_makes_no_sense_is_refused_alone(fd, connect):
    odd, other = fd.create(), fd.create()
    fd.tickets[odd]["status"] = "?"
    found = told(pages(fd, connect()))
    assert found[str(odd)] == Refused(external_id=str(odd), reason="helpdesk_record_unreadable")
    assert found[str(other)].ticket.status is Status.OPEN


def test_the_walk_through_a_list_keeps_each_cursor_as_it_was(fd, connect):
    fd.page_size = 4
    for _ in range(20):
        fd.create()
    fd.tick(300)
    kept = [(page.cursor, json.dumps(page.cursor)) for page in connect().pages(None)]
    assert all(json.dumps(cursor) == text for cursor, text in kept)


def test_how_far_back_is_looked_is_a_fortnight():
    assert (streams.OVERLAP_S, streams.LOOK_BACK_S) == (300, 14 * DAY)


# --- The small one is like the real one --------------------------------------------------------------------------


def shape(records):
    """Return by name the kinds of what stands there; of what is always null none is known."""
    names = {name for record in records for name in record}
    return {name: {type(row[name]) for row in records if row.get(name) is not None} for name in names}


@pytest.mark.skipif(not SAMPLES.exists(), reason="needs the samples beside the checkout")
@pytest.mark.parametrize("name", ["tickets_page", "conversations_ticket_22_23", "satisfaction_ratings", "time_entries"])
def test_the_small_freshdesk_answers_in_the_shapes_of_a_real_one(fd, url, name):
    ticket = fd.create(responder_id=ALICE)
    fd.reply(ticket)
    fd.rate(ticket, 103, feedback="Thanks")
    fd.spend(ticket, 103)
    api = ApiClient(url, KEY, QUICK)
    answers = {
        "tickets_page": lambda: api.tickets(START, 1)[0],
        "conversations_ticket_22_23": lambda: api.conversations(str(ticket)),
        "satisfaction_ratings": lambda: api.ratings(None, 1)[0],
        "time_entries": lambda: api.time_entries(None, 1)[0],
    }
    real = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    like, small = shape(real), shape(answers[name]())
    # Without being asked for, the list has no descriptions.
    assert {field for field in like if not field.startswith("description")} == small.keys()
    assert {field: kinds for field, kinds in small.items() if like[field] and not kinds <= like[field]} == {}


@pytest.mark.skipif(not SAMPLES.exists(), reason="needs the samples beside the checkout")
def test_real_records_are_read(fd, connect):
    read_sample = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in SAMPLES.glob("*.json")}
    for row in read_sample["tickets_page"]:
        fd.tickets[row["id"]] = row
        fd.said[row["id"]] = [
            said for said in read_sample["conversations_ticket_22_23"] if said["ticket_id"] == row["id"]
        ]
    fd.answers, fd.time = read_sample["satisfaction_ratings"], read_sample["time_entries"]
    fd.agents[read_sample["agents"][0]["id"]] = "An Agent"
    found = pages(fd, connect())
    tickets = {name: history.ticket for name, history in told(found).items()}
    assert {name: ticket.status.value for name, ticket in tickets.items()} == {
        "18": "open",
        "22": "pending",
        "23": "closed",
    }
    assert [role for role, _, _ in roles(told(found)["22"])] == [Author.CUSTOMER, Author.AGENT, Author.AGENT]
    assert (tickets["23"].opened_by_agent, len(told(found)["23"].messages)) == (True, 1)
    rating, work = (one.event for one in apart(found))
    assert (rating.score, rating.highest, work.seconds) == (3, 3, 103)
    (of_status,) = [one for one in told(found)["22"].observed if one.field is Field.STATUS]
    assert [moment.value for moment in of_status.moments] == ["pending"]
