"""A real history enters by the import door: the figures against counts made straight from the file."""

import csv
import gzip
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from importer import Importer

from kpi import schema

DATA = Path(__file__).parents[4] / "shared" / "data" / "italian_helpdesk" / "finale.csv.gz"
MAPPING = Path(__file__).parent / "italian_helpdesk.toml"
ROME, PARIS = ZoneInfo("Europe/Rome"), ZoneInfo("Europe/Paris")
START, END = datetime(2012, 10, 1, tzinfo=PARIS), datetime(2012, 11, 1, tzinfo=PARIS)
NOW = "2014-01-05T10:00"
OPENS = {
    "Take in charge ticket",
    "Schedule intervention",
    "Wait",
    "Require upgrade",
    "Create SW anomaly",
    "Resolve SW anomaly",
}

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="../shared/data/italian_helpdesk isn't there")


def tickets():
    """Return the activities of each ticket with their instants, in the file's order."""
    found = defaultdict(list)
    with gzip.open(DATA, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            at = datetime.strptime(row["Complete Timestamp"], "%Y/%m/%d %H:%M:%S.%f").replace(tzinfo=ROME)
            found[row["Case ID"]].append((at, row["Activity"]))
    return found


def last_solve(activities):
    """Return when a ticket was last solved; a closed or solved one isn't solved again before it is open."""
    open_, solved = True, None
    for at, activity in activities:
        if activity == "Resolve ticket" and (open_ or solved is None):
            open_, solved = False, at
        elif activity == "Closed":
            open_ = False
        elif activity in OPENS:
            open_ = True
    return solved


def is_open(activities, at):
    """Tell whether a ticket was open at an instant."""
    states = [
        activity not in {"Resolve ticket", "Closed"}
        for when, activity in activities
        if when <= at and relevant(activity)
    ]
    return bool(activities[0][0] <= at) and (states[-1] if states else True)


def relevant(activity):
    return activity in OPENS | {"Resolve ticket", "Closed"}


@pytest.fixture(scope="module")
def door(sqlite_template, tmp_path_factory):
    directory = tmp_path_factory.mktemp("italian")
    path = directory / "kpi-bot.db"
    path.write_bytes(sqlite_template.read_bytes())
    door = Importer(f"sqlite:///{path}", directory)
    said = door.good("events", DATA, "--source", "italian", "--mapping", MAPPING)
    assert "Rows read: 21,348; 21,348 new, 0 changed, 0 unchanged and 0 rejected" in said
    assert "4,580 tickets" in said
    return door


def test_every_ticket_and_no_other_is_there(door):
    assert len(door.rows(schema.tickets)) == len(tickets()) == 4580
    assert door.rows(schema.messages) == []


def test_the_volume_of_a_month(door):
    created = sum(START <= activities[0][0] < END for activities in tickets().values())
    assert created > 0
    assert f"\n{created}\n" in door.ask("volume 2012-10", NOW)


def test_the_solved_tickets_of_a_month(door):
    solves = [last_solve(activities) for activities in tickets().values()]
    solved = sum(at is not None and START <= at < END for at in solves)
    assert solved > 0
    assert f"\n{solved}\n" in door.ask("solved 2012-10", NOW)


def test_the_backlog_at_the_end_of_a_month(door):
    backlog = sum(is_open(activities, END) for activities in tickets().values())
    assert backlog > 0
    assert f"\n{backlog}\n" in door.ask("backlog 2012-10", NOW)


@pytest.mark.parametrize("kpi", ["fcr", "frt", "csat"])
def test_what_the_data_doesn_t_hold_is_not_available(door, kpi):
    assert "Not available: needs" in door.ask(f"{kpi} 2012-10", NOW)


def test_the_second_import_finds_the_mapping_again_and_changes_nothing(door):
    said = door.good("events", DATA, "--source", "italian")
    assert "the mapping remembered from last time" in said
    assert "0 new, 0 changed, 21,348 unchanged" in said
