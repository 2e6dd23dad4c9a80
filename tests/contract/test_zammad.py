"""What is particular to Zammad, over HTTP against the small one of this folder: a test for each pitfall."""

import time

import pytest
from contract.desks import QUICK, busy_zammad, serve, zammad_settings
from contract.fake_zammad import (
    ALICE,
    BILLING,
    BOB,
    DAY,
    DINA,
    EMIL,
    NOBODY,
    ROBOT,
    START_MS,
    SUPPORT,
    TOKEN,
    FakeZammad,
)
from contract.test_connectors import told
from sqlalchemy import select
from werkzeug import Response

import bot.tables  # noqa: F401  # its tables belong to the metadata
from bot.checking import Check, State
from bot.helpdesks.connector import Gone, Refused
from bot.helpdesks.zammad import Zammad
from bot.settings import load_settings
from bot.sync import sync
from bot.text import Text
from kpi import schema
from kpi.errors import HelpdeskError, SettingsError
from kpi.events import Author, Field, History, Status

START = START_MS // 1000


@pytest.fixture
def zm():
    return FakeZammad()


@pytest.fixture
def url(httpserver, zm):
    return serve(httpserver, zm)


@pytest.fixture
def connect(url):
    return lambda **options: Zammad(zammad_settings(url, **options), QUICK)


@pytest.fixture
def settings(tmp_path, url):
    path = tmp_path / "settings.toml"
    path.write_text(
        f'[[helpdesks]]\nkey = "zm"\nkind = "zammad"\nurl = "{url}"\ntoken = "{TOKEN}"\n'
        "[helpdesks.options]\nrequests_a_minute = 1000000\n",
        encoding="utf-8",
    )
    return load_settings({"KPI_BOT_SETTINGS": str(path)})


def pages(zm, connector, cursor=None):
    """Return the pages of a sync that begins a minute after the last thing happened."""
    zm.tick()
    return list(connector.pages(cursor))


def read(zm, connect, ticket, **options):
    return told(pages(zm, connect(**options)))[str(ticket)]


def of(history, field):
    return [(change.old, change.new) for change in history.changes if change.field is field]


def roles(history):
    return [(said.author_kind, said.public, said.automatic) for said in history.messages]


def in_order(history):
    """Return messages and changes in the order in which they count."""
    events = [*history.messages, *(change for change in history.changes if change.field is Field.STATUS)]
    ordered = sorted(events, key=lambda event: (event.at, event.position))
    return [getattr(event, "new", event.author_kind if hasattr(event, "author_kind") else None) for event in ordered]


def asked(zm, part):
    return [request for request in zm.asked if part in request.path]


def since(zm):
    """Return where each search began."""
    searches = [request.get_json() for request in asked(zm, "tickets/search")]
    return [said["condition"]["ticket.updated_at"]["value"] for said in searches]


# --- Pitfall: search answers differently without Elasticsearch ---


@pytest.mark.parametrize("elasticsearch", [False, True])
def test_tickets_are_found_with_and_without_elasticsearch(zm, connect, elasticsearch):
    zm.elasticsearch = elasticsearch
    ticket = zm.create()
    assert set(told(pages(zm, connect()))) == {str(ticket)}
    assert all("query" not in request.get_json() for request in asked(zm, "tickets/search"))


def test_the_small_zammad_finds_nothing_by_query_as_a_real_one_without_elasticsearch(zm, url):
    zm.create()
    client = Zammad(zammad_settings(url), QUICK)._client.http
    assert client.get("tickets/search", {"query": "updated_at:[2026-01-01 TO *]"}) == []


def test_a_search_that_is_not_kept_to_its_condition_stops_before_anything_is_told(zm, connect):
    for _ in range(3):
        zm.create()
    zm.tick(DAY)
    last = pages(zm, connect())[-1]
    zm.ordered = False
    with pytest.raises(HelpdeskError) as caught:
        pages(zm, connect(), last.cursor)
    assert caught.value.key == "zammad_search_ignored"


