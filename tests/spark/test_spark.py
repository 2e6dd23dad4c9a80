"""Spark answers an export as DuckDB does."""

import shutil

import pytest
from engines import by_or_per, told
from spark.machine import session
from spark.worlds import GROWING, MARCH, MID_APRIL, export_by_hand, export_random

from kpi.answer import answer
from kpi.copying import columns
from kpi.dimensions import DIMENSIONS
from kpi.errors import QuestionError, StorageError
from kpi.parquet import MANIFEST, ParquetFrames, read_manifest
from kpi.period import Span
from kpi.question import Filter, Question
from kpi.sources import SOURCES


def spark_frames(place):
    """Return an export read by the Spark of this process; skips the test where there is none."""
    running = session()
    from kpi.spark import SparkFrames  # noqa: PLC0415  # only where there is Spark

    return SparkFrames(running, str(place))


class Export:
    """An export, and the two engines that read it."""

    def __init__(self, place, asked_at):
        self.place, self.duckdb, self.spark = place, ParquetFrames(place), spark_frames(place)
        self.asked_at = asked_at

    def differing(self, asked) -> list[Question]:
        """Return the questions that the engines answer differently."""
        now = self.asked_at
        return [one for one in asked if told(one, self.spark, now) != told(one, self.duckdb, now)]

    def tells(self, question) -> bool:
        """Tell whether it has the data that a question is about."""
        try:
            return answer(question, self.duckdb, self.asked_at).available
        except QuestionError:
            return False


@pytest.fixture(scope="module")
def make_export(tmp_path_factory, sqlite_template):
    session()  # skips before any work is done

    def make(write, asked_at) -> Export:
        place = tmp_path_factory.mktemp("export")
        shutil.copy(sqlite_template, place / "kpi-bot.db")
        write(f"sqlite:///{place / 'kpi-bot.db'}", place / "exported")
        return Export(place / "exported", asked_at)

    return make


@pytest.fixture(scope="module")
def random(make_export):
    return make_export(export_random, GROWING)


@pytest.fixture(scope="module")
def by_hand(make_export):
    return make_export(export_by_hand, MID_APRIL)


def test_what_tickets_tell_is_the_same_on_both_engines(random):
    asked = [one for one in by_or_per(MARCH) if random.tells(one)]
    assert len(asked) > 30
    assert random.differing(asked) == []


def test_what_else_is_known_is_the_same_on_both_engines(random, by_hand):
    asked = [one for one in by_or_per(MARCH) if not random.tells(one)]
    assert sum(by_hand.tells(one) for one in asked) > 20
    assert by_hand.differing(asked) == []


@pytest.mark.parametrize(
    "filters",
    [
        [Filter(dimension="tag", values=("a+b",))],
        [Filter(dimension="tag", values=("c.d", "vip")), Filter(dimension="channel", values=("email",))],
        [Filter(dimension="agent", values=("desk/alice", "shop/alice"))],
    ],
)
def test_filters_and_two_dimensions_at_once_are_the_same_on_both_engines(by_hand, filters):
    asked = Question(kpi="solved", period=MARCH, by=("team", "customer"), filters=tuple(filters))
    assert answer(asked, by_hand.duckdb, MID_APRIL).figure.n > 0
    assert by_hand.differing([asked]) == []


def test_names_values_and_places_of_tickets_are_the_same_on_both_engines(by_hand):
    spark, duckdb = by_hand.spark, by_hand.duckdb
    assert {key: list(spark.values(key).items()) for key in DIMENSIONS} == {
        key: list(duckdb.values(key).items()) for key in DIMENSIONS
    }
    assert spark.labels("teams", {"support", "nobody"}) == duckdb.labels("teams", {"support", "nobody"})
    assert spark.labels("teams", set()) == {}
    assert spark.tickets({1, 2, 10**9}) == duckdb.tickets({1, 2})
    assert spark.tickets(set()) == {}
    assert (spark.helpdesks(), spark.available()) == (duckdb.helpdesks(), duckdb.available())
    assert spark.freshness() == duckdb.freshness()


def test_every_source_has_its_columns_in_spark(by_hand):
    for name, source in SOURCES.items():
        instant = next(column for column, kind in columns(source).items() if kind == "BIGINT")
        window = by_hand.spark.stretches(name, source.c.keys(), (instant, instant), Span(0, 1), {})
        assert window.collect_schema().names() == sorted(source.c.keys())


def test_a_window_opens_no_file_of_another_year_and_reads_no_other_column(by_hand, tmp_path, capsys):
    place = tmp_path / "copy"
    shutil.copytree(by_hand.place, place)
    tickets = place / read_manifest(place).data / "ticket_facts"
    (ruined,) = tickets.glob("helpdesk=desk/year=2024/*.parquet")
    ruined.write_bytes(b"not a file of Parquet")
    spark = spark_frames(place)
    span = MARCH.span(MID_APRIL)
    rows = spark.window("ticket_facts", {"left_out", "created_at"}, "created_at", span, {})
    assert len(rows.to_native().collect()) == 24
    rows.to_native().explain()
    plan = capsys.readouterr().out
    assert "PartitionFilters: [isnotnull(year" in plan
    assert "ReadSchema: struct<created_at:bigint,left_out:string>" in plan
    assert f"GreaterThanOrEqual(created_at,{span.start})" in plan


def test_what_is_no_export_or_another_versions_is_refused(tmp_path):
    with pytest.raises(StorageError, match="export_missing"):
        spark_frames(tmp_path / "nowhere")
    (tmp_path / MANIFEST).write_text('{"version": 99}')
    with pytest.raises(StorageError, match="export_version"):
        spark_frames(tmp_path)
