"""Numbers of other units, and what is made of several numbers: one way for units, windows and lists.

What is made of several numbers works on the last axis of `values`; `counted` says which of them count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from fourfold.engine.cells import Bools, Codes, Floats, slabs
from fourfold.engine.formulas.series import MISSING, NOT_APPLICABLE, Cells, settle
from fourfold.engine.tree import Indexes, UnitTree

Reduce = Callable[[Floats, Bools], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Some units each: `members` lists groups of units, `of` says which one a unit looks at, −1 for none."""

    members: tuple[Indexes, ...]
    of: Indexes


@dataclass(frozen=True, slots=True, eq=False)
class Many:
    """The cells of all units, shape (…, unit, period), and which of them each unit looks at."""

    cells: Cells
    groups: Groups


def children(tree: UnitTree) -> Groups:
    """Each unit looks at the units directly below it."""
    return _below(tree, [list(map(int, found)) for found in tree.children])


def leaves(tree: UnitTree) -> Groups:
    """Each unit looks at the units below it that have none below themselves."""
    found: list[list[int]] = [[] for _ in tree.codes]
    for i, below in tree.bottom_up:
        found[i] = [leaf for c in map(int, below) for leaf in (found[c] or [c])]
    return _below(tree, found)


def siblings(tree: UnitTree) -> Groups:
    """Each unit looks at all units below the unit above it, itself included."""
    below = children(tree)
    parent = np.array(tree.parent, dtype=np.intp)
    return Groups(below.members, np.where(parent >= 0, below.of[parent], np.intp(-1)))


def _below(tree: UnitTree, found: Sequence[Sequence[int]]) -> Groups:
    of = np.full(len(tree.codes), -1, dtype=np.intp)
    inner = [i for i, members in enumerate(found) if members]
    of[inner] = np.arange(len(inner))
    return Groups(tuple(np.array(found[i], dtype=np.intp) for i in inner), of)


def reduce_many(many: Many, reduce: Reduce, least: int) -> Cells:
    """One number of the units each unit looks at; those that do not have the KPI are passed over.

    Of the others the worst decides. Not applicable where fewer than `least` are left.
    """
    x, groups = many.cells, many.groups
    shape = (*x.value.shape[:-2], len(groups.members) + 1, x.value.shape[-1])
    value, fault = np.full(shape, np.nan), np.full(shape, NOT_APPLICABLE, np.uint8)
    by_size: dict[int, list[int]] = {}
    for i, members in enumerate(groups.members):
        by_size.setdefault(len(members), []).append(i)
    for some in by_size.values():
        at = np.stack([groups.members[i] for i in some])
        for part in slabs((len(some), at.shape[1], shape[-1])):
            # (…, group, member, period) → (…, group, period, member)
            values = np.moveaxis(x.value[..., at[part], :], -2, -1)
            faults = np.moveaxis(x.fault[..., at[part], :], -2, -1)
            done = reduce_known(values, faults, reduce, least)
            value[..., some[part], :], fault[..., some[part], :] = done.value, done.fault
    return Cells(value[..., groups.of, :], fault[..., groups.of, :])  # the last row is that of no group


def reduce_known(values: Floats, faults: Codes, reduce: Reduce, least: int) -> Cells:
    """One number of the last axis, passing over what is not applicable."""
    counted = faults != NOT_APPLICABLE
    fault = np.where(counted, faults, np.uint8(0)).max(axis=-1, initial=np.uint8(0))
    enough = counted.sum(axis=-1) >= least
    return settle(reduce(values, counted), np.where(enough | (fault > 0), fault, NOT_APPLICABLE))


def count_numbers(faults: Codes) -> Cells:
    """How many of the last axis have a number; where none has one and none could, the worst of them decides."""
    count = (faults == 0).sum(axis=-1).astype(np.float64)
    worst = faults.max(axis=-1, initial=NOT_APPLICABLE)
    # What is missing or an error is a cell without a number; what is not due or not applicable says nothing.
    return Cells(count, np.where((count == 0) & (worst < MISSING), worst, np.uint8(0)))


def total(values: Floats, counted: Bools) -> Floats:
    """The sum."""
    return np.asarray(np.where(counted, values, 0.0).sum(axis=-1))


def mean(values: Floats, counted: Bools) -> Floats:
    """The arithmetic mean."""
    return np.asarray(total(values, counted) / counted.sum(axis=-1))


def least(values: Floats, counted: Bools) -> Floats:
    """The smallest."""
    return np.asarray(np.where(counted, values, np.inf).min(axis=-1))


def greatest(values: Floats, counted: Bools) -> Floats:
    """The largest."""
    return np.asarray(np.where(counted, values, -np.inf).max(axis=-1))


def median(values: Floats, counted: Bools) -> Floats:
    """The middle one, or the mean of the middle two."""
    ordered = np.sort(np.where(counted, values, np.inf), axis=-1)
    count = counted.sum(axis=-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, ordered.shape[-1] - 1), axis=-1)
    return np.asarray((0.5 * low + 0.5 * high)[..., 0])


def deviation(values: Floats, counted: Bools) -> Floats:
    """The standard deviation of a sample, with n − 1; exactly 0 where all are alike.

    Distances from the smallest are squared as shares of the largest distance, so that nothing is lost or overflows.
    """
    count = counted.sum(axis=-1, keepdims=True)
    away = np.where(counted, values - least(values, counted)[..., None], 0.0)
    widest = away.max(axis=-1, keepdims=True)
    share = away / np.where(widest > 0, widest, 1.0)
    off = np.where(counted, share - share.sum(axis=-1, keepdims=True) / count, 0.0)
    return np.asarray(widest[..., 0] * np.sqrt((off**2).sum(axis=-1) / (count[..., 0] - 1)))


STATISTICS: Final[dict[str, Reduce]] = {
    "sum": total,
    "mean": mean,
    "min": least,
    "max": greatest,
    "median": median,
    "stdev": deviation,
}
