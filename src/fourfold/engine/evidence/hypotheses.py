"""From the links of a strategy map to what can be tested: KPIs, signs, lags in periods, and their figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Bools, Floats, Mark, State
from fourfold.engine.confirmed_steps import steps_of
from fourfold.engine.definitions import Definitions, Kpi, KpiUse, Link
from fourfold.engine.evaluate import evaluate_kpis, periods_of
from fourfold.engine.evidence.link_test import Hypothesis, Pair
from fourfold.engine.periods import Frequency, Period, PeriodError
from fourfold.engine.periods.frequency import MONTHS
from fourfold.engine.results import Results, View
from fourfold.engine.rows import Rows, locate
from fourfold.engine.words import did_you_mean
from fourfold.errors import NotFound

if TYPE_CHECKING:
    import polars as pl

#: A figure with one of these marks is not the last word on its period, or not of its period.
UNSETTLED: Final = Mark.STALE | Mark.PROVISIONAL | Mark.CARRIED | Mark.PARTIAL
_VIEWS: Final[dict[Frequency, View]] = {
    Frequency.MONTH: "month", Frequency.QUARTER: "quarter", Frequency.HALF: "half", Frequency.YEAR: "year",
}  # fmt: skip


def map_pairs(
    definitions: Definitions, rows: pl.DataFrame | Rows, *, as_of: datetime, units: Sequence[str] = ()
) -> tuple[tuple[Hypothesis, Pair], ...]:
    """The hypothesis of every link of the strategy map, in the order of the links, with the figures it is tested on.

    The figures are those of one unit (the root without any), or of eight and more `units` pooled: those known and due
    by `as_of`; provisional, stale and partial ones do not count, nor those before a confirmed step with which the
    definition of driver or outcome changed. Raises `NotFound` for an unknown unit.
    """
    located = locate(rows, definitions)
    hypotheses = [hypothesis(definitions, link) for link in definitions.links]
    tables = {
        frequency: _series(definitions, located, as_of, frequency, units or (definitions.root.code,), codes)
        for frequency, codes in _wanted(definitions, hypotheses).items()
    }
    pairs = []
    for h in hypotheses:
        if not h.driver or not h.outcome:
            pairs.append((h, Pair(np.empty((1, 0)), np.empty((1, 0)), ())))
            continue
        periods, table = tables[_frequency(definitions, h)]
        start = _newly_defined(definitions, h, units or (definitions.root.code,), periods)
        pairs.append((h, Pair(table[h.driver][:, start:], table[h.outcome][:, start:], periods[start:])))
    return tuple(pairs)


def hypothesis(definitions: Definitions, link: Link) -> Hypothesis:
    """What a link says about figures.

    The driver is the heaviest leading KPI of its source (the heaviest of all where none leads), the outcome the
    heaviest lagging KPI of its target; the first of equals. The link speaks of objectives, so its sign turns round
    for each of the two KPIs that is better when it is lower. Its window of months is taken in whole periods of the
    coarser KPI, at least months: a quarter for any part of a quarter.
    """
    source, target = _measure(definitions, link.source, "lead"), _measure(definitions, link.target, "lag")
    name = f"{link.source}>{link.target}"
    if source is None or target is None:
        which = link.source if source is None else link.target
        missing = f"Give objective {which} a KPI with figures; there is none to test."
        return Hypothesis(name, "", "", link.source, link.target, 0, None, missing)
    missing = ""
    if source.code == target.code:
        missing = f"Both objectives are measured by {source.name}; test the link with two different KPIs."
    ways = [_way(kpi) for kpi in (source, target)]
    for kpi, way in zip((source, target), ways, strict=True):
        if way == 0 and not missing:
            missing = f"{kpi.name} has no direction that is better, so the link says nothing about its figures."
    sign = (-1 if link.sign == "-" else 1) * ways[0] * ways[1]
    months = MONTHS[_coarser(source.frequency, target.frequency)]
    lags = None if link.lag is None else (min(link.lag) // months, math.ceil(max(link.lag) / months))
    return Hypothesis(name, source.code, target.code, source.name, target.name, sign, lags, missing)


def _newly_defined(definitions: Definitions, h: Hypothesis, units: Sequence[str], periods: Sequence[Period]) -> int:
    """The place of the first period from which driver and outcome count what they count today, in all units."""
    places = [0]
    for code in (h.driver, h.outcome):
        for step in (s for unit in units for s in steps_of(definitions, code, unit) if s.cause == "definition"):
            with suppress(PeriodError):
                since = definitions.calendar.parse(step.since, definitions.kpi[code].frequency).start
                places.append(sum(p.start < since for p in periods))
    return max(place for place in places if place < len(periods) or not place)


def _measure(definitions: Definitions, objective: str, role: str) -> Kpi | None:
    """The KPI that stands for an objective."""
    uses = [u for u in definitions.uses if u.objective == objective and _counts(definitions, u)]
    own = [u for u in uses if u.role == role] or uses
    return definitions.kpi[max(own, key=lambda u: u.weight).kpi] if own else None


def _counts(definitions: Definitions, use: KpiUse) -> bool:
    kpi = definitions.kpi[use.kpi]
    return kpi.state not in ("draft", "retired") and kpi.kind is not MeasureKind.ORDINAL


def _way(kpi: Kpi) -> int:
    return {Polarity.HIGHER_BETTER: 1, Polarity.LOWER_BETTER: -1}.get(kpi.polarity, 0)


def _coarser(*frequencies: Frequency) -> Frequency:
    return max((Frequency.MONTH, *frequencies), key=lambda f: f.rank)


def _frequency(definitions: Definitions, h: Hypothesis) -> Frequency:
    return _coarser(*(definitions.kpi[code].frequency for code in (h.driver, h.outcome)))


def _wanted(definitions: Definitions, hypotheses: Iterable[Hypothesis]) -> dict[Frequency, set[str]]:
    """The KPIs to read at each frequency."""
    wanted: dict[Frequency, set[str]] = {}
    for h in hypotheses:
        if h.driver and h.outcome:
            wanted.setdefault(_frequency(definitions, h), set()).update((h.driver, h.outcome))
    return wanted


def _series(
    definitions: Definitions, rows: Rows, as_of: datetime, frequency: Frequency, units: Sequence[str], codes: set[str]
) -> tuple[tuple[Period, ...], dict[str, Floats]]:
    """The settled figures of some KPIs, `(unit, period)` each, NaN for what is no settled number."""
    view = _VIEWS[frequency]
    periods = periods_of(definitions, rows, view=view, as_of=as_of)
    found = evaluate_kpis(definitions, rows, as_of=as_of, view=view, periods=periods, only=codes)
    if unknown := [u for u in units if u not in found.units]:
        raise NotFound(f"There is no unit {unknown[0]!r}.", hint=did_you_mean(unknown[0], found.units, "unit"))
    at = [found.units.index(u) for u in units]
    assert found.value is not None
    values = np.where(_settled(found), found.value, np.nan)[:, at]
    return periods, {node.removeprefix("kpi:"): values[i] for i, node in enumerate(found.nodes)}


def _settled(found: Results) -> Bools:
    """True for numbers that are the last word on their period."""
    assert found.state is not None
    return np.asarray((found.state == State.NUMBER) & ((found.marks & np.uint8(UNSETTLED)) == 0))
