"""KPIs from figures: roll up over units, compute formulas, fold into the periods of the view.

Values are aggregated by the algebra of §2.2; a unit's own figure wins over the roll-up of the units below it, and a
formula is applied at every unit to inputs that have been rolled up already ("aggregate, then divide").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourfold.engine.aggregation import Folded, fold_units
from fourfold.engine.blocks import Block, to_blocks
from fourfold.engine.cells import (
    ERROR,
    NOT_APPLICABLE,
    NUMBER,
    WIDE,
    Bools,
    Codes,
    Floats,
    Reason,
    State,
    side_by_side,
    slabs,
    worst_state,
)
from fourfold.engine.conversion import convert_block
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.former_trees import has_moves, trees_in
from fourfold.engine.formulas import Series, TimeAxis, calculate, calculation_order, parse
from fourfold.engine.groups import (
    Group,
    all_groups,
    formulas_of,
    group,
    groups_of,
    inputs_with_figures,
    lookups_of,
    needs,
    reaches_sideways,
    weight_of,
)
from fourfold.engine.lookups import look_ups
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.rows import Rows, locate, unit_tree
from fourfold.engine.tree import Indexes, Levels, UnitTree
from fourfold.engine.views import Window, fold, fold_coverage

if TYPE_CHECKING:
    import polars as pl

#: Where the figures of a KPI are: the block, and its place there.
_Row = tuple[Kpi, Block, int]


@dataclass(frozen=True)
class Figures:
    """All KPIs wanted, at their own frequencies: one block for each, and the groups its KPIs come in, in order."""

    blocks: tuple[tuple[tuple[Group, ...], Block], ...]
    spans: Mapping[Frequency, tuple[Period, ...]]


def figures(
    definitions: Definitions,
    rows: pl.DataFrame | Rows,
    *,
    as_of: datetime,
    periods: Sequence[Period],
    only: Iterable[str] | None = None,
) -> Figures:
    """Figures of the KPIs `only` (all without it) for every unit, from rows of the measured ones.

    `periods` are those of the view; the blocks begin with the fiscal year of the first figure, so that shifts and
    running sums see what came before.
    """
    rows = locate(rows, definitions)
    wanted = set(definitions.kpi) if only is None else set(only)
    groups = all_groups(definitions) if only is None else groups_of(definitions, wanted)
    spans = own_spans(definitions, rows, periods, dict.fromkeys(g.frequency for g in groups))
    pairs = []
    for frequency in spans:
        own = [g for g in groups if g.frequency is frequency]
        pairs.append((own, _measured(own, rows, definitions, spans, as_of)))
    later = [k for g in groups if g.is_computed or g.is_weighed for k in g.kpis]
    _compute_all(later, pairs, spans, definitions, as_of)
    if only is not None:
        pairs = [_only(own, block, wanted) for own, block in pairs]
    return Figures(tuple((tuple(own), block) for own, block in pairs), spans)


def _only(groups: Sequence[Group], block: Block, wanted: set[str]) -> tuple[list[Group], Block]:
    """The groups that are shown, and their part of the block; those that are only inputs come after them."""
    kept = [g for g in groups if wanted.intersection(g.codes)]
    count = sum(len(g.kpis) for g in kept)
    return kept, block if len(kept) == len(groups) else block.part(slice(0, count))


def own_spans(
    definitions: Definitions, rows: pl.DataFrame | Rows, periods: Sequence[Period], frequencies: Iterable[Frequency]
) -> dict[Frequency, tuple[Period, ...]]:
    """The periods of each frequency from the fiscal year of the first figure (or shown period) to the last shown."""
    calendar = definitions.calendar
    first = min([periods[0].start, *(p.start for p in locate(rows, definitions).first.values())])
    year = calendar.period(Frequency.YEAR, first)
    end = periods[-1].last_day
    spans = {}
    for frequency in frequencies:
        last = calendar.period(frequency, end)
        shown = periods[-1].frequency
        if frequency is Frequency.WEEK and shown.rank > frequency.rank and last.within(shown) != periods[-1]:
            last = last.shift(-1)  # the week over the end belongs to the next month
        begin = calendar.period(frequency, year.start)
        spans[frequency] = calendar.range(begin, last)
    return spans


def _measured(
    groups: Sequence[Group],
    rows: Rows,
    definitions: Definitions,
    spans: Mapping[Frequency, tuple[Period, ...]],
    as_of: datetime,
) -> Block:
    """The block of all KPIs of one frequency, in the KPIs' currencies and rolled up over units.

    Computed KPIs have no figures in it yet.
    """
    (block,) = to_blocks(rows, definitions, [[k for g in groups for k in g.kpis]], spans, as_of=as_of)
    block.reason = np.zeros(block.shape, dtype=np.uint8)
    convert_block(block, definitions, as_of)
    trees = [(some, tree) for some, tree in trees_in(definitions, block.periods) if tree.levels]
    if trees:
        block.coverage = np.empty(block.shape)

        def piece(some: tuple[Group, slice[int, int, None]]) -> None:
            g, part = some[0], block.part(some[1])
            np.equal(part.state, State.NUMBER, out=part.coverage)
            for periods, tree in trees if not g.is_weighed else ():
                roll_up_units(part.within(periods), g, tree.levels)

        side_by_side(piece, _pieces(block, groups))
    return block


def _pieces(block: Block, groups: Sequence[Group]) -> Iterator[tuple[Group, slice[int, int, None]]]:
    """KPIs that roll up over units alike, and their rows: as many at once as the processor's cache holds."""
    start = 0
    for g in groups:
        for some in slabs((len(g.kpis), *block.shape[1:]), WIDE):
            yield g.part(some), slice(start + some.start, start + some.stop)
        start += len(g.kpis)


