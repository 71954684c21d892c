"""Red lines of many targets at once are those of each target alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.anchors import RULES, Polarity, derive_red_line, derive_red_lines

NUMBERS = st.sampled_from([-5.0, -1.0, 0.0, 0.5, 2.0, 9.4, math.nan])
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
