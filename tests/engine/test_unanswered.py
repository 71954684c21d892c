"""Objectives that stay off target while nobody does anything."""

from __future__ import annotations

from typing import Any

import pytest

from fourfold.engine.definitions import Definitions
from fourfold.engine.unanswered import unanswered
from tests.engine.scorecards import figures, judged, scorecard

INITIATIVE = {"code": "i", "name": "I", "objectives": ["o"], "start": "2026-01-01", "end": "2026-12-31"}


def company(**initiative: Any) -> Definitions:
    definitions = scorecard({"code": "k"}, targets=[{"kpi": "k", "value": 100, "red_line": 90}])
    if not initiative:
        return definitions
    return Definitions.model_validate(definitions.model_dump() | {"initiatives": [INITIATIVE | initiative]})


def told(values: list[float | None], definitions: Definitions, **more: Any) -> list[str]:
    rows = [("k", f"2026-{month:02}", value) for month, value in enumerate(values, 1)]
    nodes = judged(definitions, figures(*rows), last=f"2026-{len(values):02}").nodes
    return [f.message for f in unanswered(definitions, nodes, "all", **more)]


@pytest.mark.parametrize(
    ("values", "run"),
    [
        ([80.0, 80.0, 80.0], 3),
        ([100.0, 80.0, 80.0], 2),
        ([80.0, 80.0, 95.0], 0),  # near target now
        ([100.0, 100.0, 80.0], 0),  # once is no pattern
        ([80.0, None, 80.0], 2),  # a gap ends nothing
        ([None, None, None], 0),
    ],
)
def test_two_periods_off_target_call_for_work(values: list[float | None], run: int) -> None:
    assert [f"off target for {run} periods" in m for m in told(values, company())] == ([True] if run else [])


def test_work_under_way_is_an_answer() -> None:
    values: list[float | None] = [80.0, 80.0, 80.0]
    assert told(values, company(state="active")) == []
    assert len(told(values, company(state="done"))) == 1
    assert len(told(values, company(objectives=[]))) == 1
    assert told(values, company(), acting={"o"}) == []
