"""How often one token, one address and one person may ask: a bucket of requests each, which fills up again.

The buckets are rows that all processes share. A process takes a portion out of one, a tenth of the bucket, and lets
requests through until that is used up: so most requests ask the database nothing. What a process holds and does not use
is not given back: with N processes at most N tenths of a bucket more get through at once, and no more after that than
the rate. Where the database cannot be written, each process counts for itself.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Final

from django.db import DatabaseError, transaction

from fourfold.records.models import Memo
from fourfold.records.read_only import ReadOnly


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, and then `per_second` of them."""

    per_second: float
    burst: int

    @property
    def portion(self) -> int:
        """As many a process takes at once."""
        return max(1, self.burst // 10)


TOKEN: Final = Rate(10, 50)
ADDRESS: Final = Rate(30, 120)  # an office behind one address has several tokens
REFUSED: Final = Rate(0.2, 10)  # requests without a token that holds
GUEST: Final = Rate(0.2, 20)  # links opened from one network, and passwords tried at one link
COSTLY: Final = Rate(5, 100)  # pages of one person that take much computing; others are not counted
_MOST: Final = 20_000  # of those who ask, as many are known to a process; the first to come are the first to go
_SKEW: Final = 60  # seconds by which clocks may differ; more means that one was set back


@dataclass(slots=True)
class _Held:
    """What this process may let through for one who asks, or from when until when nothing."""

    portion: int = 0
    closed_from: float = 0
    closed_to: float = 0


@dataclass(frozen=True, slots=True)
class _Bucket:
    """How many requests were in it at a moment."""

    left: float
    at: float

    def filled(self, rate: Rate, now: float) -> _Bucket:
        """The same bucket now. The clock of another process may be ahead, and one that was set back counts anew."""
        if now < self.at:
            return _Bucket(self.left, now) if self.at - now > _SKEW else self
        return _Bucket(min(rate.burst, self.left + (now - self.at) * rate.per_second), now)


_HELD: Final[dict[str, _Held]] = {}
_ALONE: Final[dict[str, _Bucket]] = {}  # used while the database cannot be written
_LOCK: Final = Lock()


def seconds_to_wait(kind: str, who: str, rate: Rate, *, now: float | None = None) -> float:
    """0 where there is room for one more request, which is counted; else how long until there is."""
    moment, key = time.time() if now is None else now, f"rate:{kind}:{who}"
    with _LOCK:
        held = _HELD.get(key)
        if held is not None and held.portion:
            held.portion -= 1
            return 0.0
        if held is not None and held.closed_from <= moment < held.closed_to:
            return held.closed_to - moment
    taken, wait = _draw(key, rate, moment)
    with _LOCK:
        held = _HELD.setdefault(key, _Held())
        if taken:
            held.portion += taken - 1
        else:
            held.closed_from, held.closed_to = moment, moment + wait
        if len(_HELD) > _MOST:
            _HELD.pop(next(iter(_HELD)))
    return wait


def forget() -> None:
    """Begin as a new process does."""
    with _LOCK:
        _HELD.clear()
        _ALONE.clear()


def _draw(key: str, rate: Rate, now: float) -> tuple[int, float]:
    """As many as a portion, if there are so many, taken from the bucket; without any, how long until there is one."""
    try:
        with transaction.atomic():
            row = _locked(key, rate, now)
            bucket = _Bucket(**json.loads(row.value)).filled(rate, now)
            taken = max(0, min(rate.portion, int(bucket.left)))
            if taken:
                row.value, row.ends_at = _written(_Bucket(bucket.left - taken, bucket.at), rate)
                row.save(update_fields=("value", "ends_at"))
    except (DatabaseError, ReadOnly):
        with _LOCK:
            bucket = _ALONE.get(key, _Bucket(rate.burst, now)).filled(rate, now)
            taken = 1 if bucket.left >= 1 else 0
            if len(_ALONE) > _MOST:
                _ALONE.clear()
            _ALONE[key] = _Bucket(bucket.left - taken, bucket.at)
    return taken, 0.0 if taken else (1 - bucket.left) / rate.per_second


def _locked(key: str, rate: Rate, now: float) -> Memo:
    """The row of a bucket, which nobody else changes meanwhile; a full one where there was none."""
    rows = Memo.objects.select_for_update()
    if (row := rows.filter(pk=key).first()) is None:
        value, end = _written(_Bucket(rate.burst, now), rate)
        Memo.objects.bulk_create([Memo(key=key, value=value, ends_at=end)], ignore_conflicts=True)
        row = rows.get(pk=key)
    return row


def _written(bucket: _Bucket, rate: Rate) -> tuple[str, datetime]:
    """Its text, and when it is full again: from then on it is as if there were none."""
    full = bucket.at + (rate.burst - bucket.left) / rate.per_second
    return json.dumps({"left": bucket.left, "at": bucket.at}), datetime.fromtimestamp(full, UTC)