def test_an_empty_zammad_gives_a_last_page(zm, connect):
    (last,) = pages(zm, connect())
    assert (last.done, last.tickets) == (True, ())
    assert last.seen_until == pytest.approx(zm.now, abs=3)


# --- Pitfall: pages have a cap, and one moment may hold more than it ---


@pytest.mark.parametrize("most", [200, 60])
def test_more_tickets_than_a_search_gives_are_all_told(zm, connect, most):
    zm.most = most
    tickets = [zm.create() for _ in range(230)]
    found = pages(zm, connect())
    assert set(told(found)) == {str(ticket) for ticket in tickets}
    assert sum(len(page.tickets) for page in found) == 230


def test_more_tickets_of_one_millisecond_than_a_search_gives_are_all_told(zm, connect):
    zm.most = 60
    tickets = [zm.create() for _ in range(150)]
    zm.at_once(tickets, state_id=2)
    found = pages(zm, connect())
    assert {name: one.ticket.status for name, one in told(found).items()} == {str(n): Status.OPEN for n in tickets}
    assert sum(len(page.tickets) for page in found) == 150


def test_tickets_of_one_millisecond_that_move_up_while_they_are_read_are_all_told(zm, connect):
    zm.most = 60
    tickets = [zm.create() for _ in range(150)]
    zm.at_once(tickets, state_id=2)
    zm.tick(DAY)

    def after_the_next_search():
        zm.while_searching = lambda: zm.close(tickets[0])  # between the pages of that millisecond

    zm.while_searching = after_the_next_search
    found = told(connect().pages(None))
    # The one that moved happened after the sync began: it is the next one's.
    assert set(found) == {str(ticket) for ticket in tickets}


def test_tickets_that_are_updated_while_they_are_read_lose_no_other(zm, connect):
    zm.most = 60
    tickets = [zm.create() for _ in range(130)]
    zm.tick(DAY)
    zm.while_searching = lambda: [zm.close(ticket) for ticket in tickets[:30]]
    found = list(connect().pages(None))
    later = pages(zm, connect(), found[-1].cursor)
    assert set(told(found)) | set(told(later)) == {str(ticket) for ticket in tickets}
    assert {name for name, one in told(later).items() if one.ticket.status is Status.SOLVED} == {
        str(ticket) for ticket in tickets[:30]
    }


# --- Pitfall: the boundary second ---


def test_an_update_within_the_second_of_the_last_one_read_is_told_by_the_next_sync(zm, connect):
    first, second = zm.create(), zm.create()
    zm.tick(3)
    begun = list(connect().pages(None))
    zm.now_ms = zm.now_ms - 3000 + 7  # committed late, seven milliseconds after what was read last
    zm.set(first, state_id=4, later_s=0)
    assert set(told(pages(zm, connect(), begun[-1].cursor))) == {str(first)}
    assert set(told(begun)) == {str(first), str(second)}


def test_every_search_begins_at_the_last_update_seen_itself_included(zm, connect):
    zm.most = 60
    tickets = [zm.create() for _ in range(70)]
    updates = [zm.tickets[ticket]["updated_at"] for ticket in tickets]
    pages(zm, connect())
    assert since(zm) == ["1970-01-01T00:00:00.000Z", updates[59]]


def test_the_last_minutes_are_read_again_and_not_told_again(zm, connect):
    ticket = zm.create()
    last = pages(zm, connect())[-1]
    zm.asked.clear()
    again = pages(zm, connect(), last.cursor)
    assert told(again) == {}
    assert since(zm)[0] < zm.tickets[ticket]["updated_at"]
    assert not asked(zm, "ticket_history")


def test_what_happens_right_now_is_left_to_the_next_sync(zm, connect):
    ticket = zm.create()
    begun = list(connect().pages(None))
    assert told(begun) == {}
    assert set(told(pages(zm, connect(), begun[-1].cursor))) == {str(ticket)}


