"""Facts in the database: what they are linked to, and the versions that say what changed."""

import threading
from dataclasses import replace

import pytest
from cast import DAY, DINA, HOUR, Tale
from scripted_desk import DESK, NOW, START, page, story
from sqlalchemy import select

import bot.facts.refolding
from bot.database import open_database, writing
from bot.facts import FACTS, FACTS_REMOVED, bump, refold
from bot.helpdesks.connector import Gone
from bot.storage import Desk, store_page
from kpi import schema
from kpi.events import Contact, Field, Status, Work
from kpi.policies import Escalation, Rulebook


def desk(rules=None):
    return Desk(key=DESK, kind="demo", rulebook=lambda _, names, _own: replace(rules or Rulebook(), team_names=names))


def store(engine, *pages, where=None):
    for each in pages:
        with writing(engine) as connection:
            store_page(connection, where or desk(), each, NOW)


def by_ticket(engine, column):
    """Return a column of ticket_facts by the helpdesk's own identifiers."""
    tickets, facts = schema.tickets.c, schema.ticket_facts.c
    with engine.connect() as connection:
        query = select(tickets.external_id, facts[column]).join_from(
            schema.tickets, schema.ticket_facts, facts.ticket_id == tickets.id
        )
        return dict(connection.execute(query).all())


def versions(engine):
    with engine.connect() as connection:
        return {row.name: row.version for row in connection.execute(select(schema.versions))}


def solved(external_id="1", created=START, **ticket):
    return Tale(created, external_id, **ticket).replies(created + HOUR).solved(created + HOUR)


# --- The contact before ------------------------------------------------------------------------------------------


def previous_contacts(engine):
    return {key: at for key, at in by_ticket(engine, "previous_contact_at").items() if at is not None}


def test_the_contact_before_is_the_customers_latest_earlier_ticket_whatever_it_was_about(engine):
    others = [
        Tale(START, "older", type="question"),
        Tale(START + DAY, "old", type="incident"),
        Tale(START + DAY, "not-counted").now(status=Status.SPAM),
        Tale(START + 2 * DAY, "of-another", customer="emil"),
        Tale(START + 2 * DAY, "of-nobody", customer=None),
        Tale(START + 3 * DAY, "same-second"),
    ]
    store(engine, page(0, *(tale.history for tale in others), Tale(START + 3 * DAY, "this", type="question").history))
    assert previous_contacts(engine) == {
        "old": START,
        "not-counted": START,
        "this": START + DAY,
        "same-second": START + DAY,
    }


def test_a_ticket_that_arrives_late_comes_before_those_that_were_read_already(engine):
    store(engine, page(0, Tale(START, "1").history, Tale(START + 9 * DAY, "3").history))
    store(engine, page(1, Tale(START + 5 * DAY, "2").history))
    assert previous_contacts(engine) == {"2": START, "3": START + 5 * DAY}
    store(engine, page(2, Tale(START - DAY, "0").history))
    assert previous_contacts(engine) == {"1": START - DAY, "2": START, "3": START + 5 * DAY}


def test_a_ticket_that_is_deleted_recovered_or_given_to_another_customer_comes_before_none(engine):
    first, middle, last = (Tale(START + day * DAY, str(day)).history for day in range(3))
    store(engine, page(0, first, middle, last))
    assert previous_contacts(engine)["2"] == START + DAY
    store(engine, page(1, Gone(external_id="1", at=START + 5 * DAY)))
    assert previous_contacts(engine)["2"] == START
    store(engine, page(2, middle))
    assert previous_contacts(engine)["2"] == START + DAY
    store(engine, page(3, replace(middle, ticket=replace(middle.ticket, customer="emil"))))
    assert previous_contacts(engine) == {"2": START}
    store(engine, page(4, replace(last, ticket=replace(last.ticket, customer="emil"))))
    assert previous_contacts(engine) == {"2": START + DAY}


def test_contacts_before_in_a_story_are_those_of_a_plain_search_whatever_the_pages(engine):
    told = story(seed=11, pages=15)
    for until in (5, 10, 15):
        store(engine, *told[until - 5 : until])
        with engine.connect() as connection:
            facts = connection.execute(select(schema.ticket_facts)).mappings().all()
        found = {fact["ticket_id"]: fact["previous_contact_at"] for fact in facts}
        assert found == {
            fact["ticket_id"]: max(
                (
                    other["created_at"]
                    for other in facts
                    if other["customer"] == fact["customer"]
                    and other["left_out"] is None
                    and other["created_at"] < fact["created_at"]
                ),
                default=None,
            )
            for fact in facts
        }
    assert any(found.values())


# --- Versions ----------------------------------------------------------------------------------------------------


def test_a_page_that_changes_nothing_counts_nothing_up(engine):
    told = page(0, solved().rated(START + DAY, 5).history, Tale(START, "2").history)
    store(engine, told)
    before = versions(engine)
    assert set(before) == {FACTS, "ratings", "teams", "agents"}
    store(engine, told)
    assert versions(engine) == before


