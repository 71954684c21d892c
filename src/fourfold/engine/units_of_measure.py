"""Figures from one unit of measurement to another, exactly: hours to days, MWh to GJ, GBP k to GBP m (§2.1).

A factor is a fraction, so nothing is lost on the way there and back. What a text means is what it means in formulas
(`formulas.parse_unit`). Refused is what has no fixed factor: one currency to
another (that takes a rate), months to days, patients to beds.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np

from fourfold.engine.cells import Floats, Numbers
from fourfold.engine.formulas import Unit, parse_unit
from fourfold.engine.formulas.dimensions import ratio_of, same_dimension
from fourfold.errors import FourfoldError


class UnitOfMeasureError(FourfoldError):
    """One unit of measurement cannot be converted into the other."""


@lru_cache(maxsize=4096)
def factor(given: str, wanted: str, given_scale: str = "", wanted_scale: str = "") -> Fraction:
    """How many `wanted` one `given` is; a scale is part of the text, as in `GBP m`, or a KPI's own `k`, `m` or `bn`.

    Raises `UnitOfMeasureError` where there is no fixed factor, and where one of the texts is empty.

    >>> factor("hours", "days"), factor("GBP m", "GBP k"), factor("MB per s", "Mbit/s"), factor("%", "bp")
    (Fraction(1, 24), Fraction(1000, 1), Fraction(8, 1), Fraction(100, 1))
    """
    ours, theirs = measured(given, given_scale), measured(wanted, wanted_scale)
    if "unknown" in (ours.sort, theirs.sort):
        raise UnitOfMeasureError("A figure without a unit of measurement cannot be converted.")
    alike = _measures(ours) == _measures(theirs) and same_dimension(ours, theirs)
    found = ratio_of(ours, theirs) if alike else None
    if found is None:
        raise UnitOfMeasureError(f"{given} cannot be converted into {wanted}.", hint=_why_not(ours, theirs))
    return found


def convert(value: Numbers, given: str, wanted: str) -> Floats:
    """Figures of any shape in another unit of measurement; NaN stays NaN. Raises as `factor` does.

    >>> convert(np.array([90.0, np.nan]), "minutes", "hours").tolist()
    [1.5, nan]
    """
    exact = factor(given, wanted)
    figures = np.asarray(value, dtype=np.float64)
    if max(exact.numerator, exact.denominator) <= 2**53:  # both are doubles, so that the result is rounded least
        return np.asarray(figures * exact.numerator / exact.denominator)
    return np.asarray(figures * float(exact))


@lru_cache(maxsize=4096)
def measured(text: str, scale: str = "") -> Unit:
    """The unit in a text with everything of a known measure in the same unit: `GJ per mile` in Wh and metres."""
    unit = parse_unit(text, scale)
    return unit if unit.sort != "known" else Unit(*unit.reduced(), text=text)


def _measures(unit: Unit) -> dict[str, int]:
    """The powers of what is measured; the rest are currencies and things counted."""
    return {symbol: power for symbol, power in unit.powers if symbol.startswith("[")}


def _why_not(ours: Unit, theirs: Unit) -> str:
    if ours.currencies or theirs.currencies:
        return "Only an exchange rate turns one currency into another."
    if {"[time]", "[calendar]"} <= {*_measures(ours), *_measures(theirs)}:
        return "Months, quarters and years have no fixed number of days."
    return "They do not measure the same thing."
