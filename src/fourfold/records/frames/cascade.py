"""Stored results of a unit and those below it in one period, and of objectives over some, for the engine to compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from fourfold.engine.cells import Floats, State
from fourfold.engine.definitions import Definitions
from fourfold.engine.periods import Period
from fourfold.engine.results import Anchors, Results
from fourfold.engine.rows import unit_tree
from fourfold.engine.statuses import Status

_NUMBERS: Final = ("value", "target", "numerator", "denominator")
#: What `compared_results` reads of a result, behind the code of its unit and its node.
COLUMNS: Final = ("state", *_NUMBERS)


def compared_results(definitions: Definitions, kpis: Sequence[str], period: Period, rows: Iterable[Any]) -> Results:
    """Rows of unit, node and `COLUMNS` as results `(kpi, unit, 1)` of all units; where there is no row, missing."""
    units = unit_tree(definitions).codes
    place, at = {code: i for i, code in enumerate(units)}, {f"kpi:{code}": i for i, code in enumerate(kpis)}
    shape = (len(kpis), len(units), 1)
    columns: dict[str, Floats] = {name: np.full(shape, np.nan) for name in _NUMBERS}
    state = np.full(shape, State.MISSING, dtype=np.uint8)
    for unit, node, code, *numbers in rows:
        if node in at and unit in place:
            state[at[node], place[unit], 0] = code
            for name, number in zip(_NUMBERS, numbers, strict=True):
                if number is not None:
                    columns[name][at[node], place[unit], 0] = number
    blank, none = np.zeros(shape), np.zeros(shape, dtype=np.uint8)
    return Results(
        tuple(at), units, (period,), np.full(shape, np.nan), none, blank, blank, none,
        columns["value"], columns["numerator"], columns["denominator"], state,
        anchors=(Anchors(len(kpis), {"target": columns["target"]}),),
    )  # fmt: skip


def judged_results(nodes: Sequence[str], unit: str, last: Period, statuses: Sequence[Sequence[Status]]) -> Results:
    """Statuses of nodes in the periods up to `last`, oldest first, as results `(node, 1, period)` without scores."""
    status = np.array(statuses, dtype=np.uint8)[:, None, :]
    count, blank = status.shape[-1], np.zeros(status.shape)
    periods = tuple(last.shift(i - count + 1) for i in range(count))
    score, marks = np.full(status.shape, np.nan), np.zeros(status.shape, dtype=np.uint8)
    return Results(tuple(nodes), (unit,), periods, score, status, blank, blank, marks)
