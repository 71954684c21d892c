"""The heat map: a mark per cell, tint only where something is wrong."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.statuses import Status
from fourfold.graphics.glyph import Mark
from fourfold.graphics.heatmap import heatmap
from tests.graphics.sound import marks, names, sound


@given(
    st.lists(st.tuples(names, st.lists(marks, max_size=8)), max_size=8),
    st.lists(names, max_size=8),
    st.floats(8, 60),
    names,
)
def test_a_heat_map_is_sound(rows: list[tuple[str, list[Mark]]], columns: list[str], cell: float, name: str) -> None:
    columns = [column[:6] for column in columns]
    root = sound(heatmap(rows, columns, cell=cell, label=name), slack=60)
    cells = [e for e in root if e.tag == "g"]
    assert len(cells) == sum(min(len(statuses), len(columns)) for _, statuses in rows)


def test_only_what_is_off_or_near_is_tinted() -> None:
    drawn = heatmap([("Costs", [Status.ON, Status.NEAR, Status.OFF, Status.OVERDUE])], ["1", "2", "3", "4"])
    assert drawn.count("-bg") == 2
    assert "sw-off-bg" in drawn and "sw-near-bg" in drawn


def test_every_cell_says_where_it_is_and_what_it_is() -> None:
    drawn = heatmap([("Costs", [Status.OVERDUE])], ["Oct"])
    assert "Costs, Oct: overdue" in drawn
