"""The mappings that are built in: each reads an export in the shape of its helpdesk, made up here."""

import re
import sqlite3
from pathlib import Path

import pytest
from importer import Importer, utc

from bot.importing.kinds import KINDS
from bot.importing.mapping import READY_MADE, parse_mapping, ready_made
from kpi import schema

DOCS = Path(__file__).parents[3] / "docs"
NAMES = [(kind, name) for kind in ("tickets", "events") for name in ready_made(KINDS[kind])]


@pytest.fixture
def door(sqlite_template, tmp_path):
    path = tmp_path / "kpi-bot.db"
    path.write_bytes(sqlite_template.read_bytes())
    return Importer(f"sqlite:///{path}", tmp_path)


def stored(door):
    """Return the tickets by their number there."""
    return {row["external_id"]: row for row in door.rows(schema.tickets)}


def changes(door, ticket):
    """Return what changed about a ticket, each with its moment."""
    (ticket_id,) = (row["id"] for row in door.rows(schema.tickets) if row["external_id"] == ticket)
    rows = [row for row in door.rows(schema.ticket_changes) if row["ticket_id"] == ticket_id]
    return [(utc(row["at"]), row["field"], row["new"]) for row in sorted(rows, key=lambda r: (r["at"], r["field"]))]


EASIWARE = """\
Numéro de demande;Date de création;Date de première réponse;Date de clôture;Statut;Service;Conseiller;Priorité;Motif;\
Canal;N° client;Note de satisfaction;Date de l’évaluation;Objet;Magasin
D-1001;23/11/2026 09:14;23/11/2026 09:52;23/11/2026 16:05;Clôturée;Livraison;Alice Martin;Haute;Retard;Appel entrant;\
C77;5;24/11/2026 10:00;Colis;Lyon
D-1002;24/11/2026 08:40;;;En attente client;Livraison;;Normale;Retour;Courriel;C78;;;Retour;Lille
D-1003;24/11/2026 11:00;;;À traiter;Facturation;;Basse;Facture;Formulaire de contact;C77;;;Facture;Lyon
D-1004;24/11/2026 12:30;;;Annulée;Facturation;;Basse;Facture;WhatsApp;C79;;;Doublon;Lyon
"""


def test_an_export_of_easiware_is_read_by_name_alone(door):
    path = door.write("easiware.csv", EASIWARE, "cp1252")
    said = door.good("tickets", path, "--source", "easiware", "--mapping", "easiware")
    assert "4 tickets" in said
    assert "Magasin" in said  # what nothing reads is named
    tickets = stored(door)
    told = {name: tuple(row[key] for key in ("status", "team", "priority", "channel")) for name, row in tickets.items()}
    assert told == {
        "D-1001": ("solved", "Livraison", "high", "phone"),
        "D-1002": ("pending", "Livraison", "normal", "email"),
        "D-1003": ("new", "Facturation", "low", "web"),
        "D-1004": ("deleted", "Facturation", "low", "messaging"),
    }
    assert utc(tickets["D-1001"]["created_at"]) == "2026-11-23 08:14:00"
    assert ("2026-11-23 15:05:00", "status", "solved") in changes(door, "D-1001")
    assert door.rows(schema.ratings) == []  # a score means nothing without its scale


