"""The trend of one KPI: actual line, stepped target, red line, usual range, forecast fan and numbered notes.

A wide and a narrow variant are two drawings with their own `width`, never one with scaled text. All figures drawn
stand in `data-v` of their points too, for the pointer and arrow-key readout, and in a table on the page.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from fourfold.graphics.glyph import Mark, mark_of, shape, word_of
from fourfold.graphics.multiples import steps
from fourfold.graphics.scale import Scale, last_known, nice_range, positions, spread, ticks
from fourfold.graphics.sparkline import end_mark
from fourfold.graphics.svg import Format, Svg, el, finite, line, num, runs, text, text_width

_TOP: Final = 34
_BOTTOM: Final = 34
_NARROW: Final = 500  # below this width the side notes are left out


class Limits(NamedTuple):
    """The usual range: centre line and natural limits, in the KPI's unit, from `start` to the last period."""

    centre: float
    lower: float
    upper: float
    start: int = 0
    end: int | None = None  # the last period they are drawn for; without it they hold until the next ones begin


class Fan(NamedTuple):
    """One forecast period: its middle and the half widths that hold 50, 80 and 95 % of outcomes."""

    middle: float
    half50: float
    half80: float
    half95: float


@dataclass(frozen=True, slots=True)
class Words:
    """The words in the picture; a page in another language passes its own. An empty `usual` is not written."""

    target: str = "Target"
    red_line: str = "Red line"
    forecast: str = "forecast"
    usual: str = "Usual range"
    missing: str = "no figure"


@dataclass(frozen=True, slots=True)
class Trend:
    """What to draw. All sequences run oldest first and share the index of `labels`; shorter ones end early.

    `labels` are (period, year) for every period drawn, forecast included: ("Oct", "2026"), ("W41", "2026").
    `values` are the actual figures; None, NaN and infinity are gaps. `states` are statuses of the periods, the last
    one is drawn. `targets` and `red_lines` may reach into the forecast. `special` are indices of unusual points;
    `notes` are (index, number shown). A fan is not drawn beyond `valid`, the range that figures can have.
    """

    labels: Sequence[tuple[str, str]]
    values: Sequence[float | None]
    states: Sequence[Mark] = ()
    targets: Sequence[float | None] = ()
    red_lines: Sequence[float | None] = ()
    limits: Sequence[Limits] = ()
    forecast: Sequence[Fan] = ()
    special: Collection[int] = ()
    notes: Sequence[tuple[int, str]] = ()
    valid: tuple[float, float] = (-math.inf, math.inf)
    words: Words = field(default_factory=Words)

    def period(self, index: int) -> str:
        """The full name of a period: "Oct 2026"."""
        return " ".join(part for part in self.labels[index] if part) if index < len(self.labels) else ""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things lie: one pixel per period, the value scale, the plot's edges."""

    xs: list[float]
    y: Scale
    levels: list[float]
    left: float
    right: float
    width: float
    height: float
    actual: int  # periods with a figure or the gap of one; forecast periods follow

    @property
    def floor(self) -> float:
        """The y of the time axis."""
        return self.height - _BOTTOM

    def points(self, values: Iterable[float | None]) -> list[tuple[float, float] | None]:
        """Pixels of a series, None where it has a gap."""
        return [
            None if (v := finite(value)) is None else (x, self.y(v)) for x, value in zip(self.xs, values, strict=False)
        ]


def trend(
    data: Trend,
    *,
    id: str,
    title: str,
    desc: str | None = None,
    fmt: Format = lambda v: f"{v:g}",
    tick_fmt: Format | None = None,
    lo: float | None = None,
    hi: float | None = None,
    width: float = 820,
    height: float = 340,
) -> Svg:
    """The whole chart. `id` makes its inner ids unique on the page, `title` and `desc` name it for screen readers.

    `fmt` writes a value with its unit (labels, readout, `desc`), `tick_fmt` the scale. Without `desc` one is made
    from the figures; without `lo` and `hi` the scale is round numbers around everything shown.
    """
    tick_fmt = tick_fmt or fmt
    frame = _frame(data, fmt, tick_fmt, finite(lo), finite(hi), width, height)
    body = [
        el("title", text(title), id=f"{id}-t"),
        el("desc", text(describe(data, fmt) if desc is None else desc), id=f"{id}-d"),
        *_value_axis(frame, tick_fmt),
        *_usual_range(data, frame, fmt),
        *_forecast(data, frame),
        *_goals(data, frame),
        *_actual(data, frame, fmt),
        *_time_axis(data, frame),
        *_notes(data, frame),
        *_side_labels(data, frame, fmt),
    ]
    return el(
        "svg",
        Svg("".join(body)),
        cls="trend",
        viewBox=f"0 0 {num(width)} {num(height)}",
        role="img",
        tabindex="0",
        aria_labelledby=f"{id}-t {id}-d",
    )


