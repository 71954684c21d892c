"""Objectives that are off target and nobody does anything about (methodology §1.3, V19)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Codes
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.results import Results
from fourfold.engine.statuses import NEAR, OFF, ON

PERIODS: Final = 2
Counts = npt.NDArray[np.int64]


def unanswered(
    definitions: Definitions, nodes: Results, unit: str, *, acting: Collection[str] = ()
) -> tuple[Finding, ...]:
    """A warning for each objective of a unit that was off target in its last two judged periods or longer.

    Quiet where an initiative that is planned or active names the objective, or it is among those with open actions
    (`acting`). Periods without a judgement neither count nor end a run. `nodes` are the results of nodes.
    """
    return _told(definitions, nodes, {o.code: unit for o in definitions.objectives}, acting)


def unanswered_where_they_belong(
    definitions: Definitions, nodes: Results, *, acting: Collection[str] = ()
) -> tuple[Finding, ...]:
    """The same, each objective in the unit it names, and those of the whole strategy in the unit of the strategy."""
    whose = definitions.strategy.unit or definitions.root.code
    return _told(definitions, nodes, {o.code: o.unit or whose for o in definitions.objectives}, acting)


def _told(
    definitions: Definitions, nodes: Results, places: Mapping[str, str], acting: Collection[str]
) -> tuple[Finding, ...]:
    """Objectives by code, each in a unit."""
    served = set(acting) | {
        code for i in definitions.initiatives if i.state in ("planned", "active") for code in i.objectives
    }
    rows, units = nodes.index, {code: i for i, code in enumerate(nodes.units)}
    asked = [
        (code, unit)
        for code, unit in places.items()
        if code not in served and f"objective:{code}" in rows and unit in units
    ]
    if not asked:
        return ()
    status = nodes.status[[rows[f"objective:{code}"] for code, _ in asked], [units[unit] for _, unit in asked]]
    found = []
    for (code, unit), run in zip(asked, _runs(status).tolist(), strict=True):
        if run >= PERIODS:
            message = f"Objective {code} has been off target for {run} periods, and nothing is done (V19)."
            fix = "Start an initiative or an action for it, or decide to live with it and say so."
            place = Place(thing=f"objective:{code}@{unit}")
            found.append(Finding("OBJECTIVE-UNANSWERED", Level.WARNING, place, message, fix))
    return tuple(found)


def _runs(status: Codes) -> Counts:
    """How many of the last judged periods are off target, one after the other: `(row, period)` to `(row,)`.

    >>> off, on, none = OFF, ON, 9
    >>> _runs(np.array([[off, on, off, none, off], [off, off, on, none, none]], dtype=np.uint8)).tolist()
    [2, 0]
    """
    off, better = status == OFF, (status == NEAR) | (status == ON)
    ended = np.logical_or.accumulate(better[:, ::-1], axis=1)[:, ::-1]  # a better one is here or comes later
    return np.asarray((off & ~ended).sum(axis=1))
