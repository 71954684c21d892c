"""How long after its end the data of a period may take. Source: methodology §2.5, `expected_at = end + data lag`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from fourfold.engine.periods.business_days import BusinessDays
from fourfold.engine.periods.period import Period
from fourfold.errors import FourfoldError

_DURATION: Final = re.compile(r"P(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:(\d{1,4})B)?", re.ASCII)


class LagError(FourfoldError):
    """This is not a data lag."""


@dataclass(frozen=True, slots=True)
class Lag:
    """A data lag; its parts are added in the order months, days, business days. None of them is negative."""

    months: int = 0
    days: int = 0
    business_days: int = 0

    def __post_init__(self) -> None:
        """Refuse a lag that goes back in time."""
        if min(self.months, self.days, self.business_days) < 0:
            raise LagError("A data lag cannot be negative.", hint="Use P0D for data that are there at once.")

    @classmethod
    def parse(cls, text: str) -> Lag:
        """Read an ISO 8601 duration of months, weeks and days; `B`, business days, is our extension.

        >>> Lag.parse("P2W"), str(Lag.parse("P1M5B"))
        (Lag(months=0, days=14, business_days=0), 'P1M5B')
        """
        match = _DURATION.fullmatch(text.strip().upper())
        if match is None or match.lastindex is None:
            hint = "Write P3D for days, P2W for weeks, P1M for months or P5B for business days."
            raise LagError(f"{text[:40]!r} is not a data lag.", hint=hint)
        months, weeks, days, business_days = (int(part or 0) for part in match.groups())
        return cls(months, weeks * 7 + days, business_days)

    def __str__(self) -> str:
        """The ISO 8601 duration; weeks become days."""
        parts = ((self.months, "M"), (self.days, "D"), (self.business_days, "B"))
        return "P" + ("".join(f"{count}{letter}" for count, letter in parts if count) or "0D")

    def after(self, day: date, business: BusinessDays | None = None) -> date:
        """The day this long after `day`.

        A month later is the same day of the month, or its last day when it is shorter. Business days are those of the
        unit, or Monday to Friday: the result is one with that many whole business days between it and `day`.
        """
        month = day.year * 12 + day.month - 1 + self.months
        first = date(month // 12, month % 12 + 1, 1)
        length = (date((month + 1) // 12, (month + 1) % 12 + 1, 1) - first).days
        moved = first + timedelta(days=min(day.day, length) - 1 + self.days)
        if not self.business_days:
            return moved
        if business is not None:
            return business.later(moved, self.business_days)
        if moved.weekday() >= 5:  # from a weekend, count from Monday
            moved += timedelta(days=7 - moved.weekday())
        weeks, rest = divmod(self.business_days, 5)
        over_weekend = 2 if moved.weekday() + rest >= 5 else 0
        return moved + timedelta(days=weeks * 7 + rest + over_weekend)


def expected_at(period: Period, lag: Lag | timedelta | int = 0, business: BusinessDays | None = None) -> date:
    """The day from which a value of `period` is due: its (exclusive) end plus the lag; an `int` counts days.

    A cell without a number is *not due yet* while `as_of < expected_at`, and *missing* from that day on.

    >>> from fourfold.engine.periods import Calendar
    >>> expected_at(Calendar().parse("2026-03"), Lag.parse("P3D")).isoformat()
    '2026-04-04'
    """
    if isinstance(lag, timedelta):
        lag = lag.days
    return (Lag(days=lag) if isinstance(lag, int) else lag).after(period.end, business)