def roll_up_units(block: Block, g: Group, levels: Levels) -> None:
    """Fill in the units above, in place and level by level; a figure of the unit's own wins over the roll-up."""
    if not levels or not g.rolls_up:
        return
    if block.coverage is None:
        block.coverage = (block.state == NUMBER).astype(np.float64)
    if block.reason is None:
        block.reason = np.zeros(block.shape, dtype=np.uint8)
    factor = np.array([float(k.factor) for k in g.kpis])[:, None, None]
    marks = block.marks if block.marks.any() else None
    for height, (parents, children) in enumerate(levels):
        if not children:
            continue
        rolled = fold_units(
            block.value, block.numerator, block.denominator, block.state, children, g.over_units,
            marks=marks if height == 0 else block.marks, factor=factor,
        )  # fmt: skip
        own = block.state[:, parents]  # a parent's turn comes once, so this is not rolled up yet
        whole = (own == NOT_APPLICABLE) & (rolled.state == NOT_APPLICABLE)
        keep = (own == NUMBER) | whole
        take = ~keep if keep.any() else None
        _put(block.value, parents, rolled.value, take)
        _put(block.state, parents, rolled.state, take)
        _put(block.marks, parents, rolled.marks, take)
        _put(block.reason, parents, _reason(block.reason, rolled, children), take)
        below = _below(block.coverage, children) if height else 1.0  # a unit without units below is in or is not
        _put(block.coverage, parents, rolled.coverage * below, take)
        if block.numerator is not None and rolled.num is not None:
            _put(block.numerator, parents, rolled.num, take)
        if block.denominator is not None and rolled.den is not None:
            _put(block.denominator, parents, rolled.den, take)


def _reason(reason: Codes, rolled: Folded, children: Sequence[Indexes]) -> Codes:
    """Why units above are errors; where a unit below has no exchange rate, that is what to mend."""
    if not (lacking := reason == np.uint8(Reason.NO_RATE)).any():
        return rolled.reason
    below = np.stack([lacking[:, index].any(axis=1) for index in children], axis=1)
    return np.where(below & (rolled.state == ERROR), np.uint8(Reason.NO_RATE), rolled.reason)


def _put(array: Floats | Codes, parents: Indexes, new: Floats | Codes, take: Bools | None) -> None:
    """Write the rolled-up cells of some units where `take` says so; all of them without it."""
    array[:, parents] = new if take is None else np.where(take, new, array[:, parents])


