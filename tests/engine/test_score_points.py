"""The points of a score function: by hand, anchor by anchor."""

from __future__ import annotations

import pytest

from fourfold.engine.definitions import Target
from fourfold.engine.score_points import ScorePoints, score_points


def points(**target: str) -> ScorePoints:
    found = score_points(Target.model_validate({"kpi": "k", "since": "2026-01", **target}))
    assert found is not None
    return found


@pytest.mark.parametrize(("target", "anchors", "ends"), [
    ({"value": "100", "red_line": "80"}, [(80, 50), (100, 100)], (66, 114)),
    ({"value": "100", "red_line": "80", "floor": "60"}, [(80, 50), (100, 100), (60, 0)], (32, 128)),
    ({"value": "100", "red_line": "80", "stretch": "110"}, [(80, 50), (100, 100), (110, 125)], (59, 131)),
    ({"value": "100", "red_line": "150", "floor": "200", "stretch": "50"},
     [(150, 50), (100, 100), (200, 0), (50, 125)], (-55, 305)),
    ({"value": "10", "red_line": "-10"}, [(-10, 50), (10, 100)], (-24, 24)),
])  # fmt: skip
def test_the_picture_goes_seven_tenths_beyond_the_outermost_anchors(
    target: dict[str, str], anchors: list[tuple[float, float]], ends: tuple[float, float]
) -> None:
    found = points(**target)
    assert found.anchors == anchors
    assert (found.figures[0], found.figures[-1]) == pytest.approx(ends)
    steps = [b - a for a, b in zip(found.figures, found.figures[1:], strict=False)]
    assert len(found.figures) == len(found.scores) == 61
    assert steps == pytest.approx([(ends[1] - ends[0]) / 60] * 60)


@pytest.mark.parametrize("target", [
    {"value": "100", "red_line": "80", "floor": "70", "stretch": "120"},
    {"value": "100", "red_line": "150", "floor": "200", "stretch": "50"},
    {"value": "0", "red_line": "10"},
])  # fmt: skip
def test_the_points_lie_on_straight_lines_through_the_anchors(target: dict[str, str]) -> None:
    """A broken line, drawn by hand: outer lines go on to 0 and 125, and stay there."""
    found = points(**target)
    known = sorted(found.anchors)
    for figure, score in zip(found.figures, found.scores, strict=True):
        after = next((i for i, (at, _) in enumerate(known) if at >= figure), len(known) - 1)
        (x0, y0), (x1, y1) = known[max(after - 1, 0)], known[max(after, 1)]
        line = y0 + (y1 - y0) * (figure - x0) / (x1 - x0)
        assert score == pytest.approx(min(max(line, 0.0), 125.0)), figure


@pytest.mark.parametrize("target", [{"value": "100"}, {"value": "100", "red_line": "100"}, {"low": "1", "high": "2"}])
def test_there_is_no_picture_without_two_anchors(target: dict[str, str]) -> None:
    assert score_points(Target.model_validate({"kpi": "k", "since": "2026-01", **target})) is None
