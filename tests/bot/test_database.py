"""Opening databases of every kind and state, and writing rows so that twice is the same as once."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, make_url, select, text

from bot import database
from bot.database import is_current, migrate, open_database, shown, upsert, writing
from kpi.errors import StorageError
from kpi.schema import agents, helpdesks


def refused(key, url, **options):
    with pytest.raises(StorageError) as caught:
        open_database(url, **options)
    assert caught.value.key == key
    return caught.value


@pytest.fixture
def desk(engine):
    with writing(engine) as connection:
        upsert(connection, helpdesks, [{"key": "desk", "kind": "demo"}])
    return engine


def names(engine):
    with engine.connect() as connection:
        return dict(connection.execute(select(agents.c.external_id, agents.c.name)).all())


# --- Opening -----------------------------------------------------------------------------------------------------


def test_sqlite_is_opened_in_wal_mode_with_foreign_keys(make_sqlite):
    with open_database(make_sqlite()).connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA synchronous")) == 1
    connection.engine.dispose()


def test_a_missing_directory_is_named(tmp_path):
    error = refused("database_directory_missing", f"sqlite:///{tmp_path}/nowhere/kpi-bot.db")
    assert error.values["directory"] == f"{tmp_path}/nowhere"


def test_a_missing_database_is_not_made_where_nothing_could_be_in_it(tmp_path):
    refused("database_missing", f"sqlite:///{tmp_path}/kpi-bot.db", create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to look at" * 50, b"short"])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    refused("not_a_database", f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_a_directory_is_no_database(tmp_path):
    refused("not_a_database", f"sqlite:///{tmp_path}")


def test_a_damaged_database_says_so(make_sqlite):
    url = make_sqlite()
    with Path(make_url(url).database).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 40_960)
    with pytest.raises(StorageError) as caught:
        migrate(open_database(url))
    assert caught.value.key == "database_damaged"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("nonsense", "database_url"),
        ("postgresql://user@host:port/kpi", "database_url"),
        ("mysql://host/kpi", "database_kind"),
        ("postgresql+psycopg2://host/kpi", "database_kind"),
    ],
)
def test_an_address_that_is_none_is_refused(url, key):
    refused(key, url)


def test_an_unreachable_server_is_named_without_its_password():
    error = refused("database_unreachable", "postgresql://bot:sekret@localhost:1/kpi")
    assert error.values["database"] == "postgresql://bot:***@localhost:1/kpi"
    assert "sekret" not in str(error)


def test_a_missing_postgresql_database_is_unreachable(postgresql_server):
    url = postgresql_server.set(database="nowhere").render_as_string(hide_password=False)
    assert "nowhere" in refused("database_unreachable", url).values["reason"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_is_understood(make_postgresql, scheme):
    url = make_url(make_postgresql()).set(drivername=scheme)
    engine = open_database(url.render_as_string(hide_password=False))
    assert is_current(engine)
    assert shown(engine.url).startswith("postgresql://")
    engine.dispose()


def test_a_missing_driver_names_what_to_install(monkeypatch):
    def fail(*_args, **_kwargs):
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    monkeypatch.setattr(database, "create_engine", fail)
    assert refused("driver_missing", "postgresql://localhost/kpi").values == {"driver": "psycopg"}


# --- States it can be in -----------------------------------------------------------------------------------------


def test_a_locked_database_says_so_and_loses_nothing(desk, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 100)
    other = open_database(desk.url.render_as_string(hide_password=False))
    with writing(desk) as holder:
        holder.execute(text("UPDATE helpdesks SET kind = 'held'"))
        with pytest.raises(StorageError) as caught, writing(other) as connection:
            connection.execute(text("UPDATE helpdesks SET kind = 'other'"))
    assert caught.value.key == "database_locked"
    with desk.connect() as connection:
        assert connection.scalar(select(helpdesks.c.kind)) == "held"
    other.dispose()


def test_a_reader_never_waits_for_a_writer(desk):
    with writing(desk) as holder:
        holder.execute(text("UPDATE helpdesks SET kind = 'held'"))
        with desk.connect() as reader:
            assert reader.scalar(select(helpdesks.c.kind)) == "demo"


def test_a_read_only_sqlite_file_can_be_read_and_refuses_to_be_written(make_sqlite):
    path = make_url(make_sqlite()).database
    engine = open_database(f"sqlite:///file:{path}?mode=ro&uri=true")
    migrate(engine)
    with pytest.raises(StorageError) as caught, writing(engine) as connection:
        upsert(connection, helpdesks, [{"key": "desk", "kind": "demo"}])
    assert caught.value.key == "database_read_only"
    engine.dispose()


def test_a_read_only_postgresql_database_can_be_read_and_refuses_to_be_written(make_postgresql):
    url = make_url(make_postgresql()).update_query_dict({"options": "-c default_transaction_read_only=on"})
    engine = open_database(url.render_as_string(hide_password=False))
    migrate(engine)
    with pytest.raises(StorageError) as caught, writing(engine) as connection:
        upsert(connection, helpdesks, [{"key": "desk", "kind": "demo"}])
    assert caught.value.key == "database_read_only"
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(make_database):
    engine = open_database(make_database(migrated=False))
    migrate(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    with pytest.raises(StorageError) as caught:
        migrate(engine)
    assert (caught.value.key, caught.value.values["revision"]) == ("database_newer", "later")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "later"
    engine.dispose()


def test_a_database_without_tables_says_that_it_needs_to_be_migrated(make_database):
    engine = open_database(make_database(migrated=False))
    assert not is_current(engine)
    with pytest.raises(StorageError) as caught, engine.connect() as connection:
        connection.execute(select(helpdesks))
    assert caught.value.key == "database_not_migrated"
    engine.dispose()


def test_several_processes_may_migrate_at_once(make_database):
    url = make_database(migrated=False)

    def start(_):
        engine = open_database(url)
        migrate(engine)
        engine.dispose()
        return "ready"

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == ["ready"] * 4


def test_an_error_undoes_everything_that_was_written_with_it(desk):
    def write_and_fail():
        with writing(desk) as connection:
            upsert(connection, agents, [row("alice", "Alice")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert names(desk) == {}


def test_a_row_of_an_unknown_helpdesk_is_refused(engine):
    with pytest.raises(Exception, match=r"(?i)foreign key"), writing(engine) as connection:
        upsert(connection, agents, [{"helpdesk": "nowhere", "external_id": "alice", "name": "Alice"}])


# --- Upsert ------------------------------------------------------------------------------------------------------


def row(external_id, name, **others):
    return {"helpdesk": "desk", "external_id": external_id, "name": name, **others}


def write(engine, *rows, **options):
    with writing(engine) as connection:
        return upsert(connection, agents, rows, **options)


def test_rows_that_stay_the_same_are_not_written(desk):
    assert write(desk, row("alice", "Alice"), row("bob", None)) == 2
    assert write(desk, row("alice", "Alice"), row("bob", None)) == 0
    assert write(desk, row("alice", "Alice"), row("bob", "Bob")) == 1
    assert names(desk) == {"alice": "Alice", "bob": "Bob"}


def test_null_is_a_value_unless_it_means_not_told(desk):
    write(desk, row("alice", "Alice"), row("bob", "Bob"))
    write(desk, row("alice", None), keep=("name",))
    write(desk, row("bob", None))
    assert names(desk) == {"alice": "Alice", "bob": None}


def test_columns_that_are_not_told_stay_as_they_are(desk):
    write(desk, row("alice", "Alice", joined_at=5))
    write(desk, row("alice", "Alicia"))
    with desk.connect() as connection:
        assert connection.execute(select(agents.c.name, agents.c.joined_at)).one() == ("Alicia", 5)


def test_more_rows_than_a_statement_has_parameters_are_written(desk):
    assert write(desk, *[row(str(number), "x") for number in range(40_000)]) == 40_000


def test_no_rows_are_no_work(desk):
    assert write(desk) == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", None])), max_size=12))
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_last_word_on_a_row_counts(desk, told):
    with writing(desk) as connection:
        connection.execute(delete(agents))
        upsert(connection, agents, [row(key, name) for key, name in told])
    assert names(desk) == dict(told)


def test_sqlite_closes_nothing_it_did_not_open(make_sqlite):
    url = make_sqlite()
    engine = open_database(url)
    engine.dispose()
    with sqlite3.connect(make_url(url).database) as other:
        assert other.execute("SELECT count(*) FROM helpdesks").fetchone() == (0,)
    other.close()


class Refusing(sqlite3.Connection):
    """Is refused twice, as one of several that ask for the log of a new file at once may be."""

    refusals = 2

    def execute(self, statement, *values):
        if statement == "PRAGMA journal_mode = WAL" and self.refusals:
            self.refusals -= 1
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        return super().execute(statement, *values)


def test_who_is_refused_the_log_of_a_new_file_asks_again(tmp_path):
    connection = sqlite3.connect(tmp_path / "new.db", factory=Refusing)
    database._keep_a_log(connection)
    assert (connection.refusals, connection.execute("PRAGMA journal_mode").fetchone()) == (0, ("wal",))
    connection.close()
