"""All tests that can be made of one KPI, from what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fourfold.engine.algebra import AggTime
from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Bools, Codes, Floats
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.gaming.entries import last_minute, one_sided
from fourfold.engine.gaming.flag import Flag
from fourfold.engine.gaming.parts import hockey_stick, shrinking_denominator
from fourfold.engine.gaming.shape import bunching, digit_preference, exact_hits, too_smooth
from fourfold.engine.gaming.turns import changed_after_miss, pair_diverges
from fourfold.engine.groups import over_time
from fourfold.engine.periods import Period
from fourfold.engine.target_revisions import histories

_D2 = 1.128


@dataclass(frozen=True)
class Asked:
    """A KPI of a unit with its figures in its own frequency; arrays are `(period,)`, oldest first, NaN for none.

    `eased` says by the place of a period what was made easier there. What is None is not known and not asked about:
    `corrected`, figures before and after corrections made after the deadline, `(correction,)` each; `counted`,
    numerators and denominators of the units below in the last two periods, n0, d0, n1 and d1 `(unit,)`; `inside`, what
    a flow was made of, `(period, part)` (see `parts_within`); `closing`, the hours before its period was closed at
    which each figure by hand came, and whether it was just on target, `(entry,)`. `improves` and `worsens` are signals
    of the KPI and, by code, of its pairs, `(period,)`; they are there together.
    """

    kpi: Kpi
    values: Floats
    targets: Floats
    status: Codes
    eased: Mapping[int, str] = field(default_factory=dict)
    corrected: tuple[Floats, Floats] | None = None
    counted: tuple[Floats, Floats, Floats, Floats] | None = None
    improves: Bools | None = None
    worsens: Mapping[str, tuple[Bools, int]] = field(default_factory=dict)
    inside: Floats | None = None
    closing: tuple[Floats, Bools] | None = None

    @property
    def sigma(self) -> float:
        """The natural standard deviation: the mean moving range by 1.128; NaN without two figures in a row."""
        ranges = np.abs(np.diff(self.values))
        known = ranges[np.isfinite(ranges)]
        return float(known.mean()) / _D2 if len(known) else float("nan")

    @property
    def step(self) -> float:
        """The step of the last digit: the KPI's resolution, else of the decimals it is shown with."""
        kpi = self.kpi
        return float(kpi.resolution) if kpi.resolution is not None else 10.0**-kpi.decimals


def ask(given: Asked) -> tuple[Flag, ...]:
    """The tests G1 to G10, those that fit the KPI; each says itself where it has too few figures.

    Digits are asked about only where figures come by hand and are no ratio.
    """
    kpi, values = given.kpi, given.values
    resolution = None if kpi.resolution is None else float(kpi.resolution)
    found = [
        bunching(values, given.targets, given.sigma, kpi.polarity),
        exact_hits(values, given.targets, resolution),
        too_smooth(values),
    ]
    if not (kpi.automated or kpi.is_computed or kpi.kind == "ratio"):
        found.append(digit_preference(values, given.step))
    if given.corrected is not None:
        found.append(one_sided(*given.corrected, kpi.polarity))
    if given.inside is not None and over_time(kpi) is AggTime.SUM:
        found.append(hockey_stick(given.inside))
    if given.counted is not None and kpi.polarity in (Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER):
        found.append(shrinking_denominator(*given.counted, kpi.polarity))
    found.append(changed_after_miss(given.status, given.eased))
    if given.improves is not None:
        own = int(np.isfinite(values).sum())
        for code, (worse, count) in given.worsens.items():
            found.append(pair_diverges(given.improves, worse, min(own, count), code))
    if given.closing is not None and not (kpi.automated or kpi.is_computed):
        found.append(last_minute(*given.closing))
    return tuple(found)


def easings(definitions: Definitions, kpi: Kpi, unit: str, periods: Sequence[Period]) -> dict[int, str]:
    """Where the target that a unit has was made easier: the places of these consecutive periods, in words."""
    found = {history.unit: history for history in histories(definitions, kpi)}
    history = found.get(unit) or found.get(None)
    if history is None or not periods:
        return {}
    first = periods[0]
    places = [definitions.calendar.period(first.frequency, r.begins).ordinal - first.ordinal for r in history.easings]
    told = [f"the target was eased by {r.eased:.4g}" for r in history.easings]
    return {at: text for at, text in zip(places, told, strict=True) if 0 <= at < len(periods)}
