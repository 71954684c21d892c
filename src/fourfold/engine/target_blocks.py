"""Target versions as arrays beside the figures: what each unit should reach in each period.

Source: methodology §3.2, §3.3 (the red line follows a path with constant gap), §4.1, §4.3, §4.5. The score of a
period uses the version with the latest `since` up to it, among those known at `as_of`. A target that names no unit
holds for each unit that has none of its own, except where units add up: there it is the root's, and a parent
without a target of its own is asked for the sum of its children's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import numpy as np

from fourfold.engine.aggregation import AggUnits
from fourfold.engine.anchors import Polarity, RedLineRule, derive_red_line
from fourfold.engine.blocks import Block
from fourfold.engine.cells import Floats
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.periods import Frequency, Period, start_index
from fourfold.engine.targets import half_life_values, path_values
from fourfold.engine.tree import UnitTree


@dataclass(slots=True)
class TargetBlock:
    """Anchors of the KPIs of a block: arrays `(kpi, unit, period)`, NaN where there is none.

    The unit axis has length 1 where all units share their targets. `low` to `red_high` are there for `in_range`
    KPIs only; `rule` names, for each KPI, how its latest red line came about.
    """

    target: Floats
    red_line: Floats
    floor: Floats | None = None
    stretch: Floats | None = None
    low: Floats | None = None
    high: Floats | None = None
    red_low: Floats | None = None
    red_high: Floats | None = None
    rule: tuple[RedLineRule, ...] = ()

    def arrays(self) -> dict[str, Floats]:
        """The arrays that are there, by name."""
        named = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "rule"}
        return {name: array for name, array in named.items() if array is not None}


def target_block(block: Block, kpis: Sequence[Kpi], definitions: Definitions, *, as_of: datetime) -> TargetBlock:
    """The targets in force for each cell of a block, at the KPIs' own frequency."""
    tree = UnitTree.of(definitions.units)
    versions = [_versions(definitions, kpi, as_of) for kpi in kpis]
    shared = all(t.unit is None for v in versions for t in v) and not any(_adds_up(k) for k in kpis)
    lanes = (None,) if shared else tree.codes
    shape = (len(kpis), len(lanes), len(block.periods))
    banded = any(k.polarity is Polarity.IN_RANGE for k in kpis)
    names = ["target", "red_line"] + (["low", "high", "red_low", "red_high"] if banded else [])
    for optional in ("floor", "stretch"):
        if any(getattr(t, optional) is not None for v in versions for t in v) or optional == "floor":
            names.append(optional)
    arrays = {name: np.full(shape, np.nan) for name in names}
    rules = []
    for k, kpi in enumerate(kpis):
        rule = RedLineRule.NONE
        for u, unit in enumerate(lanes):
            rule = _fill(arrays, k, u, kpi, _for_unit(versions[k], kpi, unit, tree), block, rule)
        if not shared and _adds_up(kpi):
            _sum_children(arrays, k, tree)
        rules.append(rule)
    for optional in ("floor", "stretch"):
        if optional in arrays and np.isnan(arrays[optional]).all():
            del arrays[optional]
    return TargetBlock(**arrays, rule=tuple(rules))


def _adds_up(kpi: Kpi) -> bool:
    return kpi.aggregate_units is AggUnits.SUM


def _versions(definitions: Definitions, kpi: Kpi, as_of: datetime) -> list[Target]:
    """Commit targets of a KPI known at `as_of`, oldest first."""
    known = [t for t in definitions.targets_of(kpi.code) if t.kind == "commit" and _known(t, as_of)]
    return sorted(known, key=lambda t: definitions.calendar.parse(t.since, kpi.frequency).ordinal)


def _known(target: Target, as_of: datetime) -> bool:
    if target.recorded_at is None:
        return True
    at = datetime.fromisoformat(target.recorded_at)
    return at.replace(tzinfo=at.tzinfo or as_of.tzinfo) <= as_of


def _for_unit(versions: list[Target], kpi: Kpi, unit: str | None, tree: UnitTree) -> list[Target]:
    """The versions that hold for a unit: its own, else the general ones where these apply to it."""
    own = [t for t in versions if t.unit == unit and unit is not None]
    if own:
        return own
    if unit is not None and _adds_up(kpi) and tree.parent[tree.index[unit]] >= 0:
        return []
    return [t for t in versions if t.unit is None]


