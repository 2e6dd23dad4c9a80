"""What is particular to Request Tracker, over HTTP against the small one of this folder."""

import pytest
from contract.desks import QUICK, rt_settings, serve
from contract.fake_rt import FakeRT
from contract.test_connectors import told

from bot.helpdesks.connector import Gone, Moved, Refused
from bot.helpdesks.request_tracker import RequestTracker
from kpi.errors import HelpdeskError
from kpi.events import Author, Field, Status

ALICE, BOB, FORMBOT, DINA, EMIL = 31, 33, 35, 51, 53
CHANNEL, CSAT, CATEGORY = 2, 3, 4


@pytest.fixture
def rt():
    return FakeRT()


@pytest.fixture
def url(httpserver, rt):
    return serve(httpserver, rt)


@pytest.fixture
def connect(url):
    return lambda **options: RequestTracker(rt_settings(url, **options), QUICK)


def statuses(history):
    return [change.new for change in history.changes if change.field is Field.STATUS]


# --- The stream ---


def test_an_empty_helpdesk_gives_one_page(connect):
    (page,) = connect().pages(None)
    assert (page.tickets, page.done) == ((), True)


@pytest.mark.parametrize("count", [30, 250, 700])
def test_hidden_transactions_before_between_and_after_hide_nothing_else(rt, connect, count):
    rt.elsewhere(count)
    first = rt.create(DINA)
    rt.elsewhere(count)
    second = rt.create(DINA)
    rt.elsewhere(count)
    assert set(told(connect().pages(None))) == {str(first), str(second)}


def test_thousands_of_hidden_transactions_at_the_end_hide_nothing_before(rt, connect):
    first = rt.create(DINA)
    rt.elsewhere(1500)
    pages = list(connect().pages(None))
    assert set(told(pages)) == {str(first)}
    rt.correspond(first, ALICE)
    rt.elsewhere(1500)
    assert set(told(connect().pages(pages[-1].cursor))) == {str(first)}


def test_a_transaction_that_is_committed_late_is_not_missed(rt, connect):
    first, second = rt.create(DINA), rt.create(EMIL)
    slow = rt.correspond(first, ALICE)
    rt.late.add(slow)
    rt.correspond(second, ALICE)
    last = list(connect().pages(None))[-1]
    rt.late.clear()
    late = told(connect().pages(last.cursor))
    assert set(late) == {str(first)}
    assert str(slow) in {message.external_id for message in late[str(first)].messages}


def test_a_late_transaction_is_found_although_much_has_happened_since(rt, connect):
    first, second = rt.create(DINA), rt.create(EMIL)
    slow = rt.correspond(first, ALICE)
    rt.late.add(slow)
    rt.correspond(second, ALICE)
    last = list(connect().pages(None))[-1]
    rt.late.clear()
    for _ in range(120):
        rt.correspond(second, ALICE)
    assert set(told(connect().pages(last.cursor))) == {str(first), str(second)}


def test_a_ticket_of_many_pages_is_told_once_and_whole(rt, connect):
    ticket = rt.create(DINA)
    for _ in range(110):
        rt.correspond(ticket, ALICE)
        rt.correspond(ticket, DINA)
    pages = list(connect().pages(None))
    assert len(pages) > 1
    (history,) = [result for page in pages for result in page.tickets]
    assert len(history.messages) == 221


def test_reading_again_costs_few_requests(rt, connect):
    rt.create(DINA)
    last = list(connect().pages(None))[-1]
    rt.asked.clear()
    list(connect().pages(last.cursor))
    assert len(rt.asked) <= 3


# --- Tickets ---


def test_a_deleted_ticket_is_told_with_its_history(rt, connect):
    ticket = rt.create(DINA)
    rt.status(ticket, "deleted")
    history = told(connect().pages(None))[str(ticket)]
    assert history.ticket.status is Status.DELETED
    assert statuses(history) == ["deleted"]


def test_a_recovered_ticket_is_open_again(rt, connect):
    ticket = rt.create(DINA)
    rt.status(ticket, "deleted")
    last = list(connect().pages(None))[-1]
    rt.status(ticket, "open")
    history = told(connect().pages(last.cursor))[str(ticket)]
    assert history.ticket.status is Status.OPEN
    assert statuses(history) == ["deleted", "open"]


