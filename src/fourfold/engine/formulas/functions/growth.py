"""Growth

Changes as a share of where they start: 0.1 for ten per cent. Growth from 0 is an error (it divides by zero), and so
is growth from below 0, which would have the wrong sign.

Figures arrive with a lag, so the newest periods may not be due yet. Growth is only taken between periods that are both
due: where one side is not due, so is the growth, and `growth_to_date` compares the months that are there with the
same months a year earlier, never ten months with twelve.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.formulas import windows
from fourfold.engine.formulas.function import NUMBER, PERIODS, Argument, Given, Measure, Sort, function
from fourfold.engine.formulas.functions.shifts import years_ago
from fourfold.engine.formulas.problems import InputError
from fourfold.engine.formulas.series import MISSING, NOT_APPLICABLE, NOT_DUE, Cells, settle


@function("growth(x, n = 1)", NUMBER, PERIODS, optional=1, measure=Measure.RATIO)
def growth(given: Given) -> Cells:
    """The change of x since n periods ago, as a share: x / previous(x, n) − 1.

    | `growth(a)` | a = 10 11 missing 0 5 | n/a 0.1 missing missing error |
    | `growth(a) * 100` | a = 50 60 not-due -6 | n/a 20 not-due not-due |
    """
    return _change(given.x, windows.previous(given.x, given.whole))


@function("yoy_growth(x)", NUMBER, measure=Measure.RATIO)
def yoy_growth(given: Given) -> Cells:
    """The change of x since the same period one year earlier, as a share.

    | `yoy_growth(a)` | a = 10 20 30 40 11 25 | n/a n/a n/a n/a 0.1 0.25 |
    """
    return _change(given.x, windows.shift(given.x, given.around.time.year_ago))


@function("growth_to_date(x)", NUMBER, measure=Measure.RATIO)
def growth_to_date(given: Given) -> Cells:
    """The fiscal year so far against the same periods one year earlier, as a share.

    Periods not due on either side are left out of both; where none is left, it is not due. A missing one makes it
    missing until the year ends. A week 53, and 29 February, have no period of their own a year earlier: they are left
    out. In a year of weeks the organisation's `year_comparison` says which weeks meet.

    | `growth_to_date(a)` | a = 10 20 30 40 12 24 not-due not-due | n/a n/a n/a n/a 0.2 0.2 0.2 0.2 |
    | `growth_to_date(a)` | a = 10 20 30 40 12 missing 30 | n/a n/a n/a n/a 0.2 missing missing |
    """
    axis = given.around.time
    ago = windows.shift(given.x, axis.year_ago)
    alone = (np.diff(axis.year_ago, prepend=-1) == 0) & (axis.year_ago >= 0)
    skipped = (given.x.fault == NOT_DUE) | (ago.fault == NOT_DUE) | alone
    fault = np.where(skipped, np.uint8(0), np.maximum(given.x.fault, ago.fault))
    new, old = np.where(skipped, 0.0, given.x.value), np.where(skipped, 0.0, ago.value)
    worst, some = np.empty_like(fault), np.empty(fault.shape, dtype=np.bool_)
    for start, stop in pairwise(windows.edges(axis.year_start)):
        year = np.s_[..., start:stop]
        np.maximum.accumulate(fault[year], axis=-1, out=worst[year])
        np.logical_or.accumulate(~skipped[year], axis=-1, out=some[year])
        new[year], old[year] = np.cumsum(new[year], axis=-1), np.cumsum(old[year], axis=-1)
        if start < stop and axis.year_start[start] < 0:
            np.maximum(worst[year], MISSING, out=worst[year])
    worst = np.where(some, worst, np.maximum(worst, NOT_DUE))
    return _change(Cells(new, worst), Cells(old, worst))


@function("cagr(x, years)", NUMBER, Argument(Sort.WHOLE, high=30), measure=Measure.RATIO)
def compound_growth(given: Given) -> Cells:
    """The compound annual growth rate since the same period that many years earlier, 1 to 30.

    It is the rate that, applied year after year, leads from the one to the other; an error where x is below 0.

    | `cagr(a, 2)` | a = 100 0 0 0 0 0 0 0 121 | n/a n/a n/a n/a n/a n/a n/a n/a 0.1 |
    """
    x, years = given.x, given.whole
    change = _change(x, windows.shift(x, years_ago(given.around.time, years)))
    return settle(np.asarray((1.0 + change.value) ** (1.0 / years) - 1.0), change.fault)


@function('index(x, "period")', NUMBER, Argument(Sort.TEXT), measure=Measure.BARE)
def index(given: Given) -> Cells:
    """x where the base period is 100. Before the base period, and where that is not known, not applicable.

    The period is written as the KPI's own: `"2025-01"`, `"2025-Q1"`, `"FY2026"`. An error where the base is 0 or
    below.

    | `index(a, "2025-Q2")` | a = 40 50 55 missing 60 | n/a 100 110 missing 120 |
    """
    axis = given.around.time
    if not axis.periods:
        if len(axis):
            raise InputError("The formula names a period, and the periods are not given.")
        return given.x
    first = axis.periods[0]
    at = first.calendar.parse(given.words[0], first.frequency).ordinal - first.ordinal
    base = windows.shift(given.x, np.full(len(axis), at if at < len(axis) else -1, np.int64))
    found = _ratio(given.x, base)
    early = np.arange(len(axis)) < at
    return settle(np.asarray(100.0 * found.value), np.where(early, NOT_APPLICABLE, found.fault))


def _change(x: Cells, base: Cells) -> Cells:
    found = _ratio(x, base)
    return settle(np.asarray(found.value - 1.0), found.fault)


def _ratio(x: Cells, base: Cells) -> Cells:
    """x over a base; an error where the base is 0, and outside the function where it is below."""
    value: Floats = np.where(base.value < 0, np.nan, x.value / base.value)
    return settle(value, np.maximum(x.fault, base.fault), base.value)