def describe(data: Trend, fmt: Format) -> str:
    """One or two sentences that say what the line shows, for those who do not see it."""
    known = [(v, i) for i, value in enumerate(data.values) if (v := finite(value)) is not None]
    if not known:
        return "No figures yet."
    (first, start), (last, end) = known[0], known[-1]
    if len(known) == 1:
        out = f"One figure, {fmt(last)} in {data.period(end)}"
    else:
        (low, low_at), (high, high_at) = min(known), max(known)
        out = f"{len(known)} figures from {data.period(start)} to {data.period(end)}: first {fmt(first)}, "
        out += f"last {fmt(last)}, lowest {fmt(low)} in {data.period(low_at)}, highest {fmt(high)} "
        out += f"in {data.period(high_at)}"
    goal = finite(data.targets[end]) if end < len(data.targets) else None
    out += f"; the target is {fmt(goal)}." if goal is not None else "."
    missing = len(data.values) - len(known)
    if missing:
        out += f" {missing} {'period has' if missing == 1 else 'periods have'} no figure."
    if data.forecast and finite(data.forecast[-1].middle) is not None:
        out += f" Forecast for {data.period(len(data.values) + len(data.forecast) - 1)}: "
        out += f"{fmt(data.forecast[-1].middle)}."
    return out


def _frame(
    data: Trend, fmt: Format, tick_fmt: Format, lo: float | None, hi: float | None, width: float, height: float
) -> _Frame:
    own_lo, own_hi = nice_range(*_extent(data), 5)
    lo, hi = own_lo if lo is None else lo, own_hi if hi is None else hi
    y = Scale(min(lo, hi), max(lo, hi), height - _BOTTOM, _TOP)
    levels = ticks(y.lo, y.hi, 5)
    left = max(20.0, min(width / 4, 10 + max(text_width(tick_fmt(v)) for v in levels)))
    right = max(14.0, min(width / 4, 11 + max((text_width(t, 13) for _, t, _ in _labels(data, fmt)), default=0.0)))
    count = len(data.values) + len(data.forecast)
    xs = positions(count, left, width - right)
    return _Frame(xs, y, levels, left, width - right, width, height, len(data.values))


def _extent(data: Trend) -> tuple[float, float]:
    """Everything shown; a fan wider than the figures themselves is cut so that it does not flatten them."""
    shown = [*data.values, *data.targets, *data.red_lines]
    shown += [v for limit in data.limits for v in (limit.lower, limit.upper)]
    shown += [fan.middle for fan in data.forecast]
    lo, hi = spread(shown, pad=0.04)
    room = hi / 2 - lo / 2
    low, high = data.valid
    fans = data.forecast
    edges = [v for fan in fans for v in (max(fan.middle - fan.half95, low), min(fan.middle + fan.half95, high))]
    return spread([lo, hi, *(min(hi + room, max(lo - room, v)) for v in edges if finite(v) is not None)], pad=0.0)


def _value_axis(frame: _Frame, fmt: Format) -> list[Svg]:
    out = []
    for level in frame.levels:
        y = frame.y(level)
        out.append(el("path", cls="grid", d=Svg(f"M{num(frame.left)} {num(y)}H{num(frame.right)}")))
        out.append(el("text", text(fmt(level)), cls="tick", x=frame.left - 8, y=y + 4, text_anchor="end"))
    return out


