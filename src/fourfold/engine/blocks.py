"""The cube: dense KPI × unit × period arrays, and how long tables become them.

A block holds KPIs of one frequency. Arrays are `(kpi, unit, period)`; a number is present exactly where `state`
is `State.NUMBER`, everywhere else `value` is NaN and the state says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Codes, Floats, Mark, State, slabs
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.periods import Frequency, Lag, Period
from fourfold.engine.rows import Rows, kpi_places, locate, unit_tree
from fourfold.engine.tree import Indexes, UnitTree

if TYPE_CHECKING:
    import polars as pl


#: Marks a KPI without any row in `_block`.
NEVER = np.iinfo(np.int64).max


@dataclass(slots=True)
class Block:
    """Figures of some KPIs at one frequency; numerator and denominator only where ratios need them."""

    kpis: tuple[str, ...]
    units: tuple[str, ...]
    periods: tuple[Period, ...]
    value: Floats
    state: Codes
    marks: Codes
    numerator: Floats | None = None
    denominator: Floats | None = None
    reason: Codes | None = None
    coverage: Floats | None = None  # share of the units below that are in; None where nothing was rolled up

    def part(self, rows: slice[int, int, None]) -> Block:
        """Some KPIs of the block, as views; without numerators or denominators where none of them has any."""
        value, state, marks = self.value[rows], self.state[rows], self.marks[rows]
        return Block(
            self.kpis[rows], self.units, self.periods, value, state, marks, _some(self.numerator, rows),
            _some(self.denominator, rows), None if self.reason is None else self.reason[rows],
            None if self.coverage is None else self.coverage[rows],
        )  # fmt: skip

    def parts(self, counts: Iterable[int]) -> Iterator[Block]:
        """The block in parts of so many KPIs, as views."""
        start = 0
        for count in counts:
            yield self.part(slice(start, start + count))
            start += count

    @property
    def shape(self) -> tuple[int, int, int]:
        """(KPIs, units, periods)."""
        return len(self.kpis), len(self.units), len(self.periods)


def _some(array: Floats | None, rows: slice[int, int, None]) -> Floats | None:
    if array is None or np.isnan(own := array[rows]).all():
        return None
    return own


def to_blocks(
    rows: pl.DataFrame | Rows,
    definitions: Definitions,
    groups: Iterable[Sequence[Kpi]],
    spans: Mapping[Frequency, tuple[Period, ...]],
    *,
    as_of: datetime,
) -> list[Block]:
    """One block for each group of KPIs (all of one frequency), over the span of periods of that frequency.

    `rows` has `kpi, unit, period` and any of `value, numerator, denominator, state, marks`. Rows for other KPIs,
    units or periods are left out (checking them is the work of `measurements.check_rows`). A cell without a row is
    MISSING when a figure was due by `as_of`, else NOT_DUE, and NOT_APPLICABLE where the unit does not have the KPI
    or before the KPI's first row anywhere. A number that is not due yet is PROVISIONAL.
    """
    found = locate(rows, definitions)
    return [_block(found, definitions, group, spans[group[0].frequency], as_of) for group in groups]


def _block(
    rows: Rows, definitions: Definitions, kpis: Sequence[Kpi], periods: tuple[Period, ...], as_of: datetime
) -> Block:
    tree = unit_tree(definitions)
    codes = tuple(k.code for k in kpis)
    shape = (len(codes), len(tree.codes), len(periods))
    inside, flat, first = _cells(rows, definitions, codes, shape, periods[0].ordinal, _begun(periods[0], as_of))

    figures = rows.floats("value", "numerator", "denominator")

    def scatter(column: str) -> Floats | None:
        if column not in figures or np.isnan(given := figures.pop(column)[inside]).all():
            return None
        array = np.full(shape, np.nan)
        array.reshape(-1)[flat] = given
        return array

    value = scatter("value")
    numerator, denominator = scatter("numerator"), scatter("denominator")
    if value is None:
        value = np.full(shape, np.nan)
    if numerator is not None and denominator is not None:
        _derive(value, numerator, denominator, np.array([float(k.factor) for k in kpis]))
    state = _empty_states(definitions, tree, kpis, periods, first, as_of)
    number = np.isfinite(value)
    early = number & (state == State.NOT_DUE)
    state[number] = State.NUMBER
    value[~number] = np.nan
    marks = np.zeros(shape, dtype=np.uint8)
    if (given := rows.codes("state")) is not None and (said := given[inside]).any():
        state.reshape(-1)[flat[said != 0]] = said[said != 0]
        value[state != State.NUMBER] = np.nan
    if (given := rows.codes("marks")) is not None:
        marks.reshape(-1)[flat] = given[inside]
    marks[early & (state == State.NUMBER)] |= np.uint8(Mark.PROVISIONAL)
    return Block(codes, tree.codes, periods, value, state, marks, numerator, denominator)


def _cells(
    rows: Rows, definitions: Definitions, codes: Sequence[str], shape: tuple[int, int, int], begin: int, begun: int
) -> tuple[slice[None, None, None] | Indexes, Indexes, npt.NDArray[np.int64]]:
    """Which rows lie in a block, the cell of each of them, and the period of each KPI's first row anywhere.

    Rows of periods that have not `begun` are as if they were not there (I10).
    """
    place = np.full(len(definitions.kpi), -1, dtype=np.int64)
    number = kpi_places(definitions)
    place[[number[code] for code in codes]] = np.arange(len(codes))
    inside: slice[None, None, None] | Indexes = slice(None)
    if (place < 0).any():
        inside = np.flatnonzero(place[rows.kpi] >= 0)
    k, p = place[rows.kpi[inside]], rows.ordinal[inside] - np.int64(begin)
    if len(p) and p.max() >= begun:
        known = np.flatnonzero(p < begun)
        inside = known if isinstance(inside, slice) else inside[known]
        k, p = k[known], p[known]
    first = np.full(len(codes), NEVER, dtype=np.int64)
    np.minimum.at(first, k, p)
    if len(p) and (p.min() < 0 or p.max() >= shape[2]):
        shown = np.flatnonzero((p >= 0) & (p < shape[2]))
        inside = shown if isinstance(inside, slice) else inside[shown]
        k, p = k[shown], p[shown]
    k *= shape[1]
    k += rows.unit[inside]
    k *= shape[2]
    k += p
    return inside, k, first


def _begun(first: Period, as_of: datetime) -> int:
    """How many periods from the first one on have begun by `as_of`."""
    return first.calendar.period(first.frequency, as_of.date()).ordinal - first.ordinal + 1


def _derive(value: Floats, numerator: Floats, denominator: Floats, factor: Floats) -> None:
    """Fill in the value of ratios that came as numerator and denominator, in place."""
    with np.errstate(divide="ignore", invalid="ignore"):
        for k in slabs(value.shape):
            derived = factor[k, None, None] * numerator[k] / denominator[k]
            np.copyto(value[k], derived, where=np.isnan(value[k]) & np.isfinite(derived))


def _empty_states(
    definitions: Definitions,
    tree: UnitTree,
    kpis: Sequence[Kpi],
    periods: tuple[Period, ...],
    first: npt.NDArray[np.int64],
    as_of: datetime,
) -> Codes:
    """What an empty cell means, for each (kpi, unit, period)."""
    counts = {lag: due_count(periods, lag, as_of) for lag in {k.lag for k in kpis}}
    due, place = np.array([counts[k.lag] for k in kpis]), np.arange(len(periods))
    of_kpi = np.where(place < due[:, None], np.uint8(State.MISSING), np.uint8(State.NOT_DUE))
    # a KPI never measured stays due from the beginning: say so rather than hide it
    of_kpi[(place < first[:, None]) & (first[:, None] != NEVER)] = State.NOT_APPLICABLE
    state = np.repeat(of_kpi[:, None, :], len(tree.codes), axis=1)
    for k, kpi in enumerate(kpis):
        if kpi.not_applicable_in or kpi.only_in:
            absent = [i for i in range(len(tree.codes)) if not has_kpi(definitions, tree, kpi, i)]
            state[k, absent, :] = State.NOT_APPLICABLE
    return state


def due_count(periods: Sequence[Period], lag: str, as_of: datetime) -> int:
    """How many of these consecutive periods are due by `as_of`: the lag after their end is over."""
    parsed, today = Lag.parse(lag), as_of.date()
    count = len(periods)
    while count and parsed.after(periods[count - 1].end) > today:
        count -= 1
    return count


def has_kpi(definitions: Definitions, tree: UnitTree, kpi: Kpi, unit: int) -> bool:
    """True when the unit, or any unit below it that rolls up into it, has the KPI."""
    code = tree.codes[unit]
    if code in kpi.not_applicable_in:
        return False
    if definitions.applies(kpi, code):
        return True
    return any(definitions.applies(kpi, tree.codes[i]) for i in tree.subtree(unit)[1:])