# --- Pitfall: owner 1 is nobody ---


def test_the_owner_that_stands_for_nobody_is_none(zm, connect):
    ticket = zm.create()
    zm.reply(ticket, ALICE)
    zm.set(ticket, BOB, owner_id=NOBODY)
    history = read(zm, connect, ticket)
    assert of(history, Field.AGENT) == [(None, str(ALICE)), (str(ALICE), None)]
    assert history.ticket.agent is None


# --- Pitfall: rows that the token may not see are absent ---


def test_a_group_that_the_account_may_not_read_is_named_by_check(zm, connect):
    zm.create()
    del zm.rights[BILLING]
    assert ("zammad_groups_hidden", {"groups": ["Billing"]}) in connect().check().warnings


def test_a_ticket_that_moved_where_the_account_may_not_read_is_refused_when_asked_for(zm, connect):
    ticket = zm.create(group_id=BILLING)
    del zm.rights[BILLING]
    result = connect().ticket(str(ticket)).tickets[0]
    assert result == Refused(external_id=str(ticket), reason="helpdesk_refused")


# --- Pitfall: numbers of states differ, their types don't ---


def test_states_are_known_by_their_types_and_not_by_their_numbers(zm, connect):
    zm.states |= {40: ("erledigt", "closed"), 41: ("wartet", "pending reminder"), 42: ("in Arbeit", "open")}
    ticket = zm.create()
    for state in (42, 41, 40):
        zm.set(ticket, state_id=state)
    assert of(read(zm, connect, ticket), Field.STATUS) == [
        ("new", "open"),
        ("open", "pending"),
        ("pending", "solved"),
    ]


def test_a_state_means_what_the_options_say(zm, connect):
    zm.states |= {8: ("Waiting for Supplier", "pending reminder"), 9: ("spam", "closed")}
    waiting, junk = zm.create(), zm.create()
    zm.set(waiting, state_id=8)
    zm.set(junk, state_id=9)
    options = {"statuses": {"waiting for supplier": "hold", "Spam": "spam"}}
    found = told(pages(zm, connect(**options)))
    assert found[str(waiting)].ticket.status is Status.HOLD
    assert found[str(junk)].ticket.status is Status.SPAM


def test_two_states_that_mean_the_same_are_no_change(zm, connect):
    zm.states[8] = ("with second level", "open")
    ticket = zm.create()
    zm.set(ticket, state_id=2)
    zm.set(ticket, state_id=8)
    zm.close(ticket)
    assert of(read(zm, connect, ticket), Field.STATUS) == [("new", "open"), ("open", "solved")]


@pytest.mark.parametrize(
    ("state", "status"), [(3, Status.PENDING), (7, Status.PENDING), (4, Status.SOLVED), (6, Status.DELETED)]
)
def test_each_type_of_state_has_its_status(zm, connect, state, status):
    ticket = zm.create()
    zm.set(ticket, state_id=state)
    assert read(zm, connect, ticket).ticket.status is status


def test_states_without_the_names_of_their_types_are_known_by_the_numbers_of_these(zm, connect):
    ticket = zm.create()
    zm.close(ticket)
    rows = zm._states()
    zm._states = lambda: [{name: value for name, value in row.items() if name != "state_type"} for row in rows]
    assert of(read(zm, connect, ticket), Field.STATUS) == [("new", "solved")]


def test_a_ticket_that_was_opened_again_is_told_so(zm, connect):
    ticket = zm.create()
    zm.reply(ticket, state_id=4)
    zm.ask(ticket)
    zm.close(ticket)
    history = read(zm, connect, ticket)
    assert of(history, Field.STATUS) == [("new", "solved"), ("solved", "open"), ("open", "solved")]
    kinds = [change.actor_kind for change in history.changes if change.field is Field.STATUS]
    assert kinds == [Author.AGENT, Author.CUSTOMER, Author.AGENT]


# --- Pitfall: merged and removed ---