def _usual_range(data: Trend, frame: _Frame, fmt: Format) -> list[Svg]:
    """A band and centre line per stretch of limits; each holds until the next begins."""
    out: list[Svg] = []
    stretches = sorted((s for s in data.limits if all(finite(v) is not None for v in s[:3])), key=lambda s: s.start)
    if not frame.actual or not stretches:
        return out
    ends = [s.start for s in stretches[1:]] + [frame.actual - 1]
    for limit, following in zip(stretches, ends, strict=True):
        end = following if limit.end is None else min(limit.end, following)
        x0, x1 = (frame.xs[min(max(0, i), frame.actual - 1)] for i in (limit.start, end))
        top, bottom = frame.y(limit.upper), frame.y(limit.lower)
        out.append(el("rect", cls="npl", x=x0, y=top, width=max(0.0, x1 - x0), height=max(0.0, bottom - top)))
        out.append(el("path", cls="cl", d=Svg(f"M{num(x0)} {num(frame.y(limit.centre))}H{num(x1)}")))
    if frame.width > _NARROW and data.words.usual:
        last = stretches[-1]
        words = f"{data.words.usual} {fmt(last.lower)}–{fmt(last.upper)}"
        x0 = frame.xs[min(max(0, last.start), frame.actual - 1)]
        x = max(frame.left, min(x0, frame.width - text_width(words, 13) - 4))  # a range that begins late has no room
        out.append(el("text", text(words), cls="lb lb-s", x=x + 4, y=frame.y(last.lower) - 6))
    return out


def _forecast(data: Trend, frame: _Frame) -> list[Svg]:
    """The fan, from the last figure on; a forecast period without a number ends it."""
    known = last_known(data.values)
    fans: list[Fan] = []
    for fan in data.forecast:
        if finite(fan.middle) is None:
            break
        fans.append(Fan(fan.middle, *(abs(finite(half) or 0.0) for half in fan[1:])))
    if not fans:
        return []
    xs, (low, high) = frame.xs[frame.actual :], data.valid
    root = [(frame.xs[known], frame.y(finite(data.values[known]) or 0.0))] if known is not None else []
    out = []
    if frame.actual:
        border = (frame.xs[frame.actual - 1] + xs[0]) / 2
        out.append(el("path", cls="now", d=Svg(f"M{num(border)} {_TOP - 4}V{num(frame.floor)}")))
    for cls, which in (("f95", 3), ("f80", 2), ("f50", 1)):
        upper = [(x, frame.y(min(fan.middle + fan[which], high))) for x, fan in zip(xs, fans, strict=False)]
        lower = [(x, frame.y(max(fan.middle - fan[which], low))) for x, fan in zip(xs, fans, strict=False)]
        out.append(el("path", cls=cls, d=Svg(line([*root, *upper, *reversed(lower)]) + "Z")))
    middle = [(x, frame.y(fan.middle)) for x, fan in zip(xs, fans, strict=False)]
    out.append(el("path", cls="fm", d=line([*root, *middle])))
    return out


def _goals(data: Trend, frame: _Frame) -> list[Svg]:
    """Red line and target as steps, because both change; each runs on to the last period it is given for."""
    out = []
    for cls, series in (("sp-t rl", data.red_lines), ("tgt", data.targets)):
        path = steps([finite(v) for v in series], frame.xs, frame.y)
        if path:
            out.append(el("path", cls=cls, d=path))
    return out


def _actual(data: Trend, frame: _Frame, fmt: Format) -> list[Svg]:
    points = frame.points(data.values)
    path = runs(points)
    out = [el("path", cls="act", d=path)] if path else []
    for i, point in enumerate(points):
        if point is not None:
            x, y = point
            if i in data.special:
                out.append(el("circle", cls="spc", cx=x, cy=y, r=4.6))
            out.append(el("circle", cls="pt", cx=x, cy=y, r=2.3, data_v=_readout(data, i, fmt)))
    known = last_known(data.values)
    if known is None:
        return out
    y = frame.y(finite(data.values[known]) or 0.0)
    status = data.states[frame.actual - 1] if frame.actual <= len(data.states) else None
    if status is not None:
        mark = end_mark(status, missing=known < frame.actual - 1)
        out.append(shape(mark, frame.xs[frame.actual - 1], y, 6.4, "halo"))
    x, name = frame.xs[known], fmt(finite(data.values[known]) or 0.0)
    anchor = "end" if x + text_width(name, 14) / 2 > frame.width else "middle"
    out.append(el("text", text(name), cls="lb lb-a", x=x, y=_label_y(data, frame, y, fmt), text_anchor=anchor))
    return out


