"""The bullet graph (Stephen Few): one value against its target on the KPI's own scale.

Grey ranges of one hue, a featured mark, the target as an upright tick, a labelled scale. The scale rarely starts at
zero, so the value is a mark and not a bar (Few's own rule).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from fourfold.graphics.glyph import Mark, shape
from fourfold.graphics.scale import Scale, nice_range, spread, ticks
from fourfold.graphics.svg import Format, Svg, drawing, el, finite, num, text, text_width

#: One bound, or the lower and the upper one of a KPI that should stay in a range.
Bound = float | tuple[float, float] | None

_TOP: Final = 4
_BOTTOM: Final = 22


def bullet(
    value: float | None,
    target: Bound,
    red_line: Bound = None,
    lo: float | None = None,
    hi: float | None = None,
    status: Mark = None,
    *,
    previous: float | None = None,
    tolerance: float = 0,
    fmt: Format = lambda v: f"{v:g}",
    width: float = 300,
    height: float = 46,
    label: str = "",
) -> Svg:
    """One value in the KPI's unit; without `lo` and `hi` the scale is round numbers around everything shown.

    Whether higher or lower is better follows from the sides of `red_line` and `target`; a pair of each is a range to
    stay in. `tolerance` (KPI's unit) is how far short of the target still counts as on target. Without a value the
    zones and ticks stand alone; without a target so does the value.
    """
    goals, reds = _bounds(target), _bounds(red_line)
    now, before = finite(value), finite(previous)
    x = _scale([now, before, *goals, *reds], finite(lo), finite(hi), width)
    body = _zones(x, goals, reds, abs(finite(tolerance) or 0.0), width)
    for red in reds:
        body.append(el("path", cls="sp-t rl", d=Svg(f"M{num(x(red))} {_TOP}V{_BOTTOM}")))
    for goal in goals:
        body.append(el("path", cls="tk", d=Svg(f"M{num(x(goal))} 0V{_BOTTOM + 4}")))
    middle = (_TOP + _BOTTOM) / 2
    if now is not None:
        if before is not None and abs(x(before) - x(now)) > 2:
            body.append(el("path", cls="cm", d=Svg(f"M{num(x(before))} {num(middle)}H{num(x(now))}")))
            body.append(el("circle", cls="cm0", cx=x(before), cy=middle, r=2.4))
        body.append(shape(status, x(now), middle, 6.2, "halo"))
    body += _tick_labels(x, fmt, width)
    return drawing("bullet", width, height, body, label=label, top=-2, fixed=False)


def _bounds(bound: Bound) -> list[float]:
    """Nothing, one bound, or two in rising order."""
    pair = bound if isinstance(bound, tuple) else (bound,)
    return sorted(b for b in map(finite, pair) if b is not None)


def _scale(shown: Sequence[float | None], lo: float | None, hi: float | None, width: float) -> Scale:
    own_lo, own_hi = nice_range(*spread(shown, pad=0.2), 6)
    lo, hi = own_lo if lo is None else lo, own_hi if hi is None else hi
    return Scale(min(lo, hi), max(lo, hi), 0, width)


def _zones(x: Scale, goals: Sequence[float], reds: Sequence[float], tolerance: float, width: float) -> list[Svg]:
    """The ranges from left to right; zones of no width are left out."""
    edges = [(0.0, ""), *((at, zone) for at, zone in _edges(x, goals, reds, tolerance)), (width, "")]
    names = [zone for _, zone in edges[1:]]
    names[-1] = "on" if not goals else _last_zone(goals, reds)
    return [
        el("rect", cls=f"z-{zone}", x=a, y=_TOP, width=b - a, height=_BOTTOM - _TOP)
        for (a, b), zone in zip(pairwise([at for at, _ in edges]), names, strict=True)
        if b - a > 0.05
    ]


def _edges(x: Scale, goals: Sequence[float], reds: Sequence[float], tolerance: float) -> list[tuple[float, str]]:
    """Where zones end, as (pixel, zone on its left)."""
    if not goals:
        return []
    if len(goals) == 2:
        low = [(x(reds[0]), "off")] if reds else []
        high = [(x(reds[-1]), "near")] if len(reds) == 2 else []
        return [*low, (x(goals[0] - tolerance), "near"), (x(goals[1] + tolerance), "on"), *high]
    goal = goals[0]
    if not reds:
        return [(x(goal - tolerance), "near")]
    red = reds[0]
    if red <= goal:
        return [(x(red), "off"), (max(x(red), x(goal - tolerance)), "near")]
    return [(min(x(red), x(goal + tolerance)), "on"), (x(red), "near")]


def _last_zone(goals: Sequence[float], reds: Sequence[float]) -> str:
    if len(goals) == 2:
        return "off" if len(reds) == 2 else "near"
    return "off" if reds and reds[0] > goals[0] else "on"


def _tick_labels(x: Scale, fmt: Format, width: float) -> list[Svg]:
    """As many round numbers as have room; the outer ones turn inwards at the edges."""
    for count in (5, 4, 3, 2, 1):
        at = ticks(x.lo, x.hi, count)
        if sum(text_width(fmt(v)) + 14 for v in at) <= width:
            break
    out = []
    for value in at:
        name, place = fmt(value), x(value)
        half = text_width(name) / 2
        anchor = "start" if place - half < 0 else "end" if place + half > width else "middle"
        out.append(el("path", cls="tm", d=Svg(f"M{num(place)} {_BOTTOM + 2}V{_BOTTOM + 6}")))
        out.append(el("text", text(name), cls="tick", x=place, y=_BOTTOM + 18, text_anchor=anchor))
    return out