def test_a_merged_ticket_names_the_other_which_has_its_articles(zm, connect):
    kept, merged = zm.create(), zm.create()
    zm.reply(merged, BOB)
    zm.merge(merged, into=kept)
    found = told(pages(zm, connect()))
    gone, stays = found[str(merged)], found[str(kept)]
    assert (gone.ticket.status, gone.ticket.merged_into) == (Status.MERGED, str(kept))
    assert roles(gone) == [(Author.AGENT, False, False)]
    assert [said.author_kind for said in stays.messages] == [Author.CUSTOMER, Author.CUSTOMER, Author.AGENT]
    assert stays.ticket.merged_into is None


def test_a_merge_during_two_syncs_tells_both_tickets_again(zm, connect):
    kept, merged = zm.create(), zm.create()
    last = pages(zm, connect())[-1]
    zm.merge(merged, into=kept)
    assert set(told(pages(zm, connect(), last.cursor))) == {str(kept), str(merged)}


def test_a_deleted_ticket_is_gone(zm, connect):
    ticket = zm.create()
    zm.delete(ticket)
    assert connect().ticket(str(ticket)).tickets[0] == Gone(external_id=str(ticket))


def test_a_ticket_that_was_deleted_since_it_was_listed_is_gone(zm, connect):
    ticket, other = zm.create(), zm.create()
    zm.tick()
    zm.while_searching = lambda: zm.delete(ticket)
    found = told(connect().pages(None))
    assert found[str(ticket)] == Gone(external_id=str(ticket))
    assert isinstance(found[str(other)], History)


def test_a_ticket_of_which_only_a_part_isnt_found_is_refused_and_not_gone(zm, connect):
    ticket = zm.create()
    zm._history = lambda _: {}
    zm.faults = [*[lambda _: None] * 5, lambda _: Response('{"error": "x"}', 404, content_type="application/json")]
    assert read(zm, connect, ticket) == Refused(external_id=str(ticket), reason="helpdesk_not_found")


# --- Pitfall: who said what ---


def test_a_note_of_an_agent_is_no_reply_even_where_customers_see_it(zm, connect):
    ticket = zm.create()
    zm.note(ticket)
    assert roles(read(zm, connect, ticket))[1] == (Author.AGENT, False, False)


def test_a_note_of_a_customer_is_a_question(zm, connect):
    ticket = zm.create()
    zm.ask(ticket, kind="note")
    history = read(zm, connect, ticket)
    assert roles(history)[1] == (Author.CUSTOMER, True, False)
    assert history.messages[1].channel == "web"


def test_an_internal_article_is_private_though_it_went_out_by_mail(zm, connect):
    ticket = zm.create()
    zm.reply(ticket, internal=True)
    assert roles(read(zm, connect, ticket))[1] == (Author.AGENT, False, False)


def test_what_an_agent_wrote_down_for_a_customer_is_the_customers(zm, connect):
    ticket = zm.create(DINA, kind="phone", by=ALICE)
    history = read(zm, connect, ticket)
    (said,) = history.messages
    assert (said.author, said.author_kind, said.public) == (str(DINA), Author.CUSTOMER, True)
    assert (history.ticket.opened_by_agent, history.ticket.channel) == (False, "phone")


def test_a_call_to_a_customer_is_a_ticket_opened_by_an_agent(zm, connect):
    ticket = zm.create(DINA, kind="phone", sender="Agent", by=ALICE)
    history = read(zm, connect, ticket)
    assert history.ticket.opened_by_agent
    assert (history.messages[0].author, history.messages[0].author_kind) == (str(ALICE), Author.AGENT)


def test_a_triggers_mail_is_automatic(zm, connect):
    ticket = zm.create()
    zm.article(ticket, NOBODY, "System")
    history = read(zm, connect, ticket)
    assert roles(history)[1] == (Author.SYSTEM, True, True)
    assert history.messages[1].author is None


