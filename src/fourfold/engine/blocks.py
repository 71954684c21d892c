"""The cube: dense KPI × unit × period arrays, and how long tables become them.

A block holds KPIs of one frequency. Arrays are `(kpi, unit, period)`; a number is present exactly where `state`
is `State.NUMBER`, everywhere else `value` is NaN and the state says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Codes, Floats, State
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.periods import Frequency, Lag, Period
from fourfold.engine.tree import UnitTree

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

    @property
    def shape(self) -> tuple[int, int, int]:
        """(KPIs, units, periods)."""
        return len(self.kpis), len(self.units), len(self.periods)


def period_ordinals(rows: pl.DataFrame, definitions: Definitions) -> pl.DataFrame:
    """Add `ordinal` to rows of any frequency: each distinct (kpi frequency, period text) is parsed once."""
    import polars as pl

    frequency = pl.DataFrame(
        {"kpi": [k.code for k in definitions.kpis], "frequency": [k.frequency.value for k in definitions.kpis]},
        schema={"kpi": pl.String, "frequency": pl.String},
    )
    rows = rows.join(frequency, on="kpi", how="inner")
    seen = rows.select("frequency", "period").unique()
    parse = definitions.calendar.parse
    ordinals = [parse(p, Frequency(f)).ordinal for f, p in seen.iter_rows()]
    return rows.join(seen.with_columns(pl.Series("ordinal", ordinals, dtype=pl.Int64)), on=["frequency", "period"])


def to_blocks(
    rows: pl.DataFrame,
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
    or before the KPI's first row anywhere.
    """
    rows = period_ordinals(rows, definitions)
    tree = UnitTree.of(definitions.units)
    return [_block(rows, definitions, tree, group, spans[group[0].frequency], as_of) for group in groups]


def _block(
    rows: pl.DataFrame,
    definitions: Definitions,
    tree: UnitTree,
    kpis: Sequence[Kpi],
    periods: tuple[Period, ...],
    as_of: datetime,
) -> Block:
    import polars as pl

    codes = tuple(k.code for k in kpis)
    shape = (len(codes), len(tree.codes), len(periods))
    mine = rows.join(_numbered("kpi", codes, "k"), on="kpi").join(_numbered("unit", tree.codes, "u"), on="unit")
    mine = mine.with_columns((pl.col("ordinal") - periods[0].ordinal).alias("p"))
    first = np.full(len(codes), NEVER, dtype=np.int64)
    for k, p in mine.group_by("k").agg(pl.col("p").min()).iter_rows():
        first[k] = p
    mine = mine.filter((pl.col("p") >= 0) & (pl.col("p") < len(periods)))
    flat = (mine["k"] * (shape[1] * shape[2]) + mine["u"] * shape[2] + mine["p"]).to_numpy()

    def scatter(column: str) -> Floats | None:
        if column not in mine.columns or mine[column].null_count() == len(mine):
            return None
        array = np.full(shape, np.nan)
        array.reshape(-1)[flat] = mine[column].cast(pl.Float64).fill_null(np.nan).to_numpy()
        return array

    value = scatter("value")
    numerator, denominator = scatter("numerator"), scatter("denominator")
    if value is None:
        value = np.full(shape, np.nan)
    if numerator is not None and denominator is not None:
        factor = np.array([float(k.factor) for k in kpis])[:, None, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            derived = factor * numerator / denominator
        np.copyto(value, derived, where=np.isnan(value) & np.isfinite(derived))
    state = _empty_states(definitions, tree, kpis, periods, first, as_of)
    state[np.isfinite(value)] = State.NUMBER
    value[~np.isfinite(value)] = np.nan
    if "state" in mine.columns:
        given = mine["state"].cast(pl.UInt8).fill_null(0).to_numpy()
        state.reshape(-1)[flat[given != 0]] = given[given != 0]
        value.reshape(-1)[flat[given != 0]] = np.nan
    marks = np.zeros(shape, dtype=np.uint8)
    if "marks" in mine.columns:
        marks.reshape(-1)[flat] = mine["marks"].cast(pl.UInt8).fill_null(0).to_numpy()
    return Block(codes, tree.codes, periods, value, state, marks, numerator, denominator)


def _numbered(column: str, codes: Sequence[str], number: str) -> pl.DataFrame:
    """Codes beside their places on an axis."""
    import polars as pl

    return pl.DataFrame({column: codes, number: range(len(codes))}, schema={column: pl.String, number: pl.Int64})


def _empty_states(
    definitions: Definitions,
    tree: UnitTree,
    kpis: Sequence[Kpi],
    periods: tuple[Period, ...],
    first: npt.NDArray[np.int64],
    as_of: datetime,
) -> Codes:
    """What an empty cell means, for each (kpi, unit, period)."""
    state = np.full((len(kpis), len(tree.codes), len(periods)), State.MISSING, dtype=np.uint8)
    due: dict[str, int] = {}
    for k, kpi in enumerate(kpis):
        if kpi.lag not in due:
            due[kpi.lag] = due_count(periods, kpi.lag, as_of)
        state[k, :, due[kpi.lag] :] = State.NOT_DUE
        if first[k] != NEVER:  # a KPI never measured stays due from the beginning: say so rather than hide it
            state[k, :, : max(int(first[k]), 0)] = State.NOT_APPLICABLE
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
