"""The strategy map in pixels: boxes from `map_layout`, ways from `map_routes`, heights to fit the lanes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from fourfold.graphics.map_bands import NONE, Stretch, Theme, arrange_in_bands
from fourfold.graphics.map_layout import Block, Link, Objective, Perspective, arrange
from fourfold.graphics.map_routes import APART, Routes, Span, Spot, find_routes
from fourfold.graphics.svg import Point

NODE_HEIGHT: Final = 84
LABEL_WIDTH: Final = 128
_INLINE_LABEL: Final = 112  # of a perspective that shares its row with one on its left
_NODE_WIDTH: Final = 162
_LEAST_NODE_WIDTH: Final = 118
_LEAST_IN_BANDS: Final = 134  # bands make many columns, and a box in them holds its whole name
_GAP: Final = 28
_GUTTER: Final = 18
_TRIES: Final = 3
_THEME_HEAD: Final = 24  # room for the names of themes


@dataclass(frozen=True, slots=True)
class Box:
    """An objective and the corner and width of its box; all boxes are `NODE_HEIGHT` high."""

    objective: Objective
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Place:
    """A slot of a perspective, taken or free, and where its box is or would be."""

    perspective: str
    slot: int
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Heading:
    """A perspective's name and score, at (x, y), at most `width` wide."""

    perspective: Perspective
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Way:
    """A link and the corners of its path, cause first."""

    link: Link
    points: list[Point]


