"""The drawings of a table row: track, bullet, sparkline, strip, score line, small multiples."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.statuses import Status
from fourfold.graphics.bullet import Bound, bullet
from fourfold.graphics.glyph import Mark
from fourfold.graphics.multiples import Panel, multiples
from fourfold.graphics.scoreline import scoreline, shared_scale
from fourfold.graphics.sparkline import end_mark, sparkline
from fourfold.graphics.strip import strip
from fourfold.graphics.track import spread_track, track, track_axis
from tests.graphics.sound import box, marks, names, numbers, series, sound

EDGE = 6.0  # half a status mark may stand over the end of a scale


@given(numbers, numbers, marks, numbers, names)
def test_a_track_is_sound(
    score: float | None, previous: float | None, status: Mark, cut: float | None, name: str
) -> None:
    sound(track(score, previous, status, on_cut=100.0 if cut is None else cut, label=name), slack=EDGE)


def test_targets_of_all_tracks_stand_at_one_place() -> None:
    ticks = {svg.split('class="tk" d="')[1].split('"')[0] for svg in (track(20), track(None), track(1e9, on_cut=95))}
    assert len(ticks) == 1


def test_a_track_without_a_score_has_zones_and_no_mark() -> None:
    assert "halo" not in track(None, 80.0, Status.OVERDUE)
    assert "z-near" in track(None)


def test_a_score_of_zero_is_drawn() -> None:
    assert "halo" in track(0.0, None, Status.OFF)


@given(series)
def test_a_spread_track_has_a_dot_for_every_score(scores: list[float | None]) -> None:
    root = sound(spread_track(scores, label="All"), slack=EDGE)
    known = [s for s in scores if s is not None and abs(s) != float("inf") and s == s]
    assert len([e for e in root.iter() if e.get("class") == "dotm"]) == len(known)


def test_the_words_over_a_track_are_sound() -> None:
    sound(track_axis(), slack=20)


bounds = st.one_of(numbers, st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)))


@given(numbers, bounds, bounds, numbers, numbers, numbers, marks, names)
def test_a_bullet_is_sound(
    value: float | None,
    target: Bound,
    red: Bound,
    lo: float | None,
    hi: float | None,
    previous: float | None,
    status: Mark,
    name: str,
) -> None:
    sound(bullet(value, target, red, lo, hi, status, previous=previous, label=name), slack=30)


def test_better_is_right_of_the_target_only_where_higher_is_better() -> None:
    higher, lower = bullet(90, 95, 85), bullet(7, 5, 9)
    assert higher.index("z-off") < higher.index("z-near") < higher.index("z-on")
    assert lower.index("z-on") < lower.index("z-near") < lower.index("z-off")


def test_a_band_is_on_target_in_the_middle_only() -> None:
    zones = [part.split('"')[0] for part in bullet(50, (40, 60), (30, 70)).split('class="z-')[1:]]
    assert zones == ["off", "near", "on", "near", "off"]


@given(series, numbers, marks, names)
def test_a_sparkline_is_sound(values: list[float | None], target: float | None, status: Mark, name: str) -> None:
    sound(sparkline(values, target, status, label=name), slack=EDGE)


def test_a_missing_month_breaks_the_line_and_zero_does_not() -> None:
    def moves(values: list[float | None]) -> int:
        return sparkline(values).split('class="sp-l"')[1].count("M")

    assert moves([1, 2, None, 3, 4]) == 2
    assert moves([1, 2, 0, 3, 4]) == 1


def test_a_line_whose_last_figure_is_missing_ends_without_a_judgement() -> None:
    assert end_mark(Status.OFF, missing=True) == "none"
    assert end_mark(Status.OVERDUE, missing=True) == "due"
    assert end_mark(Status.OFF, missing=False) == "off"


@given(st.lists(marks, max_size=24), st.floats(4, 30), names)
def test_a_strip_is_sound_with_a_mark_per_period(statuses: list[Mark], gap: float, name: str) -> None:
    root = sound(strip(statuses, gap=gap, label=name), slack=EDGE)
    drawn = [e for e in root if e.get("class", "").startswith("s-")]
    assert len(drawn) == len(statuses)


@given(series, marks, st.lists(st.integers(0, 125), max_size=3), names)
def test_a_score_line_is_sound(scores: list[float | None], status: Mark, cuts: list[int], name: str) -> None:
    sound(scoreline(scores, status, cuts=cuts, label=name), slack=EDGE)


@given(st.lists(series, max_size=6))
def test_a_shared_scale_holds_every_score_up_to_the_cap(lines: list[list[float | None]]) -> None:
    lo, hi = shared_scale(lines)
    known = [s for line in lines for s in line if s is not None and s == s and abs(s) != float("inf")]
    assert lo < hi
    assert all(lo <= min(125.0, max(0.0, s)) <= hi for s in known)


panels = st.builds(Panel, series, st.one_of(numbers, series), marks, names)


@given(st.lists(panels, max_size=5), names)
def test_small_multiples_are_sound_and_alike(units: list[Panel], name: str) -> None:
    drawn = [sound(svg, slack=EDGE) for svg in multiples(units, first=name[:8], last=name[:8])]
    assert len(drawn) == len(units)
    assert len({box(root) for root in drawn}) <= 1
