"""Example figures of a template: two years that end with the month before the day it is taken, always the same.

What a KPI's entry in `figures.yaml` may say, in the KPI's own unit and for the whole organisation:

* `from`, `to`: where a straight line begins and ends; `noise`: the standard deviation around it
* `season`: [size, month], a wave that is highest in that month; or `months`: twelve factors from January
* `turn`: [months, change], a drift over the last months that adds up to the change: the story of the template
* `odd`: [month, change], one unusual month, counted back from today: -1 is the last one
* `units`: how far a unit lies from the whole, in points; `volume`: a ratio's denominator in an average month, and
  `decimals` those of its two parts
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from math import cos, pi
from typing import Any, Final, NamedTuple
from zlib import crc32

import numpy as np

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.definitions.complete import complete
from fourfold.engine.periods import Period
from fourfold.library.template import Template, month_from

MONTHS: Final = 24
HEADER: Final = "kpi,unit,period,value,numerator,denominator"
_PARTED: Final = (MeasureKind.RATIO, MeasureKind.SURVEY)


class ExampleFigure(NamedTuple):
    """A figure as text: a value, or the two parts of a ratio."""

    kpi: str
    unit: str
    period: str
    value: str
    numerator: str
    denominator: str


def figures_text(template: Template, definitions: Definitions, today: date) -> str:
    """The figures as a file of a folder."""
    rows = (",".join(figure) for figure in example_figures(template, definitions, today))
    return "\n".join([HEADER, *rows, ""])


def example_figures(template: Template, definitions: Definitions, today: date) -> Iterator[ExampleFigure]:
    """Figures of every KPI that the template describes, for the units without units below them.

    The definitions may have other units than the template: the whole is then shared out evenly. A KPI of the whole
    organisation alone has its figures there. The same day gives the same figures.
    """
    parents = {unit.parent for unit in definitions.units}
    leaves = [unit.code for unit in definitions.units if unit.code not in parents]
    known = {code: template.shares.get(code, 0.0) for code in leaves}
    shares = known if all(known.values()) else dict.fromkeys(leaves, 1 / len(leaves))
    for kpi in complete(definitions).kpis:
        if (line := template.figures.get(kpi.code)) is not None:
            own = {kpi.only_in[0]: 1.0} if kpi.only_in else shares
            yield from _of_kpi(kpi, line, own, _periods(definitions, kpi, today), today, seed=template.code)


def _periods(definitions: Definitions, kpi: Kpi, today: date) -> tuple[Period, ...]:
    """The periods of the KPI that lie within the months before that of today."""
    calendar, first, end = definitions.calendar, month_from(today, -MONTHS), month_from(today, 0)
    periods = calendar.range(calendar.period(kpi.frequency, first), calendar.period(kpi.frequency, end))
    return tuple(period for period in periods if first <= period.start and period.end <= end)


def _of_kpi(
    kpi: Kpi,
    line: Mapping[str, Any],
    shares: Mapping[str, float],
    periods: tuple[Period, ...],
    today: date,
    *,
    seed: str,
) -> Iterator[ExampleFigure]:
    chance = np.random.default_rng(crc32(f"{seed}/{kpi.code}".encode()))
    offsets = line.get("units", {})
    middle = sum(offsets.get(unit, 0) * share for unit, share in shares.items()) / sum(shares.values())
    for period in periods:
        last = period.last_day
        ago = (last.year - today.year) * 12 + last.month - today.month  # -24 to -1
        whole = _level(line, ago, last.month) + line.get("noise", 0) * chance.standard_normal()
        for unit, share in shares.items():
            own = 0.5 * line.get("noise", 0) * chance.standard_normal() if len(shares) > 1 else 0.0
            busy = chance.uniform(0.95, 1.05)
            if kpi.kind in _PARTED:
                value = _within(kpi, whole + own + offsets.get(unit, 0) - middle)
                yield _parted(kpi, line, (unit, period.short_id), value, line["volume"] * share * busy)
            else:
                value = _within(kpi, (whole + own) * share if len(shares) > 1 else whole)
                yield ExampleFigure(kpi.code, unit, period.short_id, f"{value:.{_decimals(kpi)}f}", "", "")


def _level(line: Mapping[str, Any], ago: int, month: int) -> float:
    """Where the whole lies without chance, so many months before today."""
    value = float(line["from"] + (line["to"] - line["from"]) * (ago + MONTHS) / (MONTHS - 1))
    size, highest = line.get("season", (0, 1))
    value += size * cos((month - highest) * pi / 6)
    value *= line["months"][month - 1] if "months" in line else 1
    length, change = line.get("turn", (1, 0))
    value += change * max(0, length + ago + 1) / length
    odd, extra = line.get("odd", (0, 0))
    return float(value + (extra if ago == odd else 0))


def _within(kpi: Kpi, value: float) -> float:
    low = -np.inf if kpi.valid_min is None else float(kpi.valid_min)
    high = np.inf if kpi.valid_max is None else float(kpi.valid_max)
    return float(min(max(value, low), high))


def _parted(kpi: Kpi, line: Mapping[str, Any], place: tuple[str, str], value: float, volume: float) -> ExampleFigure:
    decimals = line.get("decimals", 0)
    denominator = max(round(volume, decimals), 10.0**-decimals)
    numerator = round(value / float(kpi.factor) * denominator, max(decimals, int(kpi.kind is MeasureKind.SURVEY)))
    parts = (f"{part:.10f}".rstrip("0").rstrip(".") for part in (numerator, denominator))
    return ExampleFigure(kpi.code, *place, "", *parts)


def _decimals(kpi: Kpi) -> int:
    """One more than is shown where a figure is no count, so that the parts add up to what the line says."""
    return kpi.decimals + 1 if kpi.decimals or kpi.scale else 0
