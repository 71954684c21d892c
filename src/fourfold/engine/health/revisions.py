"""What the revisions of figures tell: whether they came in time, stayed as they were, and which way they changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.periods import BusinessDays, Lag, Period, expected_at

#: Only the newest of the periods whose coming was watched tell whether figures come in time.
RECENT = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure as it was recorded on a day; `value` is NaN for what is no number."""

    day: date
    value: float
    is_provisional: bool = False


@dataclass(frozen=True)
class Conduct:
    """Shares are 0..1, None where nobody knows; figures `(correction,)` before and after corrections past the deadline.

    `on_time` is the share of the last twelve due periods whose figure was there on the day it was expected.
    `restated` is the share of figures that were changed after they were recorded as final.
    """

    on_time: float | None
    restated: float | None
    before: Floats
    after: Floats


def conduct(
    entries: Sequence[tuple[Period, Sequence[Entry]]], lag: str, today: date, business: BusinessDays | None = None
) -> Conduct:
    """From the entries of each period that has any, periods and entries oldest first.

    What came on the first day of all is history that was loaded together: it says nothing of when figures come, and
    where there is nothing else nothing of whether they change. From the period after it on, each that is due counts,
    also one without a figure.
    """
    wait = Lag.parse(lag)
    first = min((found[0].day for _, found in entries if found), default=today)
    history = [period.ordinal for period, found in entries if found and found[0].day == first]
    watched = {period.ordinal: found for period, found in entries if period.ordinal > max(history, default=0)}
    in_time: list[bool] = []
    if entries and history:
        period = entries[0][0]
        period = period.shift(max(history) - period.ordinal + 1)
        while (expected := expected_at(period, wait, business)) <= today:
            came = [e for e in watched.get(period.ordinal, ()) if e.value == e.value]
            in_time.append(bool(came) and came[0].day <= expected)
            period = period.shift(1)
    in_time = in_time[-RECENT:]
    changed = [_changes(found) for _, found in entries]
    late = [
        (old.value, new.value)
        for (period, _), pairs in zip(entries, changed, strict=True)
        for old, new in pairs
        if new.day > expected_at(period, wait, business)
    ]
    is_known = bool(watched) or any(changed)
    return Conduct(
        sum(in_time) / len(in_time) if in_time else None,
        sum(map(bool, changed)) / len(entries) if is_known else None,
        np.array([old for old, _ in late], dtype=np.float64),
        np.array([new for _, new in late], dtype=np.float64),
    )


def _changes(entries: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
    """Final figures that another figure took the place of."""
    return [
        (old, new)
        for old, new in pairwise(entries)
        if not old.is_provisional and old.value == old.value and new.value == new.value and old.value != new.value
    ]