def _below(coverage: Floats, children: Sequence[Indexes]) -> Floats:
    """Mean coverage of the children that have one, so that a gap two levels down still shows."""
    means = []
    for index in children:
        part = np.take(coverage, index, axis=1)
        there = part > 0
        count = there.sum(axis=1)
        means.append(part.sum(axis=1) / np.maximum(count, 1))
    return np.stack(means, axis=1)


def _compute_all(
    kpis: Sequence[Kpi],
    pairs: Sequence[tuple[Sequence[Group], Block]],
    spans: Mapping[Frequency, tuple[Period, ...]],
    definitions: Definitions,
    as_of: datetime,
) -> None:
    """Fill in the computed and the weighed KPIs, in place and in the order their formulas and weights need."""
    if not kpis:
        return
    by_code = {k.code: k for k in kpis}
    source: dict[str, _Row] = {}
    for groups, block in pairs:
        source |= {k.code: (k, block, i) for i, k in enumerate(k for g in groups for k in g.kpis)}
    for code in calculation_order({k.code: needs(k) for k in kpis}):
        kpi, (_, block, i) = by_code[code], source[code]
        if kpi.is_computed:
            given = {n: _input(source[n], kpi.frequency, spans) for n in inputs_with_figures(kpi)}
            asked = look_ups(lookups_of(kpi), source, kpi.frequency, spans, definitions, as_of)
            row = _computed(kpi, {n: g.series for n, g in given.items()}, block.periods, definitions, asked)
            _trust_no_more(row, list(given.values()))
            absent = block.state[i] == NOT_APPLICABLE
            _write(row, block, i)
            _leave_out(block, i, absent)
        if (weight := weight_of(kpi)) is not None:
            _weigh(block, i, _input(source[weight], kpi.frequency, spans).series.value)
            if not kpi.is_computed:
                _roll_up_weighed(block, i, kpi, definitions)


def _weigh(block: Block, i: int, weight: Floats) -> None:
    """Give the numbers of one KPI, in place, their weights; a denominator of their own wins, one below 0 is none."""
    if block.denominator is None:
        block.denominator = np.full(block.shape, np.nan)
    own = block.denominator[i]
    np.copyto(own, weight, where=np.isnan(own) & (block.state[i] == NUMBER) & (weight >= 0))


def _roll_up_weighed(block: Block, i: int, kpi: Kpi, definitions: Definitions) -> None:
    """Roll up one KPI over units, in place, after its weights are known."""
    if block.numerator is None:
        block.numerator = np.full(block.shape, np.nan)
    part, (g,) = block.part(slice(i, i + 1)), group([kpi])
    part.numerator = block.numerator[i : i + 1]
    if block.denominator is not None:
        part.denominator = block.denominator[i : i + 1]
    if part.coverage is None:
        part.coverage = (part.state == NUMBER).astype(np.float64)
    for periods, tree in trees_in(definitions, block.periods):
        roll_up_units(part.within(periods), g, tree.levels)


class _Input(NamedTuple):
    """An input of a formula, `(unit, period)`: its cells, their marks, and the share of them that is in."""

    series: Series
    marks: Codes
    coverage: Floats


def _trust_no_more(row: Block, inputs: Sequence[_Input]) -> None:
    """Give a computed KPI, in place, the marks of its inputs in the same period and the least of their coverages."""
    number = row.state == NUMBER
    coverage = np.ones(row.shape)
    for given in inputs:
        row.marks |= np.where(number, given.marks, np.uint8(0))
        coverage = np.minimum(coverage, given.coverage)
    row.coverage = coverage


def _write(row: Block, block: Block, i: int) -> None:
    """Write the figures of one KPI into a block."""
    block.value[i], block.state[i], block.marks[i] = row.value[0], row.state[0], row.marks[0]
    if block.reason is not None and row.reason is not None:
        block.reason[i] = row.reason[0]
    if block.coverage is not None:
        block.coverage[i] = row.state[0] == NUMBER if row.coverage is None else row.coverage[0]
    if row.numerator is not None and row.denominator is not None:
        if block.numerator is None:
            block.numerator = np.full(block.shape, np.nan)
        if block.denominator is None:
            block.denominator = np.full(block.shape, np.nan)
        block.numerator[i], block.denominator[i] = row.numerator[0], row.denominator[0]


