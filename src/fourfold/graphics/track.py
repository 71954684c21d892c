"""The performance track: every KPI on one axis, the target always at the same place.

The axis is the score: red line 50, target 100, cap 125. Lower-is-better KPIs are mirrored by the score itself, so
right is always better. A dot marks the last period, a line the move, the status mark is now.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from fourfold.graphics.glyph import Mark, shape
from fourfold.graphics.scale import Scale
from fourfold.graphics.svg import Svg, drawing, el, finite, num, text

FLOOR: Final = 0.0
RED_LINE: Final = 50.0
TARGET: Final = 100.0
CAP: Final = 125.0
_EDGE: Final = 6  # half a mark, so that none is cut off at the ends


@lru_cache(maxsize=64)
def _axis(width: float) -> Scale:
    return Scale(FLOOR, CAP, _EDGE, width - _EDGE)


@lru_cache(maxsize=256)
def _ground(width: float, middle: float, on_cut: float) -> Svg:
    """The three zones and the target tick."""
    x = _axis(width)
    edges = (0.0, x(RED_LINE), x(min(CAP, max(RED_LINE, on_cut))), width)
    zones = [
        el("rect", cls=f"z-{zone}", x=a, y=middle - 4, width=b - a, height=8)
        for zone, a, b in zip(("off", "near", "on"), edges, edges[1:], strict=False)
    ]
    tick = el("path", cls="tk", d=Svg(f"M{num(x(TARGET))} {num(middle - 8)}V{num(middle + 8)}"))
    return Svg("".join(zones) + tick)


def track(
    score: float | None,
    previous: float | None = None,
    status: Mark = None,
    *,
    on_cut: float = TARGET,
    width: float = 190,
    height: float = 22,
    label: str = "",
) -> Svg:
    """One KPI on the shared axis of scores 0 to 125; scores beyond it stop at its ends.

    `on_cut` is where "on target" begins: 100 less the tolerance for a KPI, the green cut for a node. Without a score
    only the zones are drawn.
    """
    x, middle = _axis(width), height / 2
    body = [_ground(width, middle, finite(on_cut) or TARGET)]
    now, before = finite(score), finite(previous)
    if now is not None:
        if before is not None and abs(x(before) - x(now)) > 2:
            body.append(el("path", cls="cm", d=Svg(f"M{num(x(before))} {num(middle)}H{num(x(now))}")))
            body.append(el("circle", cls="cm0", cx=x(before), cy=middle, r=1.8))
        body.append(shape(status, x(now), middle, 5, "halo"))
    return drawing("track", width, height, body, label=label)


def spread_track(
    scores: Iterable[float | None],
    *,
    on_cut: float = TARGET,
    width: float = 170,
    height: float = 20,
    label: str = "",
) -> Svg:
    """Many units on one track, a dot each; units without a score are left out."""
    x, middle = _axis(width), height / 2
    known = (s for s in map(finite, scores) if s is not None)
    dots = [el("circle", cls="dotm", cx=x(s), cy=middle, r=4) for s in known]
    return drawing("track", width, height, [_ground(width, middle, finite(on_cut) or TARGET), *dots], label=label)


def track_axis(off: str = "off", near: str = "near", target: str = "target", *, width: float = 190) -> Svg:
    """The words above a column of tracks, each where its zone begins; the head of the column names the rest."""
    x = _axis(width)
    places = ((0.0, off, "start"), (x(RED_LINE), near, "start"), (x(TARGET), target, "middle"))
    body = [el("text", text(word), cls="tick", x=at, y=12, text_anchor=anchor) for at, word, anchor in places]
    return drawing("axisv", width, 16, body)
