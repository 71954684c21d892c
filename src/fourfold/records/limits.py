"""How often one token, one address and one person may ask: a bucket of requests each, which fills up again.

The buckets are in the memory of a process. With several processes each counts for itself, so that as many times the
rate gets through; a reverse proxy can set one limit for all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock
from typing import Final


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, and then `per_second` of them."""

    per_second: float
    burst: int


TOKEN: Final = Rate(10, 50)
ADDRESS: Final = Rate(30, 120)  # an office behind one address has several tokens
REFUSED: Final = Rate(0.2, 10)  # requests without a token that holds
GUEST: Final = Rate(0.2, 20)  # links opened from one network, and passwords tried at one link
COSTLY: Final = Rate(5, 100)  # pages of one person that take much computing; others are not counted
_MOST: Final = 20_000  # buckets kept; those that are full again go first

_BUCKETS: Final[dict[tuple[str, str], tuple[float, float]]] = {}
_LOCK: Final = Lock()


def seconds_to_wait(kind: str, who: str, rate: Rate, *, now: float | None = None) -> float:
    """0 where there is room for one more request, which is counted; else how long until there is."""
    moment = time.monotonic() if now is None else now
    with _LOCK:
        left, since = _BUCKETS.pop((kind, who), (float(rate.burst), moment))
        left = min(rate.burst, left + (moment - since) * rate.per_second)
        fits = left >= 1
        _BUCKETS[kind, who] = (left - 1 if fits else left, moment)
        if len(_BUCKETS) > _MOST:
            _BUCKETS.pop(next(iter(_BUCKETS)))
    return 0.0 if fits else (1 - left) / rate.per_second


def forget() -> None:
    """Begin as a new process does."""
    with _LOCK:
        _BUCKETS.clear()
