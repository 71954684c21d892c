"""Ways for the arrows of a strategy map: right-angled, never through a box, never two on the same stretch.

Rows of boxes with a channel above each. An arrow is a chain of upright lines (from a port of its cause, through gaps
of the rows it skips, to a port of its effect) joined by level lines in the channels. Two rules make overlap
impossible: upright lines that meet in a channel have different x, and level lines that meet in a channel have
different lanes (interval colouring, ordered so that few cross).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from fourfold.graphics.map_lanes import Level, colour

APART: Final = 8  # pixels between two lines side by side
_CLEAR: Final = 6  # pixels between a line and a box
_PORT_STEP: Final = 24  # pixels between two ports of a box, when there is room
_LANE: Final = 8
_CHANNEL: Final = 58  # least height of a channel between two rows
_ROOM: Final = 18  # from a box to the first lane: an arrow head and a round corner
_FAR_RIGHT: Final = 4000


class Span(NamedTuple):
    """A box or label in a row, left and right edge; lines keep clear of it."""

    left: float
    right: float


class Spot(NamedTuple):
    """Where a box stands: its row from the top, its place among the spans of that row, its edges."""

    row: int
    place: int
    left: float
    right: float


@dataclass(slots=True)
class Upright:
    """An upright line of one link: it may move between `lo` and `hi`, and is there in channels `first`…`last`."""

    lo: float
    hi: float
    want: float
    first: int
    last: int
    x: float = 0.0


@dataclass(slots=True)
class Routes:
    """The found ways, before heights are known: per link its uprights and levels, or the beside-each-other `y` share.

    `lanes` counts the lanes of each channel; `crowded` are the gaps (row, index) that were too narrow, with the load
    they would need room for.
    """

    uprights: dict[tuple[str, str], list[Upright]] = field(default_factory=dict)
    levels: dict[tuple[str, str], list[Level]] = field(default_factory=dict)
    beside: dict[tuple[str, str], float] = field(default_factory=dict)
    lanes: list[int] = field(default_factory=list)
    crowded: dict[tuple[int, int], int] = field(default_factory=dict)

    def channel_height(self, channel: int) -> float:
        """Height a channel needs; the outer two need none without lanes."""
        lanes = self.lanes[channel]
        if channel in (0, len(self.lanes) - 1):
            return 2 * _ROOM + _LANE * lanes if lanes else 14
        return max(_CHANNEL, 2 * _ROOM + _LANE * lanes)

    def lane_y(self, channel: int, lane: int, top: float) -> float:
        """Height of a lane in its channel, lane 0 lowest; never the middle, where the line between rows is drawn."""
        lanes = self.lanes[channel]
        middle = top + self.channel_height(channel) / 2
        return middle + ((lanes - 1) / 2 - lane) * _LANE + (_LANE / 2 if lanes % 2 else 0)


def find_routes(
    rows: Sequence[Sequence[Span]], spots: Mapping[str, Spot], links: Sequence[tuple[str, str]], left: float
) -> Routes:
    """Ways for all links between boxes; `left` is the edge lines must stay right of."""
    routes = Routes(lanes=[0] * (len(rows) + 1))
    gaps = [_gaps(row, left) for row in rows]
    chains = _chains(gaps, spots, links, routes)
    wishes = _port_wishes(spots, links, chains)
    for link, stops in chains.items():
        routes.uprights[link] = _uprights(link, stops, spots, wishes)
    _spread([u for us in routes.uprights.values() for u in us], len(rows) + 1)
    by_channel: list[list[Level]] = [[] for _ in routes.lanes]
    for link, uprights in routes.uprights.items():
        levels = [_level(a, b, spots[link[0]].row, spots[link[1]].row) for a, b in pairwise(uprights)]
        routes.levels[link] = levels
        for level in levels:
            by_channel[level.channel].append(level)
    for channel, levels in enumerate(by_channel):
        routes.lanes[channel] = colour(levels)
    return routes


def _gaps(row: Sequence[Span], left: float) -> list[Span]:
    """Where upright lines may pass a row: left of the first span, between two, right of the last."""
    edges = [left, *(x for span in row for x in (span.left - _CLEAR, span.right + _CLEAR)), _FAR_RIGHT]
    return [Span(a, max(a, b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


class _Stop(NamedTuple):
    """A gap a link passes, with its row."""

    row: int
    gap: Span


def _chains(
    gaps: Sequence[Sequence[Span]], spots: Mapping[str, Spot], links: Sequence[tuple[str, str]], routes: Routes
) -> dict[tuple[str, str], list[_Stop]]:
    """The gaps each link passes. Neighbours in a row are joined directly and get no chain."""
    chains: dict[tuple[str, str], list[_Stop]] = {}
    load: dict[tuple[int, int], int] = {}
    for link in sorted(links, key=lambda e: abs(spots[e[0]].row - spots[e[1]].row)):
        cause, effect = spots[link[0]], spots[link[1]]
        if cause.row == effect.row and abs(cause.place - effect.place) == 1:
            back = (link[1], link[0]) in routes.beside
            if back:
                routes.beside[link[1], link[0]] = -8.0
            routes.beside[link] = 8.0 if back else 0.0
            continue
        step = 1 if effect.row > cause.row else -1
        x, goal = (cause.left + cause.right) / 2, (effect.left + effect.right) / 2
        stops = []
        for row in range(cause.row + step, effect.row, step) if cause.row != effect.row else ():
            index = _best_gap(gaps[row], row, x, goal, load)
            gap = gaps[row][index]
            load[row, index] = count = load.get((row, index), 0) + 1
            if count > 1 + (gap.right - gap.left) // APART:
                routes.crowded[row, index] = count
            x = min(gap.right, max(gap.left, x))
            stops.append(_Stop(row, gap))
        chains[link] = stops
    return chains


def _best_gap(gaps: Sequence[Span], row: int, x: float, goal: float, load: Mapping[tuple[int, int], int]) -> int:
    """The gap with the least detour, with a price on crowding."""

    def price(index: int) -> float:
        gap = gaps[index]
        through = min(gap.right, max(gap.left, x if gap.left <= x <= gap.right else goal))
        used, room = load.get((row, index), 0), 1 + (gap.right - gap.left) // APART
        return (
            abs(x - through) + abs(through - goal) + 20 * used / room + (200 * (used - room + 1) if used >= room else 0)
        )

    return min(range(len(gaps)), key=price)


def _port_wishes(
    spots: Mapping[str, Spot], links: Sequence[tuple[str, str]], chains: Mapping[tuple[str, str], Sequence[_Stop]]
) -> dict[tuple[str, tuple[str, str]], float]:
    """Where each link would leave or enter its boxes: spread around the middle, in the order of where they go."""
    sides: dict[tuple[str, bool], list[tuple[float, int, tuple[str, str]]]] = {}
    for link, stops in chains.items():
        cause, effect = spots[link[0]], spots[link[1]]
        up = effect.row <= cause.row  # a link within a row goes over the top
        for node, other, stop, top in (
            (link[0], effect, stops[0] if stops else None, up),
            (link[1], cause, stops[-1] if stops else None, not up or cause.row == effect.row),
        ):
            toward = (other.left + other.right) / 2
            if stop is not None:
                toward = min(stop.gap.right, max(stop.gap.left, toward))
            sides.setdefault((node, top), []).append((toward, abs(cause.row - effect.row), link))
    out = {}
    for (node, _), ends in sides.items():
        ends.sort()
        spot = spots[node]
        step = min(_PORT_STEP, (spot.right - spot.left - 24) / max(1, len(ends) - 1))
        for i, (_, _, link) in enumerate(ends):
            out[node, link] = (spot.left + spot.right) / 2 + (i - (len(ends) - 1) / 2) * step
    return out


def _uprights(
    link: tuple[str, str],
    stops: Sequence[_Stop],
    spots: Mapping[str, Spot],
    wishes: Mapping[tuple[str, tuple[str, str]], float],
) -> list[Upright]:
    """The chain of a link as few upright lines as possible: stops that can share one line do."""
    cause, effect = spots[link[0]], spots[link[1]]
    same, down = cause.row == effect.row, effect.row > cause.row
    start = cause.row + 1 if down else cause.row
    end = effect.row if down or same else effect.row + 1
    chain = [_port(cause, wishes[link[0], link], start)]
    chain += [Upright(s.gap.left, s.gap.right, (s.gap.left + s.gap.right) / 2, s.row, s.row + 1) for s in stops]
    chain.append(_port(effect, wishes[link[1], link], end))
    out = [chain[0]]
    for i, following in enumerate(chain[1:], 1):
        line = out[-1]
        lo, hi = max(line.lo, following.lo), min(line.hi, following.hi)
        if hi - lo >= APART and not same:
            wish = following.want if i == len(chain) - 1 else line.want
            if len(out) == 1 and i == len(chain) - 1:
                wish = (line.want + following.want) / 2
            first, last = min(line.first, following.first), max(line.last, following.last)
            out[-1] = Upright(lo, hi, min(hi, max(lo, wish)), first, last)
        else:
            if i < len(chain) - 1:  # in a gap: near where the line comes from, but off the boxes
                margin = min(12.0, (following.hi - following.lo) / 2)
                following.want = min(following.hi - margin, max(following.lo + margin, line.want))
            out.append(following)
    return out


def _port(spot: Spot, want: float, channel: int) -> Upright:
    return Upright(spot.left + 12, spot.right - 12, want, channel, channel)


def _spread(uprights: Sequence[Upright], channels: int) -> None:
    """Give every upright line its x: the nearest to its wish that is free in all its channels, least free first."""
    taken: list[list[float]] = [[] for _ in range(channels)]
    for line in sorted(uprights, key=lambda u: (u.hi - u.lo, -(u.last - u.first), u.want)):
        rows = taken[line.first : line.last + 1]
        line.x = next(x for apart in (APART, 5, 3, 1.5, 0.5, 0) if (x := _free(line, rows, apart)) is not None)
        for xs in rows:
            xs.insert(bisect_left(xs, line.x), line.x)


def _free(line: Upright, taken: Sequence[Sequence[float]], apart: float) -> float | None:
    """The x nearest to the wish at least `apart` from all taken ones, None when there is none in range."""
    if not apart:
        return line.want
    best = None
    candidates = [line.want, line.lo, line.hi] + [x + side for xs in taken for x in xs for side in (-apart, apart)]
    for x in candidates:
        if not line.lo <= x <= line.hi or (best is not None and abs(x - line.want) >= abs(best - line.want)):
            continue
        if all(_clear(xs, x, apart) for xs in taken):
            best = x
    return best


def _clear(xs: Sequence[float], x: float, apart: float) -> bool:
    i = bisect_left(xs, x)
    return (i == len(xs) or xs[i] - x >= apart - 1e-9) and (i == 0 or x - xs[i - 1] >= apart - 1e-9)


def _level(a: Upright, b: Upright, start: int, end: int) -> Level:
    """The level line between two uprights, in the channel both reach."""
    channel = max(a.first, b.first)
    return Level(channel, a.x, b.x, up_a=end > start, up_b=end < start)
