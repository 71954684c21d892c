"""Objectives that are off target and nobody does anything about (methodology §1.3, V19)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Codes
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.once import once_for
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
    asked = _asked(definitions, nodes.nodes, nodes.units, {o.code: unit for o in definitions.objectives})
    return _told(nodes, [place for place in asked if place.code not in acting])


def unanswered_where_they_belong(definitions: Definitions, nodes: Results) -> tuple[Finding, ...]:
    """The same, each objective in the unit it names, and those of the whole strategy in the unit of the strategy."""
    return _told(nodes, _where_they_belong(definitions, (nodes.nodes, nodes.units)))


class _Place(NamedTuple):
    """An objective in a unit, and where its results are."""

    code: str
    unit: str
    row: int
    column: int


@once_for
def _where_they_belong(definitions: Definitions, key: tuple[tuple[str, ...], tuple[str, ...]]) -> list[_Place]:
    whose = definitions.strategy.unit or definitions.root.code
    return _asked(definitions, *key, {o.code: o.unit or whose for o in definitions.objectives})


def _asked(
    definitions: Definitions, nodes: Sequence[str], units: Sequence[str], places: Mapping[str, str]
) -> list[_Place]:
    """Objectives by code, each in a unit, that no initiative serves."""
    served = {code for i in definitions.initiatives if i.state in ("planned", "active") for code in i.objectives}
    row, column = ({text: i for i, text in enumerate(texts)} for texts in (nodes, units))
    return [
        _Place(code, unit, row[f"objective:{code}"], column[unit])
        for code, unit in places.items()
        if code not in served and f"objective:{code}" in row and unit in column
    ]


def _told(nodes: Results, asked: Sequence[_Place]) -> tuple[Finding, ...]:
    if not asked:
        return ()
    status = nodes.status[[place.row for place in asked], [place.column for place in asked]]
    found = []
    for place, run in zip(asked, _runs(status).tolist(), strict=True):
        if run >= PERIODS:
            message = f"Objective {place.code} has been off target for {run} periods, and nothing is done (V19)."
            fix = "Start an initiative or an action for it, or decide to live with it and say so."
            where = Place(thing=f"objective:{place.code}@{place.unit}")
            found.append(Finding("OBJECTIVE-UNANSWERED", Level.WARNING, where, message, fix))
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
