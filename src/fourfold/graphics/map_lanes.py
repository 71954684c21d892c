"""Lanes for the level lines of one channel of the strategy map: none on top of another, few crossings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Level:
    """A level line in a channel from `a` to `b`; `up_a`, `up_b` tell on which side its uprights go on."""

    channel: int
    a: float
    b: float
    up_a: bool
    up_b: bool
    lane: int = 0

    @property
    def ends(self) -> tuple[float, float]:
        """Left and right end."""
        return (self.a, self.b) if self.a < self.b else (self.b, self.a)


def colour(levels: list[Level]) -> int:
    """Lanes from the bottom: first an order in which neighbours cross least, then each line as low as it can lie.

    Lines that do not overlap may share a lane; those that do keep their order. Returns the number of lanes.
    """
    order = sorted(levels, key=lambda v: (v.a < v.b, -v.a if v.a < v.b else v.a))
    for _ in range(len(order)):
        swapped = False
        for i in range(len(order) - 1):
            if _crossings(order[i + 1], order[i]) < _crossings(order[i], order[i + 1]):
                order[i], order[i + 1] = order[i + 1], order[i]
                swapped = True
        if not swapped:
            break
    lanes = 0
    placed: list[Level] = []
    for level in order:
        level.lane = 1 + max((other.lane for other in placed if _overlap(level, other)), default=-1)
        lanes = max(lanes, level.lane + 1)
        placed.append(level)
    return lanes


def _overlap(one: Level, other: Level) -> bool:
    (a, b), (c, d) = one.ends, other.ends
    return a <= d and c <= b


def _crossings(lower: Level, upper: Level) -> int:
    """How often the two cross when `upper` lies above `lower`."""
    (a, b), (c, d) = lower.ends, upper.ends
    rising = sum(c < x < d for x, up in ((lower.a, lower.up_a), (lower.b, lower.up_b)) if up)
    falling = sum(a < x < b for x, up in ((upper.a, upper.up_a), (upper.b, upper.up_b)) if not up)
    return rising + falling
