"""The status strip: the marks of the last periods, on-target ones smaller so that exceptions stand out."""

from __future__ import annotations

from collections.abc import Sequence

from fourfold.graphics.glyph import Mark, mark_of, shape
from fourfold.graphics.svg import Svg, drawing


def strip(statuses: Sequence[Mark], *, gap: float = 11, label: str = "") -> Svg:
    """Marks oldest first, `gap` pixels apart; an empty sequence draws nothing."""
    marks = [
        shape(status, gap / 2 + i * gap, 6, 2.5 if mark_of(status) == "on" else 3.1)
        for i, status in enumerate(statuses)
    ]
    return drawing("strip", gap * len(statuses), 12, marks, label=label)