def test_a_triggers_note_under_the_name_of_an_agent_is_automatic(zm, connect):
    ticket = zm.create()
    zm.article(ticket, NOBODY, "Agent", "note")
    assert roles(read(zm, connect, ticket))[1] == (Author.SYSTEM, False, True)


def test_a_bots_mail_is_automatic(zm, connect):
    ticket = zm.create()
    zm.reply(ticket, ROBOT)
    history = read(zm, connect, ticket, bots=[str(ROBOT)])
    assert roles(history)[1] == (Author.BOT, True, True)
    assert {change.actor_kind for change in history.changes} == {Author.BOT}


def test_a_customers_out_of_office_mail_is_automatic(zm, connect):
    ticket = zm.create()
    zm.article(ticket, DINA, "Customer", preferences={"is-auto-response": True})
    zm.article(ticket, DINA, "Customer", preferences={"is-auto-response": False})
    assert roles(read(zm, connect, ticket))[1:] == [
        (Author.CUSTOMER, True, True),
        (Author.CUSTOMER, True, False),
    ]


def test_texts_are_measured_and_not_kept(zm, connect):
    ticket = zm.create()
    zm.article(ticket, DINA, "Customer", body="<div>Caf&eacute;<br></div>\n")
    history = read(zm, connect, ticket)
    assert [said.length for said in history.messages] == [len("It broke"), len("Café")]
    assert "broke" not in repr(history)


# --- Pitfall: an update is dated before the article that came with it ---


def test_a_reply_and_the_closing_with_it_count_in_that_order(zm, connect):
    ticket = zm.create()
    zm.now_ms = zm.now_ms // 1000 * 1000 + 980  # so that the reply is of the next second
    zm.reply(ticket, state_id=4)
    history = read(zm, connect, ticket)
    assert in_order(history) == [Author.CUSTOMER, Author.AGENT, "solved"]
    closed = next(change for change in history.changes if change.new == "solved")
    assert closed.at == history.messages[1].at


def test_a_question_and_the_reopening_with_it_count_in_that_order(zm, connect):
    ticket = zm.create()
    zm.reply(ticket, state_id=4)
    zm.ask(ticket)
    assert in_order(read(zm, connect, ticket))[-2:] == [Author.CUSTOMER, "open"]


def test_an_update_without_an_article_keeps_its_moment(zm, connect):
    ticket = zm.create()
    zm.close(ticket)
    closed_at = zm.now
    zm.article(ticket, BOB, "Agent", later_s=1)
    zm.article(ticket, ALICE, "Agent", later_s=3)
    (change,) = [change for change in read(zm, connect, ticket).changes if change.new == "solved"]
    assert change.at == closed_at


def test_updates_of_two_people_at_the_same_time_stay_in_their_order(zm, connect):
    ticket = zm.create()
    zm.set(ticket, ALICE, state_id=2)
    zm.set(ticket, BOB, state_id=3, later_s=0.5)
    zm.article(ticket, ALICE, "Agent", later_s=0.5)
    history = read(zm, connect, ticket)
    ordered = sorted(history.changes, key=lambda change: (change.at, change.position))
    assert [(one.old, one.new) for one in ordered] == [("new", "open"), ("open", "pending")]


# --- History ---


def test_group_owner_and_priority_have_a_history(zm, connect):
    ticket = zm.create()
    zm.set(ticket, ALICE, group_id=BILLING, owner_id=BOB, priority_id=3)
    history = read(zm, connect, ticket)
    assert of(history, Field.TEAM) == [(str(SUPPORT), str(BILLING))]
    assert of(history, Field.AGENT) == [(None, str(BOB))]
    assert of(history, Field.PRIORITY) == [("normal", "high")]
    assert {change.actor for change in history.changes} == {str(ALICE)}
    assert (history.ticket.team, history.ticket.agent, history.ticket.priority) == (str(BILLING), str(BOB), "high")


def test_a_priority_of_ones_own_goes_by_its_name(zm, connect):
    zm.priorities[4] = "Urgent"
    assert read(zm, connect, zm.create(priority_id=4)).ticket.priority == "urgent"


