import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot import metrics
from bot.database import migrate, open_database, writing
from bot.demo.slack import serving
from bot.health import database_check, migrations_check, watched
from bot.web import create_web
from kpi.errors import StorageError


@pytest.fixture
def asked():
    """Serve checks; give what is told at a path."""

    def ask(path, health=None, readiness=None, **headers):
        with serving(create_web(None, watched(health or {}, readiness or {}))) as url:
            return httpx2.get(f"{url}{path}", headers=headers, trust_env=False)

    return ask


def fails():
    raise StorageError("database_unreachable", database="kpi", reason="no")


def test_what_is_well_is_told_part_by_part(asked):
    told = asked("/readyz", {"database": lambda: "ok"}, {"facts": lambda: "memory"})
    assert (told.status_code, told.json()) == (200, {"ok": True, "database": "ok", "facts": "memory"})


def test_one_part_that_is_not_well_is_named_and_is_enough(asked):
    told = asked("/readyz", {"database": lambda: "ok"}, {"slack": fails})
    assert (told.status_code, told.json()) == (503, {"ok": False, "database": "ok", "slack": "database_unreachable"})


def test_what_only_readiness_needs_does_not_make_the_process_unhealthy(asked):
    told = asked("/healthz", {"database": lambda: "ok"}, {"slack": fails})
    assert (told.status_code, told.json()) == (200, {"ok": True, "database": "ok"})


def test_a_database_that_answers_is_told_and_so_is_one_that_does_not(engine, tmp_path):
    assert database_check(engine) == "ok"
    gone = open_database(f"sqlite:///{tmp_path}/gone.db")
    gone.dispose()
    (tmp_path / "gone.db").unlink()
    (tmp_path / "gone.db").mkdir()
    with pytest.raises(StorageError):
        database_check(gone)


def test_tables_of_this_version_of_an_older_and_of_a_newer_one_are_told_apart(make_database):
    engine = open_database(make_database(migrated=False))  # one that no other test is given again
    migrate(engine)
    assert migrations_check(engine) == "ok"
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert migrations_check(engine) == "newer", "while versions change, both answer"
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(StorageError, match="database_not_migrated"):
        migrations_check(engine)
    engine.dispose()


# --- Metrics -----------------------------------------------------------------------------------------------------


def value(name, **labels):
    return metrics.REGISTRY.get_sample_value(name, labels) or 0


@pytest.mark.parametrize(
    ("happens", "name", "labels"),
    [
        (
            lambda: metrics.synced("desk", "done", 3),
            "kpi_bot_sync_seconds_count",
            {"helpdesk": "desk", "outcome": "done"},
        ),
        (
            lambda: metrics.answered("command", "told", 0.2),
            "kpi_bot_answer_seconds_count",
            {"surface": "command", "outcome": "told"},
        ),
        (
            lambda: metrics.delivered("digest", "sent"),
            "kpi_bot_deliveries_total",
            {"kind": "digest", "outcome": "sent"},
        ),
        (lambda: metrics.alert_delay(4), "kpi_bot_alert_delay_seconds_count", {}),
        (lambda: metrics.helpdesk_asked(204), "kpi_bot_helpdesk_requests_total", {"status": "2xx"}),
        (lambda: metrics.helpdesk_asked(None), "kpi_bot_helpdesk_requests_total", {"status": "none"}),
    ],
)
def test_what_happens_is_counted_under_its_labels(happens, name, labels):
    before = value(name, **labels)
    happens()
    assert value(name, **labels) == before + 1


def test_the_data_is_looked_at_when_somebody_asks_and_only_while_the_bot_runs():
    with metrics.watching(lambda: {"desk": 60.0}, lambda: {"desk": 65.0}, lambda: 1000):
        assert value("kpi_bot_sync_lag_seconds", helpdesk="desk") == 60
        assert value("kpi_bot_facts_age_seconds", helpdesk="desk") == 65
        assert value("kpi_bot_memory_facts_bytes") == 1000
    assert metrics.REGISTRY.get_sample_value("kpi_bot_memory_facts_bytes") is None


def test_metrics_are_told_as_prometheus_reads_them(asked):
    metrics.delivered("alert", "sent")
    told = asked("/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    families = {family.name: family for family in text_string_to_metric_families(told.text)}
    assert families["kpi_bot_deliveries"].type == "counter"
    assert families["kpi_bot_answer_seconds"].type == "histogram"
    assert "process_resident_memory_bytes" in families
