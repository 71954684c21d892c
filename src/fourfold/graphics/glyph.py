"""The status mark: shape first, then colour, then words.

Circle on target, triangle near, diamond with a cut off, clock overdue, dashed ring without a number.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from fourfold.engine.statuses import Status
from fourfold.graphics.svg import Svg, el, num

#: What drawings take as a status: the code itself, its mark ('on', 'near', 'off', 'due', 'none'), or nothing.
Mark = Status | str | None

_WORDS: Final = {s.mark: s.word for s in (Status.ON, Status.NEAR, Status.OFF, Status.OVERDUE, Status.NO_DATA)}


def mark_of(status: Mark) -> str:
    """The mark of a status: on, near, off, due or none; anything unknown is none.

    >>> mark_of(Status.OVERDUE), mark_of("near"), mark_of(None)
    ('due', 'near', 'none')
    """
    if isinstance(status, Status):
        return status.mark
    return status if status in _WORDS else "none"


def word_of(status: Mark) -> str:
    """The words for a status: of the status itself, or of the mark where only that is known."""
    return status.word if isinstance(status, Status) else _WORDS[mark_of(status)]


def shape(status: Mark, x: float, y: float, r: float = 5, cls: str = "") -> Svg:
    """The mark around (x, y), with the visual weight of a circle of radius `r`; details vanish when it is small."""
    mark = mark_of(status)
    name = f"s-{mark} {cls}" if cls else f"s-{mark}"
    if mark == "near":
        h = r * 1.12
        return _path(name, f"M{num(x)} {num(y - h)}L{num(x + h * 1.04)} {num(y + h * 0.78)}H{num(x - h * 1.04)}Z")
    if mark == "off":
        h, k = r * 1.34, r * 0.40
        diamond = f"M{num(x)} {num(y - h)}L{num(x + h)} {num(y)}L{num(x)} {num(y + h)}L{num(x - h)} {num(y)}Z"
        cut = f"M{num(x - k)} {num(y - k)}l{num(2 * k)} {num(2 * k)}m0 {num(-2 * k)}l{num(-2 * k)} {num(2 * k)}"
        return Svg(_path(name, diamond) + (_path("cut", cut) if r >= 4.4 else ""))
    ring = el("circle", cls=name, cx=x, cy=y, r=r * (0.8 if mark == "none" else 0.86))
    if mark == "due" and r >= 4.5:
        return Svg(ring + _path("hand", f"M{num(x)} {num(y - r * 0.5)}V{num(y)}H{num(x + r * 0.45)}"))
    return ring


def _path(cls: str, data: str) -> Svg:
    return el("path", cls=cls, d=Svg(data))


def unusual(label: str, size: float = 12) -> Svg:
    """The ring of an unusual point as a drawing of its own."""
    ring = el("circle", cls="spc", cx=7, cy=7, r=4.6)
    return el("svg", ring, cls="g", viewBox="0 0 14 14", width=size, height=size, role="img", aria_label=label)


@lru_cache(maxsize=512)
def glyph(status: Mark, *, size: float = 14, label: str | None = None) -> Svg:
    """The mark as a drawing of its own, named by the status words.

    `label` replaces the words; an empty label hides the mark from assistive technology, for use beside the words.
    """
    name = word_of(status) if label is None else label
    body = shape(status, 7, 7, 5)
    return el(
        "svg",
        body,
        cls="g",
        viewBox="0 0 14 14",
        width=size,
        height=size,
        role="img" if name else None,
        aria_label=name or None,
        aria_hidden=None if name else "true",
    )
