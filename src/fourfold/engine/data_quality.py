"""How far the figures of a KPI can be trusted: are they there, in time, plausible, and do they agree (capability C9).

All of it is counts, so that what holds of KPIs adds up to what holds of their owner or of a unit. A share is None
where there is nothing to count; it is never 0 or 1 then.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Final, NamedTuple

from fourfold.engine.cells import State
from fourfold.engine.periods import Period

#: So many of the newest due periods of a KPI are looked at.
RECENT: Final = 12
#: Two numbers that differ by less than this share of the larger one agree: they were rounded differently.
SLACK: Final = 1e-6


class Expected(NamedTuple):
    """A figure that is due: on which day, and what there is of it.

    `state` is None where nothing was ever recorded. `came` is the day of the first number; None without one, and for
    what came all at once when the KPI began, which tells nothing of when figures come (`is_history`).
    """

    due: date
    state: State | None = None
    came: date | None = None
    is_history: bool = False
    is_flagged: bool = False
    is_off: bool = False
    is_explained: bool = False
    was_restated: bool = False


class Agreement(NamedTuple):
    """Two ways to the same number, in the unit of the KPI; `step` is the smallest difference that it shows."""

    said: float
    derived: float
    step: float = 0.0

    @property
    def holds(self) -> bool:
        """True where they differ by no more than rounding does."""
        largest = max(abs(self.said), abs(self.derived))
        return math.isclose(self.said, self.derived, rel_tol=SLACK, abs_tol=max(self.step, SLACK * largest))


@dataclass(frozen=True, slots=True)
class DataQuality:
    """Counts of figures. `due` is all of `there`, `missing`, `not_applicable`, `not_due` and `errors` together.

    `missing` counts what was said to be missing and what nobody recorded. `not_due` is “no figure yet”, said by a
    person. Of those `timed`, whose coming was watched, `on_time` came on their day at the latest; `late_days` is the
    sum of the days of the others, up to today where they are still to come. `flagged` figures lie outside of what is
    usual, `open` ones of them have no explanation; `asked` are flagged or off target, and `answered` have one.
    `agreed` of `compared` pairs of numbers say the same.
    """

    due: int = 0
    there: int = 0
    missing: int = 0
    not_applicable: int = 0
    not_due: int = 0
    errors: int = 0
    timed: int = 0
    on_time: int = 0
    late_days: int = 0
    flagged: int = 0
    open: int = 0
    asked: int = 0
    answered: int = 0
    restated: int = 0
    compared: int = 0
    agreed: int = 0

    def __add__(self, other: DataQuality) -> DataQuality:
        """Of both together."""
        return DataQuality(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def complete(self) -> float | None:
        """The share 0..1 of due figures that are there; what does not apply is not due."""
        return _share(self.there, self.due - self.not_applicable)

    @property
    def timely(self) -> float | None:
        """The share 0..1 that came in time."""
        return _share(self.on_time, self.timed)

    @property
    def plausible(self) -> float | None:
        """The share 0..1 of figures that are as usual, or unusual and explained."""
        return _share(self.there - self.open, self.there)

    @property
    def explained(self) -> float | None:
        """The share 0..1 of figures that ask for an explanation and have one."""
        return _share(self.answered, self.asked)

    @property
    def consistent(self) -> float | None:
        """The share 0..1 of compared numbers that agree."""
        return _share(self.agreed, self.compared)

    @property
    def stable(self) -> float | None:
        """The share 0..1 of figures that nobody has changed after their day."""
        return _share(self.there - self.restated, self.there)

    @property
    def flag_rate(self) -> float | None:
        """The share 0..1 of figures that a check flagged, explained or not."""
        return _share(self.flagged, self.there)

    @property
    def days_late(self) -> float | None:
        """How many days late those were that were late, on average."""
        return None if self.timed == self.on_time else self.late_days / (self.timed - self.on_time)

    @property
    def weakest(self) -> float | None:
        """The smallest of the shares: by it the worst come first. No mean, since nothing makes up for what lacks."""
        known = [s for s in (self.complete, self.timely, self.plausible, self.consistent) if s is not None]
        return min(known, default=None)


def data_quality(
    expected: Sequence[Expected], today: date, agreements: Iterable[Agreement] = ()
) -> DataQuality:
    """Count what is due by `today`; what is due later is left out.

    >>> came = Expected(date(2026, 2, 4), State.NUMBER, date(2026, 2, 6))
    >>> found = data_quality([came, Expected(date(2026, 3, 4))], date(2026, 3, 9))
    >>> found.complete, found.timely, found.days_late
    (0.5, 0.0, 3.5)
    """
    due = [e for e in expected if e.due <= today]
    numbers = [e for e in due if e.state is State.NUMBER]
    timed = [e for e in due if not e.is_history and e.state not in (State.NOT_APPLICABLE, State.ERROR)]
    days = [max(0, ((e.came or today) - e.due).days) for e in timed]
    in_time = [e.came is not None and e.came <= e.due for e in timed]
    asked = [e for e in numbers if e.is_flagged or e.is_off]
    pairs = list(agreements)
    count = [e.state for e in due].count
    return DataQuality(
        due=len(due),
        there=len(numbers),
        missing=count(None) + count(State.MISSING),
        not_applicable=count(State.NOT_APPLICABLE),
        not_due=count(State.NOT_DUE),
        errors=count(State.ERROR),
        timed=len(timed),
        on_time=sum(in_time),
        late_days=sum(day for day, good in zip(days, in_time, strict=True) if not good),
        flagged=sum(e.is_flagged for e in numbers),
        open=sum(e.is_flagged and not e.is_explained for e in numbers),
        asked=len(asked),
        answered=sum(e.is_explained for e in asked),
        restated=sum(e.was_restated for e in numbers),
        compared=len(pairs),
        agreed=sum(pair.holds for pair in pairs),
    )


def recent(periods: Iterable[Period], count: int = RECENT) -> list[Period]:
    """The newest of these periods, the oldest first."""
    return sorted(periods, key=lambda period: period.ordinal)[-count:]


def together(parts: Iterable[DataQuality]) -> DataQuality:
    """Of all parts together."""
    return sum(parts, DataQuality())


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
