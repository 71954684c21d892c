"""Small multiples: the same KPI for many units, one scale, so that heights can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fourfold.graphics.glyph import Mark, shape
from fourfold.graphics.scale import Scale, last_known, positions, spread
from fourfold.graphics.sparkline import end_mark
from fourfold.graphics.svg import Svg, drawing, el, finite, num, runs, text


@dataclass(frozen=True, slots=True)
class Panel:
    """One unit: its values oldest first, its target (one or one per period), its status now and its full name."""

    values: Sequence[float | None]
    target: float | Sequence[float | None] | None = None
    status: Mark = None
    label: str = ""


def multiples(
    panels: Sequence[Panel], *, first: str = "", last: str = "", width: float = 248, height: float = 96
) -> list[Svg]:
    """All panels on the one scale that holds every value and target; `first` and `last` name the outer periods."""
    lo, hi = spread([v for p in panels for v in (*p.values, *_targets(p))])
    return [multiple(p, lo=lo, hi=hi, first=first, last=last, width=width, height=height) for p in panels]


def multiple(
    panel: Panel,
    *,
    lo: float | None = None,
    hi: float | None = None,
    first: str = "",
    last: str = "",
    width: float = 248,
    height: float = 96,
) -> Svg:
    """One panel, on the scale `lo`…`hi` or its own; missing values are gaps, a missing last one is a ring."""
    own_lo, own_hi = spread([*panel.values, *_targets(panel)])
    y = Scale(own_lo if lo is None else lo, own_hi if hi is None else hi, height - 18, 10)
    xs = positions(len(panel.values), 4, width - 16)
    body = [el("path", cls="grid", d=Svg(f"M0 {num(height - 18)}H{num(width)}"))]
    goal = _goal_line(panel, xs, y, width)
    if goal:
        body.append(el("path", cls="tgt", d=goal))
    points = [None if (v := finite(value)) is None else (x, y(v)) for x, value in zip(xs, panel.values, strict=True)]
    data = runs(points)
    if data:
        body.append(el("path", cls="act", d=data))
    known = last_known(panel.values)
    if known is not None and panel.status is not None:
        mark = end_mark(panel.status, missing=known < len(xs) - 1)
        body.append(shape(mark, xs[-1], y(panel.values[known] or 0.0), 4.6, "halo"))
    if first:
        body.append(el("text", text(first), cls="tick", x=2, y=height - 4))
    if last:
        body.append(el("text", text(last), cls="tick", x=width - 2, y=height - 4, text_anchor="end"))
    return drawing("mini", width, height, body, label=panel.label, fixed=False)


def _targets(panel: Panel) -> Sequence[float | None]:
    return [panel.target] if panel.target is None or isinstance(panel.target, float | int) else panel.target


def _goal_line(panel: Panel, xs: Sequence[float], y: Scale, width: float) -> Svg:
    """A constant target runs the whole width; changing targets are steps."""
    if panel.target is None or isinstance(panel.target, float | int):
        goal = finite(panel.target)
        return Svg("") if goal is None else Svg(f"M0 {num(y(goal))}H{num(width)}")
    return steps([finite(t) for t in panel.target], xs, y)


def steps(values: Sequence[float | None], xs: Sequence[float], y: Scale) -> Svg:
    """Path data of a value that holds for its whole period: level runs, upright steps, gaps where there is none."""
    half = (xs[1] - xs[0]) / 2 if len(xs) > 1 else 0.0
    out: list[str] = []
    held: float | None = None
    end = xs[0] if xs else 0.0
    for i, (x, value) in enumerate(zip(xs, values, strict=False)):
        start = x - half if i else x
        if value != held:
            if held is not None:
                out.append(f"H{num(start)}")
            if value is not None:
                out.append(f"V{num(y(value))}" if held is not None else f"M{num(start)} {num(y(value))}")
            held = value
        end = x + half if i + 1 < len(xs) else x
    if held is not None:
        out.append(f"H{num(end)}")
    return Svg("".join(out))
