"""The score line of a perspective or scorecard: its scores with the two cut lines, on a scale shared by its peers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from fourfold.graphics.glyph import Mark, shape
from fourfold.graphics.scale import Scale, last_known, positions
from fourfold.graphics.sparkline import end_mark
from fourfold.graphics.svg import Svg, drawing, el, finite, num, runs, text


def scoreline(
    scores: Sequence[float | None],
    status: Mark = None,
    *,
    lo: float = 0,
    hi: float = 100,
    cuts: Sequence[float] = (50, 90),
    width: float = 236,
    height: float = 54,
    label: str = "",
) -> Svg:
    """Scores oldest first; missing ones are gaps, scores beyond `lo`…`hi` stop at the edge.

    `cuts` are the scores where near and on target begin; those outside the scale are not drawn. Pass the `lo` and
    `hi` of `shared_scale` to draw several on one scale.
    """
    y = Scale(lo, hi, height - 4, 4)
    xs = positions(len(scores), 4, width - 30)
    body = []
    for cut in cuts:
        if lo <= cut <= hi:
            body.append(el("path", cls="grid", d=Svg(f"M0 {num(y(cut))}H{num(width - 24)}")))
            body.append(el("text", text(f"{cut:g}"), cls="tick", x=width - 20, y=y(cut) + 3.5))
    points = [None if (v := finite(score)) is None else (x, y(v)) for x, score in zip(xs, scores, strict=True)]
    data = runs(points)
    if data:
        body.append(el("path", cls="ln", d=data))
    last = last_known(scores)
    if last is not None and status is not None:
        body.append(shape(end_mark(status, missing=last < len(scores) - 1), xs[-1], y(scores[last] or 0), 4.6, "halo"))
    return drawing("scoreline", width, height, body, label=label, fixed=False)


def shared_scale(
    lines: Iterable[Sequence[float | None]], *, cuts: Sequence[float] = (50, 90), step: float = 10
) -> tuple[float, float]:
    """One scale for several score lines: every score and every cut, rounded outwards to whole steps within 0 to 125.

    >>> shared_scale([[72.4, None, 96.0]])
    (50, 100)
    """
    known = [v for scores in lines for v in map(finite, scores) if v is not None] + [float(c) for c in cuts]
    if not known:
        return 0.0, 100.0
    lo, hi = max(0.0, min(known)), min(125.0, max(known))
    return math.floor(lo / step) * step, max(math.ceil(hi / step) * step, math.floor(lo / step) * step + step)
