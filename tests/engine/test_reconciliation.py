"""Whether a unit's figures and targets are what the units below make together."""

from __future__ import annotations

from typing import Any

import pytest

from fourfold.engine.findings import Finding, Level
from fourfold.engine.reconciliation import reconcile_targets, reconcile_values
from tests.engine.scorecards import figures, judged, scorecard

UNITS = {"all": None, "north": "all", "south": "all"}


def told(kpi: dict[str, Any], rows: dict[str, tuple[Any, ...]], **more: Any) -> tuple[Finding, ...]:
    import polars as pl

    definitions = scorecard(kpi, units=UNITS, **more)
    frame = pl.concat([figures((kpi["code"], "2026-02", *row), unit=unit) for unit, row in rows.items()])
    return reconcile_values(definitions, judged(definitions, frame).kpis)


FLOW, RATIO = {"code": "k", "kind": "flow"}, {"code": "k", "kind": "ratio", "unit": "%"}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"north": (60.0,), "south": (40.0,)}, None),  # rolled up
        ({"all": (100.4,), "north": (60.0,), "south": (40.0,)}, None),  # within half a per cent
        (
            {"all": (102.0,), "north": (60.0,), "south": (40.0,)},
            "is 102 in Feb 2026, and the units below make 100.",
        ),
        ({"all": (102.0,), "north": (60.0,)}, None),  # the south is missing: nothing can be said
    ],
)
def test_a_flow_of_a_unit_is_the_sum_of_those_below(rows: dict[str, tuple[float]], message: str | None) -> None:
    found = told(FLOW, rows)
    assert [f.code for f in found] == (["CASCADE-VALUES"] if message else [])
    if message:
        assert message in found[0].message
        assert str(found[0].place) == "kpi:k@all"


def test_a_ratio_of_a_unit_is_that_of_all_numerators_and_denominators() -> None:
    right = {"all": (120.0, 150.0), "north": (90.0, 100.0), "south": (30.0, 50.0)}
    assert told(RATIO, right) == ()
    (wrong,) = told(RATIO, right | {"all": (112.5, 150.0)})  # 75 %, the mean of the two ratios
    assert "is 75 in" in wrong.message and "make 80." in wrong.message


def test_a_unit_that_does_not_have_the_kpi_is_left_out() -> None:
    rows = {"all": (60.0,), "north": (60.0,)}
    assert told(FLOW | {"not_applicable_in": ["south"]}, rows) == ()


def targets_told(kpi: dict[str, Any], **values: float) -> list[tuple[Level, str]]:
    targets = [{"kpi": "k", "unit": unit, "value": value, "red_line": 0} for unit, value in values.items()]
    definitions = scorecard(kpi, units=UNITS, targets=targets)
    found = reconcile_targets(definitions, judged(definitions, figures(("k", "2026-02", 1.0), unit="north")).kpis)
    return [(f.level, f.message) for f in found]


def test_targets_of_a_flow_add_up_or_are_over_allocated_within_a_fifth() -> None:
    assert targets_told(FLOW, all=100, north=60, south=40) == []
    ((level, message),) = targets_told(FLOW, all=100, north=70, south=40)
    assert level is Level.INFO and "1.10 times the one above" in message
    for north in (81, 50):
        ((level, message),) = targets_told(FLOW, all=100, north=north, south=40)
        assert level is Level.WARNING and f"add up to {north + 40}" in message


def test_the_target_of_a_ratio_lies_among_those_below() -> None:
    assert targets_told(RATIO, all=80, north=78, south=85) == []
    assert targets_told(RATIO, all=80, north=80, south=80) == []
    ((level, message),) = targets_told(RATIO, all=80, north=70, south=78)
    assert level is Level.WARNING and "lies outside those below, 70 to 78" in message


def test_without_targets_nothing_is_said() -> None:
    assert targets_told(FLOW, north=60, south=40) == []  # the root asks for the sum
    assert targets_told(FLOW, all=60) == []
