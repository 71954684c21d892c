"""How the targets of drivers follow from the goal of what they drive (methodology §4.2, 4)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from fourfold.engine.driver_tree import DriverTree, Shape
from fourfold.engine.target_proposals import checked_shares, from_factors, from_terms
from fourfold.engine.workings.working import Plain, Series, Working, array, plain, text


@dataclass(frozen=True)
class DriversWorking(Working):
    """The drivers of a KPI with their figures of `period` and the share of the change that each bears; together 1."""

    kind: ClassVar[str] = "drivers"
    kpi: str
    unit: str
    period: str
    goal: float
    tree: DriverTree
    figures: Series
    shares: tuple[float, ...]

    def outcome(self) -> float | None:
        """What the drivers make today."""
        return plain(self.tree.outcome(array(self.figures).tolist()))

    def targets(self) -> Series:
        """What each driver must become; None where that cannot be told."""
        if self.tree.shape is Shape.MIXED:
            now, shares = checked_shares(array(self.figures).tolist(), self.shares)
            there = self.tree.moved_to(now.tolist(), self.goal, shares.tolist())
            return tuple(map(plain, there)) if there else (None,) * len(self.figures)
        parts = self.tree.parts(array(self.figures).tolist())
        if self.tree.shape is Shape.SUM:
            wanted = from_terms(parts, self.goal - self.tree.constant, self.shares).tolist()
            return tuple(plain(w * sign) for w, (_, sign) in zip(wanted, self.tree.drivers, strict=True))
        constant = self.tree.constant
        wanted = from_factors(parts, self.goal / constant if constant else math.nan, self.shares).tolist()
        pairs = zip(wanted, self.tree.drivers, strict=True)
        return tuple(plain(w if sign > 0 else 1.0 / w if w else math.nan) for w, (_, sign) in pairs)

    def answer(self) -> dict[str, Plain]:
        """Today's outcome, and the target of each driver by its code."""
        found = {code: value for (code, _), value in zip(self.tree.drivers, self.targets(), strict=True)}
        return {"outcome": self.outcome(), "targets": found}

    def words(self) -> list[str]:
        """The outcome and the goal, then each driver."""
        was = self.outcome()
        by = f"a {self.tree.shape} of {len(self.tree.drivers)} drivers"
        if self.tree.shape is Shape.MIXED:
            by = f"{self.tree.formula}, of {len(self.tree.drivers)} drivers"
        said = [f"{self.kpi} is {by}: {text(_rounded(was))} in {self.period}; the goal is {text(self.goal)}."]
        if was is not None and self.tree.shape is Shape.PRODUCT and was > 0 and self.goal > 0:
            said.append(f"Its factor {text(_rounded(self.goal / was))} is split: each driver times that to its share.")
        elif was is not None and self.tree.shape is Shape.SUM:
            said.append(f"The gap {text(_rounded(self.goal - was))} is split by the shares.")
        elif self.tree.shape is Shape.MIXED:
            said.append("Each driver is multiplied, or divided where less is more, by one factor to its share.")
        rows = zip(self.tree.drivers, self.figures, self.targets(), self.shares, strict=True)
        return said + [
            f"{code}: from {text(_rounded(now))} to {text(_rounded(then))}, bearing {share:.0%}."
            for (code, _), now, then, share in rows
        ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")
