"""Initiative bars, for any dates."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fourfold.graphics.gantt import MONTHS, Bar, gantt, gaxis, gbar
from tests.graphics.sound import marks, names, numbers, sound

places = st.one_of(numbers, st.floats(-3, 15))
bars = st.builds(
    Bar, places, places, numbers, places, st.lists(st.tuples(st.floats(), st.booleans()), max_size=4), names, marks
)


@given(st.lists(bars, max_size=8), places, names)
def test_a_gantt_is_sound(items: list[Bar], today: float | None, name: str) -> None:
    sound(gantt(items, today=today, label=name), slack=7)


@given(bars, places, names)
def test_a_bar_of_a_table_is_sound(bar: Bar, today: float | None, name: str) -> None:
    sound(gbar(bar, today=today, label=name), slack=7)


def test_the_axis_names_every_column() -> None:
    root = sound(gaxis(), slack=7)
    assert [e.text for e in root if e.tag == "text"] == list(MONTHS)


def test_progress_is_never_longer_than_the_plan() -> None:
    root = sound(gbar(Bar(2, 6, done=9.0)))
    plan, progress = (next(float(e.attrib["width"]) for e in root if e.get("class") == cls) for cls in ("pl", "pr"))
    assert progress == plan


def test_what_lies_beyond_the_axis_is_not_drawn_at_its_edge() -> None:
    drawn = gbar(Bar(2, 6, milestones=[(-1, True), (14, False), (3, True)]), today=40)
    assert drawn.count('"ms') == 1
    assert "nowl" not in drawn


def test_an_initiative_on_plan_has_no_slip() -> None:
    assert "slip" not in gbar(Bar(2, 6, slip=0)) and "slip" not in gbar(Bar(2, 6, slip=None))
    assert "slipend" in gbar(Bar(2, 6, slip=1.5))
