"""How far a period is: from one that has not begun to one that is closed, and who moves it on (methodology §9.1).

`future → open → collecting → submitted → in review → approved → closed → reopened → closed`. The first three follow
from the day; the others somebody has said.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from fourfold.engine.definitions import Organisation
from fourfold.engine.periods import BusinessDays, Frequency, Lag, Period


class PeriodState(StrEnum):
    """How far a month of a unit is, and of all units below it."""

    FUTURE = "future"  # it has not begun
    OPEN = "open"  # it runs
    COLLECTING = "collecting"  # it is over, and its figures come in
    SUBMITTED = "submitted"  # somebody said that they are all in
    IN_REVIEW = "in_review"  # somebody looks at them
    APPROVED = "approved"  # somebody else than who submitted them signed them
    CLOSED = "closed"  # locked: what the board saw stays what it saw
    REOPENED = "reopened"  # closed once, and open again for a reason

    @property
    def word(self) -> str:
        """As people read it.

        >>> PeriodState.IN_REVIEW.word
        'in review'
        """
        return self.value.replace("_", " ")

    @property
    def takes_figures(self) -> bool:
        """True where a figure can be recorded; else it needs a return, or a restatement."""
        return self not in (PeriodState.APPROVED, PeriodState.CLOSED)


_S = PeriodState
#: What somebody may make of a period in each state.
NEXT: Final[dict[PeriodState, tuple[PeriodState, ...]]] = {
    _S.FUTURE: (),
    _S.OPEN: (),
    _S.COLLECTING: (_S.SUBMITTED, _S.CLOSED),
    _S.SUBMITTED: (_S.IN_REVIEW, _S.APPROVED, _S.COLLECTING, _S.CLOSED),
    _S.IN_REVIEW: (_S.APPROVED, _S.COLLECTING, _S.CLOSED),
    _S.APPROVED: (_S.CLOSED, _S.COLLECTING),
    _S.CLOSED: (_S.REOPENED,),
    _S.REOPENED: (_S.CLOSED,),
}


def natural_state(period: Period, today: date) -> PeriodState:
    """What the day makes of a period of which nobody has said anything.

    >>> from fourfold.engine.periods import Calendar
    >>> natural_state(Calendar().parse("2026-03"), date(2026, 3, 31))
    <PeriodState.OPEN: 'open'>
    """
    if today < period.start:
        return PeriodState.FUTURE
    return PeriodState.OPEN if today < period.end else PeriodState.COLLECTING


def month_of(period: Period) -> Period:
    """The month that a figure's period is closed with: the one in which it ends.

    >>> from fourfold.engine.periods import Calendar
    >>> month_of(Calendar().parse("2026-Q1")).id
    'M:2026-03'
    """
    return period.calendar.period(Frequency.MONTH, period.last_day)


class Deadlines(NamedTuple):
    """The last days on which figures come in, are approved, and can be changed; None where none is set."""

    values: date | None
    approval: date | None
    lock: date | None


def deadlines(organisation: Organisation, period: Period, business: BusinessDays) -> Deadlines:
    """The days on which a month is due, that many business days after its end."""
    given = organisation.values_due, organisation.approval_due, organisation.lock_due
    return Deadlines(*(None if n is None else Lag(business_days=n).after(period.end, business) for n in given))
