"""Folding figures: short periods into longer ones, units into the units above them.

Source: methodology §2.2 with amendment A3. Arrays are `(kpi, unit, period)`; every fold takes values together with
their states and gives values with states, marks and coverage. One call folds figures of one aggregation; which
aggregation is allowed for which kind of figure is in `algebra`.

What a fold does with the cells that have no number:

* NOT_APPLICABLE cells are left out; where nothing else is there, the result is NOT_APPLICABLE.
* NOT_DUE cells are no gap: the rest is a number, PROVISIONAL and PARTIAL; where nothing else is there, NOT_DUE.
* A MISSING cell makes a sum or a chain *over time* MISSING. Any other fold uses what is there, PARTIAL, with a
  coverage below 1. `last` and `first` hang on one cell only: where that one is MISSING, so is the result.
* Any ERROR makes the result an ERROR, but a ratio that only divides by zero itself still adds its two parts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fourfold.engine.algebra import LEGAL, AggTime, AggUnits, Legal, MeasureKind, legal, why_illegal
from fourfold.engine.cells import Codes, Floats, Numbers
from fourfold.engine.folding import Cells, Folded, Indexes, NotAdditive, Rule, Segments, fold

__all__ = [
    "LEGAL",
    "AggTime",
    "AggUnits",
    "Folded",
    "Legal",
    "MeasureKind",
    "NotAdditive",
    "fold_time",
    "fold_units",
    "fold_windows",
    "legal",
    "periodic_from_to_date",
    "why_illegal",
]

def fold_time(
    value: Floats,
    num: Floats | None,
    den: Floats | None,
    state: Codes,
    bucket: Indexes,
    n_buckets: int,
    agg: AggTime,
    *,
    marks: Codes | None = None,
    factor: Numbers = 1.0,
    higher_better: bool = True,
) -> Folded:
    """Fold the last axis: period `p` goes into bucket `bucket[p]` (0 to `n_buckets` - 1; -1 leaves it out).

    `factor` (a number, or one per KPI as `(kpi, 1, 1)`) is that of ratios: value = factor * num / den. For a
    weighted mean `den` holds the weights. `higher_better` says which level is the worst, for `worst` and ties of
    `mode`. RECOMPUTE and NONE pass single periods through; beyond that RECOMPUTE raises `NotAdditive` and NONE
    gives NOT_APPLICABLE.

    >>> year = np.zeros(3, dtype=np.intp)
    >>> flow = fold_time(np.array([84.0, 84.0, 96.0]), None, None, np.zeros(3, np.uint8), year, 1, AggTime.SUM)
    >>> flow.value.tolist(), flow.coverage.tolist()
    ([264.0], [1.0])
    """
    order = np.argsort(bucket, kind="stable")
    order = order[np.searchsorted(bucket[order], 0) :]
    lengths = np.bincount(bucket[order], minlength=n_buckets)
    segments = Segments(order, lengths, -1)
    return fold(Cells(value, num, den, state, marks), segments, Rule(agg, True, higher_better), factor)


def fold_windows(
    value: Floats,
    num: Floats | None,
    den: Floats | None,
    state: Codes,
    windows: Sequence[tuple[int, int]],
    agg: AggTime,
    *,
    marks: Codes | None = None,
    factor: Numbers = 1.0,
    higher_better: bool = True,
) -> Folded:
    """Fold the last axis over windows `[start, stop)` that may overlap: to-date and rolling figures.

    One result for each window, in order; everything else is as in `fold_time`.
    """
    members = [np.arange(start, stop, dtype=np.intp) for start, stop in windows]
    segments = Segments(_join(members), np.array([len(m) for m in members], dtype=np.intp), -1)
    return fold(Cells(value, num, den, state, marks), segments, Rule(agg, True, higher_better), factor)


def fold_units(
    value: Floats,
    num: Floats | None,
    den: Floats | None,
    state: Codes,
    groups: Sequence[Indexes],
    agg: AggUnits,
    *,
    marks: Codes | None = None,
    factor: Numbers = 1.0,
) -> Folded:
    """Fold the last axis but one: result `g` is made of the units `groups[g]`; groups may overlap or be empty.

    Give each unit above the leaves all the *leaves* below it, so that coverage counts what was really reported.
    A missing unit never makes the result missing and never hides: the number is PARTIAL with a coverage below 1.

    >>> parts = np.array([[90.0], [30.0]]), np.array([[100.0], [50.0]])
    >>> fold_units(100 * parts[0] / parts[1], *parts, np.zeros((2, 1), np.uint8), [np.array([0, 1])],
    ...            AggUnits.WEIGHTED_RATIO, factor=100.0).value.tolist()
    [[80.0]]
    """
    segments = Segments(_join(groups), np.array([len(g) for g in groups], dtype=np.intp), -2)
    return fold(Cells(value, num, den, state, marks), segments, Rule(AggTime(agg.value), False, True), factor)


def periodic_from_to_date(value: Floats, year: Indexes) -> Floats:
    """Figures of single periods from year-to-date figures; `year[p]` names the fiscal year of period `p`.

    A period is NaN where it or the one before it is NaN: how the difference splits is then not known.

    >>> periodic_from_to_date(np.array([900.0, 1000.0, 3000.0]), np.zeros(3, dtype=np.intp)).tolist()
    [900.0, 100.0, 2000.0]
    """
    single = np.array(value, dtype=np.float64)
    same_year = np.flatnonzero(year[1:] == year[:-1]) + 1
    single[..., same_year] -= np.asarray(value)[..., same_year - 1]
    return single


def _join(groups: Sequence[Indexes]) -> Indexes:
    return np.concatenate(groups).astype(np.intp) if len(groups) else np.zeros(0, dtype=np.intp)
