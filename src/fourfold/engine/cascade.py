"""Cascading of targets: sharing one out over units, and whether parents and children agree (methodology §1.4).

How an objective of a unit carries one above is said in its definition and checked by `checks.cascade`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Final

import numpy as np

from fourfold.engine.cells import Bools, Floats, Numbers
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import FourfoldError

#: The over-allocation that is allowed, and by how much parent and children may differ.
MOST_OVER, TOLERANCE = Decimal("1.20"), 0.005
#: Parts without a step of their own are rounded to this, so that they add up exactly.
FINEST: Final = Decimal("1E-9")
_GAP: Final = 1e-9
_FINE: Final = Decimal("1E+24")  # steps of a target; decimals have 28 digits


class CannotAllocate(FourfoldError):
    """A target cannot be shared out like this."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """An additive target shared out: `parts` in the order of the keys, together exactly `total`; empty without keys.

    `total` is the target times `over`; show `over` wherever it is not 1.
    """

    parts: tuple[Decimal, ...]
    total: Decimal
    over: Decimal
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class RatioAllocation:
    """A ratio target shared out: `targets` of the units, and the share of the way to its cap that each closes.

    Targets are NaN where the target cannot be reached; `attainable` is the whole's ratio with every unit at its cap.
    """

    targets: Floats
    share: float
    attainable: float
    findings: tuple[Finding, ...] = ()


def allocate(
    target: Decimal | int | str,
    keys: Sequence[Decimal | float | None],
    *,
    over: Decimal | int | str = 1,
    step: Decimal | int | str | None = None,
    names: Sequence[str] = (),
) -> Allocation:
    """Share an additive target over units by their keys: last year's share, capacity, head count, or equal ones.

    Each part is rounded to `step` by largest remainders (the first unit wins a tie), so that the parts add up to the
    target times `over` exactly; what is left over below one step goes to the next unit in line. A key that is missing
    (None or NaN) counts as zero and is told, by the unit's name where `names` has it. Raises `CannotAllocate` for
    `over` outside 1 to 1.20, and for a negative key.

    >>> [str(p) for p in allocate(1000, [50, 30, 21], step=1).parts]
    ['495', '297', '208']
    """
    factor, whole = Decimal(over), Decimal(target) * Decimal(over)
    if not 1 <= factor <= MOST_OVER:
        raise CannotAllocate(f"An over-allocation of {factor} is not allowed.", hint=f"Give 1 to {MOST_OVER}.")
    missing = [i for i, key in enumerate(keys) if key is None or Decimal(key).is_nan()]
    weight = [Decimal(0) if i in missing else Decimal(str(key)) for i, key in enumerate(keys)]
    if any(w < 0 for w in weight):
        raise CannotAllocate("A key is below zero.", hint="Keys are shares, capacities or head counts: zero or more.")
    findings = [
        _finding("ALLOCATE-KEY", f"{_unit(names, i)} has no key, and gets nothing.", "Give its key.") for i in missing
    ]
    if not (total := sum(weight, Decimal(0))):
        findings.append(_finding("ALLOCATE-KEY", "All keys are zero.", "Give equal keys to share the target evenly."))
        return Allocation((), whole, factor, tuple(findings))
    raw = [whole * w / total for w in weight]
    parts = _rounded(raw, weight, whole, FINEST if step is None else Decimal(step))
    return Allocation(tuple(parts), whole, factor, tuple(findings))


def _rounded(raw: Sequence[Decimal], weight: Sequence[Decimal], whole: Decimal, step: Decimal) -> list[Decimal]:
    """Largest remainders: round down, then hand out what is left, a step at a time."""
    if step <= 0:
        raise CannotAllocate(f"A step of {step} rounds nothing.", hint="Give 1 for whole numbers.")
    if abs(whole) / step > _FINE:
        raise CannotAllocate(f"{whole:g} in steps of {step:g} are more digits than can be added up exactly.")
    parts = [(part / step).to_integral_value(ROUND_FLOOR) * step for part in raw]
    order = sorted((i for i, w in enumerate(weight) if w), key=lambda i: (parts[i] - raw[i], i))
    left = whole - sum(parts, Decimal(0))
    turn = 0
    while left > 0:
        given = min(step, left)
        parts[order[turn % len(order)]] += given
        left, turn = left - given, turn + 1
    return parts


def allocate_ratio(
    target: float, baseline: Floats, best: Floats, denominators: Floats, *, names: Sequence[str] = ()
) -> RatioAllocation:
    """Share a ratio target so that every unit closes the same share of its gap to best practice.

    `t = b + g(c − b)` with `g = (T − Σwb) / Σw(c − b)` and weights by expected denominators, so Σdt/Σd is the target
    exactly. A unit without baseline, cap or denominator gets NaN, takes no part, and is told. With `g` above 1 the
    target is out of reach with these caps; below 0 it is worse than today.

    >>> found = allocate_ratio(80.0, np.array([70.0, 80.0]), np.array([90.0, 90.0]), np.array([100.0, 100.0]))
    >>> found.targets.round(4).tolist(), round(found.share, 4)
    ([76.6667, 83.3333], 0.3333)
    """
    b, c, d = (np.asarray(a, dtype=np.float64) for a in (baseline, best, denominators))
    used = np.isfinite(b) & np.isfinite(c) & (d > 0)
    findings = [
        _finding("ALLOCATE-KEY", f"{_unit(names, i)} lacks baseline, cap or denominator.", "Give all three.")
        for i in np.flatnonzero(~used).tolist()
    ]
    nothing = np.full(b.shape, np.nan)
    if not used.any() or not math.isfinite(target):
        return RatioAllocation(nothing, math.nan, math.nan, tuple(findings))
    w = np.where(used, d, 0.0) / d[used].sum()
    b0, gap = np.where(used, b, 0.0), np.where(used, c - b, 0.0)
    level, way = float((w * b0).sum()), float((w * gap).sum())
    share = (target - level) / way if abs(way) > _GAP * max(abs(level), 1.0) else (0.0 if target == level else math.inf)
    targets = np.where(used, b0 + share * gap, np.nan) if abs(share) <= 1 + _GAP else nothing
    if share > 1 + _GAP or math.isinf(share):
        message = f"The target, {target:.6g}, is not reachable with these caps: together they give {level + way:.6g}."
        findings.append(_finding("ALLOCATE-REACH", message, "Lower the target, or raise a cap."))
        targets = nothing
    elif share < -_GAP:
        message = f"The target, {target:.6g}, is worse than today's level, {level:.6g}."
        findings.append(_finding("ALLOCATE-REACH", message, "Look whether the target or the baseline is wrong."))
    return RatioAllocation(targets, share, level + way, tuple(findings))


def agrees(
    parent: Numbers, children: Numbers, *, absolute: float = 0.0, relative: float = TOLERANCE
) -> tuple[Bools, Bools]:
    """Whether figures of parents and what their children make together agree, and where that can be told.

    `|parent − children| ≤ max(absolute, relative·|parent|)`, with 1e-9 in favour; arrays broadcast. Where one of them
    is NaN nothing is told.

    >>> [a.tolist() for a in agrees(np.array([100.0, 100.0, np.nan]), np.array([100.4, 99.0, 5.0]))]
    [[True, False, False], [True, True, False]]
    """
    above, below = np.asarray(parent, dtype=np.float64), np.asarray(children, dtype=np.float64)
    told = np.isfinite(above) & np.isfinite(below)
    with np.errstate(invalid="ignore"):
        room = np.maximum(absolute, relative * np.abs(above))
        close = np.abs(above - below) <= room + _GAP * np.maximum(np.abs(above), np.abs(below))
    return np.asarray(told & close), np.asarray(told)


def _unit(names: Sequence[str], place: int) -> str:
    return names[place] if names else f"Unit {place + 1}"


def _finding(code: str, message: str, fix: str) -> Finding:
    return Finding(code, Level.WARNING, Place(), message, fix)
