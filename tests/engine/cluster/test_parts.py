"""A scorecard evaluated in parts, as workers do, is the scorecard evaluated at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest
from benchmarks.sample import sample
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from fourfold.engine.cluster.job import Job, connected, families, plan
from fourfold.engine.cluster.kernel import SCORED, finding_of, kpi_results, node_results
from fourfold.engine.definitions import Definitions
from fourfold.engine.evaluate import evaluate
from fourfold.engine.findings import Level
from fourfold.engine.groups import with_inputs
from fourfold.engine.periods import Frequency
from fourfold.engine.results import View
from fourfold.engine.rows import locate
from fourfold.engine.worded import in_codes, in_words
from tests.engine.companies import AS_OF, Company, companies
from tests.engine.scorecards import scorecard

KEYS = ["node", "unit", "ordinal"]
LARGE = sample(40, 15, 16)


def job_of(definitions: Definitions, rows: pl.DataFrame, view: View, most: int) -> Job:
    """The job of these rows in parts of so many cells."""
    first = locate(rows, definitions).first
    job = plan(definitions, first, as_of=AS_OF, view=view, workers=1, version="")
    cells = dict.fromkeys(definitions.kpi, len(definitions.units) * len(job.periods))
    return replace(job, families=tuple(families(definitions.kpis, cells, most)))


def figures_for(job: Job, family: int, table: pl.DataFrame) -> pl.DataFrame:
    """The rows that a family needs, in columns as Spark hands them over."""
    needed = [k.code for k in with_inputs(job.definitions, job.families[family])]
    return table.filter(pl.col("kpi").is_in(needed)).with_columns(file=pl.lit("figures.parquet"))


def in_parts(job: Job, table: pl.DataFrame, units: int) -> pl.DataFrame:
    """What workers give together: families of KPIs, then so many units at a time."""
    kpis = pl.concat([kpi_results(job, i, figures_for(job, i, table)) for i in range(len(job.families))])
    results = kpis.filter(pl.col("kind") == "kpi")
    codes = job.definitions.unit
    parts = [list(codes)[i : i + units] for i in range(0, len(codes), units)]
    nodes = [node_results(job, results.filter(pl.col("unit").is_in(part)).select(SCORED)) for part in parts]
    return pl.concat([results, *nodes]).drop("kind").sort(KEYS)


def as_written(rows: pl.DataFrame) -> pl.DataFrame:
    """Checked rows as a table of figures that somebody brings."""
    said = {"state": {1: "missing", 2: "n/a"}, "marks": {4: "estimate", 32: "unapproved"}}
    there = [pl.col(name).replace_strict(words, default=None) for name, words in said.items() if name in rows.columns]
    return rows.with_columns(there).rename({"marks": "quality"}, strict=False).with_row_index("row", offset=1)


@given(companies(), st.sampled_from(["month", "quarter", "year", "ytd"]), st.integers(1, 400), st.integers(1, 3))
def test_parts_together_are_the_whole(company: Company, view: View, most: int, units: int) -> None:
    table = as_written(company.rows)
    job = job_of(company.definitions, company.rows, view, most)
    found = in_parts(job, table, units)
    whole = in_words(evaluate(company.definitions, company.rows, as_of=AS_OF, view=view).frame()).sort(KEYS)
    assert_frame_equal(found, whole, rel_tol=0, abs_tol=1e-9)


@pytest.mark.parametrize("view", ["month", "quarter"])
def test_a_larger_scorecard_in_many_parts_is_the_whole(view: View) -> None:
    job = job_of(LARGE.definitions, LARGE.rows, view, 3 * 15 * 16)
    assert len(job.families) > 5
    whole = in_words(evaluate(LARGE.definitions, LARGE.rows, as_of=AS_OF, view=view).frame()).sort(KEYS)
    assert_frame_equal(in_parts(job, as_written(LARGE.rows), 4), whole, rel_tol=0, abs_tol=1e-9)


def test_every_kpi_is_in_one_family_and_a_family_has_its_size() -> None:
    definitions = LARGE.definitions
    cells = {k.code: 10 + i % 3 for i, k in enumerate(definitions.kpis)}
    dealt = list(families(definitions.kpis, cells, 35))
    assert sorted(code for family in dealt for code in family) == sorted(definitions.kpi)
    assert all(sum(cells[code] for code in family) <= 35 for family in dealt)


def chain() -> Definitions:
    """Two families: a, b and c hang together by formulas, d and e stand alone."""
    kpis = [
        {"code": "a"}, {"code": "d"}, {"code": "b", "formula": "a * 2"}, {"code": "e"},
        {"code": "c", "formula": "b + 1"},
    ]  # fmt: skip
    return scorecard(*kpis)


def test_formulas_make_families() -> None:
    assert connected(chain().kpis) == [["a", "b", "c"], ["d"], ["e"]]


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (5, [("a", "b", "c", "d", "e")]),
        (3, [("a", "b", "c"), ("d", "e")]),
        (2, [("a", "b"), ("c", "d"), ("e",)]),
        (1, [("a",), ("b",), ("c",), ("d",), ("e",)]),
        (0, [("a",), ("b",), ("c",), ("d",), ("e",)]),
    ],
)
def test_a_family_stays_together_where_it_fits(most: int, expected: list[tuple[str, ...]]) -> None:
    assert list(families(chain().kpis, dict.fromkeys("abcde", 1), most)) == expected


def test_figures_with_errors_give_findings_and_no_results() -> None:
    wrong = pl.when(pl.col("row") == 7).then(pl.lit("nowhere")).otherwise("unit")
    table = as_written(LARGE.rows).with_columns(unit=wrong)
    job = job_of(LARGE.definitions, LARGE.rows, "month", 10**9)
    said = kpi_results(job, 0, figures_for(job, 0, table))
    (finding,) = [finding_of(text) for text in said["reason"]]
    assert said.select("kind", "state").rows() == [("finding", "error")]
    assert (finding.code, finding.level, str(finding.place)) == ("ROW-UNIT", Level.ERROR, "figures.parquet:7")


def test_a_family_without_any_row_has_results_too() -> None:
    job = job_of(chain(), pl.DataFrame(schema=dict.fromkeys(("kpi", "unit", "period"), pl.String)), "month", 1)
    blank = {name: [None] for name in ("file", "row", "kpi", "unit", "period", "value")}
    found = kpi_results(job, 2, pl.DataFrame(blank).cast(pl.String))
    assert found["node"].unique().to_list() == [f"kpi:{job.families[2][0]}"]
    assert found["state"].unique().to_list() == ["not_due"]  # its only month has begun and is not over


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 127), st.integers(0, 4), st.integers(0, 4)), min_size=1))
def test_words_become_the_codes_they_came_from(rows: list[tuple[int, int, int, int]]) -> None:
    codes = pl.DataFrame(rows, ["status", "marks", "state", "reason"], orient="row").cast(pl.UInt8)
    assert in_codes(in_words(codes)).equals(codes)


@pytest.mark.parametrize(
    ("units", "workers", "together"), [(50, 1, 3), (50, 2, 2), (50, 9, 2), (2500, 1, 2), (2500, 3, 1)]
)
def test_there_are_four_parts_for_each_worker_neither_too_small_nor_too_large(
    units: int, workers: int, together: int
) -> None:
    """Twelve KPIs of a hundred months: 5,000 or 250,000 cells each; parts have 10,000 to 500,000."""
    tree = {f"u{i}": "u0" if i else None for i in range(units)}
    definitions = scorecard(*({"code": f"k{i}"} for i in range(12)), units=tree)
    first = {Frequency.MONTH: definitions.calendar.parse("2018-01")}
    april = datetime(2026, 4, 10, tzinfo=UTC)
    job = plan(definitions, first, as_of=april, view="month", workers=workers, version="1.2.3")
    assert len(job.periods) == 100 and job.version == "1.2.3"
    assert [len(family) for family in job.families] == [together] * (12 // together)
    assert job.results() == (12 * 100 * units, 3 * 100 * units)
