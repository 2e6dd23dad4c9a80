"""A cluster of one master and two workers answers: the documented example, and `kpi-bot ask --spark`."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from spark.machine import QUICK, SHORT_LIVED, cluster, need_spark, variables
from spark.worlds import export_by_hand

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def exported(tmp_path_factory, sqlite_template):
    need_spark()
    place = tmp_path_factory.mktemp("export")
    shutil.copy(sqlite_template, place / "kpi-bot.db")
    export_by_hand(f"sqlite:///{place / 'kpi-bot.db'}", place / "exported")
    return place / "exported"


def example(language: str) -> str:
    """Return the example of the page about engines."""
    page = (ROOT / "docs" / language / "engines.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return found


def with_frames(frames: str, code: str) -> str:
    """Return the example with frames that are made otherwise."""
    changed, times = re.subn(r"^frames = .*$", f"frames = {frames}", code, flags=re.MULTILINE)
    assert times == 1
    return changed


def start(*arguments: str, master: str | None = None, **environment: str) -> subprocess.CompletedProcess:
    """Run Python in a process of its own; a driver of a master that computes in two small JVMs, if there is one."""
    small = QUICK | {"spark.executor.memory": "512m", "spark.executor.extraJavaOptions": SHORT_LIVED}
    options = [("--master", master)] if master else []
    options += [("--conf", f"'{name}={value}'") for name, value in small.items()]
    submitted = " ".join(word for option in options for word in option)
    given = {"PYSPARK_SUBMIT_ARGS": f"{submitted} pyspark-shell", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=300, env=variables() | given | environment, check=False
    )


def printed(*arguments: str, master: str | None = None) -> str:
    done = start(*arguments, master=master)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def is_there(process: subprocess.Popen) -> bool:
    """Tell whether there is still anything of what a process started."""
    for _ in range(50):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True


def test_the_example_is_the_same_in_both_languages():
    assert with_frames("", example("en")) == with_frames("", example("fr"))


def test_a_master_and_two_workers_answer_as_duckdb_does(exported):
    place, code = str(exported), example("en")
    alone = re.sub(r"^(from (pyspark|kpi\.spark) |session =).*\n", "", code, flags=re.MULTILINE)
    imports = "from pathlib import Path\nfrom kpi.parquet import ParquetFrames\n"
    wanted = printed("-c", imports + with_frames(f"ParquetFrames(Path({place!r}))", alone))
    assert len(wanted.splitlines()) > 5
    ask = ("-m", "bot", "ask", "volume 2026-03", "--json", "--now", "2026-04-15", "--facts", place)
    with cluster() as running:
        assert printed("-c", with_frames(f"SparkFrames(session, {place!r})", code), master=running.address) == wanted
        assert min(running.executors()) == 1, "each worker has computed"
        assert json.loads(printed(*ask, "--spark", running.address)) == json.loads(printed(*ask))
        assert min(running.executors()) == 2
    assert not [process.args for process in running.processes if is_there(process)]


def test_spark_that_is_not_installed_is_told():
    without = "import sys; sys.modules['pyspark'] = None; from bot.terminal.spark import spark_frames; "
    done = start("-c", without + "spark_frames('exported', 'local')")
    assert done.returncode == 1
    assert "StorageError: spark_missing" in done.stderr


def test_spark_without_an_export_is_refused():
    done = start("-m", "bot", "ask", "volume", "--spark", "local")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--facts DIR" in done.stderr


@pytest.mark.parametrize(("master", "environment"), [("nonsense", {}), ("local", {"JAVA_HOME": "/nowhere"})])
def test_a_master_or_a_java_that_is_not_there_is_told(exported, master, environment):
    done = start("-m", "bot", "ask", "volume", "--facts", str(exported), "--spark", master, **environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"did not start for {master}" in done.stderr.splitlines()[-1]
