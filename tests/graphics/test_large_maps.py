"""Fifty maps with 25 objectives and 40 links: nothing on top of anything, and about half of the crossings."""

from __future__ import annotations

from itertools import combinations

import pytest

from fourfold.graphics.map_plan import NODE_HEIGHT, Plan, plan
from tests.graphics.maps import large
from tests.graphics.test_strategy_map import Stretch, meets, shared, stretches

MAPS = range(50)


@pytest.fixture(scope="module")
def drawn() -> list[Plan]:
    """As the product draws them."""
    return [plan(*large(seed)) for seed in MAPS]


def crossings(some: Plan) -> int:
    """How often a level stretch of one link meets an upright one of another."""
    pairs = ((a, b) for one, other in combinations(some.ways, 2) for a in stretches(one.points)
             for b in stretches(other.points))  # fmt: skip
    return sum(_cross(a, b) or _cross(b, a) for a, b in pairs)


def _cross(level: Stretch, upright: Stretch) -> bool:
    (x0, y), (x1, y_too) = level
    (x, y0), (x_too, y1) = upright
    is_so = abs(y - y_too) < 0.01 and abs(x - x_too) < 0.01
    return is_so and min(x0, x1) < x < max(x0, x1) and min(y0, y1) < y < max(y0, y1)


def test_no_box_and_no_line_lies_on_another(drawn: list[Plan]) -> None:
    for some in drawn:
        assert (len(some.boxes), len(some.ways)) == (25, 40)
        for one, other in combinations(some.boxes, 2):
            assert abs(one.x - other.x) >= one.width or abs(one.y - other.y) >= NODE_HEIGHT
        lines = [(way, stretch) for way in some.ways for stretch in stretches(way.points)]
        assert not any(meets(box, stretch) for box in some.boxes for _, stretch in lines)
        assert not any(shared(a, b) >= 1 for (one, a), (other, b) in combinations(lines, 2) if one is not other)


def test_links_cross_half_as_often_as_with_the_boxes_in_the_order_of_the_list(drawn: list[Plan]) -> None:
    found = [crossings(some) for some in drawn]
    in_order = [crossings(plan(*large(seed, in_order=True))) for seed in MAPS]
    assert sum(found) <= 0.5 * sum(in_order)
    assert all(ours < listed for ours, listed in zip(found, in_order, strict=True))