def test_a_priority_that_is_no_more_goes_by_the_name_in_the_history(zm, connect):
    zm.priorities[4] = "4 critical"
    ticket = zm.create()
    zm.set(ticket, priority_id=4)
    zm.set(ticket, priority_id=2)
    del zm.priorities[4]
    assert of(read(zm, connect, ticket), Field.PRIORITY) == [("normal", "critical"), ("critical", "normal")]


def test_the_type_of_a_ticket_has_a_history(zm, connect):
    ticket = zm.create(category="billing")
    zm.set(ticket, category="refund")
    history = read(zm, connect, ticket, type_field="category")
    assert of(history, Field.TYPE) == [("billing", "refund")]
    assert history.ticket.type == "refund"


@pytest.mark.parametrize(
    ("source", "kind"), [("Trigger", Author.SYSTEM), ("Job", Author.SYSTEM), ("Macro", Author.AGENT)]
)
def test_what_a_trigger_changes_is_the_systems_and_what_a_macro_does_the_agents(zm, connect, source, kind):
    ticket = zm.create()
    zm.set(ticket, ALICE, source=source, group_id=BILLING)
    (change,) = read(zm, connect, ticket).changes
    assert change.actor_kind is kind


def test_what_zammad_does_by_itself_is_the_systems(zm, connect):
    ticket = zm.create()
    zm.set(ticket, NOBODY, state_id=4)
    (change,) = read(zm, connect, ticket).changes
    assert (change.actor, change.actor_kind) == (None, Author.SYSTEM)


def test_a_ticket_closed_elsewhere_before_it_was_imported_is_solved_when_it_was_closed(zm, connect):
    ticket = zm.create()
    zm.reply(ticket)
    zm.tick(DAY)
    zm.close(ticket)
    closed_at = zm.now
    zm.forget_history(ticket)
    (change,) = read(zm, connect, ticket).changes
    assert (change.at, change.old, change.new) == (closed_at, "open", "solved")


def test_an_imported_ticket_that_was_opened_again_here_was_closed_before(zm, connect):
    ticket = zm.create()
    zm.tick(DAY)
    zm.close(ticket)
    closed_at = zm.now
    zm.forget_history(ticket)
    zm.ask(ticket)
    zm.close(ticket)
    history = read(zm, connect, ticket)
    assert of(history, Field.STATUS) == [("open", "solved"), ("solved", "open"), ("open", "solved")]
    assert history.changes[0].at == closed_at


def test_a_closing_after_the_first_update_is_no_closing_before_the_import(zm, connect):
    ticket = zm.create()
    zm.tick(DAY)
    zm.close(ticket)
    zm.forget_history(ticket)
    zm.tickets[ticket] |= {"close_at": None, "last_close_at": None}
    zm.ask(ticket)
    zm.close(ticket)
    assert of(read(zm, connect, ticket), Field.STATUS) == [("solved", "open"), ("open", "solved")]


def test_a_ticket_that_was_closed_when_it_was_made_was_never_open(zm, connect):
    ticket = zm.create(kind="phone", by=ALICE, state_id=4)
    history = read(zm, connect, ticket)
    assert (history.ticket.status, history.changes) == (Status.SOLVED, ())


# --- What else is told ---


def test_tags_are_those_that_were_added_and_not_removed(zm, connect):
    ticket = zm.create()
    for name in ("refund", "vip", "late"):
        zm.tag(ticket, name)
    zm.tag(ticket, "vip", remove=True)
    assert read(zm, connect, ticket).ticket.tags == ("refund", "late")


@pytest.mark.parametrize(
    ("options", "seconds"), [({}, 1350), ({"time_unit": "15m"}, 20_250), ({"time_unit": "1h"}, 81_000)]
)
def test_accounted_time_is_work_in_the_unit_of_the_options(zm, connect, options, seconds):
    ticket = zm.create()
    zm.spend(ticket, 22.5, by=BOB)
    (work,) = read(zm, connect, ticket, **options).work
    assert (work.agent, work.seconds, work.at) == (str(BOB), seconds, zm.now - 60)