def _fill(
    arrays: dict[str, Floats], k: int, u: int, kpi: Kpi, versions: list[Target], block: Block, rule: RedLineRule
) -> RedLineRule:
    """Write the anchors of one KPI and unit; returns the rule of the latest red line."""
    first = block.periods[0]
    starts = [first.calendar.parse(t.since, kpi.frequency).ordinal - first.ordinal for t in versions]
    ends = [*starts[1:], len(block.periods)][: len(starts)]
    for version, start, end in zip(versions, starts, ends, strict=True):
        span = slice(max(start, 0), max(end, 0))
        if kpi.polarity is Polarity.IN_RANGE:
            for name in ("low", "high", "red_low", "red_high"):
                given = getattr(version, name)
                arrays[name][k, u, span] = np.nan if given is None else float(given)
            arrays["target"][k, u, span] = (arrays["low"][k, u, span] + arrays["high"][k, u, span]) / 2
            rule = RedLineRule.GIVEN
            continue
        if version.value is None:
            continue
        goal = float(version.value)
        path = glide(version, kpi, block.periods, start)[span]
        arrays["target"][k, u, span] = path
        width = _natural_half_width(block, k, u, start)
        red, floor, rule = _red_line(version, kpi, goal, width)
        if red is not None:
            arrays["red_line"][k, u, span] = path - (goal - red)
        constant = version.path == "constant"  # on a path floor and stretch follow from the slope (§3.3)
        if floor is not None and constant:
            arrays["floor"][k, u, span] = floor
        if version.stretch is not None and constant:
            arrays["stretch"][k, u, span] = float(version.stretch)
    return rule


def _red_line(
    version: Target, kpi: Kpi, goal: float, width: float | None
) -> tuple[float | None, float | None, RedLineRule]:
    """Red line, floor and the rule that gave the red line."""
    floor = None if version.floor is None else float(version.floor)
    if version.red_line is not None:
        return float(version.red_line), floor, RedLineRule.GIVEN
    baseline = None if version.baseline is None else float(version.baseline)
    derived = derive_red_line(
        goal,
        polarity=kpi.polarity,
        baseline=baseline,
        natural_half_width=width,
        ratio_scale=kpi.ratio_scale,
    )
    return derived.value, floor if floor is not None else derived.floor, derived.rule


def _natural_half_width(block: Block, k: int, u: int, start: int) -> float | None:
    """2.66 times the mean moving range of at least 12 numbers before the target began; nothing later is read."""
    unit = u if u < block.value.shape[1] else 0
    before = block.value[k, unit, : max(start, 0)]
    before = before[np.isfinite(before)]
    return float(2.66 * np.abs(np.diff(before)).mean()) if len(before) >= 12 else None


def _sum_children(arrays: dict[str, Floats], k: int, tree: UnitTree) -> None:
    """Give a parent without targets the sum of its children's, where every one of them has some."""
    for parent, children in tree.bottom_up:
        for array in arrays.values():
            if np.isnan(array[k, parent]).all():
                array[k, parent] = array[k, children].sum(axis=0)


def glide(version: Target, kpi: Kpi, periods: Sequence[Period], start: int) -> Floats:
    """The target of every period on the path of a version; before its start the path's first value."""
    count = len(periods)
    goal = float(version.value) if version.value is not None else np.nan
    index = np.arange(count, dtype=np.float64)
    if version.path == "step":
        return _steps(version, kpi, periods, goal)
    if version.path == "seasonal":
        shares = np.array(version.shares, dtype=np.float64)
        place = np.arange(count) - start_index(tuple(periods), Frequency.YEAR)
        return np.asarray(goal * shares[place % len(shares)] / shares.sum())
    if version.path == "constant" or version.baseline is None:
        return np.full(count, goal)
    baseline = float(version.baseline)
    if version.path == "half_life":
        life = version.half_life or 6.0
        return half_life_values(baseline, goal, np.maximum(index - start, 0), life)
    due = periods[0].calendar.parse(version.due, kpi.frequency).ordinal - periods[0].ordinal if version.due else count
    tau = np.clip((index - start) / max(due - start, 1), 0.0, 1.0)
    return path_values(version.path, baseline, goal, tau)


def _steps(version: Target, kpi: Kpi, periods: Sequence[Period], goal: float) -> Floats:
    """Each step holds from its period on; before the first step the value itself."""
    values = np.full(len(periods), goal)
    parse = periods[0].calendar.parse
    for ordinal, value in sorted((parse(p, kpi.frequency).ordinal, v) for p, v in version.steps.items()):
        values[max(ordinal - periods[0].ordinal, 0) :] = float(value)
    return values
