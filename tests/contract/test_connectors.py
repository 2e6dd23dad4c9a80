"""What holds for every helpdesk's connector."""

import json
from itertools import islice, pairwise

import pytest
from contract.desks import DESKS

from bot.helpdesks.connector import Gone, Moved, Refused
from kpi.events import History


@pytest.fixture(params=DESKS)
def desk(request):
    # Only what speaks HTTP needs the server.
    server = request.getfixturevalue("httpserver") if request.param != "demo" else None
    return DESKS[request.param](server)


def told(pages):
    """Return what pages tell at last, by ticket."""
    found = {}
    for page in pages:
        for result in page.tickets:
            found[result.ticket.external_id if isinstance(result, History) else result.external_id] = result
    return found


def test_reading_twice_tells_the_same(desk):
    once, twice = list(desk.connect().pages(None)), list(desk.connect().pages(None))
    assert told(once) == told(twice)
    assert [page.cursor for page in once] == [page.cursor for page in twice]


def test_only_the_last_page_is_done_and_says_how_far_it_saw(desk):
    pages = list(desk.connect().pages(None))
    assert [page.done for page in pages] == [False] * (len(pages) - 1) + [True]
    assert pages[-1].seen_until is not None
    assert pages[-1].remaining in {0, None}


def test_what_was_seen_never_goes_back(desk):
    seen = [page.seen_until for page in desk.connect().pages(None) if page.seen_until is not None]
    assert seen == sorted(seen)


def test_a_cursor_survives_being_stored_as_json(desk):
    for page in desk.connect().pages(None):
        assert json.loads(json.dumps(page.cursor)) == page.cursor


def test_going_on_from_any_page_loses_nothing(desk):
    whole = list(desk.connect().pages(None))
    step = max(1, len(whole) // 3)
    for cut in range(0, len(whole), step):
        cursor = json.loads(json.dumps(whole[cut].cursor))
        rest = list(desk.connect().pages(cursor))
        assert told([*whole[: cut + 1], *rest]) == told(whole)


def test_a_stream_that_was_cut_can_be_gone_on_with_by_the_same_connector(desk):
    whole = told(desk.connect().pages(None))
    connector = desk.connect()
    begun = list(islice(connector.pages(None), 1))
    assert told([*begun, *connector.pages(begun[-1].cursor)]) == whole


def test_nothing_new_tells_no_ticket(desk):
    last = list(desk.connect().pages(None))[-1]
    assert told(desk.connect().pages(last.cursor)) == {}


def test_what_is_new_is_told_whole(desk):
    pages = list(desk.connect().pages(None))
    before = told(pages)
    touched = desk.more()
    after = told(desk.connect().pages(pages[-1].cursor))
    assert after
    assert touched in {"", *after}
    for name, result in after.items():
        if isinstance(before.get(name), History) and isinstance(result, History):
            assert {m.external_id for m in before[name].messages} <= {m.external_id for m in result.messages}
    assert before | after == told(desk.connect().pages(None))


def test_a_ticket_asked_for_is_as_the_stream_told_it(desk):
    connector = desk.connect()
    found = told(connector.pages(None))
    for name in list(found)[:: max(1, len(found) // 5)]:
        assert desk.connect().ticket(name).tickets[0] == found[name]


@pytest.mark.parametrize("name", ["99999999", "no-such-ticket", ""])
def test_a_ticket_that_never_was_is_gone(desk, name):
    assert desk.connect().ticket(name).tickets[0] == Gone(external_id=name)


def test_changes_lead_from_value_to_value_into_the_present(desk):
    for history in told(desk.connect().pages(None)).values():
        if isinstance(history, Moved):
            continue
        assert isinstance(history, History)
        by_field = {}
        for change in sorted(history.changes, key=lambda c: (c.at, c.position)):
            by_field.setdefault(change.field, []).append(change)
        for field, changes in by_field.items():
            assert all(before.new == after.old for before, after in pairwise(changes)), history.ticket.external_id
            assert changes[-1].new == getattr(history.ticket, field.value)


def test_identifiers_are_unique(desk):
    found = [h for h in told(desk.connect().pages(None)).values() if isinstance(h, History)]
    for kind in ("changes", "messages"):
        assert all(len({e.external_id for e in getattr(h, kind)}) == len(getattr(h, kind)) for h in found)
    for kind in ("ratings", "contacts", "work"):
        names = [event.external_id for history in found for event in getattr(history, kind)]
        assert len(names) == len(set(names))


def test_everybody_mentioned_has_a_name_or_number_on_the_page(desk):
    for page in desk.connect().pages(None):
        agents, customers = ({p.external_id for p in people} for people in (page.agents, page.customers))
        teams = {team.external_id for team in page.teams}
        for history in [result for result in page.tickets if not isinstance(result, Moved)]:
            assert {history.ticket.agent} - {None} <= agents
            assert {history.ticket.customer} - {None} <= customers
            assert {history.ticket.team} - {None} <= teams


def test_nothing_is_refused_when_all_is_well(desk):
    assert not [result for result in told(desk.connect().pages(None)).values() if isinstance(result, Refused)]


def test_the_account_has_a_name(desk):
    assert desk.connect().check().name
