"""The words every drawing is written in."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.graphics.svg import FAR, el, finite, num, rounded, runs, text, text_width, wrap
from tests.graphics.sound import corners, known, names, numbers


@given(st.floats())
def test_every_number_becomes_a_finite_coordinate(value: float) -> None:
    assert -FAR <= float(num(value)) <= FAR
    assert num(value) not in ("-0", "nan", "inf")


@given(st.floats(-FAR, FAR))
def test_a_coordinate_is_right_to_a_tenth_of_a_pixel(value: float) -> None:
    assert abs(float(num(value)) - value) <= 0.0501


@given(names, names)
def test_text_and_attributes_from_outside_come_back_as_they_were(content: str, attribute: str) -> None:
    root = ElementTree.fromstring(el("text", text(content), cls="tick", data_v=attribute))
    kept = "".join(c for c in content if c in "\t\n\r" or c >= " ").replace("\r\n", "\n").replace("\r", "\n")
    assert len(list(root)) == 0
    assert (root.text or "").replace("\ufffd", "") == "".join(c for c in kept if c not in "\ufffd\ufffe\uffff")
    assert attribute.isprintable() is False or root.get("data-v") == attribute


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_a_gap(value: float | None) -> None:
    assert finite(value) is None


def test_zero_is_a_number_and_no_gap() -> None:
    assert finite(0) == 0.0


@given(st.lists(st.one_of(st.none(), st.tuples(known, known)), max_size=12))
def test_a_line_never_bridges_a_gap(points: list[tuple[float, float] | None]) -> None:
    stretches = sum(1 for i, p in enumerate(points) if p is not None and (i == 0 or points[i - 1] is None))
    assert runs(points).count("M") == stretches


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=2, max_size=9))
def test_rounded_corners_keep_both_ends_and_stay_inside_their_corners(points: list[tuple[int, int]]) -> None:
    path = corners(rounded(points))
    assert path[0] == points[0]
    assert path[-1] == points[-1]
    for axis in (0, 1):
        assert min(p[axis] for p in points) - 0.1 <= min(p[axis] for p in path)
        assert max(p[axis] for p in path) <= max(p[axis] for p in points) + 0.1


@given(names, st.floats(30, 300), st.integers(1, 4))
def test_wrapped_lines_fit_their_width_and_number(content: str, width: float, lines: int) -> None:
    out = wrap(content, width, size=14, lines=lines)
    assert len(out) <= lines
    assert all(text_width(line, 14) <= width + 0.01 or len(line) <= 2 for line in out)


@given(names)
def test_nothing_is_left_out_without_an_ellipsis(content: str) -> None:
    out = wrap(content, 120, size=14, lines=2)
    assert "".join(out).endswith("…") or "".join("".join(out).split()) == "".join(content.split())


@given(numbers)
def test_finite_keeps_numbers_as_they_are(value: float | None) -> None:
    kept = finite(value)
    assert kept is None or kept == value