def _leave_out(block: Block, i: int, absent: Bools) -> None:
    """Take a computed KPI, in place, from the units that do not have it."""
    if not absent.any():
        return
    block.state[i, absent] = State.NOT_APPLICABLE
    for array in (block.value, block.numerator, block.denominator):
        if array is not None:
            array[i, absent] = np.nan
    for codes in (block.marks, block.reason):
        if codes is not None:
            codes[i, absent] = 0


def _input(found: _Row, frequency: Frequency, spans: Mapping[Frequency, tuple[Period, ...]]) -> _Input:
    """One KPI in the periods of the KPI that uses it."""
    kpi, block, i = found
    if kpi.frequency is frequency:
        reason = np.zeros(block.shape[1:], np.uint8) if block.reason is None else block.reason[i]
        coverage = (block.state[i] == NUMBER).astype(np.float64) if block.coverage is None else block.coverage[i]
        return _Input(Series(block.value[i], block.state[i], reason), block.marks[i], coverage)
    window = Window(block.periods, spans[frequency], frequency.value)
    own, (g,) = block.part(slice(i, i + 1)), group([kpi])
    folded = fold(own, g, window)
    series = Series(folded.value[0], folded.state[0], folded.reason[0])
    return _Input(series, folded.marks[0], fold_coverage(own, folded, g, window)[0])


def _computed(
    kpi: Kpi,
    inputs: Mapping[str, Series],
    periods: tuple[Period, ...],
    definitions: Definitions,
    lookups: Mapping[tuple[str, str], Series],
) -> Block:
    """One computed KPI; where its formulas look at other units, each period has the units of its own tree."""
    if not (has_moves(definitions) and reaches_sideways(kpi)):
        return compute(kpi, inputs, periods, unit_tree(definitions), lookups)
    parts = [(some, compute(kpi, inputs, periods, tree, lookups)) for some, tree in trees_in(definitions, periods)]
    whole = parts[-1][1]
    for name in ("value", "state", "numerator", "denominator", "reason"):
        if getattr(whole, name) is not None:
            setattr(whole, name, np.concatenate([getattr(part, name)[..., some] for some, part in parts], axis=-1))
    return whole


def compute(
    kpi: Kpi,
    inputs: Mapping[str, Series],
    periods: tuple[Period, ...],
    tree: UnitTree,
    lookups: Mapping[tuple[str, str], Series],
) -> Block:
    """One computed KPI at all units: its formula, or the ratio of the formulas of numerator and denominator."""
    axis, units = TimeAxis.of(periods), tree.codes
    shape = (len(units), len(periods))
    trees = [parse(text) for text in formulas_of(kpi)]
    parts = [_full(calculate(formula, inputs, axis, units=tree, lookups=lookups), shape) for formula in trees]
    if len(parts) == 1:
        (only,) = parts
        value, state, reason, top, bottom = only.value, only.state, only.reason, None, None
    else:
        top, bottom = parts[0].value, parts[1].value
        state = worst_state(parts[0].state, parts[1].state)
        reason = np.maximum(parts[0].reason, parts[1].reason)
        with np.errstate(all="ignore"):
            value = float(kpi.factor) * top / bottom
        zero = (state == NUMBER) & (bottom == 0)
        state = np.where(zero, ERROR, state)
        reason = np.where(zero, np.uint8(Reason.DIVISION_BY_ZERO), reason)
        value = np.where(state == NUMBER, value, np.nan)
    lift = [None if a is None else np.ascontiguousarray(a)[None] for a in (value, state, top, bottom, reason)]
    marks = np.zeros((1, *shape), np.uint8)
    return Block((kpi.code,), units, periods, lift[0], lift[1], marks, lift[2], lift[3], lift[4])  # type: ignore[arg-type]


def _full(series: Series, shape: tuple[int, int]) -> Series:
    """A series in full shape, also for a formula without names."""
    return Series(
        np.broadcast_to(series.value, shape),
        np.broadcast_to(series.state, shape),
        np.broadcast_to(series.reason, shape),
    )