def test_time_is_asked_for_only_where_some_was_accounted(zm, connect):
    timed, other = zm.create(), zm.create()
    zm.spend(timed, 5)
    pages(zm, connect())
    assert [request.path for request in asked(zm, "time_accountings")] == [f"/api/v1/tickets/{timed}/time_accountings"]
    assert len([one for one in zm.asked if one.path.endswith(f"/{other}")]) == 2


def test_time_that_may_not_be_read_leaves_the_rest_of_the_ticket(zm, connect):
    ticket = zm.create()
    zm.reply(ticket)
    zm.spend(ticket, 5)
    zm.rights[SUPPORT] = {"read"}
    history = read(zm, connect, ticket)
    assert (history.work, len(history.messages)) == ((), 2)


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        ("email", "email"),
        ("web", "web"),
        ("chat", "chat"),
        ("sms", "messaging"),
        ("telegram personal-message", "messaging"),
        ("twitter direct-message", "social"),
        ("facebook feed post", "social"),
        ("fax", "other"),
        ("note", "web"),
    ],
)
def test_the_channel_is_that_of_the_first_article(zm, connect, kind, channel):
    ticket = zm.create(kind=kind)
    zm.reply(ticket)
    assert read(zm, connect, ticket).ticket.channel == channel


def test_a_channel_is_what_the_options_say(zm, connect):
    assert read(zm, connect, zm.create(kind="sms"), channels={"SMS": "chat"}).ticket.channel == "chat"


def test_a_ticket_has_its_page_for_people(zm, connect, url):
    assert read(zm, connect, zm.create()).ticket.url == f"{url}/#ticket/zoom/1"


def test_people_have_their_names_and_no_mail_address(zm, connect):
    for customer in (DINA, EMIL):
        zm.reply(zm.create(customer))
    (page,) = pages(zm, connect())
    assert {one.name for one in page.agents} == {"Alice Agent"}
    assert {one.external_id: one.name for one in page.customers} == {str(DINA): "Dina Customer", str(EMIL): None}
    assert "example" not in repr((page.agents, page.customers, page.teams))


def test_a_group_that_may_not_be_listed_has_the_name_that_its_tickets_tell(zm, connect):
    zm.groups_listed = False
    ticket = zm.create()
    zm.set(ticket, group_id=BILLING)
    (page,) = pages(zm, connect())
    assert {team.name for team in page.teams} == {"Support", "Billing"}


def test_what_is_told_is_stored_and_counted(engine, zm, settings):
    reopened, merged = zm.create(), zm.create()
    zm.reply(reopened, state_id=4)
    zm.ask(reopened)
    zm.merge(merged, into=reopened)
    zm.tick()
    sync(engine, Zammad(settings.helpdesks[0], QUICK), settings, "zm", clock=lambda: zm.now)
    with engine.connect() as connection:
        rows = connection.execute(select(schema.tickets.c.external_id, schema.tickets.c.status)).all()
    assert sorted(rows) == [(str(reopened), "open"), (str(merged), "merged")]


# --- check ---


def spoken(settings, zm):
    """Return what `kpi-bot check` says of the helpdesk."""
    check = Check(settings, Text("en"), zm.now, connect=lambda one: Zammad(one, QUICK))
    return [(found.state, found.sentence) for found in check._helpdesk(settings.helpdesks[0])]


def test_a_good_token_is_only_told_that_zammad_has_no_ratings(zm, connect):
    zm.create()
    account = connect().check()
    assert (account.name, account.warnings) == ("KPI Bot", (("zammad_no_ratings", {}),))
    assert "satisfaction" in Text("en")("warning.zammad_no_ratings")


