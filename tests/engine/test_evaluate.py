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
from fourfold.engine.definitions.complete import complete
from fourfold.engine.evaluate import Evaluation, evaluate
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.results import View
from fourfold.engine.statuses import Status
from fourfold.testing.bakery import bakery
from tests.engine.companies import AS_OF, Company, companies
from tests.engine.oracle import Oracle
from tests.engine.scorecards import figures, judged, scorecard, seen

VIEWS: tuple[View, ...] = ("month", "quarter", "year", "ytd")
EXAMPLE = Path(__file__).parents[2] / "examples" / "calder_vale"
TO_NINE_DIGITS = {"rel": 1e-9, "abs": 2e-6}  # a tie of the sixth decimal may be rounded either way


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
        if answer.cell is None:
            assert Mark(row["marks"]) == (Mark.CARRIED if answer.carried else Mark.NONE), at
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


SALES = {"code": "sales"}
OPEN_GOAL = {"kpi": "sales", "value": "100", "since": "2026-01"}


def test_a_red_line_left_open_lies_one_natural_half_width_from_the_target() -> None:
    values = [80.0, 84, 80, 84, 80, 84, 80, 84, 80, 84, 80, 84]
    rows = figures(*(("sales", f"2025-{m:02}", v) for m, v in enumerate(values, start=1)), ("sales", "2026-01", 95))
    evaluation = judged(scorecard(SALES, targets=[OPEN_GOAL]), rows)
    (row,) = evaluation.frame().filter(node="kpi:sales", period="M:2026-01").iter_rows(named=True)
    assert row["red_line"] == pytest.approx(100 - 2.66 * 4)
    assert row["score"] == pytest.approx(50 + 50 * (95 - row["red_line"]) / (2.66 * 4))


def test_a_gap_breaks_the_moving_range() -> None:
    values = [80.0, 84, 80, 84, 80, 84, 80, 84, None, 500, 504, 500, 504]
    months = [f"2024-{m:02}" for m in range(12, 13)] + [f"2025-{m:02}" for m in range(1, 13)]
    rows = figures(*(("sales", m, v) for m, v in zip(months, values, strict=True)), ("sales", "2026-01", 95))
    evaluation = judged(scorecard(SALES, targets=[OPEN_GOAL]), rows)
    (row,) = evaluation.frame().filter(node="kpi:sales", period="M:2026-01").iter_rows(named=True)
    assert row["red_line"] == pytest.approx(100 - 2.66 * 4)


def test_eleven_figures_are_too_few_for_natural_variation() -> None:
    rows = figures(*(("sales", f"2025-{m:02}", 80 + m % 2) for m in range(2, 13)), ("sales", "2026-01", 95))
    evaluation = judged(scorecard(SALES, targets=[OPEN_GOAL]), rows)
    (row,) = evaluation.frame().filter(node="kpi:sales", period="M:2026-01").iter_rows(named=True)
    assert row["red_line"] == pytest.approx(90.0)


def test_the_score_of_a_period_uses_the_target_known_when_it_is_evaluated() -> None:
    later = {**GIVEN, "value": "200", "red_line": "100", "since": "2026-01", "recorded_at": "2026-03-15"}
    definitions = scorecard(SALES, targets=[{**GIVEN, "recorded_at": "2025-12-01", "since": "2025-12"}, later])
    rows = figures(("sales", "2026-01", 100))
    before, after = (judged(definitions, rows, as_of=datetime(2026, 3, day, tzinfo=UTC)) for day in (14, 16))
    assert (seen(before, "kpi:sales", "2026-01").target, seen(after, "kpi:sales", "2026-01").target) == (100.0, 200.0)


def test_a_kpi_that_says_when_it_begins_is_neither_late_nor_counted_before() -> None:
    new, old = {**SALES, "since": "2026-03"}, {"code": "old"}
    definitions = scorecard(new, old, targets=[OPEN_GOAL | {"red_line": "80"}, GIVEN | {"kpi": "old"}])
    history = [("old", f"2026-{month:02}", 92) for month in range(1, 5)]
    now, away, gone = datetime(2026, 4, 20, tzinfo=UTC), State.NOT_APPLICABLE, State.MISSING

    def states(*rows: tuple[str, str, float]) -> list[State]:
        found = judged(definitions, figures(*history, *rows), as_of=now, last="2026-04")
        return [seen(found, "kpi:sales", f"2026-{month:02}").state for month in range(1, 5)]

    ahead = State.NOT_DUE
    assert states() == [away, away, gone, ahead]
    assert states(("sales", "2026-02", 0)) == [away, State.NUMBER, gone, ahead], "older ones count, zero is one"
    assert states(("sales", "2026-04", 7)) == [away, away, gone, State.NUMBER], "what lacks after it is missing"
    evaluation = judged(definitions, figures(*history), as_of=now)
    february, march = (seen(evaluation, "objective:o", f"2026-{month:02}") for month in (2, 3))
    assert (february.coverage, march.coverage) == (1.0, 0.5)
    assert seen(evaluation, "kpi:sales", "2026-03").status is Status.OVERDUE