def test_a_merged_ticket_keeps_what_happened_to_it_and_its_target_does_not_take_it(rt, connect):
    source, target = rt.create(DINA, queue=4), rt.create(EMIL)
    rt.correspond(source, ALICE)
    rt.merge(source, into=target)
    rt.correspond(source, BOB)
    found = told(connect().pages(None))
    merged, kept = found[str(source)].ticket, found[str(target)].ticket
    assert (merged.status, merged.merged_into, merged.team) == (Status.MERGED, str(target), "4")
    assert (merged.customer, merged.opened_by_agent) == (str(DINA), False)
    assert statuses(found[str(source)])[-1] == "merged"
    assert [m.author for m in found[str(source)].messages] == [str(DINA), "alice"]
    assert [m.author for m in found[str(target)].messages] == [str(EMIL), "bob"]
    assert (kept.customer, kept.merged_into) == (str(EMIL), None)


def test_each_ticket_of_a_chain_of_merges_names_the_one_it_was_merged_into(rt, connect):
    first, second, third = rt.create(DINA), rt.create(EMIL), rt.create(DINA)
    rt.merge(first, into=second)
    rt.merge(second, into=third)
    found = told(connect().pages(None))
    assert [found[str(name)].ticket.merged_into for name in (first, second, third)] == [str(second), str(third), None]
    assert statuses(found[str(second)]) == ["merged"]
    assert statuses(found[str(third)]) == []


def test_a_merge_into_a_deleted_ticket_leaves_no_trace_and_is_told_all_the_same(rt, connect):
    source, target = rt.create(DINA), rt.create(EMIL)
    rt.status(target, "deleted")
    rt.merge(source, into=target)
    found = told(connect().pages(None))
    assert found[str(source)].ticket.status is Status.MERGED
    assert statuses(found[str(source)]) == ["merged"]
    assert found[str(target)].ticket.status is Status.DELETED


def test_a_merged_ticket_without_visible_history_has_moved(rt, connect):
    source, target = rt.create(DINA), rt.create(EMIL)
    rt.merge(source, into=target)
    rt.hidden = lambda row: row.ticket == source
    assert connect().ticket(str(source)).tickets[0] == Moved(external_id=str(source), into=str(target))


def test_a_ticket_that_was_shredded_is_gone(rt, connect):
    ticket = rt.create(DINA)
    rt.shredded.add(ticket)
    assert connect().ticket(str(ticket)).tickets[0] == Gone(external_id=str(ticket))


def test_reminders_and_approvals_are_no_tickets(rt, connect):
    rt.create(ALICE, type="reminder")
    rt.create(ALICE, type="approval")
    assert told(connect().pages(None)) == {}


# --- People ---


@pytest.mark.parametrize("group_visible", [True, False])
def test_a_ticket_that_an_agent_wrote_for_a_customer_was_opened_by_the_agent(rt, connect, group_visible):
    rt.group_visible = group_visible
    by_agent, own, by_customer = rt.create(ALICE, requester=DINA, mail=False), rt.create(ALICE), rt.create(DINA)
    found = {name: history.ticket for name, history in told(connect().pages(None)).items()}
    assert [found[str(name)].opened_by_agent for name in (by_agent, own, by_customer)] == [True, False, False]
    assert [found[str(name)].customer for name in (by_agent, own, by_customer)] == [str(DINA), str(ALICE), str(DINA)]


def test_an_agent_who_asked_speaks_as_a_customer(rt, connect):
    ticket = rt.create(ALICE)
    rt.correspond(ticket, ALICE)
    rt.correspond(ticket, BOB)
    kinds = [message.author_kind for message in told(connect().pages(None))[str(ticket)].messages]
    assert kinds == [Author.CUSTOMER, Author.CUSTOMER, Author.AGENT]


def test_a_bots_mail_is_automatic_and_no_agents(rt, connect):
    ticket = rt.create(FORMBOT, requester=DINA)
    rt.correspond(ticket, FORMBOT)
    history = told(connect(bots=["formbot"]).pages(None))[str(ticket)]
    assert not history.ticket.opened_by_agent
    assert {(m.author_kind, m.automatic) for m in history.messages} == {(Author.BOT, True)}