def test_check_says_in_one_sentence_that_the_token_is_wrong(zm, settings):
    zm.token = "another"
    ((state, sentence),) = spoken(settings, zm)
    assert (state, "doesn't accept the token" in sentence) == (State.BAD, True)
    assert TOKEN not in sentence


def test_check_says_in_one_sentence_that_the_token_lacks_the_permission_of_agents(zm, settings, connect):
    zm.permissions.clear()
    ((state, sentence),) = spoken(settings, zm)
    assert state is State.BAD
    assert "KPI Bot" in sentence
    assert "ticket.agent" in sentence
    with pytest.raises(HelpdeskError) as caught:
        list(connect().pages(None))
    assert caught.value.key == "zammad_not_agent"


def test_check_says_in_one_sentence_that_tokens_are_not_looked_at(zm, settings):
    zm.tokens_on = False
    ((state, sentence),) = spoken(settings, zm)
    assert (state, "token access" in sentence) == (State.BAD, True)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Response('{"error": "No route matches"}', 404, content_type="application/json"), "no helpdesk of this kind"),
        (Response("<!DOCTYPE html>", 404, content_type="text/html"), "no helpdesk of this kind"),
        (Response("[]", content_type="application/json"), "no helpdesk of this kind"),
        (Response('{"id": 1}', content_type="application/json"), "no helpdesk of this kind"),
        (Response("<!DOCTYPE html><title>Shop</title>", content_type="text/html"), "web page"),
    ],
)
def test_check_says_in_one_sentence_that_the_address_is_wrong(zm, settings, answer, words):
    zm.faults = [lambda _: answer]
    ((state, sentence),) = spoken(settings, zm)
    assert (state, words in sentence) == (State.BAD, True)


def test_check_names_what_is_optional_and_not_to_be_had(zm, connect):
    zm.create()
    zm.create(group_id=BILLING)
    zm.rights = {SUPPORT: {"full"}, BILLING: {"read"}}
    zm.groups_listed = False
    assert connect().check().warnings == (
        ("zammad_no_time", {"groups": ["Billing"]}),
        ("zammad_no_groups", {}),
        ("zammad_no_ratings", {}),
    )


def test_check_tells_that_no_ticket_is_visible(connect):
    assert ("zammad_no_tickets", {}) in connect().check().warnings


def test_check_tells_that_searches_are_not_kept_in_order(zm, connect):
    for _ in range(2):
        zm.create()
    zm._search = lambda _: zm._json([zm._expanded(row) for row in reversed(zm.tickets.values())])
    with pytest.raises(HelpdeskError) as caught:
        connect().check()
    assert caught.value.key == "zammad_search_ignored"


@pytest.mark.parametrize("suffix", ["", "/", "/api/v1", "/api/v1/"])
def test_any_way_of_writing_the_address_works(url, suffix):
    assert Zammad(zammad_settings(url + suffix), QUICK).check().name == "KPI Bot"


def test_an_option_that_is_not_known_is_refused(url):
    with pytest.raises(SettingsError) as caught:
        Zammad(zammad_settings(url, time_unt="1h"), QUICK)
    assert caught.value.values["suggestions"] == ["time_unit"]


# --- What can't be read ---


def test_a_record_that_makes_no_sense_is_refused_alone(zm, connect):
    odd, other = zm.create(), zm.create()
    zm.tickets[odd]["created_at"] = "?"
    found = told(pages(zm, connect()))
    assert found[str(odd)] == Refused(external_id=str(odd), reason="helpdesk_record_unreadable")
    assert isinstance(found[str(other)], History)


def test_zammad_is_asked_no_faster_than_the_options_say(httpserver):
    zm = busy_zammad(26)
    url = serve(httpserver, zm)
    begun = time.monotonic()
    list(Zammad(zammad_settings(url, requests_a_minute=420), QUICK).pages(None))
    taken_s = time.monotonic() - begun
    late = len(zm.asked) - 420 / 7  # a seventh of the minute's may be sent at once
    assert late > 5
    assert taken_s > (late - 1) / 6
