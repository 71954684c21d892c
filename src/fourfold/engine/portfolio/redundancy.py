"""Which KPIs say the same as another one, in their figures or by their formulas (methodology §8.1).

Figures are compared after their season is taken out and as changes from one period to the next: two KPIs that merely
both grow are not alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Bools, Floats, Mark, State
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.evaluate import evaluate_kpis, periods_of
from fourfold.engine.evidence.stationary import deseasonalised
from fourfold.engine.nodes import effective_weights
from fourfold.engine.periods import Frequency
from fourfold.engine.portfolio.formula_likeness import canonical, shared_side
from fourfold.engine.results import View
from fourfold.engine.rows import Rows, locate

if TYPE_CHECKING:
    import polars as pl

#: From these on two KPIs are redundant, or overlap; a shared numerator or denominator adds this much.
REDUNDANT, OVERLAPPING, SHARED = 0.90, 0.75, 0.20
#: Common figures needed: with 12 a rank correlation of 0.9 is hardly ever chance.
COMMON: Final = 12
#: Pairs with gaps that look at least so alike are looked at figure by figure.
_CLOSER_LOOK: Final = 0.4
_VIEWS: Final[dict[Frequency, View]] = {
    Frequency.DAY: "day", Frequency.WEEK: "week", Frequency.MONTH: "month", Frequency.QUARTER: "quarter",
    Frequency.HALF: "half", Frequency.YEAR: "year",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two KPIs that are alike: `value` 0.75 to 1, the rank correlation of their changes, from so many figures.

    `correlation` is NaN with fewer than 12 common figures; then only `why` (same formula, one computed from the other,
    a shared numerator or denominator) speaks.
    """

    first: str
    second: str
    value: float
    correlation: float
    common: int
    why: str = ""

    @property
    def is_redundant(self) -> bool:
        """True where one of the two would do; otherwise they overlap."""
        return self.value >= REDUNDANT


@dataclass(frozen=True, slots=True)
class Cluster:
    """KPIs that are alike on average; `keep` is the one that should stay."""

    kpis: tuple[str, ...]
    keep: str


@dataclass(frozen=True, slots=True)
class Redundancy:
    """Pairs that are alike, the most alike first, and the clusters they make."""

    pairs: tuple[Likeness, ...]
    clusters: tuple[Cluster, ...]


def redundancy(
    definitions: Definitions,
    rows: pl.DataFrame | Rows,
    *,
    as_of: datetime,
    unit: str | None = None,
    health: Mapping[str, float] | None = None,
) -> Redundancy:
    """KPIs in use that say the same at one unit (the root without one).

    `health` are health scores by KPI where they are known: of a cluster the healthiest is kept, of equals the one with
    the newest figure, then a leading one, then the heaviest.
    """
    kpis = [k for k in definitions.kpis if k.state not in ("draft", "retired")]
    place = {k.code: i for i, k in enumerate(kpis)}
    rho, common = np.full((len(kpis), len(kpis)), np.nan), np.zeros((len(kpis), len(kpis)), dtype=np.int64)
    newest: dict[str, int] = {}
    for frequency in dict.fromkeys(k.frequency for k in kpis):
        codes = [k.code for k in kpis if k.frequency is frequency]
        series = _series(definitions, locate(rows, definitions), as_of, frequency, unit, codes)
        at = np.ix_([place[c] for c in codes], [place[c] for c in codes])
        rho[at], common[at] = change_correlations(series, frequency.season, least=_CLOSER_LOOK)
        for code, row in zip(codes, series, strict=True):
            newest[code] = int(np.argmax(np.isfinite(row[::-1]))) if np.isfinite(row).any() else len(row)
    likeness, why = _with_structure(kpis, np.abs(rho))
    pairs = [
        Likeness(
            kpis[i].code, kpis[j].code, float(likeness[i, j]), float(rho[i, j]), int(common[i, j]), why.get((i, j), "")
        )
        for i, j in np.argwhere(np.triu(likeness >= OVERLAPPING, k=1)).tolist()
    ]
    leads = {u.kpi for u in definitions.uses if u.role == "lead"}
    share = effective_weights(definitions)

    def worth(code: str) -> tuple[float, int, bool, float]:
        known = (health or {}).get(code, 0.0)
        return known, -newest[code], code in leads, share.get(f"kpi:{code}", 0.0)

    clusters = [[kpis[i].code for i in members] for members in average_linkage(likeness, OVERLAPPING)]
    kept = tuple(Cluster(tuple(c), max(c, key=worth)) for c in clusters)
    return Redundancy(tuple(sorted(pairs, key=lambda p: (-p.value, p.first, p.second))), kept)