def _label_y(data: Trend, frame: _Frame, y: float, fmt: Format) -> float:
    """The baseline of the last value's label: below its mark, or above where a label of the edge would touch it."""
    taken = [frame.y(value) + 4 for value, _, _ in _labels(data, fmt)]
    free = [at for at in (y + 22, y - 14) if at + 4 < frame.floor and all(abs(at - other) >= 13 for other in taken)]
    return free[0] if free else y + 22 if y + 26 < frame.floor else y - 14


def _readout(data: Trend, i: int, fmt: Format) -> str:
    """What the pointer or an arrow key reads out at a point."""
    parts = [f"{data.period(i)}: {fmt(finite(data.values[i]) or 0.0)}"]
    goal = finite(data.targets[i]) if i < len(data.targets) else None
    if goal is not None:
        parts.append(f"{data.words.target.lower()} {fmt(goal)}")
    if i < len(data.states) and mark_of(data.states[i]) in ("on", "near", "off"):
        parts.append(word_of(data.states[i]).lower())
    return ", ".join(parts)


def _time_axis(data: Trend, frame: _Frame) -> list[Svg]:
    """Every n-th period, in step with the years, with the year under its first label."""
    count = min(len(frame.xs), len(data.labels))
    if not count:
        return []
    widest = max(text_width(name) for name, _ in data.labels[:count]) + 12
    pitch = (frame.right - frame.left) / max(1, len(frame.xs) - 1)
    every = next((n for n in (1, 2, 3, 4, 6, 12, 24, 60) if n * pitch >= widest), count)
    year_start = next((i for i, (a, b) in enumerate(pairwise(data.labels[:count]), 1) if a[1] != b[1]), 0)
    out: list[Svg] = []
    shown_year = ""
    for i in range(year_start % every, count, every):
        x, (name, year) = frame.xs[i], data.labels[i]
        out.append(el("path", cls="tm", d=Svg(f"M{num(x)} {num(frame.floor)}v4")))
        out.append(el("text", text(name), cls="tick", x=x, y=frame.floor + 16, text_anchor="middle"))
        if year and year != shown_year:
            out.append(el("text", text(year), cls="tick yr", x=x, y=frame.floor + 29, text_anchor="middle"))
            shown_year = year
    return out


def _notes(data: Trend, frame: _Frame) -> list[Svg]:
    out: list[Svg] = []
    for index, number in data.notes:
        if not 0 <= index < len(frame.xs):
            continue
        x = frame.xs[index]
        value = finite(data.values[index]) if index < frame.actual else None
        foot = frame.floor if value is None else max(_TOP - 8, frame.y(value) - 8)
        out.append(el("path", cls="lead", d=Svg(f"M{num(x)} {_TOP - 8}V{num(foot)}")))
        out.append(el("circle", cls="note", cx=x, cy=_TOP - 17, r=9))
        out.append(el("text", text(number), cls="note-n", x=x, y=_TOP - 12.6, text_anchor="middle"))
    return out


def _labels(data: Trend, fmt: Format) -> list[tuple[float, str, str]]:
    """(value, words, class) of the lines that end at the right edge."""
    out = []
    for series, word, cls in ((data.targets, data.words.target, "lb-t"), (data.red_lines, data.words.red_line, "lb-s")):
        last = finite(series[-1]) if series else None
        if last is not None:
            out.append((last, f"{word} {fmt(last)}", cls))
    if data.forecast and (middle := finite(data.forecast[-1].middle)) is not None:
        out.append((middle, fmt(middle), "lb-f"))
    return out


def _side_labels(data: Trend, frame: _Frame, fmt: Format) -> list[Svg]:
    """Direct labels instead of a legend, pushed apart where they would touch."""
    end = len(data.values) + len(data.forecast) - 1
    out: list[Svg] = []
    free = 0.0
    for y, words, cls in sorted((frame.y(value) + 4, words, cls) for value, words, cls in _labels(data, fmt)):
        lines = [(words, cls)]
        if cls == "lb-f" and frame.width > _NARROW and end < len(data.labels):
            lines.append((f"{data.words.forecast}, {data.labels[end][0]}", "lb-s"))
        for content, line_cls in lines:
            free = max(y, free)
            out.append(el("text", text(content), cls=f"lb {line_cls}", x=frame.right + 7, y=free))
            free += 14
    return out
