"""Assessing straight from an evaluation, and that nothing in definitions makes an assessment raise."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

import fourfold
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.health import Record, classify
from fourfold.engine.health import assess as judge_health
from fourfold.engine.smart import Known, assess, known_from
from fourfold.engine.target_revisions import histories
from fourfold.errors import NotFound
from tests.engine.definitions.strategies import definitions
from tests.engine.scorecards import figures, judged, scorecard

EXAMPLE = Path(__file__).parents[3] / "examples" / "calder_vale"


def test_figures_are_those_of_the_evaluation_up_to_today() -> None:
    d = scorecard({"code": "k"}, targets=[{"kpi": "k", "value": 5, "red_line": 3}])
    evaluation = judged(d, figures(("k", "2026-01", 1.0), ("k", "2026-03", 3.0)), last="2026-06")
    known = known_from(evaluation, "k", today=date(2026, 3, 20), reviewed=True)
    assert known.now.label == "Mar 2026" and known.unit == "all" and known.reviewed is True
    assert np.array_equal(known.values, [1.0, np.nan, 3.0], equal_nan=True)
    assert known.count == 2 and known.current == 3.0


def test_what_is_not_there_is_refused() -> None:
    evaluation = judged(scorecard({"code": "k"}), figures(("k", "2026-01", 1.0)))
    for kpi, unit in (("x", None), ("k", "nowhere")):
        with pytest.raises(NotFound):
            known_from(evaluation, kpi, unit)
    quarters = judged(
        scorecard({"code": "k"}), figures(("k", "2026-01", 1.0)), view="quarter", first="2026-Q1", last="2026-Q1"
    )
    with pytest.raises(NotFound, match="measured by the month"):
        known_from(quarters, "k")


def test_every_kpi_of_the_example_can_be_assessed() -> None:
    evaluated = fourfold.load(EXAMPLE).evaluate(as_of=datetime(2026, 11, 20, tzinfo=UTC))
    monthly = [k for k in evaluated.evaluation.definitions.kpis if k.frequency == "month"]
    assert len(monthly) > 15
    for kpi in monthly:
        known = known_from(evaluated.evaluation, kpi.code)
        smart, health = assess(known), judge_health(Record(known, date(2026, 11, 20)))
        assert 0 < smart.score <= 100 and smart.grade in "ABCD"
        assert 0 < health.score <= 100 and 0 < smart.coverage < 1
        assert all(f.message.endswith(".") for f in (*smart.findings(), *health.findings()))


@given(definitions())
@settings(max_examples=60, deadline=None)
def test_no_definitions_make_an_assessment_raise(drawn: Definitions) -> None:
    for d in (drawn, complete(drawn)):
        for kpi in d.kpis:
            here = d.calendar.period(kpi.frequency, date(2026, 3, 31))
            known = Known(d, kpi, here, np.array([1.0, np.nan, 2.0, 4.0, 3.0, 2.0, 5.0]))
            smart = assess(known)
            assert math.isnan(smart.score) or 0 <= smart.score <= 100
            assert judge_health(Record(known, date(2026, 3, 31))).score >= 0
            assert classify(d, kpi).name in ("KRI", "RI", "PI", "KPI")
            assert all(h.kpi == kpi.code for h in histories(d, kpi))
