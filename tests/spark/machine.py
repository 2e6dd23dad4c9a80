"""Spark on this machine: whether it can run, alone in a process, and a cluster of one master and two workers."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

JAVA_FROM = 17
LOOPBACK = "127.0.0.1"
PATIENCE_S = 90
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Code of a JVM that lives for a minute is not worth to be compiled twice."""

QUICK = {
    "spark.driver.host": LOOPBACK,
    "spark.driver.bindAddress": LOOPBACK,
    "spark.driver.extraJavaOptions": SHORT_LIVED,
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.python.sql.dataFrameDebugging.enabled": "false",
    # Plans of hundreds of expressions over a few rows: to compile or to adapt each would take longer than to run it.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
}


def _java() -> str | None:
    """Return the Java that Spark would start."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which(str(Path(home, "bin", "java"))) if home else shutil.which("java")


@cache
def missing() -> str | None:
    """Return what Spark needs and this machine doesn't have."""
    if find_spec("pyspark") is None:
        return "no PySpark: install it with `uv sync --extra spark`"
    java = _java()
    if java is None:
        return f"no Java: Spark needs version {JAVA_FROM} or later"
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version.group(1)) < JAVA_FROM:
        return f"no Java {JAVA_FROM} or later: {told.splitlines()[0] if told else 'it does not start'}"
    return None


def need_spark() -> None:
    """Skip the test, with the reason, where Spark can't run."""
    if (reason := missing()) is not None:
        pytest.skip(reason)


@cache
def session():
    """Return the session of this process: two threads, started once; skips the test where Spark can't run."""
    need_spark()
    from pyspark.sql import SparkSession  # noqa: PLC0415

    builder = SparkSession.builder.master("local[2]").appName("tests")
    for name, value in QUICK.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


# --- A cluster -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A master, where drivers reach it, and its workers, by the directory of each; and all its processes."""

    address: str
    workers: tuple[Path, ...]
    processes: tuple[subprocess.Popen, ...]

    def executors(self) -> list[int]:
        """Return how many executors each worker has started."""
        return [len(list(worker.glob("app-*/*"))) for worker in self.workers]


@contextmanager
def cluster(workers: int = 2) -> Iterator[Cluster]:
    """Give a standalone cluster on the loopback; nothing of it is left at the end."""
    need_spark()
    with ExitStack() as closing:
        place = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="kpi-bot-spark-")))
        master = closing.enter_context(_process("master.Master", place / "master", "--port", "0"))
        address = _told(master, place / "master.log", r"Starting Spark master at (spark://\S+)")
        places = tuple(place / f"worker{number}" for number in range(workers))
        processes = [master]
        for each in places:
            options = ("--cores", "1", "--memory", "1g", "--work-dir", str(each))
            processes.append(closing.enter_context(_process("worker.Worker", each, *options, address)))
            _told(processes[-1], each.with_suffix(".log"), r"(Successfully registered) with master")
        yield Cluster(address=address, workers=places, processes=tuple(processes))


def variables() -> dict[str, str]:
    """Return the environment of Spark's processes: on the loopback only, small, and nothing of a bot in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KPI_BOT_", "SPARK_"))}
    wanted = {"SPARK_LOCAL_IP": LOOPBACK, "SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": SHORT_LIVED}
    return kept | wanted | {"PYSPARK_PYTHON": sys.executable}


@contextmanager
def _process(kind: str, place: Path, *options: str) -> Iterator[subprocess.Popen]:
    """Start a part of a cluster by the script of the wheel, and end it with all that it started."""
    script = Path(find_spec("pyspark").origin).parent / "bin" / "spark-class"
    command = [str(script), f"org.apache.spark.deploy.{kind}", "--host", LOOPBACK, "--webui-port", "0", *options]
    with place.with_suffix(".log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, env=variables(), start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()  # a worker ends its executors
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _told(process: subprocess.Popen, log: Path, pattern: str) -> str:
    """Return what a process writes to its log once it is there."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(pattern, log.read_text(encoding="utf-8", errors="replace")):
            return found.group(1)
        time.sleep(0.1)
    pytest.fail(f"a part of the cluster did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
