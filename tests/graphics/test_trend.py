"""The trend chart, for any figures."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.statuses import Status
from fourfold.graphics.trend import Fan, Limits, Trend, describe, trend
from tests.graphics.sound import alternative, marks, names, numbers, series, sound

months = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")
finite = st.floats(-1e6, 1e6)


@st.composite
def trends(draw: st.DrawFn) -> Trend:
    values = draw(series)
    forecast = draw(st.lists(st.builds(Fan, st.floats(), st.floats(), st.floats(), st.floats()), max_size=6))
    count = len(values) + len(forecast)
    start = draw(st.integers(0, 11))
    labels = [(months[(start + i) % 12], str(2024 + (start + i + 3) // 12)) for i in range(count)]
    places = st.integers(-2, count + 2)
    return Trend(
        labels=draw(st.sampled_from([labels, labels[: count // 2]])),
        values=values,
        states=draw(st.lists(marks, max_size=30)),
        targets=draw(series),
        red_lines=draw(series),
        limits=draw(st.lists(st.builds(Limits, numbers, numbers, numbers, places, st.none() | places), max_size=3)),
        forecast=forecast,
        special=draw(st.sets(places, max_size=5)),
        notes=draw(st.lists(st.tuples(places, st.sampled_from(["1", "12"])), max_size=4)),
    )


@given(trends(), st.sampled_from([(820.0, 340.0), (360.0, 260.0)]), names)
def test_a_trend_is_sound_at_both_widths(data: Trend, size: tuple[float, float], title: str) -> None:
    root = sound(trend(data, id="t", title=title or "Costs", width=size[0], height=size[1]), slack=size[0] / 4)
    assert root.get("tabindex") == "0"


def test_the_words_of_a_usual_range_that_begins_with_the_last_period_stay_inside() -> None:
    labels, values = [(month, "2026") for month in months], [1.46071e6] * 12
    late = Trend(labels, values, limits=[Limits(1.6e6, 1.46071e6, 1.83601e6, start=11)])
    root = sound(trend(late, id="t", title="Revenue"), slack=1)
    assert any("Usual range 1.46" in (e.text or "") for e in root.iter())


@given(st.lists(st.one_of(st.none(), finite), max_size=30))
def test_the_description_says_how_many_periods_have_no_figure(values: list[float | None]) -> None:
    labels = [(months[i % 12], str(2024 + i // 12)) for i in range(len(values))]
    words = describe(Trend(labels, values), lambda v: f"{v:g}")
    missing = values.count(None)
    assert (f"{missing} period" in words) == (0 < missing < len(values))
    assert words.startswith("No figures") == (missing == len(values))


def test_every_figure_drawn_can_be_read_out() -> None:
    data = Trend(
        [("Apr", "2026"), ("May", "2026"), ("Jun", "2026")], [10.0, None, 0.0], [Status.ON, None, Status.OFF], [8, 8, 8]
    )
    root = sound(trend(data, id="t", title="Waits"))
    said = [e.get("data-v") for e in root.iter() if e.get("data-v")]
    assert said == ["Apr 2026: 10, target 8, on target", "Jun 2026: 0, target 8, off target"]
    assert "Waits" in alternative(root)


def test_a_gap_in_the_figures_is_a_gap_in_the_line() -> None:
    labels = [(months[i], "2026") for i in range(5)]
    drawn = trend(Trend(labels, [1.0, 2.0, None, 3.0, 4.0]), id="t", title="x")
    assert drawn.split('class="act"')[1].split('"')[1].count("M") == 2


def test_the_target_is_drawn_as_steps() -> None:
    labels = [(months[i], "2026") for i in range(4)]
    drawn = trend(Trend(labels, [1.0, 2.0, 3.0, 4.0], targets=[1.0, 1.0, 3.0, 3.0]), id="t", title="x")
    path = drawn.split('class="tgt"')[1].split('"')[1]
    assert path.count("V") == 1 and path.count("H") == 2


def boxes(drawn: object, cls: str) -> list[str]:
    return re.findall(rf'<rect class="{cls}"[^>]*>', str(drawn))


def test_a_usual_range_ends_where_it_is_said_to() -> None:
    labels = [(month, "2026") for month in months[:6]]
    data = Trend(labels, [1.0, 2, 3, 4, 5, 6], limits=[Limits(2, 1, 3, 0, 2), Limits(5, 4, 6, 4)])
    first, second = boxes(trend(data, id="t", title="Waits"), "npl")
    edges = [[float(re.search(rf' {name}="([\d.]+)"', box)[1]) for name in ("x", "width")] for box in (first, second)]
    step = edges[1][1]  # one period, from the fifth to the last
    assert abs(edges[0][1] - 2 * step) < 0.2
    assert abs(edges[1][0] - edges[0][0] - 4 * step) < 0.2


def test_a_fan_stays_within_what_figures_can_be() -> None:
    labels = [(month, "2026") for month in months[:4]]
    wide = [Fan(99.0, 5.0, 20.0, 40.0)] * 2
    open_ = trend(Trend(labels, [95.0, 97.0], forecast=wide), id="t", title="Share", lo=0, hi=200)
    shut = trend(Trend(labels, [95.0, 97.0], forecast=wide, valid=(0.0, 100.0)), id="t", title="Share", lo=0, hi=200)
    heights = [min(map(float, re.findall(r"[ML][\d.]+ ([\d.]+)", fan(d, "f95")))) for d in (open_, shut)]
    assert heights[0] < heights[1], "139 is drawn higher than 100"
    assert fan(shut, "f95").count(f" {heights[1]:g}L") == 2, "both periods end at 100"


def fan(drawn: object, cls: str) -> str:
    return re.search(rf'<path class="{cls}" d="([^"]+)"', str(drawn))[1]
