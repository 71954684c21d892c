"""A worker that dies takes its work with it, and the others do it again."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.sample import sample

from fourfold.connectors.spark import connect, evaluate_on
from fourfold.connectors.spark import evaluate as on_cluster
from fourfold.connectors.spark.session import NoCluster
from fourfold.engine.evaluate import evaluate
from fourfold.engine.worded import in_words
from tests.connectors.spark.cluster import SETTINGS, Cluster
from tests.connectors.spark.test_evaluate_on import assert_is_whole, assert_nothing_stays

COMPANY = sample(120, 60, 36)


@pytest.mark.parametrize("stage", ["Evaluating KPIs", "Rolling up nodes"])
def test_the_loss_of_a_worker_changes_nothing(cluster: Cluster, tmp_path: Path, stage: str) -> None:
    COMPANY.rows.write_parquet(tmp_path / "figures.parquet")
    lost: list[tuple[int, int]] = []

    def watch(now: str, done: int, total: int) -> None:
        if now == stage and 0 < done < total and not lost:
            cluster.kill_worker()
            lost.append((done, total))

    try:
        with connect(cluster.master, SETTINGS) as session:
            evaluate_on(
                session, COMPANY.definitions, str(tmp_path / "figures.parquet"), str(tmp_path / "results"),
                as_of=COMPANY.as_of, progress=watch,
            )  # fmt: skip
    finally:
        cluster.add_worker()
    assert lost
    expected = evaluate(COMPANY.definitions, COMPANY.rows, as_of=COMPANY.as_of).frame()
    assert_is_whole(tmp_path / "results", in_words(expected))


def test_with_no_worker_that_has_the_memory_it_gives_up_and_nothing_stays(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    COMPANY.rows.write_parquet(tmp_path / "figures.parquet")
    monkeypatch.setattr(on_cluster, "PATIENCE", 3)
    with (
        connect(cluster.master, SETTINGS | {"spark.executor.memory": "64g"}) as session,
        pytest.raises(NoCluster, match="No worker took the work for 3 seconds"),
    ):
        evaluate_on(
            session, COMPANY.definitions, str(tmp_path / "figures.parquet"), str(tmp_path / "results"),
            as_of=COMPANY.as_of,
        )  # fmt: skip
    assert_nothing_stays(tmp_path)