def change_correlations(series: Floats, season: int, *, least: float = 0.0) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Spearman's ρ of the changes of all pairs of `(kpi, period)`, and their common figures; NaN below 12 of these.

    Changes are from one period to the next, after the season is taken out where three of them are there. Where there
    are gaps, ρ is exact only from about `least` on: weaker ones are of ranks among all the changes of each KPI.
    """
    level = np.concatenate([deseasonalised(row[None], season)[0] for row in series]) if len(series) else series
    steps = np.diff(level, axis=1)
    there = np.isfinite(steps)
    have, both = np.isfinite(series).astype(np.int64), there.astype(np.float64)
    common, pairs = have @ have.T, both @ both.T
    z = np.zeros_like(steps)
    for row, known, out in zip(steps, there, z, strict=True):
        out[known] = np.nan_to_num(_standardised(row[known]))
    flat = ~np.any(z, axis=1)
    with np.errstate(all="ignore"):
        mean, square = z @ both.T / pairs, (z * z) @ both.T / pairs
        rho = (z @ z.T / pairs - mean * mean.T) / np.sqrt((square - mean**2) * (square - mean**2).T)
    rho[flat] = rho[:, flat] = np.nan
    rho[(common < COMMON) | (pairs < COMMON - 1)] = np.nan
    gappy = (pairs != pairs.diagonal()) | (pairs != pairs.diagonal()[:, None])
    for i, j in np.argwhere(np.triu(gappy & (np.abs(rho) >= least))).tolist():
        shared = there[i] & there[j]
        rho[i, j] = rho[j, i] = _standardised(steps[i, shared]) @ _standardised(steps[j, shared]) / shared.sum()
    return rho, common


def average_linkage(likeness: Floats, least: float) -> list[list[int]]:
    """Clusters of at least two, merged while the most alike two are at least so alike on average; NaN is 0."""
    alike = np.nan_to_num(likeness).copy()
    np.fill_diagonal(alike, -1.0)
    groups = [[i] for i in range(len(alike))]
    while len(alike) and alike.max() >= least:
        i, j = sorted(int(x) for x in np.unravel_index(int(alike.argmax()), alike.shape))
        merged = (len(groups[i]) * alike[i] + len(groups[j]) * alike[j]) / (len(groups[i]) + len(groups[j]))
        alike[i], alike[:, i] = merged, merged
        alike[i, i] = alike[j] = alike[:, j] = -1.0
        groups[i], groups[j] = groups[i] + groups[j], []
    return [sorted(g) for g in groups if len(g) > 1]


def _series(
    definitions: Definitions, rows: Rows, as_of: datetime, frequency: Frequency, unit: str | None, codes: Sequence[str]
) -> Floats:
    """Figures of KPIs at their own frequency, `(kpi, period)` in the order of the codes; NaN where there is none."""
    view = _VIEWS[frequency]
    periods = periods_of(definitions, rows, view=view, as_of=as_of)
    found = evaluate_kpis(definitions, rows, as_of=as_of, view=view, periods=periods, only=codes)
    assert found.value is not None and found.state is not None
    u = found.units.index(unit or definitions.root.code)
    there: Bools = (found.state == State.NUMBER) & ((found.marks & np.uint8(Mark.CARRIED | Mark.STALE)) == 0)
    values = np.where(there, found.value, np.nan)[:, u]
    return np.asarray(values[[found.index[f"kpi:{c}"] for c in codes]])


def _with_structure(kpis: Sequence[Kpi], alike: Floats) -> tuple[Floats, dict[tuple[int, int], str]]:
    """The likeness of figures together with that of formulas, and what the formulas share."""
    likeness, why = np.nan_to_num(alike), dict[tuple[int, int], str]()
    forms = [canonical(k) for k in kpis]
    sides = [shared_side(k) for k in kpis]
    for i, j in combinations(range(len(kpis)), 2):
        note, value = "", likeness[i, j]
        if forms[i].text and forms[i].text == forms[j].text:
            note, value = "the same formula", 1.0
        elif forms[i].inputs == {kpis[j].code} or forms[j].inputs == {kpis[i].code}:
            note, value = "one is computed from the other alone", 1.0
        elif shared := sides[i].items() & sides[j].items():
            note, value = f"the same {max(shared)[0]}", min(value + SHARED, 1.0)
        if note:
            why[i, j] = note
            likeness[i, j] = likeness[j, i] = value
    return likeness, why


def _standardised(steps: Floats) -> Floats:
    """Ranks (ties share theirs) with mean 0 and variance 1; NaN where nothing varies."""
    _, inverse, counts = np.unique(np.round(steps, 12), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse.reshape(-1)]
    spread = float(ranks.std()) if len(ranks) else 0.0
    return np.asarray((ranks - ranks.mean()) / spread) if spread else np.full(steps.shape, np.nan)
