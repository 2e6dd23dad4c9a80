"""An export of the facts, asked through Spark."""

from typing import Any

from kpi.errors import StorageError
from kpi.frames import Frames

QUIET = {
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.python.sql.dataFrameDebugging.enabled": "false",  # it would look up the line of each expression
}
ALONE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.sql.shuffle.partitions": "4"}
"""Spark within one process has nobody to reach, and few rows at a time."""


def spark_frames(location: str, master: str) -> Frames:
    """Return the facts of an export, read by the Spark of a master such as `local[2]`, `spark://host:7077` or `yarn`.

    What else Spark needs to know stands where it looks: `SPARK_CONF_DIR`, `spark-defaults.conf`.

    Raises:
        StorageError: `spark_missing`, `spark_not_started`, `spark_unreachable`, `export_missing`, `export_version`.
    """
    try:
        from kpi.spark import SparkFrames  # noqa: PLC0415  # not everybody has it
    except ImportError as error:
        raise StorageError("spark_missing") from error
    return SparkFrames(_session(master), location)


def _session(master: str) -> Any:  # noqa: ANN401  # its type comes with the extra
    from pyspark.errors import PySparkException  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    builder = SparkSession.builder.master(master).appName("kpi-bot")
    for name, value in (QUIET | (ALONE if master.startswith("local") else {})).items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except PySparkException as error:
        raise StorageError("spark_not_started", master=master) from error
    except Exception as error:  # what Java raises has no type of its own before a session is there
        reason = str(getattr(error, "java_exception", error)).splitlines()[0]
        raise StorageError("spark_unreachable", master=master, reason=reason) from error
