"""The score function of a target: which figure gets which score."""

from __future__ import annotations

from collections.abc import Sequence

from fourfold.graphics.scale import Scale
from fourfold.graphics.svg import Format, Svg, drawing, el, num, runs, text


def score_curve(
    values: Sequence[float],
    scores: Sequence[float],
    anchors: Sequence[tuple[float, float]],
    *,
    fmt: Format = lambda v: f"{v:g}",
    width: float = 420,
    height: float = 150,
    label: str = "",
) -> Svg:
    """Scores from 0 to 125 over rising values; `anchors` are the (value, score) that are set."""
    x, y = Scale(values[0], values[-1], 34, width - 10), Scale(0, 125, height - 24, 8)
    body = []
    for line in (0, 50, 100):
        body.append(el("path", cls="grid", d=Svg(f"M34 {num(y(line))}H{num(width - 10)}")))
        body.append(el("text", text(str(line)), cls="tick", x=28, y=y(line) + 4, text_anchor="end"))
    body.append(el("path", cls="ln", d=runs([(x(v), y(s)) for v, s in zip(values, scores, strict=True)])))
    for value, score in anchors:
        body.append(el("circle", cls="pt", cx=x(value), cy=y(score), r=3.2))
        body.append(el("text", text(fmt(value)), cls="tick", x=x(value), y=height - 6, text_anchor="middle"))
    return drawing("curve", width, height, body, label=label, fixed=False)
