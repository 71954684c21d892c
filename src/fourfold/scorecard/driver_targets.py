"""What the drivers of a computed KPI would have to be for it to reach a goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.driver_tree import DriverTree, Shape, driver_tree
from fourfold.engine.forecasts import own_figures
from fourfold.engine.kpis import Figures
from fourfold.engine.target_proposals import CannotPropose
from fourfold.engine.words import did_you_mean, show
from fourfold.engine.workings import DriversWorking
from fourfold.engine.workings.working import plain
from fourfold.errors import NotFound
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.outlooks import cells
from fourfold.scorecard.sheet import Sheet, Shown
from fourfold.table import number

if TYPE_CHECKING:
    import polars as pl

#: Columns of the frame; one row for each driver.
COLUMNS: Final = ("kpi", "unit", "driver", "now", "share", "target")


@dataclass(frozen=True, repr=False)
class DriverTargets(Shown):
    """A target for each driver; a suggestion for people, nothing is set."""

    definitions: Definitions
    kpi: Kpi
    unit: str
    working: DriversWorking

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One row for each driver."""
        w, d = self.working, self.definitions
        now = number(w.outcome(), self.kpi)
        title = f"What drives {self.kpi.name}, {d.unit[self.unit].name}: from {now} to {number(w.goal, self.kpi)}"
        pairs = zip(w.tree.drivers, w.figures, w.shares, w.targets(), strict=True)
        rows = tuple(
            (d.kpi[code].name, number(is_now, d.kpi[code]), f"{share:.0%}", number(then, d.kpi[code]))
            for (code, _), is_now, share, then in pairs
        )
        heads = ("Driver", w.period, "Bears", "Target")
        return (Sheet(title, heads, rows, frozenset(heads[1:])),)

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each driver, columns `COLUMNS`."""
        w = self.working
        pairs = zip(w.tree.drivers, w.figures, w.shares, w.targets(), strict=True)
        rows = ((self.kpi.code, self.unit, code, now, share, then) for (code, _), now, share, then in pairs)
        return cells(COLUMNS, rows, frozenset({"kpi", "unit", "driver"}))

    def explain(self) -> WorkingExplanation:
        """How the change was split, in sentences, with the figures."""
        return WorkingExplanation(self.working)


def tree_of(definitions: Definitions, kpi: Kpi) -> DriverTree:
    """The drivers of a KPI; raises `CannotPropose` where its formula is no arithmetic of KPIs."""
    tree = driver_tree(kpi)
    if tree is None or any(definitions.kpi[code].frequency is not kpi.frequency for code, _ in tree.drivers):
        raise CannotPropose(
            f"The formula of {kpi.name} is no arithmetic of two or more KPIs of its frequency.",
            hint="Targets of drivers are proposed for a formula such as leads * conversion * value.",
        )
    return tree


def drivers_wanted(
    definitions: Definitions, kpi: Kpi, unit: str, found: Figures, goal: float, shares: Mapping[str, float] | None
) -> DriverTargets:
    """The target of each driver, from the newest period in which all of them have a figure.

    `shares` by code say how much of the change each bears, together 1; those not named bear nothing. Without them all
    that somebody can move (`controllability` other than none) bear the same.
    """
    tree = tree_of(definitions, kpi)
    codes = [code for code, _ in tree.drivers]
    own = {code: block_row for code in codes for block_row in _rows(found, code, unit)}
    table = np.array([own[code][1] for code in codes])
    there = np.flatnonzero(np.isfinite(table).all(axis=0))
    if not len(there):
        raise CannotPropose(f"There is no period in which all drivers of {kpi.name} have a figure.")
    at = int(there[-1])
    figures = tuple(plain(x) for x in table[:, at].tolist())
    period = own[codes[0]][0][at]
    bears = _shares(definitions, kpi, codes, shares)
    working = DriversWorking(kpi.code, unit, period, float(goal), tree, figures, bears)
    working.answer()  # refuses shares that are not 1 together
    if tree.shape is Shape.MIXED and None in working.targets():
        raise CannotPropose(
            f"No way leads from the drivers of {kpi.name} to {number(goal, kpi)}.",
            hint="They are moved together by factors up to 1,000: a driver that bears a share must be above zero, and "
            "more of it must always mean more of the outcome, or always less. Give others a --share.",
        )
    return DriverTargets(definitions, kpi, unit, working)


def _rows(found: Figures, code: str, unit: str) -> list[tuple[list[str], np.ndarray]]:
    """The labels of the periods and the own figures of a KPI in a unit; one or none."""
    for _, block in found.blocks:
        if code in block.kpis:
            cell = block.kpis.index(code), block.units.index(unit)
            values = own_figures(block.value[cell], block.state[cell], block.marks[cell])
            return [([p.label for p in block.periods], values)]
    return []


def _shares(
    definitions: Definitions, kpi: Kpi, codes: Sequence[str], given: Mapping[str, float] | None
) -> tuple[float, ...]:
    if given:
        for code in given:
            if code not in codes:
                hint = did_you_mean(code, codes, "driver")
                raise NotFound(f"{show(code)} does not drive {kpi.name}.", hint=hint)
        return tuple(float(given.get(code, 0.0)) for code in codes)
    can = [definitions.kpi[code].controllability != "none" for code in codes]
    if not any(can):
        raise CannotPropose(f"Nobody can move a driver of {kpi.name}.", hint="Say which bears what share.")
    return tuple(1 / sum(can) if one else 0.0 for one in can)
