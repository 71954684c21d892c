"""The way to a target: what is wanted period by period, over the figures so far."""

from __future__ import annotations

from collections.abc import Sequence

from fourfold.graphics.scale import Scale, positions, spread
from fourfold.graphics.svg import Format, Svg, drawing, el, finite, num, runs, text


def glide(
    wanted: Sequence[float | None],
    actual: Sequence[float | None] = (),
    names: tuple[str, str] = ("", ""),
    *,
    fmt: Format = lambda v: f"{v:g}",
    width: float = 420,
    height: float = 150,
    label: str = "",
) -> Svg:
    """Wanted values, oldest first, and the figures of the first of these periods; both on one scale.

    `names` are those of the first and the last period. A missing figure is a gap.
    """
    low, high = spread([*wanted, *actual])
    y, xs = Scale(low, high, height - 24, 12), positions(len(wanted), 8, width - 62)
    body = [el("path", cls="grid", d=Svg(f"M0 {num(height - 22)}H{num(width)}"))]
    body.append(el("path", cls="tgt", d=_line(xs, wanted, y)))
    if any(finite(v) is not None for v in actual):
        body.append(el("path", cls="act", d=_line(xs, actual, y)))
    last = next((v for v in map(finite, reversed(wanted)) if v is not None), None)
    if last is not None:
        body.append(el("text", text(fmt(last)), cls="tick", x=width - 56, y=y(last) + 4))
    body.append(el("text", text(names[0]), cls="tick", x=0, y=height - 6))
    body.append(el("text", text(names[1]), cls="tick", x=width, y=height - 6, text_anchor="end"))
    return drawing("glide", width, height, body, label=label, fixed=False)


def _line(xs: Sequence[float], values: Sequence[float | None], y: Scale) -> Svg:
    known = zip(xs, map(finite, values), strict=False)
    return runs([None if v is None else (x, y(v)) for x, v in known])
