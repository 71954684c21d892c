"""From values to pixels, whatever the values."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from fourfold.graphics.scale import Scale, nice_range, positions, spread, ticks
from tests.graphics.sound import numbers

wide = st.floats(allow_nan=False, allow_infinity=False)


@given(wide, wide, st.floats(), st.floats(-1000, 1000), st.floats(-1000, 1000))
def test_a_scale_never_leaves_its_pixels(lo: float, hi: float, value: float, start: float, end: float) -> None:
    pixel = Scale(lo, hi, start, end)(value)
    assert min(start, end) - 1e-6 <= pixel <= max(start, end) + 1e-6


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_more_is_never_left_of_less(lo: float, one: float, other: float) -> None:
    x = Scale(lo, lo + 1000, 0, 200)
    assert x(min(one, other)) <= x(max(one, other))


@given(st.lists(numbers, max_size=12))
def test_a_spread_holds_every_number_and_has_width(values: list[float | None]) -> None:
    lo, hi = spread(values)
    assert math.isfinite(lo) and math.isfinite(hi)
    shown = [v for v in values if v is not None and math.isfinite(v) and abs(v) < 1.7e308]
    assert all(lo <= v <= hi for v in shown)
    assert lo < hi


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), st.integers(1, 10))
def test_ticks_rise_lie_inside_and_are_few(lo: float, span: float, count: int) -> None:
    out = ticks(lo, lo + span, count)
    assert out == sorted(set(out))
    assert len(out) <= count + 2
    slack = span * 1e-6 + abs(lo) * 1e-9
    assert all(lo - slack <= t <= lo + span + slack for t in out)


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9))
def test_a_round_range_holds_the_range_it_was_made_from(lo: float, span: float) -> None:
    low, high = nice_range(lo, lo + span)
    slack = 1e-6 * max(span, abs(lo), 1)
    assert low <= lo + slack and high >= lo + span - slack


@given(st.integers(0, 400), st.floats(0, 50), st.floats(60, 900))
def test_periods_are_evenly_apart_and_now_is_at_the_end(count: int, start: float, end: float) -> None:
    xs = positions(count, start, end)
    assert len(xs) == count
    assert not xs or math.isclose(xs[-1], end)
