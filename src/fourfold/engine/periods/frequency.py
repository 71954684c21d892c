"""How often a KPI is measured, and the error for periods that make no sense."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal, TypeAlias

from fourfold.errors import FourfoldError

#: Whether a fiscal year that spans two calendar years is called after the one it ends or starts in.
LabelRule: TypeAlias = Literal["end_year", "start_year"]


class PeriodError(FourfoldError):
    """This is not a period."""


class Frequency(StrEnum):
    """The length of a period, from fine to coarse.

    Weeks are ISO 8601 weeks, the rest follow the fiscal year; in a calendar of whole weeks these are its own weeks,
    and a month is one of its twelve periods of four or five weeks.
    """

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"

    @property
    def rank(self) -> int:
        """Position from fine (0, day) to coarse (5, year).

        >>> Frequency.MONTH.rank < Frequency.QUARTER.rank
        True
        """
        return _RANK[self]

    @property
    def letter(self) -> str:
        """The prefix of period ids: D, W, M, Q, H or Y."""
        return self.value[0].upper()

    @property
    def per_year(self) -> int:
        """Periods in a usual year; days and weeks rounded down (365, 52)."""
        return _PER_YEAR[self]

    @property
    def season(self) -> int:
        """Periods after which a pattern comes again: a week of days, else a year; 1 where there is no season."""
        return 7 if self is Frequency.DAY else self.per_year


_RANK = {frequency: rank for rank, frequency in enumerate(Frequency)}
_PER_YEAR = {
    Frequency.DAY: 365,
    Frequency.WEEK: 52,
    Frequency.MONTH: 12,
    Frequency.QUARTER: 4,
    Frequency.HALF: 2,
    Frequency.YEAR: 1,
}

#: Months in a period, for the frequencies made of whole months.
MONTHS: Final = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.HALF: 6, Frequency.YEAR: 12}