def test_the_version_stands_in_the_tickets_that_changed_and_in_no_other(engine):
    store(engine, page(0, solved("1", customer="emil").history, Tale(START, "2").history))
    first = versions(engine)[FACTS]
    assert by_ticket(engine, "version") == {"1": first, "2": first}
    store(engine, page(1, solved("1", customer="emil").history, Tale(START, "2").notes(START + 60).history))
    assert versions(engine)[FACTS] == first, "a note changes no fact"
    store(engine, page(2, solved("1", customer="emil").history, Tale(START, "2").asks(START + 60).history))
    assert by_ticket(engine, "version") == {"1": first, "2": first + 1}


def test_a_link_to_a_new_ticket_changes_the_version_of_the_linked_one(engine):
    store(engine, page(0, solved("1", type="question").history, solved("2", customer="emil").history))
    first = versions(engine)[FACTS]
    store(engine, page(1, Tale(START + DAY, "3", type="question").history))
    second = versions(engine)[FACTS]
    assert second > first
    assert by_ticket(engine, "version") == {"1": second, "2": first, "3": second}


def test_every_ticket_with_other_facts_has_a_version_that_nobody_had_seen(engine):
    seen, known = 0, {}
    for told in story(seed=21, pages=8):
        store(engine, told)
        current = facts_of(engine)
        stamped = by_ticket(engine, "version")
        for key, facts in current.items():
            assert (stamped[key] > seen) == (known.get(key) != facts)
        seen, known = versions(engine)[FACTS], current
        assert max(stamped.values()) == seen or told.tickets == ()


def facts_of(engine):
    """Return everything that facts say by the helpdesk's own identifiers, but for the version."""
    found = {}
    with engine.connect() as connection:
        for name, table in schema.FACTS.items():
            query = select(schema.tickets.c.external_id, *(c for c in table.columns if c.name != "version"))
            joined = query.join_from(schema.tickets, table, table.c.ticket_id == schema.tickets.c.id)
            for key, *row in connection.execute(joined):
                found.setdefault(key, set()).add((name, *row))
    return found


def test_things_that_happened_count_their_table_up_when_they_are_written(engine):
    call = Contact(external_id="k", channel="phone", queued_at=START, abandoned=True)
    told = replace(
        solved().called(call).rated(START + DAY, 5).history,
        work=(Work(external_id="w", at=START, agent=None, seconds=60),),
    )
    store(engine, page(0, told))
    first = versions(engine)
    assert set(first) == {FACTS, "ratings", "contacts", "work", "teams", "agents"}
    store(engine, page(1, replace(told, ratings=(replace(told.ratings[0], score=1),))))
    assert versions(engine) == first | {FACTS: first[FACTS] + 1, "ratings": first["ratings"] + 1}


def test_a_ticket_that_loses_its_facts_is_told_by_a_version_of_its_own(engine, monkeypatch):
    store(engine, page(0, Tale(START, "1").history, Tale(START, "2").history))
    assert FACTS_REMOVED not in versions(engine)
    fold = bot.facts.refolding.fold

    def cannot_fold_the_second(history, rules):
        if history.ticket.external_id == "2":
            raise ValueError
        return fold(history, rules)

    monkeypatch.setattr(bot.facts.refolding, "fold", cannot_fold_the_second)
    with writing(engine) as connection:
        assert refold(connection, Rulebook(), list(connection.scalars(select(schema.tickets.c.id)))) == ["2"]
    assert set(by_ticket(engine, "status")) == {"1"}
    assert versions(engine)[FACTS_REMOVED] == 1


def test_a_version_is_counted_from_one(engine):
    with writing(engine) as connection:
        assert [bump(connection, "costs"), bump(connection, "costs"), bump(connection, "sales")] == [1, 2, 1]


def test_a_transaction_that_is_undone_counts_nothing(engine):
    store(engine, page(0, Tale(START).history))
    before = versions(engine)

    def write_and_fail():
        with writing(engine) as connection:
            store_page(connection, desk(), page(1, solved().history), NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_fail()
    assert versions(engine) == before


def test_who_writes_facts_waits_until_the_other_has_written_them(make_database):
    engine = open_database(make_database())
    store(engine, page(0, Tale(START, "1").history))
    finished = threading.Event()

    def write_another():
        store(engine, page(1, Tale(START, "2", customer="emil").history), where=replace(desk(), key="other"))
        finished.set()

    with writing(engine) as connection:
        store_page(connection, desk(), page(1, solved("1").history), NOW)
        other = threading.Thread(target=write_another)
        other.start()
        assert not finished.wait(0.5)
    other.join(timeout=30)
    assert finished.is_set()
    assert by_ticket(engine, "version") == {"1": 2, "2": 3}
    engine.dispose()


def test_a_changed_escalation_makes_other_facts(engine):
    tale = Tale(START).change(START + HOUR, Field.TEAM, "billing")
    store(engine, page(0, tale.history))
    assert by_ticket(engine, "escalated") == {"1": 0}
    rules = Rulebook(escalation=Escalation(tiers=(("Support",), ("Billing",))))
    with writing(engine) as connection:
        refold(connection, desk(rules).rules(connection), list(connection.scalars(select(schema.tickets.c.id))))
    assert by_ticket(engine, "escalated") == {"1": 1}
    assert by_ticket(engine, "customer") == {"1": DINA}
