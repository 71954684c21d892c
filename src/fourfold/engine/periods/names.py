"""What periods are called: ids for files and programs, labels for people."""

from __future__ import annotations

from typing import Final

from fourfold.engine.periods.frequency import Frequency, LabelRule
from fourfold.engine.periods.spans import start_of, year_number
from fourfold.engine.periods.week_year import WeekYear, place_in_year

_MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PARTS: Final = {Frequency.QUARTER: ("Q", 4), Frequency.HALF: ("H", 2)}
_OF_WEEKS: Final = {Frequency.WEEK: "W", Frequency.MONTH: "P"}  # numbered within the year in a calendar of weeks


def prefix(frequency: Frequency, weeks: WeekYear | None) -> str:
    """The letter an id begins with: that of the frequency, and P for a period that takes the place of a month."""
    return "P" if weeks is not None and frequency is Frequency.MONTH else frequency.letter


def short_id(
    frequency: Frequency, ordinal: int, start_month: int, label: LabelRule, weeks: WeekYear | None = None
) -> str:
    """The id without its prefix, as CSV files show it: `2026-03`, `2026-W53`, `FY2026-Q2`, `FY2026-P03`."""
    if weeks is not None and frequency in _OF_WEEKS:
        year, number = place_in_year(frequency, ordinal, start_month, weeks)
        return f"FY{year_number(year, start_month, label):04}-{_OF_WEEKS[frequency]}{number:02}"
    if frequency in _PARTS:
        letter, count = _PARTS[frequency]
        return f"FY{year_number(ordinal // count, start_month, label):04}-{letter}{ordinal % count + 1}"
    if frequency is Frequency.YEAR:
        return f"FY{year_number(ordinal, start_month, label):04}"
    start = start_of(frequency, ordinal, start_month)
    if frequency is Frequency.WEEK:
        year, week, _ = start.isocalendar()
        return f"{year:04}-W{week:02}"
    return start.isoformat() if frequency is Frequency.DAY else f"{start.year:04}-{start.month:02}"


def long_label(frequency: Frequency, ordinal: int, start_month: int, weeks: WeekYear | None = None) -> str:
    """What people read, with the year: `31 Mar 2026`, `2026-W53`, `Oct 2026`, `Q2 2026/27`, `2026/27`, `P03 2026/27`.

    Fiscal years are written with both calendar years, so that the label rule cannot mislead a reader.
    """
    if weeks is not None and frequency in _OF_WEEKS:
        year, number = place_in_year(frequency, ordinal, start_month, weeks)
        return f"{_OF_WEEKS[frequency]}{number:02} {_year_label(year, start_month)}"
    if frequency in _PARTS:
        letter, count = _PARTS[frequency]
        return f"{letter}{ordinal % count + 1} {_year_label(ordinal // count, start_month)}"
    if frequency is Frequency.YEAR:
        return _year_label(ordinal, start_month)
    if frequency is Frequency.WEEK:
        return short_id(frequency, ordinal, start_month, "end_year")
    start = start_of(frequency, ordinal, start_month)
    return f"{brief_label(frequency, ordinal, start_month)} {start.year}"


def brief_label(frequency: Frequency, ordinal: int, start_month: int, weeks: WeekYear | None = None) -> str:
    """What people read where the year is clear: `31 Mar`, `W53`, `Oct`, `Q2`, `H1`, `P03`; a year keeps its label."""
    if weeks is not None and frequency in _OF_WEEKS:
        return f"{_OF_WEEKS[frequency]}{place_in_year(frequency, ordinal, start_month, weeks)[1]:02}"
    if frequency in _PARTS:
        letter, count = _PARTS[frequency]
        return f"{letter}{ordinal % count + 1}"
    if frequency is Frequency.YEAR:
        return _year_label(ordinal, start_month)
    start = start_of(frequency, ordinal, start_month)
    if frequency is Frequency.WEEK:
        return f"W{start.isocalendar().week:02}"
    month = _MONTH_NAMES[start.month - 1]
    return f"{start.day} {month}" if frequency is Frequency.DAY else month


def _year_label(start: int, start_month: int) -> str:
    return str(start) if start_month == 1 else f"{start}/{(start + 1) % 100:02}"
