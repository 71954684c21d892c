"""Figures of one KPI after one of them was edited: of its unit and the units above, from what is known of the others.

An edited figure of a measured KPI is rolled up into the units above in its own period alone. The units beside the way
up take part with the figures they have, so that the work does not grow with the number of units that report, or with
the history of any but those on the way. The results are those of a full evaluation, to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from fourfold.engine.algebra import AggUnits
from fourfold.engine.blocks import Block, to_blocks
from fourfold.engine.cells import NOT_APPLICABLE, NUMBER, Floats
from fourfold.engine.conversion import convert_block
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.former_trees import has_moves
from fourfold.engine.groups import group, over_units, weight_of
from fourfold.engine.kpis import Figures, own_spans, roll_up_units
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.rows import Rows, unit_tree
from fourfold.engine.target_versions import versions_of

if TYPE_CHECKING:
    import polars as pl

_PARTS: Final = ("numerator", "denominator")
#: The arrays of a block that hold its figures.
_ARRAYS: Final = ("value", *_PARTS, "state", "marks", "reason", "coverage")


def stays_near(definitions: Definitions, kpi: Kpi) -> bool:
    """True where results of a month are the figures of the KPI, and those of other units follow from its own alone.

    Not where it is computed or weighted by another KPI, nor where a red line that is added up from those of the units
    below follows from the history of each of them, nor where units have moved.
    """
    if has_moves(definitions):
        return False
    plain = kpi.frequency is Frequency.MONTH and not kpi.is_computed and weight_of(kpi) is None
    return plain and (over_units(kpi) is not AggUnits.SUM or versions_of(definitions, (kpi,)).is_settled)


def way_up(definitions: Definitions, unit: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The unit and those above it, and the units beside the way: the other children of each, in order."""
    tree = unit_tree(definitions)
    start = tree.index[unit]
    way = (start, *tree.ancestors(start))
    beside = [int(c) for i in way for c in tree.children[i] if int(c) not in way]
    return tuple(tree.codes[i] for i in way), tuple(tree.codes[i] for i in beside)


def figures_near(
    definitions: Definitions,
    kpi: Kpi,
    rows: pl.DataFrame | Rows,
    *,
    known: Block,
    beside: Block,
    period: Period,
    periods: Sequence[Period],
    as_of: datetime,
) -> Figures | None:
    """Figures of a KPI that `stays_near`, for the units of the `way_up`, after an edit in one `period`.

    None where the edit may be the first or the last to say a numerator or denominator, which all units then have.

    `rows` are those of that period and these units. `known` has what was known of these units in the months view,
    `beside` what is known of the units beside the way in the period. `periods` reach as far as any view does.
    """
    (g,), tree = group([kpi]), unit_tree(definitions)
    way, others = ([tree.index[code] for code in some.units] for some in (known, beside))
    spans = own_spans(definitions, rows, periods, [kpi.frequency])
    # One period more than there is to roll up: NumPy adds up a single column in another order.
    later = definitions.calendar.range(period, max(spans[kpi.frequency][-1], period.shift(1)))
    (new,) = to_blocks(rows, definitions, [[kpi]], {kpi.frequency: later}, as_of=as_of)
    new.reason = np.zeros(new.shape, dtype=np.uint8)
    convert_block(new, definitions, as_of)
    for name in _PARTS:
        if _says(known, name, but=period) or _says(beside, name):
            setattr(new, name, np.full(new.shape, np.nan) if getattr(new, name) is None else getattr(new, name))
        elif getattr(new, name) is not None or _says(known, name):
            return None
    if tree.levels:
        new.coverage = (new.state == NUMBER).astype(np.float64)
        _put(new, others, 0, beside)
        roll_up_units(new, g, tree.levels_of(way))
    block = _empty((kpi.code,), known.units, spans[kpi.frequency], has_coverage=bool(tree.levels))
    for given in (_some(new, way, slice(None)), known, _some(new, way, slice(1))):
        _put(block, slice(None), given.periods[0].ordinal - block.periods[0].ordinal, given)
    for name in _PARTS:
        if not _says(block, name):
            setattr(block, name, None)
    return Figures((((g,), block),), spans)


def _says(block: Block, name: str, *, but: Period | None = None) -> bool:
    """True where there is a numerator or denominator, in a period but this one."""
    array: Floats | None = getattr(block, name)
    others = [period != but for period in block.periods]
    return array is not None and not np.isnan(array[..., others]).all()


def _some(block: Block, units: Sequence[int], periods: slice[None, int | None, None]) -> Block:
    """Some units and periods of a block."""
    arrays = {n: a[:, units, periods] for n in _ARRAYS if (a := getattr(block, n)) is not None}
    return replace(block, units=tuple(block.units[i] for i in units), periods=block.periods[periods], **arrays)


def _empty(kpis: tuple[str, ...], units: tuple[str, ...], periods: tuple[Period, ...], *, has_coverage: bool) -> Block:
    """A block without figures: before the first one of a KPI it is not applicable anywhere."""
    shape = len(kpis), len(units), len(periods)
    value, numerator, denominator = (np.full(shape, np.nan) for _ in range(3))
    state, marks, reason = np.full(shape, NOT_APPLICABLE), np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    coverage = np.zeros(shape) if has_coverage else None
    return Block(kpis, units, periods, value, state, marks, numerator, denominator, reason, coverage)


def _put(block: Block, units: Sequence[int] | slice[None, None, None], start: int, given: Block) -> None:
    """Write the cells of another block, in place, at some units, from a period on as far as both reach."""
    count = min(len(given.periods), len(block.periods) - start)
    for name in _ARRAYS:
        own, array = getattr(block, name), getattr(given, name)
        if own is not None and array is not None:
            own[:, units, start : start + count] = array[..., :count]
