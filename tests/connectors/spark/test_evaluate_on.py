"""Evaluation on a real cluster gives what evaluation here gives, whatever happens to the workers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from benchmarks.sample import sample
from polars.testing import assert_frame_equal

import fourfold
from fourfold.connectors.files import read_folder
from fourfold.connectors.spark import connect, evaluate_on
from fourfold.connectors.spark import evaluate as on_cluster
from fourfold.engine.evaluate import evaluate
from fourfold.engine.measurements import check_rows
from fourfold.engine.results import COLUMNS
from fourfold.engine.worded import in_words
from fourfold.errors import ConfigurationError, Conflict, FourfoldError, Kind
from tests.connectors.spark.cluster import SETTINGS, Cluster
from tests.engine.scorecards import scorecard

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EXAMPLES = Path(__file__).parents[3] / "examples"
COMPANY = sample(60, 40, 30)
AS_OF = datetime(2026, 7, 3, 12, tzinfo=UTC)
KEYS = ["node", "unit", "ordinal"]


@pytest.fixture(scope="module")
def session(cluster: Cluster) -> Iterator[SparkSession]:
    with connect(cluster.master, SETTINGS) as connected:
        yield connected


def written(out: Path) -> pl.DataFrame:
    """The results at a place, in order."""
    return pl.read_parquet(out / "**" / "*.parquet").select(COLUMNS).sort(KEYS)


def assert_is_whole(out: Path, expected: pl.DataFrame) -> None:
    """Nothing but whole results, equal to 1e-9 in every column."""
    assert sorted(p.name for p in out.iterdir() if not p.name.endswith(".crc")) == ["_SUCCESS", "kind=kpi", "kind=node"]
    assert_frame_equal(written(out), expected.sort(KEYS), rel_tol=0, abs_tol=1e-9)


def assert_nothing_stays(folder: Path, but: str = "figures.parquet") -> None:
    """Neither results nor half of them."""
    assert [p.name for p in folder.iterdir()] == [but]


@pytest.mark.parametrize("view", ["month", "quarter"])
def test_results_are_those_of_one_machine(session: SparkSession, tmp_path: Path, view: str) -> None:
    figures, out = tmp_path / "figures", tmp_path / "results"
    figures.mkdir()
    for i, part in enumerate((COMPANY.rows[::2], COMPANY.rows[1::2])):
        part.write_parquet(figures / f"{i}.parquet")
    expected = in_words(evaluate(COMPANY.definitions, COMPANY.rows, as_of=COMPANY.as_of, view=view).frame())
    outcome = evaluate_on(
        session, COMPANY.definitions, str(figures), out.as_uri(), as_of=COMPANY.as_of, view=view
    )  # fmt: skip
    assert outcome.kpis + outcome.nodes == len(expected) and outcome.findings == ()
    assert_is_whole(out, expected)


def test_an_example_with_formulas_weights_and_several_frequencies_is_the_same(
    session: SparkSession, tmp_path: Path
) -> None:
    card = fourfold.load(EXAMPLES / "calder_vale")
    tables = [table.frame.cast(pl.String) for table in read_folder(card.folder or Path()).tables]
    pl.concat(tables, how="diagonal").write_parquet(tmp_path / "figures.parquet")
    outcome = card.evaluate_on(session, str(tmp_path / "figures.parquet"), str(tmp_path / "results"), as_of=AS_OF)
    expected = card.evaluate(as_of=AS_OF).results
    assert outcome.errors == len(expected.filter(pl.col("node").str.starts_with("kpi:"), pl.col("state") == "error"))
    assert_is_whole(tmp_path / "results", expected)


def test_a_later_recording_counts_once_it_is_known(session: SparkSession, tmp_path: Path) -> None:
    rows = [
        ("k", "all", "2026-01", 1.0, "2026-02-01T00:00:00+00:00"), (" k", "all", "2026-01", 2.0, "2026-06-01"),
        ("k", "all", "2025-11", 9.0, "2026-08-01T09:00:00+01:00"), ("k", "all", "2025-10", None, None),
        ("k", "all", "2026-03", 3.0, None),
    ]  # fmt: skip
    table = pl.DataFrame(rows, ["kpi", "unit", "period", "value", "recorded_at"], orient="row")
    table.write_parquet(tmp_path / "figures.parquet")
    card = fourfold.Scorecard(scorecard({"code": "k"}), table.clear())
    for moment in ("2026-05-01", "2026-07-03"):
        card.evaluate_on(session, str(tmp_path / "figures.parquet"), str(tmp_path / moment), as_of=moment)
        assert_is_whole(tmp_path / moment, card.evaluate(table, as_of=moment).results)


def test_a_place_that_is_taken_keeps_what_is_there(session: SparkSession, tmp_path: Path) -> None:
    out = tmp_path / "results"
    out.mkdir()
    (out / "older").touch()
    with pytest.raises(Conflict, match="There is something at"):
        evaluate_on(session, COMPANY.definitions, str(tmp_path), str(out), as_of=AS_OF)
    assert [p.name for p in out.iterdir()] == ["older"]


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (None, Kind.NOT_FOUND, "There is nothing at"),
        (b"kpi,unit,period,value\n", Kind.INVALID, "cannot be read as Parquet"),
        (b"PAR1 cut off", Kind.INVALID, "cannot be read as Parquet"),
        (b"", Kind.INVALID, "cannot be read as Parquet"),
    ],
    ids=["absent", "csv", "cut off", "empty"],
)
def test_what_is_no_parquet_is_said_and_nothing_stays(
    session: SparkSession, tmp_path: Path, content: bytes | None, kind: Kind, said: str
) -> None:
    figures = tmp_path / "figures.parquet"
    if content is not None:
        figures.write_bytes(content)
    with pytest.raises(FourfoldError, match=said) as refused:
        evaluate_on(session, COMPANY.definitions, str(figures), str(tmp_path / "results"), as_of=AS_OF)
    assert refused.value.kind is kind and str(figures) in refused.value.message
    assert [p.name for p in tmp_path.iterdir()] == ([] if content is None else ["figures.parquet"])


def test_a_page_that_is_damaged_is_said_and_nothing_stays(session: SparkSession, tmp_path: Path) -> None:
    figures = tmp_path / "figures.parquet"
    COMPANY.rows.write_parquet(figures)
    damaged = bytearray(figures.read_bytes())
    damaged[1000:3000] = b"\x7f" * 2000
    figures.write_bytes(damaged)
    with pytest.raises(FourfoldError):
        evaluate_on(session, COMPANY.definitions, str(figures), str(tmp_path / "results"), as_of=COMPANY.as_of)
    assert_nothing_stays(tmp_path)


def test_figures_with_errors_are_named_by_file_and_row_and_nothing_stays(session: SparkSession, tmp_path: Path) -> None:
    rows = [("k", "all", "2026-01", 1.0), ("k", "nowhere", "2026-01", 1.0), ("unknown", "all", "2026-01", 1.0),
            ("k", "all", "2026-13", 1.0), ("k", "all", "2026-01", 2.0)]  # fmt: skip
    table = pl.DataFrame(rows, ["kpi", "unit", "period", "value"], orient="row")
    table.write_parquet(tmp_path / "figures.parquet")
    card = fourfold.Scorecard(scorecard({"code": "k"}), table.clear())
    with pytest.raises(fourfold.scorecard.FolderError) as refused:
        card.evaluate_on(session, str(tmp_path / "figures.parquet"), str(tmp_path / "results"), as_of=AS_OF)
    told = sorted((f.code, f.place.file, f.place.line) for f in refused.value.findings)
    here = check_rows(table, card.definitions, file="figures.parquet").findings
    assert told == sorted((f.code, f.place.file, f.place.line) for f in here) and len(told) == 4
    assert_nothing_stays(tmp_path)


def test_columns_that_are_missing_are_said_before_anything_is_done(session: SparkSession, tmp_path: Path) -> None:
    pl.DataFrame({"kpi": ["k"], "unit": ["all"], "when": ["2026-01"]}).write_parquet(tmp_path / "figures.parquet")
    outcome = evaluate_on(
        session, scorecard({"code": "k"}), str(tmp_path / "figures.parquet"), str(tmp_path / "results"), as_of=AS_OF
    )
    assert {f.code for f in outcome.findings} == {"ROW-COLUMN"}
    assert_nothing_stays(tmp_path)


def test_workers_with_another_version_are_refused(
    session: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    COMPANY.rows.write_parquet(tmp_path / "figures.parquet")
    monkeypatch.setattr(on_cluster, "version", lambda name: "0.0.0")
    with pytest.raises(ConfigurationError, match=r"A worker runs Fourfold .*, the job is from 0\.0\.0"):
        evaluate_on(
            session, COMPANY.definitions, str(tmp_path / "figures.parquet"), str(tmp_path / "results"), as_of=AS_OF
        )
    assert_nothing_stays(tmp_path)


def test_s3_without_its_connector_says_what_to_add(session: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no connector for S3"):
        evaluate_on(session, COMPANY.definitions, "s3://bucket/figures", str(tmp_path / "results"), as_of=AS_OF)
