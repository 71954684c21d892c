"""KPIs from figures: roll up over units, compute formulas, fold into the periods of the view.

Values are aggregated by the algebra of §2.2; a unit's own figure wins over the roll-up of the units below it, and a
formula is applied at every unit to inputs that have been rolled up already ("aggregate, then divide").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np

from fourfold.engine.aggregation import AggUnits, fold_units
from fourfold.engine.blocks import Block, to_blocks
from fourfold.engine.cells import Bools, Codes, Floats, Reason, State, worst_state
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.formulas import Series, TimeAxis, calculate, calculation_order, parse
from fourfold.engine.groups import Group, formulas_of, group, inputs_of, with_inputs
from fourfold.engine.periods import Frequency, Period, year_ago_index, year_start_index
from fourfold.engine.tree import Indexes, UnitTree
from fourfold.engine.views import Window, fold

if TYPE_CHECKING:
    import polars as pl

NOT_ROLLED_UP = (AggUnits.NONE, AggUnits.RECOMPUTE)


@dataclass(frozen=True)
class Figures:
    """Blocks of all KPIs wanted, each with its group, at the KPIs' own frequencies."""

    blocks: tuple[tuple[Group, Block], ...]
    spans: Mapping[Frequency, tuple[Period, ...]]


def figures(
    definitions: Definitions,
    rows: pl.DataFrame,
    *,
    as_of: datetime,
    periods: Sequence[Period],
    only: Iterable[str] | None = None,
) -> Figures:
    """Figures of the KPIs `only` (all without it) for every unit, from rows of the measured ones.

    `periods` are those of the view; the blocks begin with the fiscal year of the first figure, so that shifts and
    running sums see what came before.
    """
    wanted = {k.code for k in definitions.kpis} if only is None else set(only)
    kpis = with_inputs(definitions, wanted)
    spans = own_spans(definitions, rows, periods, {k.frequency for k in kpis})
    measured = group(k for k in kpis if not k.is_computed)
    tree = UnitTree.of(definitions.units)
    blocks = to_blocks(rows, definitions, [g.kpis for g in measured], spans, as_of=as_of)
    for g, block in zip(measured, blocks, strict=True):
        roll_up_units(block, g, tree)
    pairs = list(zip(measured, blocks, strict=True))
    pairs += _computed([k for k in kpis if k.is_computed], pairs, spans)
    return Figures(tuple((g, b) for g, b in pairs if wanted.intersection(g.codes)), spans)


def own_spans(
    definitions: Definitions, rows: pl.DataFrame, periods: Sequence[Period], frequencies: Iterable[Frequency]
) -> dict[Frequency, tuple[Period, ...]]:
    """The periods of each frequency from the fiscal year of the first figure (or shown period) to the last shown."""
    calendar = definitions.calendar
    first = min([periods[0].start, *_first_days(definitions, rows)])
    year = calendar.period(Frequency.YEAR, first)
    end = periods[-1].last_day
    spans = {}
    for frequency in frequencies:
        last = calendar.period(frequency, end)
        if last.frequency is Frequency.WEEK and last.within(periods[-1].frequency) != periods[-1]:
            last = last.shift(-1)
        begin = calendar.period(frequency, year.start)
        spans[frequency] = calendar.range(begin, last)
    return spans


def _first_days(definitions: Definitions, rows: pl.DataFrame) -> list[date]:
    """First day of the earliest figure of each KPI frequency."""
    frequency = {k.code: k.frequency for k in definitions.kpis}
    seen = rows.select("kpi", "period").unique()
    earliest: dict[Frequency, date] = {}
    parsed: dict[tuple[Frequency, str], date] = {}
    for kpi, period in seen.iter_rows():
        if (own := frequency.get(kpi)) is None:
            continue
        if (own, period) not in parsed:
            parsed[own, period] = definitions.calendar.parse(period, own).start
        day = parsed[own, period]
        earliest[own] = min(earliest.get(own, day), day)
    return list(earliest.values())


def roll_up_units(block: Block, g: Group, tree: UnitTree) -> None:
    """Fill in the units above, in place; a figure of the unit's own wins over the roll-up."""
    if not tree.levels or g.over_units in NOT_ROLLED_UP:
        return
    own = block.state == State.NUMBER
    absent = block.state == State.NOT_APPLICABLE
    block.coverage = own.astype(np.float64)
    block.reason = np.zeros(block.shape, dtype=np.uint8)
    factor = np.array([float(k.factor) for k in g.kpis])[:, None, None]
    for parents, children in tree.levels:
        rolled = fold_units(
            block.value, block.numerator, block.denominator, block.state, children, g.over_units,
            marks=block.marks, factor=factor,
        )  # fmt: skip
        keep = own[:, parents]
        whole = absent[:, parents] & (rolled.state == State.NOT_APPLICABLE)
        take = ~(keep | whole)
        _put(block.value, parents, rolled.value, take)
        _put(block.state, parents, rolled.state, take)
        _put(block.marks, parents, rolled.marks, take)
        _put(block.reason, parents, rolled.reason, take)
        _put(block.coverage, parents, rolled.coverage * _below(block.coverage, children), take)
        if block.numerator is not None and rolled.num is not None:
            _put(block.numerator, parents, rolled.num, take)
        if block.denominator is not None and rolled.den is not None:
            _put(block.denominator, parents, rolled.den, take)


