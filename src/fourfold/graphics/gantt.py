"""Initiative bars: plan as a pale bar, progress as ink, milestones as diamonds, slip as a dashed tail, today as a line.

Time runs in columns: 0 is the start of the first column, `len(columns)` the end of the last, 2.5 the middle of the
third. A caller turns dates into columns once, for all bars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fourfold.graphics.glyph import Mark, shape
from fourfold.graphics.scale import Scale
from fourfold.graphics.svg import Svg, drawing, el, finite, num, text, wrap

MONTHS: Final = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")


@dataclass(frozen=True, slots=True)
class Bar:
    """One initiative on the time axis; without start or end only its milestones are drawn.

    `done` is the share finished, 0 to 1; `slip` the columns it is expected to end after plan; `milestones` are
    (column, met).
    """

    start: float | None = None
    end: float | None = None
    done: float | None = None
    slip: float | None = None
    milestones: Sequence[tuple[float, bool]] = ()
    name: str = ""
    status: Mark = None


def gantt(
    bars: Sequence[Bar],
    *,
    columns: Sequence[str] = MONTHS,
    today: float | None = None,
    width: float = 560,
    row: float = 30,
    names_width: float = 190,
    quarter: int = 3,
    label: str = "",
) -> Svg:
    """All bars under one axis, each with its mark and name; every `quarter`-th grid line is stronger."""
    height = 24 + row * len(bars) + 4
    x = Scale(0, len(columns), names_width, width - 6)
    body = [el("text", text(c), cls="tick", x=x(i) + 2, y=12) for i, c in enumerate(columns)]
    body += _grid(len(columns), x, 18, height, quarter)
    for i, bar in enumerate(bars):
        y = 24 + i * row + row / 2
        lines = wrap(bar.name, names_width - 24, size=14, lines=1)
        body.append(shape(bar.status, 6, y, 4.6))
        body.append(el("text", el("title", text(bar.name)), text(lines[0] if lines else ""), cls="gl", x=18, y=y + 4.5))
        body += _bar(bar, x, y)
    body += _today(today, x, 16, height, len(columns))
    return drawing("gantt", width, height, body, label=label, fixed=False)


def gbar(
    bar: Bar,
    *,
    columns: int = 12,
    today: float | None = None,
    width: float = 430,
    height: float = 30,
    quarter: int = 3,
    label: str = "",
) -> Svg:
    """One bar for a table cell, to stand under a `gaxis` of the same width."""
    x = Scale(0, columns, 0, width)
    body = [*_grid(columns, x, 0, height, quarter), *_bar(bar, x, height / 2), *_today(today, x, 0, height, columns)]
    return drawing("gbar", width, height, body, label=label)


def gaxis(columns: Sequence[str] = MONTHS, *, width: float = 430) -> Svg:
    """The column names above a table column of `gbar`s; the page names the months in words too."""
    x = Scale(0, len(columns), 0, width)
    return drawing(
        "gaxis", width, 16, [el("text", text(c), cls="tick", x=x(i) + 3, y=12) for i, c in enumerate(columns)]
    )


def _grid(columns: int, x: Scale, top: float, bottom: float, quarter: int) -> list[Svg]:
    return [
        el("path", cls="grid" if i % quarter else "grid q", d=Svg(f"M{num(x(i))} {num(top)}V{num(bottom)}"))
        for i in range(columns + 1)
    ]


def _today(today: float | None, x: Scale, top: float, bottom: float, columns: int) -> list[Svg]:
    now = finite(today)
    if now is None or not 0 <= now <= columns:  # outside the axis there is no today to show
        return []
    return [el("path", cls="nowl", d=Svg(f"M{num(x(now))} {num(top)}V{num(bottom)}"))]


def _bar(bar: Bar, x: Scale, y: float) -> list[Svg]:
    body = []
    start, end = finite(bar.start), finite(bar.end)
    if start is not None and end is not None:
        reached = start + (end - start) * min(1.0, max(0.0, finite(bar.done) or 0.0))
        for cls, to in (("pl", end), ("pr", reached)):
            body.append(el("rect", cls=cls, x=x(start), y=y - 5, width=max(0.0, x(to) - x(start)), height=10, rx=1))
        slip = finite(bar.slip) or 0.0
        if slip > 0:
            late = x(end + slip)
            body.append(el("path", cls="slip", d=Svg(f"M{num(x(end))} {num(y)}H{num(late)}")))
            body.append(el("path", cls="slipend", d=Svg(f"M{num(late)} {num(y - 6)}V{num(y + 6)}")))
    for at, met in bar.milestones:
        if finite(at) is not None and x.lo <= at <= x.hi:  # at the edge it would claim a wrong date
            diamond = Svg(f"M{num(x(at))} {num(y - 6)}l6 6l-6 6l-6-6z")
            body.append(el("path", cls="ms done" if met else "ms", d=diamond))
    return body
