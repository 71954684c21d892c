"""`fourfold evaluate --engine …` called wrongly, or where something is lacking; no cluster is needed for that."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from fourfold.cli import init

RUN = "import sys; sys.argv[0] = 'fourfold'; from fourfold.cli import main; main()"
WITHOUT_SPARK = "import sys; sys.modules['pyspark'] = None; " + RUN
PLACES = ("--measurements", "figures.parquet", "--out", "results")
needs_spark = pytest.mark.skipif(find_spec("pyspark") is None, reason="Spark is not installed (make setup-spark)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made") / "company"
    init.run(made)
    return made


def evaluate(folder: Path, *options: str, code: str = RUN, **environment: str) -> tuple[int, str]:
    """Exit code and what is said about it."""
    command = [sys.executable, "-c", code, "evaluate", str(folder), *options]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=folder.parent, env=os.environ | environment)
    assert "Traceback" not in ran.stderr
    assert [p.name for p in folder.parent.iterdir()] == ["company"]
    return ran.returncode, ran.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--engine", "local[2]"), "--measurements s3://"),
        (("--engine", "local[2]", "--measurements", "figures.parquet"), "where results go"),
        (("--measurements", "figures.parquet"), "go with --engine"),
        (("--spark", "spark.executor.memory=1g"), "go with --engine"),
        (("--engine", "local[2]", *PLACES, "--unit", "north"), "--unit does not go with --engine"),
        (("--engine", "local[2]", *PLACES, "--period", "2026-01"), "--period does not go with --engine"),
        (("--engine", "local[2]", *PLACES, "--format", "csv"), "--format does not go with --engine"),
        (("--engine", "local[2]", *PLACES, "--spark", "memory=1g"), "'memory=1g' is not a setting of Spark"),
        (("--engine", "local[2]", *PLACES, "--spark", "spark.executor.memory"), "is not a setting of Spark"),
    ],
)
def test_options_that_do_not_go_together_end_in_code_2(folder: Path, options: tuple[str, ...], said: str) -> None:
    code, words = evaluate(folder, *options)
    assert (code, said in words) == (2, True)


def test_without_spark_it_says_how_to_get_it(folder: Path) -> None:
    code, words = evaluate(folder, "--engine", "spark://127.0.0.1:7077", *PLACES, code=WITHOUT_SPARK)
    assert code == 3
    assert "Spark is not installed here." in words and 'pip install "fourfold[spark]"' in words


@needs_spark
def test_without_java_it_says_how_to_get_it(folder: Path, tmp_path: Path) -> None:
    options = ("--engine", "spark://127.0.0.1:7077", *PLACES)
    code, words = evaluate(folder, *options, PATH=str(tmp_path), JAVA_HOME="")
    assert (code, "there is no java here" in words) == (3, True)


@needs_spark
@pytest.mark.parametrize("master", ["http://example.org", "spark://", "spark://host", "spark://host:port", "cluster"])
def test_what_is_no_address_of_a_cluster_is_refused(folder: Path, master: str) -> None:
    code, words = evaluate(folder, "--engine", master, *PLACES)
    assert (code, "spark://HOST:7077" in words) == (2, True)


@needs_spark
def test_a_master_that_does_not_answer_is_said_at_once(folder: Path) -> None:
    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        master = f"spark://127.0.0.1:{taken.getsockname()[1]}"
        code, words = evaluate(folder, "--engine", master, *PLACES)
    assert (code, f"No Spark master answers at {master}." in words) == (5, True)
