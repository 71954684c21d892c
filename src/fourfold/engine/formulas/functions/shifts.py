"""Shifts

Figures of an earlier period. A formula cannot look ahead: what it gives for March cannot depend on April, so that a
figure once shown stays as it is. Where a shift reaches back beyond the first known period the result is not
applicable.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from fourfold.engine.formulas import windows
from fourfold.engine.formulas.function import NUMBER, PERIODS, Argument, Given, Sort, function
from fourfold.engine.formulas.problems import InputError
from fourfold.engine.formulas.series import Cells, Indices, TimeAxis
from fourfold.engine.periods import Frequency
from fourfold.engine.periods.frequency import MONTHS

SPANS: Final = ("week", "month", "quarter", "half", "year")
#: How many months, for the frequencies that are made of months.


@function("previous(x, n = 1)", NUMBER, PERIODS, optional=1)
def previous(given: Given) -> Cells:
    """x as it was n periods earlier, n from 1 to 120.

    | `a - previous(a)` | a = 5 7 6 | n/a 2 -1 |
    | `previous(a, 2)` | a = 5 missing 6 4 | n/a n/a 5 missing |
    """
    return windows.previous(given.x, given.whole)


@function('shift(x, n, "span")', NUMBER, PERIODS, Argument(Sort.TEXT, words=SPANS))
def shift(given: Given) -> Cells:
    """x as it was n weeks, months, quarters, halves or years earlier, whatever the periods of the KPI are.

    The span is `"week"`, `"month"`, `"quarter"`, `"half"` or `"year"`. It must be made of whole periods of the KPI:
    a monthly KPI can be shifted by quarters, a quarterly one not by months, a weekly one only by weeks and years.

    | `shift(a, 1, "half")` | a = 1 2 3 4 5 | n/a n/a 1 2 3 |
    | `a - shift(a, 1, "year")` | a = 1 2 3 4 5 7 | n/a n/a n/a n/a 4 5 |
    """
    return windows.shift(given.x, source(given.around.time, given.whole, given.words[0]))


@function("same_period_last_year(x)", NUMBER)
def same_period_last_year(given: Given) -> Cells:
    """x in the same period one year earlier: 12 months, 4 quarters, the same week (week 52 for a week 53).

    In a year of weeks the organisation's `year_comparison` says whether weeks meet by number or by the same days.

    | `a - same_period_last_year(a)` | a = 10 20 30 40 11 25 | n/a n/a n/a n/a 1 5 |
    """
    return windows.shift(given.x, given.around.time.year_ago)


def source(axis: TimeAxis, n: int, span: str) -> Indices:
    """For each period the index of the one n spans earlier, negative before the block."""
    here = np.arange(len(axis), dtype=np.int64)
    if span == "year":
        return years_ago(axis, n)
    if not axis.periods:
        raise InputError("The formula shifts by the calendar, and the periods are not given.")
    steps = steps_in(axis.periods[0].frequency, span)
    return np.full(len(axis), -1, np.int64) if steps is None else np.maximum(here - n * steps, -1)


def years_ago(axis: TimeAxis, n: int) -> Indices:
    """For each period the index of the same one n years earlier, negative before the block."""
    index = np.arange(len(axis), dtype=np.int64)
    for _ in range(n):
        index = np.where(index >= 0, axis.year_ago[np.maximum(index, 0)], np.int64(-1)) if len(axis) else index
    return index


def steps_in(frequency: Frequency, span: str) -> int | None:
    """How many periods a span has; None where it is not always the same number of whole ones."""
    if span == "year":
        return frequency.per_year
    if span == "week":
        return {Frequency.DAY: 7, Frequency.WEEK: 1}.get(frequency)
    own, wanted = MONTHS.get(frequency), MONTHS[Frequency(span)]
    return wanted // own if own and wanted % own == 0 else None
