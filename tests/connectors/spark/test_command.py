"""The command on a real cluster, as people run it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl

import fourfold
from fourfold.cli import init
from tests.connectors.spark.cluster import SETTINGS, Cluster
from tests.connectors.spark.test_evaluate_on import assert_is_whole

AS_OF = "2026-04-15"


def evaluate(folder: Path, cluster: Cluster, *options: str) -> subprocess.CompletedProcess[str]:
    """`fourfold evaluate` on the cluster with figures and results beside the folder."""
    places = ("--measurements", str(folder.parent / "figures.parquet"), "--out", (folder.parent / "results").as_uri())
    settings = [word for key, value in SETTINGS.items() for word in ("--spark", f"{key}={value}")]
    command = (sys.executable, "-m", "fourfold", "evaluate", str(folder), "--engine", cluster.master)
    return subprocess.run([*command, *places, *settings, *options], capture_output=True, text=True)


def company(tmp_path: Path, figures: str = "293") -> Path:
    """The starter folder, with its figures as Parquet beside it."""
    folder = tmp_path / "company"
    init.run(folder)
    table = pl.read_csv(folder / "measurements" / "figures.csv", infer_schema=False)
    table.with_columns(value=pl.col("value").replace("293", figures)).write_parquet(tmp_path / "figures.parquet")
    return folder


def test_the_command_says_how_far_it_is_and_what_came_out(cluster: Cluster, tmp_path: Path) -> None:
    folder = company(tmp_path)
    ran = evaluate(folder, cluster, "--as-of", AS_OF, "--view", "quarter")
    assert (ran.returncode, ran.stdout) == (0, "")
    for stage in ("Looking for the first figures", "Evaluating KPIs", "Rolling up nodes", "Counting results"):
        assert f"{stage} …" in ran.stderr
    expected = fourfold.evaluate(folder, as_of=AS_OF, view="quarter").results
    kpis = len(expected.filter(pl.col("node").str.starts_with("kpi:")))
    last = f"{kpis:,} results of KPIs and {len(expected) - kpis:,} of nodes are in file:{tmp_path / 'results'}."
    assert ran.stderr.splitlines()[-1] == last
    assert_is_whole(tmp_path / "results", expected)


def test_figures_with_errors_end_in_findings_and_code_1(cluster: Cluster, tmp_path: Path) -> None:
    folder = company(tmp_path, "2,93")
    ran = evaluate(folder, cluster)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "error figures.parquet:1 ROW-COMMA" in ran.stderr and "nothing was evaluated" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["company", "figures.parquet"]
