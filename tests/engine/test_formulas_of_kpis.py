"""Formulas inside an evaluation: units, targets, lags and calendars as a scorecard has them."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from fourfold.engine.cells import State
from fourfold.engine.checks import check
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.measurements import to_polars
from tests.engine.scorecards import figures, judged, scorecard, seen

UNITS = {"all": None, "north": "all", "south": "all", "ward": "north"}
SALES = {"code": "sales", "kind": "flow"}


def computed(formula: str, **more: object) -> dict[str, object]:
    return {"code": "answer", "kind": "index", "formula": formula, **more}


def rows(**units: tuple[float | None, ...]) -> pl.DataFrame:
    return pl.concat(
        figures(*(("sales", f"2026-{m:02}", v) for m, v in enumerate(values, 1)), unit=unit)
        for unit, values in units.items()
    )


def answers(formula: str, month: str = "2026-01", **more: object) -> dict[str, float | None]:
    data = rows(ward=(6, 8), south=(2, None))
    evaluation = judged(scorecard(SALES, computed(formula, **more), units=UNITS), data, first=month, last="2026-02")
    return {unit: seen(evaluation, "kpi:answer", month, unit=unit).value for unit in UNITS}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("share_of(sales, parent(sales))", {"all": None, "north": 0.75, "south": 0.25, "ward": 1.0}),
        ("sales / root(sales)", {"all": 1.0, "north": 0.75, "south": 0.25, "ward": 0.75}),
        ("max(children(sales))", {"all": 6.0, "north": 6.0, "south": None, "ward": None}),
        ("mean(leaves(sales))", {"all": 4.0, "north": 6.0, "south": None, "ward": None}),
        ("rank(sales, siblings(sales))", {"all": None, "north": 1.0, "south": 2.0, "ward": 1.0}),
        ('sales - at_unit(sales, "south")', {"all": 6.0, "north": 4.0, "south": 0.0, "ward": 4.0}),
        ("sales / days_in_period()", {"all": 8 / 31, "north": 6 / 31, "south": 2 / 31, "ward": 6 / 31}),
        ("year() + period_number()", {"all": 2027.0, "north": 2027.0, "south": 2027.0, "ward": 2027.0}),
    ],
)
def test_a_formula_sees_the_other_units(formula: str, expected: dict[str, float | None]) -> None:
    assert answers(formula) == pytest.approx(expected)


@pytest.mark.parametrize(("gone", "state"), [("sales", State.MISSING), ("costs", State.MISSING), (None, State.NUMBER)])
def test_a_ratio_of_formulas_misses_what_either_of_them_misses(gone: str | None, state: State) -> None:
    parts = {"code": "margin", "kind": "ratio", "factor": "100", "numerator": "sales", "denominator": "costs"}
    given = [(code, month, value) for code, value in (("sales", 6), ("costs", 8)) for month in ("2026-01", "2026-02")
             if (code, month) != (gone, "2026-02")]  # fmt: skip
    definitions = scorecard(SALES, {"code": "costs", "kind": "flow"}, parts)
    assert seen(judged(definitions, figures(*given), last="2026-02"), "kpi:margin", "2026-02").state is state


def test_a_missing_unit_below_is_missed_unless_it_is_left_out() -> None:
    assert answers("sum(children(sales))", "2026-02")["all"] is None
    assert answers("sum(children(known(sales)))", "2026-02")["all"] == 8.0
    assert answers("count(children(sales))", "2026-02")["all"] == 1.0


TARGETS = [
    {"kpi": "sales", "value": "10", "red_line": "6", "baseline": "4", "unit": "north"},
    {"kpi": "sales", "value": "12", "red_line": "6", "unit": "north", "since": "2026-02"},
    {"kpi": "sales", "value": "20", "red_line": "15", "baseline": "9"},
    {"kpi": "sales", "kind": "benchmark", "value": "25", "unit": "south"},
]


def asked(formula: str, month: str, unit: str, frequency: str = "month") -> tuple[State, float | None]:
    definitions = scorecard(SALES, computed(formula, frequency=frequency), targets=TARGETS, units=UNITS)
    data = rows(ward=(6, 8, 7), south=(2, 3, 1))
    view = "quarter" if frequency == "quarter" else "month"
    evaluation = judged(definitions, data, view=view, first=month, last=month)
    shown = seen(evaluation, "kpi:answer", month, unit=unit)
    return shown.state, shown.value


@pytest.mark.parametrize(
    ("formula", "month", "unit", "expected"),
    [
        ("target(sales)", "2026-01", "north", 10.0),
        ("target(sales)", "2026-02", "north", 12.0),
        ("target(sales)", "2026-01", "all", 20.0),  # a flow's general target is that of the whole
        ("target(sales)", "2026-01", "south", None),
        ("sales - target(sales)", "2026-02", "north", -4.0),
        ("red_line(sales)", "2026-01", "north", 6.0),
        ("baseline(sales)", "2026-01", "north", 4.0),
        ("baseline(sales)", "2026-02", "north", None),  # the version in force has none
        ("benchmark(sales)", "2026-01", "south", 25.0),
        ("benchmark(sales)", "2026-01", "north", None),
        ("(sales - red_line(sales)) / (target(sales) - red_line(sales))", "2026-02", "north", 1 / 3),
    ],
)
def test_a_formula_sees_the_target_in_force(formula: str, month: str, unit: str, expected: float | None) -> None:
    state, value = asked(formula, month, unit)
    assert value == (None if expected is None else pytest.approx(expected))
    assert state is (State.NOT_APPLICABLE if expected is None else State.NUMBER)


def test_targets_of_months_are_folded_for_a_quarter_as_figures_are() -> None:
    assert asked("target(sales)", "2026-Q1", "north", frequency="quarter") == (State.NUMBER, 10.0 + 12.0 + 12.0)


def test_a_target_is_a_number_before_its_figure_is_due() -> None:
    definitions = scorecard(SALES, computed("target(sales)"), targets=[{"kpi": "sales", "value": "5", "red_line": "3"}])
    data = figures(("sales", "2026-01", 4))
    now = datetime(2026, 2, 10, tzinfo=UTC)
    assert seen(judged(definitions, data, as_of=now, first="2026-02"), "kpi:answer", "2026-02").value == 5.0


def test_business_days_are_those_of_the_unit() -> None:
    definitions = scorecard(SALES, computed("business_days()"), units=UNITS)
    units = [u.model_copy(update={"holidays": ("2026-01-01",)}) if u.code == "north" else u for u in definitions.units]
    parts = {name: getattr(definitions, name) for name in type(definitions).model_fields}
    evaluation = judged(type(definitions).model_construct(**parts | {"units": tuple(units)}), rows(ward=(6,)))
    counts = {unit: seen(evaluation, "kpi:answer", "2026-01", unit=unit).value for unit in UNITS}
    assert counts == {"all": 22.0, "north": 21.0, "south": 22.0, "ward": 21.0}


def test_growth_to_date_compares_the_months_that_are_due() -> None:
    definitions = scorecard({**SALES, "lag": "P20D"}, computed("growth_to_date(sales)"))
    last_year = [("sales", f"2025-{m:02}", 100) for m in range(1, 13)]
    data = figures(*last_year, ("sales", "2026-01", 110), ("sales", "2026-02", 110))
    now = datetime(2026, 4, 5, tzinfo=UTC)
    assert seen(judged(definitions, data, as_of=now, first="2026-03"), "kpi:answer", "2026-03").value == pytest.approx(
        0.1
    )


def test_a_formula_may_use_the_target_of_a_kpi_that_is_itself_computed() -> None:
    double = {"code": "double", "kind": "flow", "formula": "sales * 2"}
    definitions = scorecard(
        SALES, double, computed("double / target(double)"), targets=[{"kpi": "double", "value": "8", "red_line": "1"}]
    )
    assert seen(judged(definitions, figures(("sales", "2026-01", 3))), "kpi:answer", "2026-01").value == 0.75
    assert not [f for f in check(definitions) if f.code.startswith("FORMULA")]


def test_a_rate_by_the_hour_divides_by_the_hours_that_really_passed() -> None:
    """In Paris clocks go forward on 29 March 2026 and back on 25 October; in Lagos they never change."""
    d = complete(Definitions.model_validate({
        "organisation": {"code": "o", "name": "O", "time_zone": "Africa/Lagos"},
        "units": [{"code": "all", "name": "All"},
                  {"code": "paris", "name": "Paris", "parent": "all", "time_zone": "Europe/Paris"}],
        "strategy": {"code": "s", "name": "S"},
        "kpis": [{"code": "calls", "name": "Calls", "frequency": "day", "aggregate_units": "none"},
                 {"code": "rate", "name": "Rate", "frequency": "day", "kind": "stock", "aggregate_units": "none",
                  "formula": "calls / hours_in_period()"}],
    }))  # fmt: skip
    days = ("D:2026-03-28", "D:2026-03-29", "D:2026-10-25")
    data = to_polars([{"kpi": "calls", "unit": u, "period": p, "value": "600"} for p in days for u in ("all", "paris")])
    for day, hours in zip(days, (24, 23, 25), strict=True):
        found = judged(d, data, view="day", first=day, last=day)
        assert seen(found, "kpi:rate", day, "paris").value == pytest.approx(600 / hours)
        assert seen(found, "kpi:rate", day, "all").value == pytest.approx(600 / 24)
