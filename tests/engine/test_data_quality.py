"""Figures are counted once each, kinds of no figure are kept apart, and parts add up to the whole."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.cells import State
from fourfold.engine.data_quality import Agreement, DataQuality, Expected, data_quality, together

TODAY = date(2026, 6, 15)
DAYS = st.dates(date(2026, 1, 1), date(2026, 8, 1))
SLOTS = st.builds(
    Expected,
    due=DAYS,
    state=st.none() | st.sampled_from(State),
    came=st.none() | st.dates(date(2026, 1, 1), TODAY),
    is_history=st.booleans(),
    is_flagged=st.booleans(),
    is_off=st.booleans(),
    is_explained=st.booleans(),
    was_restated=st.booleans(),
)
PAIRS = st.builds(Agreement, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))


def oracle(slots: list[Expected]) -> dict[str, int]:
    """The same one figure at a time, in plain words."""
    told = dict.fromkeys(("due", "number", "gone", "na", "later", "error", "timed", "in time", "days", "open"), 0)
    words = {None: "gone", State.MISSING: "gone", State.NUMBER: "number", State.NOT_APPLICABLE: "na",
             State.NOT_DUE: "later", State.ERROR: "error"}  # fmt: skip
    for slot in slots:
        if slot.due > TODAY:
            continue
        told["due"] += 1
        told[words[slot.state]] += 1
        if slot.state is State.NUMBER and slot.is_flagged and not slot.is_explained:
            told["open"] += 1
        if slot.is_history or slot.state in (State.NOT_APPLICABLE, State.ERROR):
            continue
        told["timed"] += 1
        if slot.came is not None and slot.came <= slot.due:
            told["in time"] += 1
        else:
            told["days"] += ((slot.came or TODAY) - slot.due).days
    return told


@given(st.lists(SLOTS, max_size=20))
def test_counts_are_those_of_an_independent_count(slots: list[Expected]) -> None:
    found, told = data_quality(slots, TODAY), oracle(slots)
    assert (found.due, found.there, found.missing, found.not_applicable, found.not_due, found.errors) == tuple(
        told[name] for name in ("due", "number", "gone", "na", "later", "error")
    )
    assert (found.timed, found.on_time, found.late_days, found.open) == tuple(
        told[name] for name in ("timed", "in time", "days", "open")
    )


@given(st.lists(SLOTS, max_size=20), st.lists(PAIRS, max_size=5))
def test_kinds_of_no_figure_add_up_and_shares_are_shares(slots: list[Expected], pairs: list[Agreement]) -> None:
    q = data_quality(slots, TODAY, pairs)
    assert q.due == q.there + q.missing + q.not_applicable + q.not_due + q.errors
    for share in (q.complete, q.timely, q.plausible, q.explained, q.consistent, q.stable, q.flag_rate, q.weakest):
        assert share is None or 0 <= share <= 1
    assert q.days_late is None or q.days_late >= 0


@given(st.lists(SLOTS, max_size=20), st.integers(0, 20))
def test_parts_add_up_to_the_whole_wherever_it_is_cut(slots: list[Expected], cut: int) -> None:
    parts = [data_quality(slots[:cut], TODAY), data_quality(slots[cut:], TODAY)]
    assert together(parts) == data_quality(slots, TODAY)


def test_nothing_to_count_has_no_share() -> None:
    empty = DataQuality()
    assert (empty.complete, empty.timely, empty.plausible, empty.consistent, empty.weakest) == (None,) * 5


def test_what_does_not_apply_is_not_lacking() -> None:
    found = data_quality([Expected(TODAY, State.NOT_APPLICABLE), Expected(TODAY, State.NUMBER, TODAY)], TODAY)
    assert (found.complete, found.timely) == (1.0, 1.0)


def test_a_figure_that_is_still_to_come_is_as_late_as_it_has_been_waited_for() -> None:
    assert data_quality([Expected(TODAY - timedelta(days=9))], TODAY).days_late == 9


def test_numbers_agree_that_were_rounded_differently() -> None:
    assert Agreement(10.0, 10.04, step=0.05).holds
    assert not Agreement(10.0, 10.06, step=0.05).holds
    assert Agreement(0.0, 0.0).holds
