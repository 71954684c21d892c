"""Periods in words: "October", "October 2026"; in a year of weeks "P03", "P03 2026/27"; quarters as "Q3 2026/27"."""

from __future__ import annotations

import calendar

from fourfold.engine.periods import Frequency, Period
from fourfold.records.queries.scope import Scope


def month_name(period: Period) -> str:
    """A period as a sentence says it: "October", "P03", "Q3 2026/27"."""
    if period.frequency is not Frequency.MONTH:
        return period.label
    return calendar.month_name[period.start.month] if period.calendar.weeks is None else period.short_label


def full_name(period: Period) -> str:
    """A period as a heading says it: "October 2026", "P03 2026/27", "Q3 2026/27"."""
    if period.frequency is not Frequency.MONTH or period.calendar.weeks is not None:
        return period.label
    return f"{month_name(period)} {period.start.year}"


def parted_name(period: Period) -> tuple[str, str]:
    """Name and year for the axis of a drawing: a month with its calendar year, all others with the fiscal one."""
    if period.frequency is Frequency.MONTH and period.calendar.weeks is None:
        return period.short_label, str(period.start.year)
    name, _, year = period.label.partition(" ")
    return name, year


def initial(period: Period) -> str:
    """The least that tells the periods of a year apart: "O", and the number of a period of weeks."""
    return str(int(period.short_label[1:])) if is_of_weeks(period) else period.short_label[:1]


def is_of_weeks(period: Period) -> bool:
    """True for a period of four or five weeks that takes the place of a month."""
    return period.frequency is Frequency.MONTH and period.calendar.weeks is not None


def periods_noun(scope: Scope) -> str:
    """What the periods of the view are called: "months", "periods" in a year of weeks, "quarters"."""
    if scope.view == "quarter":
        return "quarters"
    return "periods" if is_of_weeks(scope.month) else "months"
