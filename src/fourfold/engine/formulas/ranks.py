"""How many units have a greater number."""

from __future__ import annotations

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.formulas.many import Many
from fourfold.engine.formulas.series import Cells


def greater(x: Cells, many: Many) -> Floats:
    """For each cell of x how many of the units its unit looks at have a greater number; shape (…, unit, period).

    One sort of all cells by group, period and number, then two look-ups each: units below one parent may be many.
    """
    cells, of = many.cells, many.groups.of
    shape = np.broadcast_shapes(x.value.shape, cells.value.shape)
    own = np.where(x.fault == 0, x.value, 0.0)
    theirs = np.where(cells.fault == 0, cells.value, 0.0)
    numbers = np.unique(np.concatenate([own.ravel(), theirs.ravel()]))
    steps = np.int64(len(numbers))
    # (…, period) first, so that each group of one period has a stretch of keys of its own.
    group_count = np.int64(max(len(many.groups.members), 1))
    lines = np.arange(int(np.prod(shape)) // max(shape[-2], 1), dtype=np.int64).reshape(*shape[:-2], 1, shape[-1])

    def keys(values: Floats, group: np.typing.NDArray[np.int64]) -> np.typing.NDArray[np.int64]:
        place = np.searchsorted(numbers, values).astype(np.int64)
        return np.asarray((lines * group_count + group[:, None]) * steps + place)

    known = np.broadcast_to(cells.fault == 0, shape)
    listed = []
    for i, members in enumerate(many.groups.members):
        found = keys(np.broadcast_to(theirs, shape)[..., members, :], np.full(len(members), i, dtype=np.int64))
        listed.append(found[known[..., members, :]])
    ordered = np.sort(np.concatenate(listed)) if listed else np.empty(0, np.int64)
    mine = keys(np.broadcast_to(own, shape), np.maximum(of, 0).astype(np.int64))
    end = mine - mine % steps + steps
    above = np.searchsorted(ordered, end, side="left") - np.searchsorted(ordered, mine, side="right")
    return np.asarray(above.astype(np.float64))