@pytest.mark.parametrize("language", ["en", "fr"])
def test_satisfaction_comes_in_with_its_scale_as_the_page_says(door, language):
    page = (DOCS / language / "other-helpdesks.md").read_text(encoding="utf-8")
    (scale,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    built_in = (READY_MADE / "easiware.tickets.toml").read_text(encoding="utf-8")
    door.write("own.toml", re.sub(r"(?m)^ignore = .*$", "", built_in) + "\n" + re.sub(r"(?m)^ +", "", scale))
    door.good("tickets", door.write("e.csv", EASIWARE), "--mapping", door.directory / "own.toml")
    assert [(row["score"], row["lowest"], row["highest"]) for row in door.rows(schema.ratings)] == [(5, 1, 5)]


@pytest.mark.parametrize("left_out", ["Date de première réponse", "Note de satisfaction", "Priorité", "Service"])
def test_an_export_with_fewer_columns_is_read_too(door, left_out):
    titles, *rows = (line.split(";") for line in EASIWARE.splitlines())
    kept = [i for i, title in enumerate(titles) if title != left_out]
    lines = [";".join(row[i] for i in kept) for row in (titles, *rows)]
    assert "4 tickets" in door.good("tickets", door.write("few.csv", "\n".join(lines)), "--mapping", "easiware")


OSTICKET = """\
"Ticket Number","Date Created",Subject,From,"From Email",Priority,Department,"Help Topic",Source,"Current Status",\
"Last Updated","SLA Due Date","Due Date","Closed Date",Overdue,Merged,Linked,Answered,"Agent Assigned","Team Assigned",\
"Thread Count","Reopen Count","Attachment Count","Task Count"
104711,"2026-11-23 08:14:00",Parcel,"Dina Roux",dina@example.com,Emergency,Support,"Delivery",Email,Closed,\
"2026-11-23 15:05:00","2026-11-25 08:14:00",,"2026-11-23 15:05:00",0,0,0,1,"Alice Martin",,4,0,0,0
104712,"2026-11-24 07:40:00",Invoice,"Emil O'Neil",emil@example.com,Normal,Billing,"Invoices",API,Open,\
"2026-11-24 07:40:00","2026-11-26 07:40:00",,,1,0,0,0,,,1,0,0,0
"""


def test_an_export_of_osticket_is_read_by_name_alone(door):
    path = door.write("tickets.csv", OSTICKET)
    said = door.good("tickets", path, "--source", "osticket", "--mapping", "osTicket", "--zone", "UTC")
    assert "2 tickets" in said
    tickets = stored(door)
    keys = ("status", "team", "agent", "priority", "type", "channel", "customer")
    assert [tickets["104711"][key] for key in keys] == [
        *("solved", "Support", "Alice Martin", "urgent", "Delivery", "email", "Dina Roux")
    ]
    assert (tickets["104712"]["status"], tickets["104712"]["channel"]) == ("open", "api")
    assert changes(door, "104711") == [("2026-11-23 15:05:00", "status", "solved")]
    assert "example.com" not in repr(door.rows(schema.tickets) + door.rows(schema.customers))


def test_an_export_of_osticket_without_its_closing_date_is_rejected_and_not_taken_for_unsolved(door):
    path = door.write("older.csv", OSTICKET.replace('"Closed Date"', '"Something"'))
    result = door.bad("tickets", path, "--mapping", "osticket")
    assert "solved_at" in result.stderr
    assert list(stored(door)) == ["104712"]


def query(language="en"):
    """Return the query of osTicket's database, as the page has it."""
    page = (DOCS / language / "other-helpdesks.md").read_text(encoding="utf-8")
    return re.search(r"```sql\n(.*?)```", page, re.DOTALL)[1]


def osticket_database():
    """Return a database with the tables of osTicket that the query reads, and two tickets."""
    database = sqlite3.connect(":memory:")
    database.create_function("CONCAT", -1, lambda *parts: "".join(map(str, parts)))
    database.executescript("""
        CREATE TABLE ost_ticket (ticket_id, number, user_id, topic_id, source, created);
        CREATE TABLE ost_thread (id, object_id, object_type);
        CREATE TABLE ost_thread_entry (id, thread_id, staff_id, user_id, type, created);
        CREATE TABLE ost_thread_event (id, thread_id, staff_id, dept_id, event_id, uid, uid_type, annulled, timestamp);
        CREATE TABLE ost_event (id, name);
        CREATE TABLE ost_staff (staff_id, username);
        CREATE TABLE ost_department (id, name);
        CREATE TABLE ost_help_topic (topic_id, topic);
        INSERT INTO ost_ticket VALUES (1, '104711', 51, 2, 'Email', '2026-11-23 08:14:00'),
                                      (2, '104712', 53, 2, 'Phone', '2026-11-24 07:40:00');
        INSERT INTO ost_thread VALUES (11, 1, 'T'), (12, 2, 'T'), (13, 1, 'A');
        INSERT INTO ost_thread_entry VALUES
            (1, 11, 0, 51, 'M', '2026-11-23 08:14:00'), (2, 11, 7, 0, 'R', '2026-11-23 08:52:00'),
            (3, 11, 7, 0, 'N', '2026-11-23 09:00:00'), (4, 13, 7, 0, 'N', '2026-11-23 09:01:00'),
            (5, 12, 0, 53, 'M', '2026-11-24 07:40:00');
        INSERT INTO ost_event VALUES (1, 'created'), (2, 'closed'), (4, 'assigned'), (6, 'transferred'), (9, 'viewed');
        INSERT INTO ost_thread_event VALUES
            (1, 11, 0, 3, 1, 51, 'U', 0, '2026-11-23 08:14:00'), (2, 11, 7, 3, 4, 7, 'S', 0, '2026-11-23 08:50:00'),
            (3, 11, 7, 3, 9, 7, 'S', 0, '2026-11-23 08:51:00'), (4, 11, 7, 4, 6, 7, 'S', 0, '2026-11-23 10:00:00'),
            (5, 11, 7, 4, 2, 7, 'S', 0, '2026-11-23 15:05:00'), (6, 12, 0, 3, 1, 53, 'U', 0, '2026-11-24 07:40:00'),
            (7, 12, 0, 3, 2, 7, 'S', 1, '2026-11-24 08:00:00');
        INSERT INTO ost_staff VALUES (7, 'alice');
        INSERT INTO ost_department VALUES (3, 'Support'), (4, 'Billing');
        INSERT INTO ost_help_topic VALUES (2, 'Delivery');
    """)
    return database


def test_the_database_of_osticket_is_read_with_the_query_of_the_page(door):
    rows = osticket_database().execute(query())
    lines = [",".join(column[0] for column in rows.description)]
    lines += [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    path = door.write("events.csv", "\n".join(lines))
    said = door.good("events", path, "--source", "osticket", "--mapping", "osticket", "--zone", "UTC")
    assert "2 tickets" in said
    tickets = stored(door)
    keys = ("status", "team", "agent", "type", "channel", "customer")
    assert [tickets["104711"][key] for key in keys] == ["solved", "Billing", "alice", "Delivery", "email", "user51"]
    assert (tickets["104712"]["status"], tickets["104712"]["team"]) == ("open", "Support")  # its closing was annulled
    assert changes(door, "104711")[-2:] == [
        ("2026-11-23 10:00:00", "team", "Billing"),
        ("2026-11-23 15:05:00", "status", "solved"),
    ]
    messages = sorted(door.rows(schema.messages), key=lambda row: row["at"])
    assert [(row["author_kind"], row["author"], row["public"]) for row in messages] == [
        ("customer", "user51", 1),
        ("agent", "alice", 1),
        ("agent", "alice", 0),
        ("customer", "user53", 1),
    ]


def test_both_pages_have_the_same_query():
    assert query("en") == query("fr")


def test_an_export_of_any_helpdesk_under_usual_titles_is_read(door):
    text = """\
Issue key,Summary,Assignee,Reporter,Priority,Status,Created at,Resolution date,Issue type,Labels
SUP-1,Parcel,alice,dina,P1,Completed,2026-11-23T08:14:00Z,2026-11-23T15:05:00Z,Incident,vip
SUP-2,Invoice,,emil,P3,Waiting on customer,2026-11-24T07:40:00Z,,Question,
"""
    assert "2 tickets" in door.good("tickets", door.write("any.csv", text), "--mapping", "generic")
    tickets = stored(door)
    assert [tickets["SUP-1"][key] for key in ("status", "priority", "type", "tags")] == [
        *("solved", "urgent", "Incident", "|vip|")
    ]
    assert [tickets["SUP-2"][key] for key in ("status", "agent", "customer")] == ["pending", None, "emil"]


def test_a_history_of_any_helpdesk_under_usual_titles_is_read(door):
    text = """\
Issue key,Occurred at,Field changed,New value,Changed by,Author role,Requester ID
SUP-1,2026-11-23T08:14:00Z,created,,dina,customer,dina
SUP-1,2026-11-23T08:52:00Z,message,,alice,agent,dina
SUP-1,2026-11-23T15:05:00Z,status,solved,alice,agent,dina
"""
    door.good("events", door.write("any.csv", text), "--mapping", "generic")
    assert changes(door, "SUP-1")[-1] == ("2026-11-23 15:05:00", "status", "solved")
    assert [row["author_kind"] for row in door.rows(schema.messages)][-1] == "agent"


# --- By name ---


@pytest.mark.parametrize(("kind", "name"), NAMES)
def test_every_mapping_that_is_built_in_is_one_of_its_kind(kind, name):
    text = (READY_MADE / f"{name}.{kind}.toml").read_text(encoding="utf-8")
    mapping = parse_mapping(text, name).for_kind(KINDS[kind])
    assert mapping.kind == kind


def test_every_file_of_a_mapping_is_found_by_its_name():
    assert {f"{name}.{kind}.toml" for kind, name in NAMES} == {path.name for path in READY_MADE.glob("*")}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pages_name_every_mapping_with_its_command(language):
    page = (DOCS / language / "other-helpdesks.md").read_text(encoding="utf-8")
    missing = [f"{kind} {name}" for kind, name in NAMES if not re.search(rf"import {kind} .*--mapping {name}\b", page)]
    assert missing == []


def test_a_name_that_is_none_is_told_with_those_there_are(door):
    path = door.write("a.csv", OSTICKET)
    result = door.run("tickets", path, "--source", "desk", "--mapping", "osticked")
    assert result.exit_code == 2
    assert "osticket" in result.stderr
    assert "easiware, generic and osticket" in " ".join(result.stderr.split())


def test_a_file_of_the_same_name_goes_before_the_one_that_is_built_in(door, monkeypatch):
    monkeypatch.chdir(door.directory)
    door.write("easiware", 'kind = "tickets"\n[columns]\nticket = "Nummer"\ncreated_at = "Angelegt"\n')
    path = door.write("own.csv", "Nummer,Angelegt\n1,2026-11-23 08:14:00\n")
    door.good("tickets", path, "--mapping", "easiware")
    assert list(stored(door)) == ["1"]


def test_the_next_import_of_the_source_needs_no_name(door):
    path = door.write("easiware.csv", EASIWARE)
    door.good("tickets", path, "--mapping", "easiware")
    said = door.good("tickets", path)
    assert "the mapping remembered from last time" in said
    assert "4 unchanged" in said
