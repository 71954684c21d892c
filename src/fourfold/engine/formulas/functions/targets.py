"""Targets

What should be reached, beside what was. Each takes the code of a KPI, nothing computed, and gives the figure in force
for the unit and period; not applicable where there is none. Targets of the months ahead are numbers, too: a target is
known before its figure is due. A KPI that is reported more often than the formula's has its targets folded as its
figures are.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from fourfold.engine.formulas.function import Argument, Given, Sort, function
from fourfold.engine.formulas.problems import InputError
from fourfold.engine.formulas.series import Cells, from_series

_KPI: Final = Argument(Sort.KPI)


@function("target(kpi)", _KPI)
def target(given: Given) -> Cells:
    """The target of a KPI.

    | `a - target(a)` | a = 8 9 missing; target(a) = 10 9 9 | -2 0 missing |
    | `share_of(a, target(a)) * 100` | a = 8 9; target(a) = 10 n/a | 80 n/a |
    """
    return _looked_up(given, "target")


@function("red_line(kpi)", _KPI)
def red_line(given: Given) -> Cells:
    """The red line of a KPI, given or derived: worse than this is off target.

    | `(a - red_line(a)) / (target(a) - red_line(a))` | a = 8 9; target(a) = 10 10; red_line(a) = 8 8 | 0 0.5 |
    """
    return _looked_up(given, "red_line")


@function("baseline(kpi)", _KPI)
def baseline(given: Given) -> Cells:
    """The level of a KPI when its target was set.

    | `a - baseline(a)` | a = 8 9; baseline(a) = 5 5 | 3 4 |
    """
    return _looked_up(given, "baseline")


@function("benchmark(kpi)", _KPI)
def benchmark(given: Given) -> Cells:
    """The benchmark of a KPI: a target of the kind `benchmark`.

    | `if(a >= benchmark(a), 1, 0)` | a = 8 9; benchmark(a) = 9 9 | 0 1 |
    """
    return _looked_up(given, "benchmark")


def _looked_up(given: Given, what: str) -> Cells:
    (code,) = given.words
    found = given.around.lookups.get((what, code))
    if found is None:
        raise InputError(f"The formula uses {what}(`{code}`), and it is not given.")
    cells = from_series(found)
    return Cells(np.asarray(cells.value), cells.fault)
