"""Red lines of many targets at once are those of each target alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.anchors import RULES, Polarity, derive_red_line, derive_red_lines
from fourfold.engine.cells import Mark
from fourfold.engine.explain import explain
from fourfold.engine.statuses import Status
from tests.engine.scorecards import figures, judged, scorecard, seen

NUMBERS = st.sampled_from([-5.0, -1.0, 0.0, 0.5, 1.0, 2.0, 9.4, math.nan])
CASES = st.tuples(NUMBERS, st.sampled_from(list(Polarity)), NUMBERS, NUMBERS, st.booleans())
SIGN = {Polarity.HIGHER_BETTER: 1.0, Polarity.LOWER_BETTER: -1.0}


@given(st.lists(CASES, min_size=1, max_size=20))
def test_many_red_lines_are_those_of_each_target_alone(cases: list[tuple[float, Polarity, float, float, bool]]) -> None:
    target, polarity, baseline, width, ratio = zip(*cases, strict=True)
    many = derive_red_lines(
        np.array(target), better=np.array([SIGN.get(p, 0.0) for p in polarity]), baseline=np.array(baseline),
        natural_half_width=np.array(width), ratio_scale=np.array(ratio),
    )  # fmt: skip
    for i, (goal, way, before, half, scale) in enumerate(cases):
        one = derive_red_line(goal, polarity=way, baseline=before, natural_half_width=half, ratio_scale=scale)
        assert RULES[many.rule[i]] is one.rule
        assert many.value[i] == pytest.approx(math.nan if one.value is None else one.value, nan_ok=True, rel=1e-15)
        assert many.floor[i] == pytest.approx(math.nan if one.floor is None else one.floor, nan_ok=True, rel=1e-15)


ROOM = {"code": "room", "polarity": "in_range"}
BAND = {"kpi": "room", "low": "20", "high": "22", "since": "2026-01"}


def red_lines(*values: float, kpi: dict[str, object] | None = None, **target: str) -> tuple[float | None, float | None]:
    """Red lines of a band in January 2026, after these figures of the year before."""
    before = [("room", f"2025-{m:02}", v) for m, v in enumerate(values, start=1)]
    definitions = scorecard({**ROOM, **(kpi or {})}, targets=[{**BAND, **target}])
    trace = explain(judged(definitions, figures(*before, ("room", "2026-01", 21))), "room", "all", "2026-01")
    return tuple(trace.target.get(name) for name in ("red_low", "red_high"))  # type: ignore[return-value]


def test_a_band_without_red_lines_is_judged_side_by_side_like_two_targets() -> None:
    assert red_lines() == pytest.approx((18.0, 24.2))  # ten per cent below and above
    assert red_lines(red_low="17") == pytest.approx((17.0, 24.2))
    assert red_lines(baseline="16") == pytest.approx((18.0, 24.2))  # half-way from the baseline on its side only
    assert red_lines(baseline="30") == pytest.approx((18.0, 26.0))


def test_twelve_figures_show_the_natural_variation_around_a_band() -> None:
    assert red_lines(*[21.0, 20.0] * 6) == pytest.approx((20 - 2.66, 22 + 2.66))


def test_a_band_without_red_lines_on_a_scale_without_zero_is_not_scored() -> None:
    assert red_lines(kpi={"ratio_scale": False}) == (None, None)
    definitions = scorecard({**ROOM, "ratio_scale": False}, targets=[BAND])
    shown = seen(judged(definitions, figures(("room", "2026-01", 21))), "kpi:room", "2026-01")
    assert (shown.score, shown.status) == (None, Status.UNSCORED)


@pytest.mark.parametrize(("low", "is_near"), [("10", False), ("20.8", True)])
def test_a_figure_deep_in_its_band_is_not_borderline_and_one_at_its_edge_is(low: str, is_near: bool) -> None:
    values = [("room", f"2025-{m:02}", 20.9 + 0.2 * (m % 2)) for m in range(1, 13)]
    definitions = scorecard(ROOM, targets=[{**BAND, "low": low, "high": "30", "red_low": "5", "red_high": "35"}])
    evaluation = judged(definitions, figures(*values, ("room", "2026-01", 21.1)))
    assert (Mark.BORDERLINE in seen(evaluation, "kpi:room", "2026-01").marks) is is_near
