"""What formulas ask for besides figures: targets, red lines, baselines and benchmarks of KPIs, business days of units.

Source: methodology §2.3, §3.2 and §4. What concerns targets is found by the rules of targets: the version in force for
the period, a unit's own before the general one, folded as the figures are where the formula's periods are longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

import numpy as np

from fourfold.engine.blocks import Block
from fourfold.engine.cells import State
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.formulas import Series
from fourfold.engine.groups import group
from fourfold.engine.judging import fold_targets
from fourfold.engine.once import once
from fourfold.engine.periods import Frequency, Period, business_days_of, hours_of
from fourfold.engine.target_blocks import target_block
from fourfold.engine.unit_settings import settings_of_units
from fourfold.engine.views import Window

_ONLY_A_LEVEL: Final = {"kind": "commit", "path": "constant", "floor": None, "stretch": None}


def look_ups(
    wanted: Iterable[tuple[str, str]],
    source: Mapping[str, tuple[Kpi, Block, int]],
    frequency: Frequency,
    spans: Mapping[Frequency, tuple[Period, ...]],
    definitions: Definitions,
    as_of: datetime,
) -> dict[tuple[str, str], Series]:
    """What is asked, (function, code), each of shape (unit or 1, period of `frequency`).

    `source` says where the figures of a KPI are: the block, and its place there. Not applicable where no version of a
    target is in force, or it does not have what is asked; a KPI with a target range has no one target.
    """
    return {
        (what, code): _level_of(what, source[code], frequency, spans, definitions, as_of)
        if code
        else _of_units(what, spans[frequency], definitions)
        for what, code in wanted
    }


def _of_units(what: str, periods: tuple[Period, ...], definitions: Definitions) -> Series:
    """The business days of each unit, or its hours by the clocks of its time zone."""
    settings = settings_of_units(definitions)
    if what == "hours_in_period":
        hours = {zone: hours_of(periods, zone) for zone in {s.zone for s in settings}}
        return Series.of(np.array([hours[s.zone] for s in settings], dtype=np.float64))
    days = {one: business_days_of(periods, one) for one in {s.business for s in settings}}
    return Series.of(np.array([days[s.business] for s in settings], dtype=np.float64))


def _level_of(
    what: str,
    found: tuple[Kpi, Block, int],
    frequency: Frequency,
    spans: Mapping[Frequency, tuple[Period, ...]],
    definitions: Definitions,
    as_of: datetime,
) -> Series:
    """`target`, `red_line`, `baseline` or `benchmark` of one KPI."""
    kpi, block, i = found
    own = block.part(slice(i, i + 1))
    targets = target_block(own, (kpi,), _levels(definitions).get(what, definitions), as_of=as_of)
    if kpi.frequency is not frequency:
        (g,) = group([kpi])
        targets = fold_targets(targets, own, g, Window(block.periods, spans[frequency], frequency.value))
    value = (targets.red_line if what == "red_line" else targets.target)[0]
    value = np.broadcast_to(value, (len(value), len(spans[frequency])))  # targets that never change have one period
    known = np.isfinite(value)
    state = np.where(known, np.uint8(State.NUMBER), np.uint8(State.NOT_APPLICABLE))
    return Series(np.where(known, value, np.nan), state, np.zeros(value.shape, np.uint8))


@once
def _levels(definitions: Definitions) -> dict[str, Definitions]:
    """Definitions in which the baselines, or the benchmarks, are the targets: so that the same rules find them."""
    baselines = tuple(_level(t, t.baseline) for t in definitions.targets if t.kind == "commit")
    benchmarks = tuple(_level(t, t.value) for t in definitions.targets if t.kind == "benchmark")
    parts = {name: getattr(definitions, name) for name in Definitions.model_fields}
    return {
        "baseline": Definitions.model_construct(**parts | {"targets": baselines}),
        "benchmark": Definitions.model_construct(**parts | {"targets": benchmarks}),
    }


def _level(target: Target, value: Decimal | None) -> Target:
    """A version that holds this level and nothing else; its red line is given, so that none is derived."""
    return target.model_copy(update={**_ONLY_A_LEVEL, "value": value, "red_line": value, "baseline": None})