@dataclass(frozen=True, slots=True)
class ThemeBand:
    """A theme's part of one row, from corner to corner; `name` only in the first row that has it."""

    theme: str
    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything with its place; `bands` are the heights of the lines between rows, `places` all slots by objective.

    A free slot has the key None beside its place. `theme_of` gives the theme of each slot of a map with `themes`, by
    perspective and slot.
    """

    width: float
    height: float
    boxes: list[Box]
    headings: list[Heading]
    bands: list[float]
    ways: list[Way]
    places: list[tuple[str | None, Place]]
    themes: list[ThemeBand] = field(default_factory=list)
    theme_of: dict[tuple[str, int], str] = field(default_factory=dict)


def plan(
    perspectives: Sequence[Perspective], objectives: Iterable[Objective], links: Iterable[Link], spare: int = 0,
    themes: Sequence[Theme] = (),
) -> Plan:  # fmt: skip
    """Place everything. Links to oneself, to unknown objectives and second ones between the same two are left out.

    `spare` is how many free slots each perspective has at least, for somebody who moves boxes. With `themes` they are
    bands from top to bottom (see `map_bands`).
    """
    known = {o.id: o for o in objectives}
    ranked = {p.id for p in perspectives}
    shown = {id for id, o in known.items() if o.perspective in ranked}
    kept = {(e.cause, e.effect): e for e in links if e.cause != e.effect and {e.cause, e.effect} <= shown}
    stretches: list[Stretch] = []
    if themes:
        rows, stretches = arrange_in_bands(perspectives, known.values(), list(kept), themes, spare)
    else:
        rows = arrange(perspectives, known.values(), list(kept), spare)
    columns = max((sum(len(b.slots) for b in row) for row in rows), default=0)
    node = max(_LEAST_IN_BANDS if themes else _LEAST_NODE_WIDTH, _NODE_WIDTH - 11 * max(0, columns - 4))
    gap, gutter = _GAP, _GUTTER
    for _ in range(_TRIES):
        grid = _Grid(rows, node, gap, gutter)
        routes = find_routes(grid.spans, grid.spots, list(kept), LABEL_WIDTH + 6)
        inner = [load for (_, index), load in routes.crowded.items() if index]
        outer = [load for (_, index), load in routes.crowded.items() if not index]
        if not routes.crowded:
            break
        gap = max([gap, *(12 + APART * load for load in inner)])
        gutter = max([gutter, *(12 + APART * load for load in outer)])
    made = _assemble(grid, routes, kept, _THEME_HEAD if themes else 0)
    return _with_bands(made, grid, stretches, {t.id: t.name for t in themes}, gap) if themes else made


class _Grid:
    """Places along x: the spans of each row (boxes and inner headings) and the spot of each objective."""

    def __init__(self, rows: Sequence[Sequence[Block]], node: float, gap: float, gutter: float) -> None:
        self.rows, self.node = rows, node
        self.spans: list[list[Span]] = []
        self.spots: dict[str, Spot] = {}
        self.headings: list[tuple[Perspective, int, float, float]] = []
        self.places: list[tuple[str | None, str, int, int, float]] = []
        for r, row in enumerate(rows):
            spans: list[Span] = []
            x = LABEL_WIDTH + gutter
            for block in row:
                first = block is row[0]
                self.headings.append((block.perspective, r, 0 if first else x, LABEL_WIDTH if first else _INLINE_LABEL))
                if not first:
                    spans.append(Span(x, x + _INLINE_LABEL))
                    x += _INLINE_LABEL + gap
                for slot, objective in enumerate(block.slots):
                    taken = objective.id if objective is not None else None
                    self.places.append((taken, block.perspective.id, slot, r, x))
                    if objective is not None:
                        self.spots[objective.id] = Spot(r, len(spans), x, x + node)
                        spans.append(Span(x, x + node))
                    x += node + gap
            self.spans.append(spans)
        ends = (span.right for spans in self.spans for span in spans)
        self.right = max([*ends, *(x + node for *_, x in self.places)], default=LABEL_WIDTH + gutter)


def _with_bands(
    made: Plan, grid: _Grid, stretches: Sequence[Stretch], names: Mapping[str, str], gap: float
) -> Plan:
    """The plan with its themes: from the middle of one line between rows to that of the next."""
    left = {(perspective, slot): x for _, perspective, slot, _, x in grid.places}
    edges = [0.0, *made.bands, made.height]
    bands: list[ThemeBand] = []
    theme_of: dict[tuple[str, int], str] = {}
    seen = set[str]()
    for s in stretches:
        theme_of |= {(s.perspective, s.first + i): s.theme for i in range(s.count)}
        if s.theme == NONE:
            continue
        x, last = left[s.perspective, s.first], left[s.perspective, s.first + s.count - 1]
        name = "" if s.theme in seen else names[s.theme]
        seen.add(s.theme)
        top = edges[s.row]
        width = last + grid.node - x + gap - 4
        bands.append(ThemeBand(s.theme, name, x - gap / 2 + 2, top, width, edges[s.row + 1] - top))
    return replace(made, themes=bands, theme_of=theme_of)


def _assemble(grid: _Grid, routes: Routes, links: dict[tuple[str, str], Link], head: float) -> Plan:
    """Heights from the lanes, then every corner; `head` is left free above."""
    tops: list[float] = []
    channels: list[float] = []
    y = head
    for r in range(len(grid.rows)):
        channels.append(y)
        y += routes.channel_height(r)
        tops.append(y)
        y += NODE_HEIGHT
    channels.append(y)
    y += routes.channel_height(len(grid.rows))
    blocks = [o for row in grid.rows for block in row for o in block.slots if o is not None]
    boxes = [Box(o, grid.spots[o.id].left, tops[grid.spots[o.id].row], grid.node) for o in blocks]
    ways = [Way(link, _corners(ends, grid, routes, tops, channels)) for ends, link in links.items()]
    right = max([grid.right, *(x for way in ways for x, _ in way.points)])
    return Plan(
        width=right + 18,
        height=y,
        boxes=boxes,
        headings=[Heading(p, x, tops[r], width) for p, r, x, width in grid.headings],
        bands=[channels[r] + routes.channel_height(r) / 2 for r in range(1, len(grid.rows))],
        ways=ways,
        places=[(taken, Place(p, slot, x, tops[r], grid.node)) for taken, p, slot, r, x in grid.places],
    )


def _corners(
    ends: tuple[str, str], grid: _Grid, routes: Routes, tops: Sequence[float], channels: Sequence[float]
) -> list[Point]:
    """The path of one link, ending a pixel before the box so that the arrow head touches it."""
    cause, effect = grid.spots[ends[0]], grid.spots[ends[1]]
    if ends in routes.beside:
        y = tops[cause.row] + NODE_HEIGHT / 2 + routes.beside[ends]
        return (
            [(cause.right, y), (effect.left - 1, y)]
            if cause.left < effect.left
            else [(cause.left, y), (effect.right + 1, y)]
        )
    down, up = effect.row > cause.row, effect.row < cause.row
    uprights, levels = routes.uprights[ends], routes.levels[ends]
    points: list[Point] = [(uprights[0].x, tops[cause.row] + (NODE_HEIGHT if down else 0))]
    for level in levels:
        y = routes.lane_y(level.channel, level.lane, channels[level.channel])
        points += [(level.a, y), (level.b, y)]
    points.append((uprights[-1].x, tops[effect.row] + (NODE_HEIGHT + 1 if up else -1)))
    return points
