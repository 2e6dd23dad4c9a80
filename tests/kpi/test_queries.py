"""What queries found is remembered, as much of it as is allowed."""

import duckdb
import pytest

from kpi.queries import Results


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        opened.execute("CREATE TABLE counted AS SELECT 1 AS n")
        yield opened


def n(results, connection, query="SELECT n FROM counted"):
    return [row["n"] for row in results.rows(connection, query)]


def test_the_same_query_is_run_once(connection):
    results = Results()
    assert n(results, connection) == [1]
    connection.execute("UPDATE counted SET n = 2")
    assert n(results, connection) == [1]
    assert n(results, connection, "SELECT n + 1 AS n FROM counted") == [3]


def test_what_is_made_of_the_rows_changes_nothing_that_is_remembered(connection):
    results = Results()
    for row in results.rows(connection, "SELECT n FROM counted"):
        row.clear()
    assert n(results, connection) == [1]


@pytest.mark.parametrize(("kept", "expected"), [(0, 2), (1, 2), (2, 1)])
def test_no_more_rows_are_remembered_than_allowed(connection, kept, expected):
    results = Results(kept)
    n(results, connection)
    connection.execute("UPDATE counted SET n = 2")
    assert n(results, connection) == [expected]


def test_room_is_made_for_what_is_asked_last(connection):
    results = Results(3)
    n(results, connection)
    n(results, connection, "SELECT n + 1 AS n FROM counted")
    connection.execute("UPDATE counted SET n = 7")
    assert n(results, connection, "SELECT n + 1 AS n FROM counted") == [2]
    assert n(results, connection) == [7]
