"""The strategy map draws itself: for any strategy no box on another, no arrow through a box, the same every time."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from fourfold.engine.statuses import Status
from fourfold.graphics.map_layout import Link, Objective, Perspective
from fourfold.graphics.map_plan import NODE_HEIGHT, Box, Plan, plan
from fourfold.graphics.strategy_map import strategy_map
from fourfold.graphics.svg import Point
from tests.graphics.maps import Strategy, strategy
from tests.graphics.sound import sound

Stretch = tuple[Point, Point]


@pytest.fixture(params=range(50), ids="strategy-{}".format, scope="module")
def some(request: pytest.FixtureRequest) -> tuple[Strategy, Plan]:
    made = strategy(request.param)
    return made, plan(*made)


def stretches(points: list[Point]) -> list[Stretch]:
    """The straight lines of a way, without those of no length."""
    return [(a, b) for a, b in pairwise(points) if abs(a[0] - b[0]) + abs(a[1] - b[1]) > 0.01]


def meets(box: Box, stretch: Stretch) -> bool:
    """Whether a level or upright line goes through the inside of a box."""
    (x0, y0), (x1, y1) = stretch
    beside = max(x0, x1) <= box.x or min(x0, x1) >= box.x + box.width
    beyond = max(y0, y1) <= box.y or min(y0, y1) >= box.y + NODE_HEIGHT
    return not (beside or beyond)


def shared(one: Stretch, other: Stretch) -> float:
    """The length that two lines in the same direction have in common, 0 where they only cross or touch."""
    for a, b in ((0, 1), (1, 0)):
        level = abs(one[0][b] - one[1][b]) < 0.01 and abs(other[0][b] - other[1][b]) < 0.01
        if level and abs(one[0][b] - other[0][b]) < 0.4:
            low = max(min(one[0][a], one[1][a]), min(other[0][a], other[1][a]))
            high = min(max(one[0][a], one[1][a]), max(other[0][a], other[1][a]))
            return max(0.0, high - low)
    return 0.0


def test_every_objective_has_one_box(some: tuple[Strategy, Plan]) -> None:
    (_, objectives, _), drawn = some
    assert sorted(box.objective.id for box in drawn.boxes) == sorted(o.id for o in objectives)


def test_every_link_has_one_way(some: tuple[Strategy, Plan]) -> None:
    (_, _, links), drawn = some
    assert {(w.link.cause, w.link.effect) for w in drawn.ways} == {
        (k.cause, k.effect) for k in links if k.cause != k.effect
    }
    assert len(drawn.ways) == len({(w.link.cause, w.link.effect) for w in drawn.ways})


def test_no_two_boxes_overlap(some: tuple[Strategy, Plan]) -> None:
    for one, other in combinations(some[1].boxes, 2):
        apart = abs(one.x - other.x) >= one.width or abs(one.y - other.y) >= NODE_HEIGHT
        assert apart, (one.objective.id, other.objective.id)


def test_no_box_stands_on_the_name_of_a_perspective(some: tuple[Strategy, Plan]) -> None:
    for heading in some[1].headings:
        for box in some[1].boxes:
            level = heading.y < box.y + NODE_HEIGHT and box.y < heading.y + NODE_HEIGHT
            assert not (level and heading.x < box.x + box.width and box.x < heading.x + heading.width)


def test_boxes_of_a_perspective_stand_in_its_row(some: tuple[Strategy, Plan]) -> None:
    (perspectives, _, _), drawn = some
    rank = {p.id: p.rank for p in perspectives}
    for one, other in combinations(drawn.boxes, 2):
        a, b = rank[one.objective.perspective], rank[other.objective.perspective]
        assert (a < b) == (one.y < other.y)


def test_no_link_goes_through_a_box(some: tuple[Strategy, Plan]) -> None:
    for way in some[1].ways:
        for stretch in stretches(way.points):
            through = [box.objective.id for box in some[1].boxes if meets(box, stretch)]
            assert not through, (way.link, stretch)


def test_links_turn_at_right_angles_only(some: tuple[Strategy, Plan]) -> None:
    for way in some[1].ways:
        for (x0, y0), (x1, y1) in stretches(way.points):
            assert abs(x0 - x1) < 0.01 or abs(y0 - y1) < 0.01, way.link


def test_links_begin_at_their_cause_and_end_at_their_effect(some: tuple[Strategy, Plan]) -> None:
    boxes = {box.objective.id: box for box in some[1].boxes}
    for way in some[1].ways:
        for (x, y), id in ((way.points[0], way.link.cause), (way.points[-1], way.link.effect)):
            box = boxes[id]
            assert box.x - 1.1 <= x <= box.x + box.width + 1.1
            assert box.y - 1.1 <= y <= box.y + NODE_HEIGHT + 1.1


def test_no_two_links_share_a_stretch(some: tuple[Strategy, Plan]) -> None:
    for one, other in combinations(some[1].ways, 2):
        for a in stretches(one.points):
            for b in stretches(other.points):
                assert shared(a, b) < 1, (one.link, other.link)


def test_the_drawing_is_sound_and_the_same_every_time(some: tuple[Strategy, Plan]) -> None:
    drawn = strategy_map(*some[0], selected="o1")
    assert strategy_map(*some[0], selected="o1") == drawn
    root = sound(drawn)
    assert sum(1 for e in root.iter() if e.tag == "a") == len(some[0][1])
    assert all(e[0].tag == "title" and e[0].text and e.get("href") for e in root.iter() if e.tag == "a")


def test_the_selected_objective_is_the_current_one() -> None:
    root = sound(strategy_map(*strategy(3), selected="o2", href=lambda id: f"?o={id}"))
    assert [e.get("href") for e in root.iter() if e.get("aria-current")] == ["?o=o2"]


def test_arrows_of_a_cause_in_trouble_are_black_even_at_a_score_of_zero() -> None:
    perspectives = [Perspective("a", "A", 0), Perspective("b", "B", 1)]
    objectives = [
        Objective("effect", "Effect", "a", 95, Status.ON),
        Objective("zero", "Zero", "b", 0.0, None, [Status.OFF]),
        Objective("fine", "Fine", "b", 95, Status.ON, [Status.ON]),
    ]
    root = sound(strategy_map(perspectives, objectives, [Link("zero", "effect"), Link("fine", "effect")]))
    classes = {e.get("data-cause"): e.get("class") for e in root.iter() if e.get("data-cause")}
    assert classes == {"zero": "lk hot", "fine": "lk"}


def test_an_objective_without_kpis_is_dashed_and_says_so() -> None:
    drawn = strategy_map([Perspective("a", "A", 0)], [Objective("x", "Be kind", "a")], [])
    assert "nd-empty" in drawn and "Be kind: No KPIs yet" in drawn


def test_nothing_to_draw_is_an_empty_map() -> None:
    sound(strategy_map([], [], []))
    sound(strategy_map([Perspective("a", "A", 0)], [], []))


def test_names_from_outside_cannot_become_markup() -> None:
    hostile = '"><script>x()</script>'
    drawn = strategy_map(
        [Perspective("a", hostile, 0)],
        [Objective(hostile, hostile, "a"), Objective("b", "B", "a")],
        [Link(hostile, "b", hostile)],
    )
    assert "<script" not in drawn
    sound(drawn)


def test_a_map_that_is_edited_says_how_wide_it_is_at_least() -> None:
    made = strategy(3)
    first = strategy_map(*made, is_edited=True).partition(">")[0]
    wide = float(first.partition('viewBox="0 0 ')[2].partition(" ")[0])
    assert float(first.partition(' width="')[2].partition('"')[0]) == pytest.approx(0.75 * wide, abs=0.1)
    assert " width=" not in strategy_map(*abreast(2)).partition(">")[0]


def abreast(count: int, name: str = "Win them back") -> tuple[list[Perspective], list[Objective], list[Link]]:
    """Two perspectives side by side, with so many objectives each."""
    sides = [Perspective("a", "Donors", 0), Perspective("b", "Funders", 0)]
    return sides, [Objective(f"{p.id}{i}", name, p.id) for p in sides for i in range(count)], []


def test_a_map_too_wide_to_stand_beside_anything_says_how_wide_it_is_at_least() -> None:
    assert " width=" not in strategy_map(*abreast(2)).partition(">")[0]
    assert " width=" in strategy_map(*abreast(4)).partition(">")[0]


def test_a_name_of_three_lines_stays_off_what_is_written_below_it() -> None:
    drawn = sound(strategy_map(*abreast(4, "Rescue all good food before it is thrown away")))
    for box in (e for e in drawn.iter() if e.tag == "a"):
        lines = [float(e.get("y") or 0) for e in box.iter() if e.get("class") == "nn"]
        foot = next(float(e.get("y") or 0) for e in box.iter() if e.get("class") in ("nx", "ns"))
        assert len(lines) == 3 and foot - lines[-1] >= 18
