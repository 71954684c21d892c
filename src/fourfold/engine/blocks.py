"""The cube: dense KPI × unit × period arrays, and how long tables become them.

A block holds KPIs of one frequency. Arrays are `(kpi, unit, period)`; a number is present exactly where `state`
is `State.NUMBER`, everywhere else `value` is NaN and the state says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import MISSING, NOT_APPLICABLE, NOT_DUE, Codes, Floats, Mark, State, side_by_side, slabs
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.due import begun, due
from fourfold.engine.former_trees import eras, trees_in
from fourfold.engine.once import once_for
from fourfold.engine.periods import Frequency, Period
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

    def within(self, periods: slice[int, int, None]) -> Block:
        """Some consecutive periods, as a view of the same arrays: what is written there is written here."""
        if (periods.start, periods.stop) == (0, len(self.periods)):
            return self
        part = replace(self, periods=self.periods[periods])
        for field in fields(self):
            if isinstance(array := getattr(self, field.name), np.ndarray):
                setattr(part, field.name, array[..., periods])
        return part

    @property
    def shape(self) -> tuple[int, int, int]:
        """(KPIs, units, periods)."""
        return len(self.kpis), len(self.units), len(self.periods)


def _some(array: Floats | None, rows: slice[int, int, None]) -> Floats | None:
    if array is None:
        return None
    own = array[rows]
    # Mostly the first KPI tells; all are asked only where it has none.
    return None if np.isnan(own[:1]).all() and np.isnan(own).all() else own


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
    MISSING when a figure was due by `as_of`, else NOT_DUE, and NOT_APPLICABLE where the unit does not have the KPI, or
    before both the KPI's first row anywhere and the period with which it says that it begins. A number that is not due
    yet is PROVISIONAL.
    """
    found = locate(rows, definitions)
    return [_block(found, definitions, group, spans[group[0].frequency], as_of) for group in groups]


def _block(
    rows: Rows, definitions: Definitions, kpis: Sequence[Kpi], periods: tuple[Period, ...], as_of: datetime
) -> Block:
    tree = unit_tree(definitions)
    codes = tuple(k.code for k in kpis)
    shape = (len(codes), len(tree.codes), len(periods))
    begin, there = periods[0].ordinal, begun(definitions, periods[0], as_of)
    place, factor = _places(definitions, codes)
    given = _scattered(rows, place, shape, begin, there)
    state = _empty_states(definitions, codes, periods, given.first, as_of)
    marks = np.zeros(shape, dtype=np.uint8) if given.marks is None else given.marks
    block = Block(codes, tree.codes, periods, given.value, state, marks, given.numerator, given.denominator)

    def settle(some: slice[int, int, None]) -> None:
        _settle(block.part(some), factor[some], None if given.state is None else given.state[some])

    side_by_side(settle, slabs(shape))
    return block


def _settle(block: Block, factor: Floats, said: Codes | None) -> None:
    """Make ratios of their parts and give each cell its state, in place, where `said` names none."""
    value, state = block.value, block.state
    if block.numerator is not None and block.denominator is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            derived = factor * block.numerator
            derived /= block.denominator
        np.copyto(value, derived, where=np.isnan(value) & np.isfinite(derived))
    number = np.isfinite(value)
    early = state == NOT_DUE
    early &= number
    state *= ~number  # a number has code 0
    if said is not None:
        np.copyto(state, said, where=said != 0)
        np.equal(state, State.NUMBER, out=number)
    np.copyto(value, np.nan, where=~number)
    if early.any():
        block.marks |= (early & number) * np.uint8(Mark.PROVISIONAL)


@once_for
def _places(definitions: Definitions, codes: tuple[str, ...]) -> tuple[Indexes, Floats]:
    """The place of each KPI of the definitions among these, −1 where it is not; and their factors, `(kpi, 1, 1)`."""
    place = np.full(len(definitions.kpi), -1, dtype=np.intp)
    number = kpi_places(definitions)
    place[[number[code] for code in codes]] = np.arange(len(codes))
    return place, np.array([float(definitions.kpi[code].factor) for code in codes])[:, None, None]


class _Given(NamedTuple):
    """The columns of the rows as blocks, None where there is nothing in them; the period of each KPI's first row."""

    value: Floats
    numerator: Floats | None
    denominator: Floats | None
    state: Codes | None
    marks: Codes | None
    first: npt.NDArray[np.int64]


