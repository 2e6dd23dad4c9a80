"""What KPIs need is found out by name, and stands in tables that exist."""

from kpi import schema
from kpi.catalogue import CATALOGUE, Composite
from kpi.needs import NEEDS, STORED_IN, tables

NEVER_THERE = {"agent_states"}  # nothing tells them yet


def needed(kpi) -> set[str]:
    found = set(kpi.needs)
    if isinstance(kpi, Composite):
        found |= {need for member in kpi.made_of.values() for need in needed(member)}
    return found


def test_whatever_a_kpi_needs_can_be_found_out():
    assert {need for kpi in CATALOGUE.values() for need in needed(kpi)} - set(NEEDS) == NEVER_THERE


def test_what_needs_stand_in_are_tables():
    stored = {table for need in STORED_IN for table in tables((need,))}
    assert stored <= set(schema.metadata.tables)
    assert tables(("tickets", "nps", "handle_time")) == {"tickets", "ratings", "contacts", "work"}
