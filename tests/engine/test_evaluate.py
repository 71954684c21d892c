"""The pipeline as a whole, against a slow and obvious calculation of every cell."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings

import fourfold
from fourfold.engine.cells import Mark, State
from fourfold.engine.definitions import Definitions
from fourfold.engine.evaluate import Evaluation, evaluate
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.results import View
from fourfold.engine.statuses import Status
from tests.engine.companies import AS_OF, Company, companies
from tests.engine.oracle import Oracle

VIEWS: tuple[View, ...] = ("month", "quarter", "year", "ytd")
EXAMPLE = Path(__file__).parents[2] / "examples" / "calder_vale"
TO_NINE_DIGITS = {"rel": 1e-9, "abs": 1e-6}


def run(
    definitions: Definitions, rows: pl.DataFrame, as_of: datetime, view: View, periods: tuple[Period, ...] | None = None
) -> Evaluation:
    return evaluate(definitions, rows, as_of=as_of, view=view, periods=periods)


def oracle_of(evaluation: Evaluation, rows: pl.DataFrame) -> Oracle:
    shown = tuple(p.start.year * 12 + p.start.month - 1 for p in evaluation.periods)
    return Oracle(evaluation.definitions, rows.to_dicts(), evaluation.as_of, evaluation.view, shown)


def assert_same(evaluation: Evaluation, rows: pl.DataFrame) -> None:
    """Every cell of the long table is the one the oracle gives."""
    oracle = oracle_of(evaluation, rows)
    months = {p.id: m for p, m in zip(evaluation.periods, oracle.shown, strict=True)}
    for row in evaluation.frame().iter_rows(named=True):
        answer = oracle.answer(row["node"], row["unit"], months[row["period"]])
        at = f"{row['node']} {row['unit']} {row['period']} ({evaluation.view})"
        assert Status(row["status"]).word == answer.status, at
        assert row["score"] == same(answer.score), at
        if answer.cell is None or answer.cell.is_number:
            assert row["coverage"] == same(answer.coverage), at
        assert row["confidence"] == same(answer.confidence), at
        if answer.cell is not None:
            assert State(row["state"]).word == answer.cell.state, at
            assert row["value"] == same(answer.cell.value), at
            assert row["target"] == same(answer.target), at
            marks = {m.name.lower() for m in Mark if m.name and row["marks"] & m} - {"borderline"}
            assert marks == answer.cell.marks, at


def same(number: object) -> object:
    return None if number is None else pytest.approx(float(number), **TO_NINE_DIGITS)  # type: ignore[arg-type]


@pytest.mark.parametrize("view", VIEWS)
@given(companies())
@settings(max_examples=50)
def test_every_cell_of_a_random_company_is_that_of_a_plain_calculation(view: View, company: Company) -> None:
    evaluation = run(company.definitions, company.rows, AS_OF, view)
    assert_same(evaluation, company.rows)


@pytest.mark.parametrize("view", VIEWS)
def test_every_cell_of_the_example_is_that_of_a_plain_calculation(view: View) -> None:
    company = fourfold.load(EXAMPLE)
    calendar, frequency = company.definitions.calendar, Frequency.MONTH if view == "ytd" else Frequency(view)
    first, last = (calendar.period(frequency, date(2026, month, 1)) for month in (1, 11))
    as_of = datetime(2026, 11, 3, tzinfo=UTC)
    evaluation = run(company.definitions, company.rows, as_of, view, calendar.range(first, last))
    assert_same(evaluation, company.rows)