GIVEN = {"kpi": "sales", "value": "100", "red_line": "80"}
BEFORE_THE_END = datetime(2026, 3, 20, tzinfo=UTC)


def test_a_figure_that_is_not_due_yet_is_shown_scored_and_provisional() -> None:
    rows = figures(("sales", "2026-02", 92), ("sales", "2026-03", 92))
    evaluation = judged(scorecard(SALES, targets=[GIVEN]), rows, as_of=BEFORE_THE_END)
    due, early = (seen(evaluation, "kpi:sales", month) for month in ("2026-02", "2026-03"))
    assert due.marks is Mark.NONE
    assert (early.marks, early.score, early.status) == (Mark.PROVISIONAL, 80.0, Status.NEAR)
    assert (due.confidence, early.confidence) == (1.0, 0.8)


def test_a_figure_within_its_lag_is_provisional_until_the_lag_is_over() -> None:
    definitions = scorecard({**SALES, "lag": "P10D"}, targets=[GIVEN])
    rows = figures(("sales", "2026-02", 92))
    marks = [
        seen(judged(definitions, rows, as_of=datetime(2026, 3, day, tzinfo=UTC)), "kpi:sales", "2026-02").marks
        for day in (10, 11)
    ]
    assert marks == [Mark.PROVISIONAL, Mark.NONE]


def test_a_sum_with_a_month_to_come_is_provisional_and_partial() -> None:
    rows = figures(("sales", "2026-01", 90), ("sales", "2026-02", 92))
    definitions = scorecard(SALES, targets=[GIVEN])
    quarter = judged(definitions, rows, as_of=BEFORE_THE_END, view="quarter", first="2026-Q1", last="2026-Q1")
    shown = seen(quarter, "kpi:sales", "2026-Q1")
    assert (shown.value, shown.target) == (182.0, 200.0)
    assert shown.marks == Mark.PROVISIONAL | Mark.PARTIAL


def test_a_computed_kpi_is_no_surer_than_what_it_is_computed_from() -> None:
    made = {"code": "made", "formula": "sales * 2"}
    rows = figures(("sales", "2026-03", 92)).with_columns(pl.lit(int(Mark.ESTIMATE), pl.UInt8).alias("marks"))
    evaluation = judged(scorecard(SALES, made), rows, as_of=BEFORE_THE_END)
    assert seen(evaluation, "kpi:made", "2026-03").marks == Mark.PROVISIONAL | Mark.ESTIMATE
    units = {"all": None, "x": "all", "y": "all"}
    half = judged(scorecard(SALES, made, units=units), figures(("sales", "2026-01", 5), unit="x"))
    assert (seen(half, "kpi:made", "2026-01").value, seen(half, "kpi:made", "2026-01").coverage) == (10.0, 0.5)


def test_a_computed_kpi_is_not_computed_where_a_unit_does_not_have_it() -> None:
    made = {"code": "made", "formula": "sales + 1", "not_applicable_in": ["x"]}
    units = {"all": None, "x": "all", "y": "all"}
    rows = pl.concat([figures(("sales", "2026-01", v), unit=u) for u, v in (("x", 3), ("y", 4))])
    evaluation = judged(scorecard(SALES, made, units=units), rows)
    values = [seen(evaluation, "kpi:made", "2026-01", unit).value for unit in units]
    assert values == [8.0, None, 5.0]
    assert seen(evaluation, "kpi:made", "2026-01", "x").status is Status.NOT_APPLICABLE


def test_each_quarterly_kpi_shows_its_own_newest_figure_between_quarters() -> None:
    early, late = (
        {"code": c, "kind": "stock", "frequency": "quarter", "lag": lag} for c, lag in (("e", "P5D"), ("l", "P60D"))
    )
    rows = figures(*((c, q, v) for c in "el" for q, v in (("2025-10-01", 1), ("2026-01-01", 2)) if (c, v) != ("l", 2)))
    evaluation = judged(scorecard(early, late), rows, as_of=datetime(2026, 4, 20, tzinfo=UTC), last="2026-04")
    assert [seen(evaluation, f"kpi:{c}", "2026-04").value for c in "el"] == [2.0, 1.0]
    assert [evaluation.kpis.data_period[f"kpi:{c}"][-1] for c in "el"] == ["Q:FY2026-Q1", "Q:FY2025-Q4"]


