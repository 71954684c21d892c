"""Arithmetic

Each looks at one cell at a time. Where one of its numbers is not there, the worst of the cells decides; see
[cells without a number](cells.md).
"""

from __future__ import annotations

import numpy as np

from fourfold.engine.formulas import pointwise
from fourfold.engine.formulas.function import NUMBER, Argument, Given, Measure, Sort, function
from fourfold.engine.formulas.series import NOT_APPLICABLE, Cells, settle


@function("abs(x)", NUMBER)
def absolute(given: Given) -> Cells:
    """The size of x without its sign.

    | `abs(actual - plan)` | actual = 8 12; plan = 10 10 | 2 2 |
    """
    return Cells(np.abs(given.x.value), given.x.fault)


@function("sign(x)", NUMBER, measure=Measure.BARE)
def sign(given: Given) -> Cells:
    """1 above zero, −1 below, 0 for zero.

    | `sign(a)` | a = 7 -0.5 0 missing | 1 -1 0 missing |
    """
    return Cells(np.sign(given.x.value), given.x.fault)


@function("round(x, n = 0)", NUMBER, Argument(Sort.WHOLE, low=-15, high=15, default=0), optional=1)
def rounded(given: Given) -> Cells:
    """x to n decimals; with a negative n to tens, hundreds …

    n is written as a number from −15 to 15. A half goes away from zero, and 1.005 is a half, as it is written.

    | `round(a)` | a = 2.5 -2.5 2.4 | 3 -3 2 |
    | `round(a, 2)` | a = 1.005 2.344 | 1.01 2.34 |
    | `round(a, -2)` | a = 1250 1249 | 1300 1200 |
    """
    return pointwise.round_half_away(given.x, given.whole)


@function("floor(x)", NUMBER)
def floor(given: Given) -> Cells:
    """The whole number at or below x.

    It takes the last digit seriously: where a calculation may leave 27.999999999999996 for 28, round first:
    `floor(round(x, 6))`.

    | `floor(a)` | a = 2.7 -2.7 3 | 2 -3 3 |
    | `floor(a * 100)` | a = 0.28 0.29 | 28 28 |
    | `floor(round(a * 100, 6))` | a = 0.28 0.29 | 28 29 |
    """
    return Cells(np.floor(given.x.value), given.x.fault)


@function("ceil(x)", NUMBER)
def ceiling(given: Given) -> Cells:
    """The whole number at or above x; see `floor` about the last digit.

    | `ceil(patients / 8)` | patients = 16 17 | 2 3 |
    """
    return Cells(np.ceil(given.x.value), given.x.fault)


@function("clamp(x, low, high)", NUMBER, NUMBER, NUMBER)
def clamp(given: Given) -> Cells:
    """x, but not below low and not above high; an error where low is above high.

    | `clamp(a, 0, 100)` | a = -5 50 120 | 0 50 100 |
    """
    x, low, high = given.cells
    value = np.minimum(np.maximum(x.value, low.value), high.value)
    return settle(np.where(low.value <= high.value, value, np.nan), pointwise.worst(given.cells))


@function("sqrt(x)", NUMBER, measure=Measure.ROOT)
def square_root(given: Given) -> Cells:
    """The square root; an error below zero.

    | `sqrt(a)` | a = 9 0 -1 | 3 0 error |
    """
    return settle(np.asarray(np.sqrt(given.x.value)), given.x.fault)


@function("exp(x)", NUMBER, measure=Measure.PURE)
def exponential(given: Given) -> Cells:
    """e to the power of x; an error when the result is too large to hold.

    | `exp(a)` | a = 0 1000 | 1 error |
    """
    return settle(np.asarray(np.exp(given.x.value)), given.x.fault)


@function("ln(x)", NUMBER, measure=Measure.PURE)
def natural_logarithm(given: Given) -> Cells:
    """The natural logarithm; an error for zero and below.

    | `ln(a)` | a = 1 0 | 0 error |
    """
    return settle(np.asarray(np.log(given.x.value)), given.x.fault)


@function("log10(x)", NUMBER, measure=Measure.PURE)
def common_logarithm(given: Given) -> Cells:
    """The logarithm to base 10; an error for zero and below.

    | `log10(a)` | a = 1000 0.01 -1 | 3 -2 error |
    """
    return settle(np.asarray(np.log10(given.x.value)), given.x.fault)


@function('convert(x, "from", "to")', NUMBER, Argument(Sort.TEXT), Argument(Sort.TEXT), measure=Measure.NAMED)
def convert(given: Given) -> Cells:
    """x, which is counted in one unit of measurement, in another: hours in days, MWh in GJ, GBP m in GBP k.

    Nothing is lost on the way there and back. Refused is what has no fixed factor: one currency in another (that takes
    a rate), months in days, patients in beds.

    | `convert(wait, "hours", "days")` | wait = 48 6 missing | 2 0.25 missing |
    | `convert(gas, "MWh", "GJ") + heat` | gas = 10; heat = 4 | 40 |
    """
    from fourfold.engine.units_of_measure import convert as converted  # which reads units as formulas do

    return settle(converted(given.x.value, *given.words), given.x.fault)


@function("safe_divide(a, b, otherwise)", NUMBER, NUMBER, Argument(Sort.NUMBER, group=1), optional=1,
          measure=Measure.QUOTIENT)  # fmt: skip
def safe_divide(given: Given) -> Cells:
    """a / b; where b is 0, `otherwise`, and without it not applicable.

    Plain a / b is an error where b is 0, and that is right where b should never be 0. Here 0 means that there is
    nothing to take a share of. A missing a or b is still missing.

    | `safe_divide(late, orders)` | late = 1 0 1; orders = 4 0 missing | 0.25 n/a missing |
    | `safe_divide(late, orders, 0)` | late = 1 0 missing; orders = 4 0 0 | 0.25 0 missing |
    """
    a, b, *rest = given.cells
    instead = rest[0] if rest else Cells(np.asarray(np.nan), np.asarray(NOT_APPLICABLE))
    fault = pointwise.worst((a, b))
    nothing = (fault == 0) & (b.value == 0)
    value = np.where(nothing, instead.value, a.value / b.value)
    return settle(value, np.where(nothing, instead.fault, fault))


@function("share_of(x, whole)", NUMBER, NUMBER, measure=Measure.RATIO)
def share_of(given: Given) -> Cells:
    """x as a share of a whole in the same unit of measurement: x / whole, an error where the whole is 0.

    Where the KPI is in %, multiply by 100.

    | `share_of(online, sales) * 100` | online = 20 30; sales = 80 0 | 25 error |
    | `share_of(a, parent(a))` | a = 8 10 / 6 5 / 2 5 | n/a n/a / 0.75 0.5 / 0.25 0.5 |
    """
    return pointwise.arithmetic("/", *given.cells)
