"""Moves on the map: what is moved lands where it was put, all others stay where they were drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.amendments import amend
from fourfold.engine.definitions import Definitions, Objective, Perspective
from fourfold.engine.map_moves import Place, Places, connect, move, tidy
from fourfold.errors import NotFound
from fourfold.graphics.map_layout import Objective as Box
from fourfold.graphics.map_layout import Perspective as Row
from fourfold.graphics.map_plan import plan
from fourfold.testing.bakery import bakery

#: Objectives of three perspectives, some with a slot of their own.
maps = st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(0, 5)), min_size=1, max_size=9)


def definitions_of(objectives: list[tuple[int, int | None]]) -> Definitions:
    rows = tuple(Perspective(code=f"p{n}", name=f"P{n}", rank=n) for n in range(3))
    boxes = tuple(
        Objective(code=f"o{i}", name=f"O{i}", perspective=f"p{row}", slot=slot)
        for i, (row, slot) in enumerate(objectives)
    )
    return bakery().model_copy(update={"perspectives": rows, "objectives": boxes, "links": ()})


def drawn(definitions: Definitions) -> Places:
    """Where the drawing puts them."""
    rows = [Row(p.code, p.name, p.rank or 0) for p in definitions.perspectives]
    boxes = [Box(o.code, o.name, o.perspective, slot=o.slot) for o in definitions.objectives]
    return {code: Place(at.perspective, at.slot) for code, at in plan(rows, boxes, [], spare=1).places if code}


@given(maps, st.integers(0, 8), st.integers(0, 2), st.integers(0, 5))
def test_what_is_moved_is_drawn_where_it_was_put_and_at_most_one_other_gives_way(
    objectives: list[tuple[int, int | None]], which: int, row: int, slot: int
) -> None:
    before = definitions_of(objectives)
    code, to = f"o{which % len(objectives)}", Place(f"p{row}", slot)
    was = drawn(before)
    after = drawn(amend(before, move(before, was, code, to)))
    assert after[code] == to
    touched = {was[code].perspective, to.perspective}
    gave_way = {c for c in was if c != code and was[c].perspective in touched and after[c] != was[c]}
    assert gave_way <= {c for c in was if was[c] == to}
    assert all(after[c].perspective == was[c].perspective for c in was if c != code)
    assert len(set(after.values())) == len(after)


def test_boxes_of_one_perspective_change_places() -> None:
    before = definitions_of([(0, 0), (0, 1)])
    made = move(before, drawn(before), "o0", Place("p0", 1))
    moved = [each.after for each in made if isinstance(each.after, Objective)]
    assert [(objective.code, objective.slot) for objective in moved] == [("o0", 1), ("o1", 0)]


def test_a_box_where_it_stands_is_not_moved_and_no_place_is_no_place() -> None:
    before = definitions_of([(0, 0)])
    assert move(before, drawn(before), "o0", Place("p0", 0)) == ()
    with pytest.raises(NotFound):
        move(before, drawn(before), "o0", Place("p9", 0))
    with pytest.raises(NotFound):
        move(before, drawn(before), "o9", Place("p0", 0))


def test_tidy_takes_away_the_slots_that_are_drawn_and_no_others() -> None:
    before = definitions_of([(0, 3), (1, None), (2, 2)])
    seen = {code: place for code, place in drawn(before).items() if code != "o2"}
    made = tidy(before, seen)
    assert [each.name for each in made] == ["o0"]
    assert amend(before, made).objectives[0].slot is None


def test_a_link_is_made_once_and_only_between_objectives() -> None:
    before = definitions_of([(0, 0), (1, 0)])
    (made,) = connect(before, "o1", "o0")
    after = amend(before, [made])
    assert connect(after, "o1", "o0") == ()
    with pytest.raises(NotFound):
        connect(before, "o1", "nothing")
