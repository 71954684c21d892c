"""A session of Spark, and what to say when there is none."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from fourfold.errors import ConfigurationError, FourfoldError, Kind

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Settings of ours; what the caller gives wins.
SETTINGS: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "true",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",  # a folder unit=007 is about unit 007
    "spark.executorEnv.POLARS_MAX_THREADS": "1",  # Spark already runs a task on each core
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "1",  # a task's files appear with the job's
    "spark.sql.parquet.compression.codec": "zstd",
}
_MASTERS: Final = ("spark://", "local", "yarn", "k8s://")
#: Seconds in which the master must take a connection.
PATIENCE: Final = 5


class NoCluster(FourfoldError):
    """The cluster does not answer."""

    kind = Kind.UNAVAILABLE
    retry = True


class NoMaster(FourfoldError):
    """This is not the address of a Spark cluster."""


@contextmanager
def connect(master: str, settings: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """A session on a cluster, closed at the end. `settings` are Spark's own, such as `spark.executor.memory`.

    Raises `ConfigurationError` without Spark or Java, `NoMaster` for an address that is none, `NoCluster` where nobody
    answers.
    """
    _check_installed()
    _check_master(master)
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # It is about what pandas tables become; none goes through here, but Spark insists on pandas all the same.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    builder = SparkSession.builder.master(master).appName("Fourfold")
    for key, value in {**SETTINGS, **(settings or {})}.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:  # Java's own among them, which are known only once py4j is there
        message = f"Spark could not start on {master}: {reason(error)}"
        raise NoCluster(message, hint="Its own words are above.") from error
    try:
        yield session
    finally:
        with suppress(Exception):  # a cluster that has gone away cannot be left politely
            session.stop()


def _check_installed() -> None:
    try:
        import pyspark  # noqa: F401  (only whether it is there)
    except ImportError:
        raise ConfigurationError(
            "Spark is not installed here.", hint='Run: pip install "fourfold[spark]", here and on every worker.'
        ) from None
    home = os.environ.get("JAVA_HOME")
    if not (home and os.path.exists(os.path.join(home, "bin", "java"))) and not shutil.which("java"):
        raise ConfigurationError(
            "Spark needs Java 17 or newer, and there is no java here.",
            hint="Run: sudo apt install default-jre-headless, or set JAVA_HOME.",
        )


def _check_master(master: str) -> None:
    """Whether this is an address, and somebody listens there: Spark itself would try for a minute."""
    if not master.startswith(_MASTERS):
        raise NoMaster(
            f"{master} is not the address of a Spark cluster.",
            hint="Write --engine spark://HOST:7077, yarn, k8s://…, or local[4] for four cores of this machine.",
        )
    if not master.startswith("spark://"):
        return
    hosts = re.findall(r"([^,:/\[\]]+|\[[^\]]+\]):(\d{1,5})(?=,|$)", master.removeprefix("spark://"))
    if not hosts:
        raise NoMaster(f"{master} names no host and port.", hint="Write --engine spark://HOST:7077.")
    for host, port in hosts:
        with suppress(OSError, OverflowError):
            socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
            return
    raise NoCluster(
        f"No Spark master answers at {master}.",
        hint="Check host and port, and that the master runs: start-master.sh says where it listens.",
    )


def reason(error: BaseException) -> str:
    """The first line of what went wrong, without the name of the class of an exception of Java."""
    java = getattr(error, "java_exception", None)
    text = str(java.toString()) if java is not None else str(error)
    line = (text.strip() or type(error).__name__).splitlines()[0]
    return re.sub(r"^(?:[\w.]+\.)?[\w$]+(?:Exception|Error): ", "", line)
