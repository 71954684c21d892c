"""The sparkline: a word-sized trend with its target and the status mark at its end."""

from __future__ import annotations

from collections.abc import Sequence

from fourfold.graphics.glyph import Mark, mark_of, shape
from fourfold.graphics.scale import Scale, last_known, positions, spread
from fourfold.graphics.svg import Svg, drawing, el, finite, num, runs


def sparkline(
    values: Sequence[float | None],
    target: float | None = None,
    status: Mark = None,
    *,
    width: float = 96,
    height: float = 26,
    label: str = "",
) -> Svg:
    """Values oldest first on a scale of their own; a missing value is a gap in the line.

    With a status, its mark stands on the last value. When the last period is missing, a ring stands in its place, at
    the height of the last known value: a clock face ring when it is overdue, a dashed one otherwise.
    """
    goal = finite(target)
    y = Scale(*spread([*values, goal]), height - 3, 3)
    xs = positions(len(values), 3, width - 6)
    body = []
    if goal is not None:
        body.append(el("path", cls="sp-t", d=Svg(f"M0 {num(y(goal))}H{num(width)}")))
    points = [None if (v := finite(value)) is None else (x, y(v)) for x, value in zip(xs, values, strict=True)]
    data = runs(points)
    if data:
        body.append(el("path", cls="sp-l", d=data))
    last = last_known(values)
    if last is not None and status is not None:
        body.append(shape(end_mark(status, missing=last < len(values) - 1), xs[-1], y(values[last] or 0.0), 3.4))
    return drawing("spark", width, height, body, label=label)


def end_mark(status: Mark, *, missing: bool) -> str:
    """The mark at the end of a line: the status, but never a judgement where the last figure is missing."""
    mark = mark_of(status)
    return "none" if missing and mark != "due" else mark