def _scattered(
    rows: Rows, place: Indexes, shape: tuple[int, int, int], begin: int, begun: npt.NDArray[np.int64]
) -> _Given:
    """The figures of a block. Rows of periods that have not `begun` at their unit are as if not there (I10)."""
    floats = {name: np.empty(shape) for name in ("value", "numerator", "denominator") if rows.has(name)}
    codes = {name: np.zeros(shape, dtype=np.uint8) for name in ("state", "marks") if rows.has(name)}
    columns = floats | codes
    kpi, unit = place[rows.lanes.kpi], rows.lanes.unit
    limit = np.broadcast_to(begun, shape[1])[unit]
    known = (kpi >= 0) & (rows.lanes.low - begin < limit)
    first = np.full(shape[0], NEVER, dtype=np.int64)
    np.minimum.at(first, kpi[known], rows.lanes.low[known].astype(np.int64) - begin)
    limit = np.minimum(limit, shape[2])
    whole = known & (rows.lanes.low >= begin) & (rows.lanes.high - begin < limit)
    start = (kpi * shape[1] + unit) * shape[2] - begin  # where period 0 of each lane would be

    def empty(some: slice[int, int, None]) -> None:
        for numbers in floats.values():
            numbers[some] = np.nan

    def scatter(some: slice[int, int, None]) -> set[str]:
        """Write some rows, and say of which columns."""
        own, lengths = rows.lanes.lengths(some)
        cell = np.repeat(start[own], lengths) + rows.ordinal[some]
        inside: slice[None, None, None] | Indexes = slice(None)
        if not whole[own].all():
            period, least = rows.ordinal[some] - begin, np.where(kpi[own] < 0, 0, limit[own])
            inside = np.flatnonzero((period >= 0) & (period < np.repeat(least, lengths)))
            cell = cell[inside]
        given = rows.columns(list(floats), list(codes), some)
        for name, column in given.items():
            columns[name].reshape(-1)[cell] = column[inside]
        return set(given) if cell.size else set()

    side_by_side(empty, slabs(shape))
    there = set[str]().union(*side_by_side(scatter, slabs((len(rows.ordinal),))))
    value = floats.pop("value", None)
    parts = {name: numbers for name, numbers in floats.items() if name in there}
    return _Given(
        np.full(shape, np.nan) if value is None else value, parts.get("numerator"), parts.get("denominator"),
        codes.get("state"), codes.get("marks"), first,
    )  # fmt: skip


def _empty_states(
    definitions: Definitions, codes: tuple[str, ...], periods: tuple[Period, ...], first: npt.NDArray[np.int64],
    as_of: datetime,
) -> Codes:  # fmt: skip
    """What an empty cell means, for each (kpi, unit, period)."""
    place, units = np.arange(len(periods)), len(unit_tree(definitions).codes)
    is_due = place < due(definitions, codes, periods, as_of)[..., None]
    state = np.where(is_due, MISSING, NOT_DUE)
    # a KPI never measured stays due from the beginning, or from where it says that it begins: say so, hide nothing
    for k, ordinal in _beginnings(definitions, codes):
        first[k] = min(first[k], ordinal - periods[0].ordinal)
    early = (place < first[:, None]) & (first[:, None] != NEVER)
    np.copyto(state, NOT_APPLICABLE, where=early[:, None])
    if state.shape[1] != units:
        state = np.repeat(state, units, axis=1)
    for k, absent in _absent(definitions, codes):
        for some, tree in trees_in(definitions, periods):
            state[k, absent[tree.parent], some] = State.NOT_APPLICABLE
    return state


@once_for
def _beginnings(definitions: Definitions, codes: tuple[str, ...]) -> list[tuple[int, int]]:
    """Of the KPIs that say with which period they begin: the place of each among these, and that period's number."""
    own = enumerate(definitions.kpi[code] for code in codes)
    return [(k, definitions.calendar.parse(x.since, x.frequency).ordinal) for k, x in own if x.since is not None]


@once_for
def _absent(definitions: Definitions, codes: tuple[str, ...]) -> list[tuple[int, dict[tuple[int, ...], list[int]]]]:
    """The units that do not have a KPI, where there are any: by the place of the KPI among these, and by tree."""
    found = []
    for k, kpi in enumerate(definitions.kpi[code] for code in codes):
        if kpi.not_applicable_in or kpi.only_in:
            trees = [era.tree for era in eras(definitions)]
            lacking = {t.parent: [i for i in range(len(t.codes)) if not has_kpi(definitions, t, kpi, i)] for t in trees}
            found.append((k, lacking))
    return found


def has_kpi(definitions: Definitions, tree: UnitTree, kpi: Kpi, unit: int) -> bool:
    """True when the unit, or any unit below it that rolls up into it, has the KPI."""
    code = tree.codes[unit]
    if code in kpi.not_applicable_in:
        return False
    if definitions.applies(kpi, code):
        return True
    return any(definitions.applies(kpi, tree.codes[i]) for i in tree.subtree(unit)[1:])
