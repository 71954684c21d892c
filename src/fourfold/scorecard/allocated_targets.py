"""A target of a unit shared out over the units below it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

import numpy as np

from fourfold.engine.aggregation import AggUnits
from fourfold.engine.blocks import Block
from fourfold.engine.cascade import CannotAllocate
from fourfold.engine.cells import Floats
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.forecasts import own_figures
from fourfold.engine.words import did_you_mean, show
from fourfold.engine.workings import AllocationWorking
from fourfold.engine.workings.working import series
from fourfold.errors import NotFound
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.outlooks import cells
from fourfold.scorecard.sheet import Sheet, Shown
from fourfold.table import number

if TYPE_CHECKING:
    import polars as pl

#: What units share by where nobody gives keys.
WAYS: Final = ("last-year", "equal")
#: Columns of the frame; one row for each unit below.
COLUMNS: Final = ("kpi", "unit", "key", "level", "cap", "target")


@dataclass(frozen=True)
class Sharing:
    """How a target is shared out: by last year's figures or equally, or by `keys` that are given for units by code.

    `over` is the over-allocation of a target that adds up, 1 to 1.20, and `step` what parts are rounded to (the last
    decimal shown without it). `best` is the cap of each unit of a ratio; that of the best unit last year without it.
    """

    by: str = "last-year"
    keys: Mapping[str, float] | None = None
    over: Decimal | float | str = 1
    step: Decimal | float | str | None = None
    best: float | None = None


@dataclass(frozen=True, repr=False)
class AllocatedTargets(Shown):
    """The target of each unit below `unit`; a suggestion for people, nothing is set."""

    definitions: Definitions
    kpi: Kpi
    unit: str
    below: tuple[str, ...]
    working: AllocationWorking

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One row for each unit below, and what is to be said about it."""
        w, d = self.working, self.definitions
        heads: tuple[str, ...]
        rows: tuple[tuple[str, ...], ...]
        parts = [number(part, self.kpi) for part in w.parts()]
        if w.is_ratio:
            heads = ("Unit", "Now", "Cap", "Target")
            now, caps = ([number(x, self.kpi) for x in some] for some in (w.levels, w.caps))
            rows = tuple(zip(w.names, now, caps, parts, strict=True))
        else:
            total = sum(key or 0.0 for key in w.keys)
            shares = ["–" if key is None or not total else f"{key / total:.1%}" for key in w.keys]
            heads = ("Unit", "Share", "Target")
            rows = tuple(zip(w.names, shares, parts, strict=True))
        over = "" if Decimal(w.over) == 1 else f", over-allocated {w.over} times"
        whose = f"{d.organisation.name}, {d.unit[self.unit].name}, {self.kpi.name}"
        title = f"{whose}: {number(float(w.target), self.kpi)} shared out{over}"
        notes = tuple(f.words for f in w.findings())
        return (Sheet(title, heads, rows, frozenset(heads[1:]), (0,), notes),)

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each unit below, columns `COLUMNS`."""
        w, none = self.working, (None,) * len(self.below)
        columns = ([self.kpi.code] * len(self.below), self.below, w.keys, w.levels or none, w.caps or none, w.parts())
        return cells(COLUMNS, zip(*columns, strict=True), frozenset({"kpi", "unit"}))

    def explain(self) -> WorkingExplanation:
        """The rule and every unit in sentences, with the keys."""
        return WorkingExplanation(self.working)


def share_out(
    definitions: Definitions, kpi: Kpi, unit: str, block: Block, target: Decimal | float | str, how: Sharing
) -> AllocatedTargets:
    """Share a target over the units directly below that have the KPI, from figures at the KPI's own frequency.

    Raises `CannotAllocate` where it makes no sense, `NotFound` for a key of a unit that is not there.
    """
    below = tuple(u.code for u in definitions.units if u.parent == unit and definitions.applies(kpi, u.code))
    if kpi.aggregate_units not in (AggUnits.SUM, AggUnits.WEIGHTED_RATIO) or len(below) < 2:
        _refuse(kpi, definitions.unit[unit].name, len(below))
    names = tuple(definitions.unit[code].name for code in below)
    known, step = _year(block, kpi, below), how.step
    if step is None:
        step = Decimal(1).scaleb(-kpi.decimals) if kpi.resolution is None else kpi.resolution
    given, over = str(_exact(target)), str(_exact(how.over))
    adds_up = kpi.aggregate_units is AggUnits.SUM
    if (how.best is not None) if adds_up else (Decimal(over) != 1 or how.step is not None):
        raise CannotAllocate(
            "A target that adds up has no best value." if adds_up else "A ratio has no over-allocation and no step.",
            hint="Leave that out.",
        )
    if adds_up:
        keys = _keys(known.value, below, how)
        working = AllocationWorking(kpi.code, given, names, series(keys), over=over, step=str(_exact(step)))
    else:
        levels, counted = known.level * float(kpi.factor), _keys(known.denominator, below, how)
        cap = how.best if how.best is not None else _best(levels, kpi)
        caps = series(np.full(len(below), cap))
        working = AllocationWorking(kpi.code, given, names, series(counted), series(levels), caps)
    working.answer()  # refuses what cannot be shared out like this
    return AllocatedTargets(definitions, kpi, unit, below, working)


def _refuse(kpi: Kpi, unit: str, count: int) -> None:
    if count < 2:
        raise CannotAllocate(f"{unit} has fewer than two units below it that have {kpi.name}.")
    raise CannotAllocate(
        f"{kpi.name} neither adds up over units nor is a ratio, so its target is the same for all.",
        hint="Give each unit the same target.",
    )


@dataclass(frozen=True)
class _Known:
    """Of the units, over the newest year: the sum of figures, of denominators, and N/D."""

    value: Floats
    denominator: Floats
    level: Floats


def _year(block: Block, kpi: Kpi, units: Sequence[str]) -> _Known:
    rows = block.kpis.index(kpi.code), [block.units.index(u) for u in units]
    own = own_figures(block.value[rows], block.state[rows], block.marks[rows])
    there = np.flatnonzero(np.isfinite(own).any(axis=0))
    last = int(there[-1]) + 1 if len(there) else 0
    span = slice(max(last - kpi.frequency.per_year, 0), last)
    known = np.isfinite(own[:, span])

    def total(part: Floats | None) -> Floats:
        if part is None:
            return np.full(len(units), np.nan)
        found = np.where(known, part[rows][:, span], 0.0).sum(axis=1)
        return np.asarray(np.where(known.any(axis=1), found, np.nan))

    top, bottom = total(block.numerator), total(block.denominator)
    level = np.divide(top, bottom, out=np.full(len(units), np.nan), where=bottom > 0)
    return _Known(total(block.value), bottom, level)


def _keys(last_year: Floats, units: Sequence[str], how: Sharing) -> Floats:
    if how.keys is not None:
        for code in how.keys:
            if code not in units:
                raise NotFound(f"There is no unit {show(code)} below.", hint=did_you_mean(code, list(units), "unit"))
        return np.array([float(how.keys.get(code, np.nan)) for code in units])
    if how.by not in WAYS:
        raise CannotAllocate(f"A target is not shared by {show(how.by)}.", hint=f"Give {' or '.join(WAYS)}, or keys.")
    return last_year if how.by == "last-year" else np.ones(len(units))


def _best(levels: Floats, kpi: Kpi) -> float:
    """The level of the best unit: the highest, where lower is better the lowest."""
    known = levels[np.isfinite(levels)]
    if not len(known):
        return float("nan")
    return float(known.min() if kpi.polarity == "lower_better" else known.max())


def _exact(value: Decimal | float | str) -> Decimal:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("nan")
    if not math.isfinite(float(found)):
        raise CannotAllocate(f"{show(str(value))} is no number.", hint="Write it with a decimal point.")
    return found