def test_the_five_kinds_of_cell_are_five_statuses() -> None:
    share = {"code": "share", "numerator": "sales", "denominator": "sales - sales", "kind": "ratio"}
    kpis = [SALES, share, {"code": "gone", "not_applicable_in": ["all"]}, {"code": "late"}]
    rows = figures(("sales", "2026-02", 0), ("late", "2026-01", 1))
    evaluation = judged(scorecard(*kpis, targets=[GIVEN]), rows, as_of=BEFORE_THE_END)
    found = {k: seen(evaluation, f"kpi:{k}", "2026-02") for k in ("sales", "share", "gone", "late")}
    assert {k: s.state for k, s in found.items()} == {
        "sales": State.NUMBER, "share": State.ERROR, "gone": State.NOT_APPLICABLE, "late": State.MISSING,
    }  # fmt: skip
    assert (found["sales"].value, found["sales"].score) == (0.0, 0.0)
    assert all(s.value is None and s.score is None for k, s in found.items() if k != "sales")
    assert seen(evaluation, "kpi:late", "2026-03").status is Status.NOT_DUE


def test_a_scorecard_without_kpis_has_no_data() -> None:
    evaluation = judged(scorecard(), figures())
    assert {Status(s).word for s in evaluation.frame()["status"]} == {"No data"}


def test_nothing_that_begins_after_the_moment_of_the_evaluation_is_read() -> None:
    rows = figures(*(("sales", f"2026-{m:02}", 100) for m in range(1, 7)))
    definitions = scorecard(SALES, targets=[GIVEN])
    known, everything = (
        judged(definitions, r, as_of=BEFORE_THE_END, last="2026-06")
        for r in (rows.filter(pl.col("period") < "2026-04"), rows)
    )
    assert seen(everything, "kpi:sales", "2026-05").status is Status.NOT_DUE
    assert everything.frame().equals(known.frame())


def test_before_its_first_figure_a_kpi_is_not_applicable_however_few_periods_are_shown() -> None:
    rows = figures(("sales", "2026-03", 100))
    for last in ("2026-01", "2026-03"):
        evaluation = judged(scorecard(SALES, targets=[GIVEN]), rows, last=last)
        assert seen(evaluation, "kpi:sales", "2026-01").status is Status.NOT_APPLICABLE


def test_a_day_shows_the_newest_week_that_is_over() -> None:
    bake = bakery()
    weekly = [k.model_copy(update={"frequency": Frequency.WEEK}) for k in bake.kpis if k.code == "sales"]
    definitions = complete(bake.model_copy(update={"kpis": tuple(weekly), "uses": (), "targets": ()}))
    weeks = pl.DataFrame({"kpi": "sales", "unit": "north", "period": ["2026-W40", "2026-W41"], "value": [10.0, 20.0]})
    found = evaluate(definitions, weeks, as_of=datetime(2026, 10, 14, tzinfo=UTC), view="day")
    assert found.kpis.value is not None
    shown = dict(zip((p.id for p in found.periods), found.kpis.value[0, 1].tolist(), strict=True))
    assert (shown["D:2026-10-10"], shown["D:2026-10-11"], shown["D:2026-10-14"]) == (10.0, 20.0, 20.0)


@pytest.mark.parametrize(("units", "told"), [(99, 99), (100, 100), (101, 100)])
def test_a_hundred_errors_are_told_one_by_one(units: int, told: int) -> None:
    tree = {"all": None} | {f"u{i:03}": "all" for i in range(units)}
    share = {"code": "k", "formula": "a / b", "aggregate_units": "none"}
    rows = pl.concat([figures(("a", "2026-02", 1), ("b", "2026-02", 0), unit=unit) for unit in list(tree)[1:]])
    definitions = scorecard(share, {"code": "a", "aggregate_units": "none"}, {"code": "b", "aggregate_units": "none"},
                            units=tree)  # fmt: skip
    found = [f for f in judged(definitions, rows).findings if f.code == "EVAL-ERROR"]
    assert len(found) == told
    assert str(found[0].place) == "kpi:k, unit u000, Feb 2026" and found[0].message == "The formula divides by zero."