def test_somebody_who_was_an_agent_once_can_be_named(rt, connect):
    rt.people[61] = ("chloe", "Chloé Gone", False)
    ticket = rt.create(DINA)
    rt.correspond(ticket, 61)
    assert told(connect().pages(None))[str(ticket)].messages[-1].author_kind is Author.CUSTOMER
    assert told(connect(agents=["chloe"]).pages(None))[str(ticket)].messages[-1].author_kind is Author.AGENT


def test_customers_are_known_by_number_and_never_by_their_address(rt, connect):
    ticket = rt.create(DINA)
    rt.correspond(ticket, ALICE)
    (page,) = connect().pages(None)
    assert {(p.external_id, p.name) for p in page.customers} == {(str(DINA), "Dina Customer")}
    assert {(p.external_id, p.name) for p in page.agents} == {("alice", "Alice Agent")}
    assert "example.com" not in repr(page)


# --- What check finds ---


def warnings(connector):
    return {key for key, _ in connector.check().warnings}


def test_a_good_account_gets_no_warning(rt, connect):
    rt.comment(rt.create(DINA), ALICE)
    account = connect().check()
    assert (account.name, account.version, account.warnings) == ("kpibot", "5.0.3", ())


def test_what_the_account_lacks_is_said(rt, connect):
    rt.comment(rt.create(DINA), ALICE)
    rt.hidden = lambda row: row.kind == "Comment"
    rt.people[37] = ("kpibot", "KPI Bot", False)
    rt.fields = {}
    assert warnings(connect()) == {"rt_no_comments", "rt_unprivileged", "rt_no_custom_fields"}
    rt.queues, rt.tickets = {}, {}
    assert {"rt_no_queues", "rt_no_tickets"} <= warnings(connect())


def test_a_field_that_is_missing_is_named_with_those_that_are_there(rt, connect):
    rt.comment(rt.create(DINA), ALICE)
    ((key, values),) = connect(type_field="Reason").check().warnings
    assert key == "rt_field_missing"
    assert (values["field"], values["option"]) == ("Reason", "type_field")
    assert values["known"] == ["CSAT", "Category", "Channel"]


def test_the_clocks_difference_is_told(rt, connect):
    first = connect().check().clock_skew_s
    rt.now += 7200
    assert connect().check().clock_skew_s - first == pytest.approx(7200, abs=30)


# --- Statuses of other lifecycles ---


def test_an_unknown_status_is_what_request_tracker_counts_it_as(rt, connect):
    rt.inactive.add("done")
    done, waiting = rt.create(DINA), rt.create(DINA)
    rt.status(done, "done")
    rt.status(waiting, "waiting")
    rt.comment(done, ALICE)
    found = told(connect().pages(None))
    assert found[str(done)].ticket.status is Status.SOLVED
    assert found[str(waiting)].ticket.status is Status.OPEN
    assert warnings(connect()) == {"rt_status_unknown"}


def test_an_unknown_status_can_be_explained(rt, connect):
    ticket = rt.create(DINA)
    rt.status(ticket, "waiting")
    rt.comment(ticket, ALICE)
    connector = connect(statuses={"Waiting": "hold"})
    assert told(connector.pages(None))[str(ticket)].ticket.status is Status.HOLD
    assert warnings(connector) == set()


# --- Addresses and access ---


@pytest.mark.parametrize("path", ["/wiki", "/rt/REST/2.0"])
def test_an_address_without_request_tracker_is_said_to_be_wrong(url, path):
    connector = RequestTracker(rt_settings(url + path), QUICK)
    for ask in (connector.check, lambda: list(connector.pages(None))):
        with pytest.raises(HelpdeskError) as caught:
            ask()
        assert caught.value.key in {"helpdesk_wrong_url", "helpdesk_html"}


@pytest.mark.parametrize("suffix", ["", "/", "/REST/2.0", "/REST/2.0/"])
def test_any_way_of_writing_the_address_works(url, suffix):
    assert RequestTracker(rt_settings(url + suffix), QUICK).check().name == "kpibot"


def test_a_ticket_that_is_closed_to_the_bot_is_refused_when_asked_for(rt, connect):
    ticket = rt.create(DINA)
    rt.hidden_tickets.add(ticket)
    assert connect().ticket(str(ticket)).tickets[0] == Refused(external_id=str(ticket), reason="helpdesk_refused")