def _put(array: Floats | Codes, parents: Indexes, new: Floats | Codes, take: Bools) -> None:
    """Write the rolled-up cells of some units where `take` says so."""
    array[:, parents] = np.where(take, new, array[:, parents])


def _below(coverage: Floats, children: Sequence[Indexes]) -> Floats:
    """Mean coverage of the children that have one, so that a gap two levels down still shows."""
    means = []
    for index in children:
        part = coverage[:, index]
        there = part > 0
        count = there.sum(axis=1)
        means.append(np.where(count > 0, part.sum(axis=1) / np.maximum(count, 1), 0.0))
    return np.stack(means, axis=1)


def _computed(
    kpis: Sequence[Kpi],
    measured: Sequence[tuple[Group, Block]],
    spans: Mapping[Frequency, tuple[Period, ...]],
) -> list[tuple[Group, Block]]:
    """Blocks of the computed KPIs, in the order their formulas need."""
    by_code = {k.code: k for k in kpis}
    source = {code: (g, b, i) for g, b in measured for i, code in enumerate(b.kpis)}
    done: dict[str, Block] = {}
    for code in calculation_order({k.code: inputs_of(k) for k in kpis}):
        kpi = by_code[code]
        inputs = {name: _input(source[name], kpi.frequency, spans) for name in inputs_of(kpi)}
        done[code] = compute(kpi, inputs, spans[kpi.frequency], next(iter(source.values()))[1].units)
        source[code] = (group([kpi])[0], done[code], 0)
    return [(g, _stack([done[c] for c in g.codes])) for g in group(kpis)]


def _input(
    found: tuple[Group, Block, int], frequency: Frequency, spans: Mapping[Frequency, tuple[Period, ...]]
) -> Series:
    """The series of one KPI in the periods of the KPI that uses it, shape (unit, period)."""
    g, block, i = found
    if g.frequency is frequency:
        reason = np.zeros(block.shape[1:], np.uint8) if block.reason is None else block.reason[i]
        return Series(block.value[i], block.state[i], reason)
    folded = fold(block, g, Window(block.periods, spans[frequency], frequency.value))
    return Series(folded.value[i], folded.state[i], folded.reason[i])


def compute(kpi: Kpi, inputs: Mapping[str, Series], periods: tuple[Period, ...], units: tuple[str, ...]) -> Block:
    """One computed KPI at all units: its formula, or the ratio of the formulas of numerator and denominator."""
    axis = TimeAxis(np.maximum(year_start_index(periods), -1), np.maximum(year_ago_index(periods), -1))
    shape = (len(units), len(periods))
    parts = [_full(calculate(parse(text), inputs, axis), shape) for text in formulas_of(kpi)]
    if len(parts) == 1:
        (only,) = parts
        value, state, reason, top, bottom = only.value, only.state, only.reason, None, None
    else:
        top, bottom = parts[0].value, parts[1].value
        state = worst_state(parts[0].state, parts[1].state)
        reason = np.maximum(parts[0].reason, parts[1].reason)
        with np.errstate(all="ignore"):
            value = float(kpi.factor) * top / bottom
        zero = (state == State.NUMBER) & (bottom == 0)
        state = np.where(zero, np.uint8(State.ERROR), state)
        reason = np.where(zero, np.uint8(Reason.DIVISION_BY_ZERO), reason)
        value = np.where(state == State.NUMBER, value, np.nan)
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


def _stack(blocks: Sequence[Block]) -> Block:
    """Blocks of single KPIs as one."""
    first = blocks[0]

    def join(name: str) -> Floats | None:
        arrays = [getattr(b, name) for b in blocks]
        if all(a is None for a in arrays):
            return None
        blank = np.full(first.value.shape, np.nan)
        return np.concatenate([blank if a is None else a for a in arrays])

    codes = tuple(b.kpis[0] for b in blocks)
    state, marks = np.concatenate([b.state for b in blocks]), np.concatenate([b.marks for b in blocks])
    reason = np.concatenate([b.reason for b in blocks if b.reason is not None])
    return Block(codes, first.units, first.periods, np.concatenate([b.value for b in blocks]), state, marks,
                 join("numerator"), join("denominator"), reason)  # fmt: skip
