"""How a result came about, in sentences."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.cells import Mark, State
from fourfold.engine.definitions import Kpi
from fourfold.engine.scoring import floor_one_decimal
from fourfold.engine.statuses import Status
from fourfold.records.queries.window import Cell
from fourfold.web.components.explanation import explanation_of

WAIT = Kpi(code="wait", name="Wait", unit="days", decimals=1)
EMPTY = Cell(None, None, None, None, None, None, Status.NO_DATA, None, int(State.MISSING), 0, None, None)


def cell(**values: Any) -> Cell:
    return EMPTY._replace(state=int(State.NUMBER), **values)


@given(st.floats(-1000, 1000), st.floats(-1000, 1000), st.floats(-1000, 1000))
def test_the_sentence_of_the_score_can_be_calculated_again(value: float, target: float, red: float) -> None:
    value, target, red = (round(x, 4) for x in (value, target, red))
    raw = 50 + 50 * (value - red) / (target - red) if abs(target - red) > 1 else None
    if raw is None or not 0.05 < raw < 124.95:
        return
    said = " ".join(
        explanation_of(WAIT, cell(value=value, target=target, red_line=red, score=raw, status=Status.NEAR))
    )
    found = re.search(r"50 \+ 50 × \(([−\d.,]+) − ([−\d.,]+)\) ÷ \(([−\d.,]+) − ([−\d.,]+)\) = ([\d.]+),", said)
    assert found
    v, r1, t, r2 = (float(x.replace("−", "-").replace(",", "")) for x in found.groups()[:4])
    assert abs(50 + 50 * (v - r1) / (t - r2) - float(found[5])) < 0.101
    assert found[5] == floor_one_decimal(raw)


@pytest.mark.parametrize("state", [State.MISSING, State.NOT_DUE, State.NOT_APPLICABLE, State.ERROR])
def test_each_kind_of_no_number_is_named(state: State) -> None:
    assert explanation_of(WAIT, EMPTY._replace(state=int(state))) == [f"There is no number: {state.word}."]


def test_zero_is_a_number_and_is_explained() -> None:
    assert explanation_of(WAIT, cell(value=0.0))[0] == "The figure is 0.0\u00a0days."


def test_marks_and_coverage_are_said() -> None:
    said = explanation_of(WAIT, cell(value=4.0, marks=int(Mark.PROVISIONAL | Mark.PARTIAL), coverage=0.666))
    assert any("provisional" in s for s in said) and any("fewer units" in s for s in said)
    assert "66% of what it is made of is in." in said


def test_without_a_target_it_is_not_scored() -> None:
    assert "It is not scored" in explanation_of(WAIT, cell(value=4.0))[-1]


def test_a_period_that_was_not_evaluated_says_so() -> None:
    assert explanation_of(WAIT, None) == ["Nothing was evaluated for this period."]
