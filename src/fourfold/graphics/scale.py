"""From values to pixels: a scale that cannot divide by zero, ticks people can read, and a shared range."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fourfold.graphics.svg import finite


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values `lo`…`hi` to pixels `start`…`end`; values beyond it stop at its ends.

    Where `lo` equals `hi` everything lies in the middle. Halving first keeps the span of ±1e308 finite.
    """

    lo: float
    hi: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The pixel of a value; NaN lies in the middle."""
        span = self.hi / 2 - self.lo / 2
        share = (value / 2 - self.lo / 2) / span if span > 0 else 0.5
        share = min(1.0, max(0.0, share)) if share == share else 0.5
        return self.start + (self.end - self.start) * share


def spread(values: Iterable[float | None], *, pad: float = 0.08) -> tuple[float, float]:
    """The range that holds all values with `pad` of it to spare on both sides; (0, 1) when there are none.

    Equal values get room around them, so that a flat line lies in the middle.

    >>> spread([10, None, 20], pad=0.1)
    (9.0, 21.0)
    >>> spread([5, 5]), spread([1.85, 2.2], pad=0)
    ((4.0, 6.0), (1.85, 2.2))
    """
    known = [v for v in map(finite, values) if v is not None]
    if not known:
        return 0.0, 1.0
    lo, hi = min(known), max(known)
    room = hi * pad - lo * pad if hi > lo else max(1.0, abs(hi) * pad)
    limit = 1.7e308
    return max(-limit, lo - room), min(limit, hi + room)


def nice_step(span: float, count: int) -> float:
    """The smallest of 1, 2, 2.5 or 5 times a power of ten that covers the span in at most `count` steps.

    >>> nice_step(16, 5), nice_step(0.7, 4)
    (5.0, 0.2)
    """
    if not 0 < span < math.inf:
        return 1.0
    rough = span / max(1, count)
    if rough < 1e-300:
        return 1e-300
    power = 10.0 ** math.floor(math.log10(rough))
    return next((k * power for k in (1, 2, 2.5, 5) if k * power >= rough * (1 - 1e-9)), 10 * power)


def ticks(lo: float, hi: float, count: int = 4) -> list[float]:
    """Round numbers between `lo` and `hi`, at most `count` steps; both ends are included where they are round.

    >>> ticks(60, 84, 4)
    [60.0, 70.0, 80.0]
    >>> ticks(0, 1, 4)
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    step = nice_step(hi - lo, count)
    first, last = lo / step, hi / step
    if not (hi > lo and abs(first) < 1e15 and abs(last) < 1e15):  # equal, or too fine or too huge for round numbers
        return [lo] if hi <= lo else [lo, hi]
    slack = 1e-9 * max(1.0, last - first)
    return [_clean(k * step, step) for k in range(math.ceil(first - slack), math.floor(last + slack) + 1)]


def nice_range(lo: float, hi: float, count: int = 4) -> tuple[float, float]:
    """The range widened outwards to round numbers.

    >>> nice_range(66.9, 81.2)
    (65.0, 85.0)
    """
    step = nice_step(hi - lo, count)
    if not (hi > lo and abs(lo / step) < 1e15 and abs(hi / step) < 1e15):
        return lo, hi
    return _clean(math.floor(lo / step + 1e-9) * step, step), _clean(math.ceil(hi / step - 1e-9) * step, step)


def _clean(value: float, step: float) -> float:
    """Without the dust of binary fractions: 0.6000000000000001 is 0.6."""
    digits = max(0, 2 - math.floor(math.log10(step)))
    return round(value, digits) + 0.0 if digits < 300 else value


def positions(count: int, start: float, end: float) -> list[float]:
    """Pixels of `count` periods, evenly from start to end; a single one lies at the end, where "now" is."""
    if count < 2:
        return [end] * count
    return [start + (end - start) * i / (count - 1) for i in range(count)]


def last_known(values: Sequence[float | None]) -> int | None:
    """Index of the last number in the series, None when there is none."""
    return next((i for i in range(len(values) - 1, -1, -1) if finite(values[i]) is not None), None)
