"""The heat map: KPIs down, periods or units across. Only what is off or near is tinted; the marks carry the rest."""

from __future__ import annotations

from collections.abc import Sequence

from fourfold.graphics.glyph import Mark, mark_of, shape, word_of
from fourfold.graphics.svg import Svg, drawing, el, num, text, text_width, wrap

#: Tints exist for these two only: exceptions speak louder.
_TINTED = ("near", "off")


def heatmap(
    rows: Sequence[tuple[str, Sequence[Mark]]],
    columns: Sequence[str],
    *,
    names_width: float = 220,
    cell: float = 30,
    label: str = "",
) -> Svg:
    """A mark per KPI and column, each cell named for a pointer to rest on.

    `rows` are (name, statuses in the order of `columns`); a row may be shorter. Column names are thinned where they
    would touch.
    """
    width, height = names_width + cell * len(columns), 20 + cell * len(rows)
    body = []
    widest = max((text_width(c, 12) for c in columns), default=0.0)
    every = max(1, -(-int(widest + 6) // int(max(1.0, cell))))
    for i, column in enumerate(columns):
        if i % every == 0:
            x = names_width + (i + 0.5) * cell
            body.append(el("text", text(column), cls="tick", x=x, y=12, text_anchor="middle"))
    for r, (name, statuses) in enumerate(rows):
        y = 20 + r * cell
        body.append(el("path", cls="grid", d=Svg(f"M0 {num(y)}H{num(width)}")))
        body.append(_name(name, y + cell / 2 + 4.5, names_width))
        body += [
            _cell(name, column, status, names_width + i * cell, y, cell)
            for i, (column, status) in enumerate(zip(columns, statuses, strict=False))
        ]
    return drawing("heat", width, height, body, label=label)


def _name(name: str, y: float, width: float) -> Svg:
    lines = wrap(name, width - 12, size=14, lines=1)
    return el("text", el("title", text(name)), text(lines[0] if lines else ""), cls="gl", x=0, y=y)


def _cell(name: str, column: str, status: Mark, x: float, y: float, size: float) -> Svg:
    mark = mark_of(status)
    tint = el("rect", cls=f"sw-{mark}-bg", x=x, y=y + 0.5, width=size - 2, height=size - 1) if mark in _TINTED else ""
    drawn = shape(status, x + size / 2 - 1, y + size / 2, 3 if mark == "on" else 4)
    return el("g", el("title", text(f"{name}, {column}: {word_of(status).lower()}")), Svg(tint + drawn))
