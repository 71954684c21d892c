"""Target versions as arrays beside the figures: what each unit should reach in each period.

Source: methodology §3.2, §3.3 (the red line follows a path with constant gap), §4.1, §4.3, §4.5. The score of a
period uses the version with the latest `since` up to it, among those known at `as_of`. A target that names no unit
holds for each unit that has none of its own, except where units add up: there it is the root's, and a parent
without a target of its own is asked for the sum of its children's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fourfold.engine.aggregation import AggTime, AggUnits
from fourfold.engine.anchors import RULES, Polarity, RedLineRule, derive_red_lines
from fourfold.engine.blocks import Block
from fourfold.engine.cells import Bools, Floats, slabs
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.former_trees import has_moves, trees_in
from fourfold.engine.groups import over_time
from fourfold.engine.once import once
from fourfold.engine.periods import Frequency, Period, start_index
from fourfold.engine.rows import unit_tree
from fourfold.engine.target_versions import GENERAL, Versions, versions_of
from fourfold.engine.targets import half_life_values, path_values
from fourfold.engine.tree import Indexes, UnitTree

#: Arrays of at most so many targets are remembered, and at most so many of them for the same definitions.
SMALL, REMEMBERED = 1 << 15, 256
#: Which way is better, as a sign.
_BETTER = {Polarity.HIGHER_BETTER: 1.0, Polarity.LOWER_BETTER: -1.0}


@dataclass(slots=True)
class TargetBlock:
    """Anchors of the KPIs of a block: arrays `(kpi, unit, period)`, NaN where there is none.

    The unit axis has length 1 where all units share their targets, and the period axis where none changes in these
    periods: what follows from targets is then worked out once and not for each cell. `low` to `red_high` are there for
    `in_range` KPIs only; `rule` names, for each KPI, how its latest red line came about.
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

    def of_units(self, at: Sequence[int]) -> TargetBlock:
        """The targets of some of the units, by place."""
        some = {name: array if array.shape[1] == 1 else array[:, at] for name, array in self.arrays().items()}
        return TargetBlock(**some, rule=self.rule)


def target_block(block: Block, kpis: Sequence[Kpi], definitions: Definitions, *, as_of: datetime) -> TargetBlock:
    """The targets in force for each cell of a block, at the KPIs' own frequency.

    What follows from the definitions alone is worked out once, and so are small arrays, which are only read. Targets of
    some units are cut out of those of all.
    """
    if block.units != (tree := unit_tree(definitions)).codes:
        at = [tree.index[code] for code in block.units]
        value = np.full((len(kpis), len(tree.codes), len(block.periods)), np.nan)
        value[:, at] = block.value
        return target_block(replace(block, units=tree.codes, value=value), kpis, definitions, as_of=as_of).of_units(at)
    versions = versions_of(definitions, kpis)
    if not versions.is_settled:
        return _fill(_schedule(versions.known(as_of), block, kpis, definitions), block, kpis, definitions)
    kept = _remembered(definitions)
    if len(kept.schedules) + len(kept.blocks) >= REMEMBERED:
        kept.schedules.clear()
        kept.blocks.clear()
    key = (block.kpis, block.periods[0].ordinal, len(block.periods))
    if (found := kept.blocks.get(key)) is not None:
        return found
    if (schedule := kept.schedules.get(block.kpis)) is None:
        schedule = kept.schedules[block.kpis] = _schedule(versions, block, kpis, definitions)
    found = _fill(schedule, block, kpis, definitions)
    if found.target.size <= SMALL:
        kept.blocks[key] = found
    return found


@dataclass(frozen=True)
class _Schedule:
    """When which version holds in each lane of `(kpi, unit)`, sorted by lane and begin.

    `version` counts from 1; 0 stands at the head of each lane, for the time before its first version. `anchors` has
    their numbers, NaN for 0.
    """

    lanes: _Lanes
    version: Indexes
    since: npt.NDArray[np.int64]
    is_last: Bools  # in its lane
    units: int
    anchors: dict[str, Floats]
    rule: tuple[RedLineRule, ...]
    by_period: Bools

    def lengths(self, periods: Sequence[Period]) -> Indexes:
        """For how many of the periods each version holds."""
        start = np.clip(self.since - periods[0].ordinal, 0, len(periods))
        return np.where(self.is_last, len(periods), np.roll(start, -1)) - start


class _Remembered(NamedTuple):
    schedules: dict[tuple[str, ...], _Schedule]
    blocks: dict[tuple[tuple[str, ...], int, int], TargetBlock]


@once
def _remembered(definitions: Definitions) -> _Remembered:
    return _Remembered({}, {})


def _schedule(versions: Versions, block: Block, kpis: Sequence[Kpi], definitions: Definitions) -> _Schedule:
    tree = unit_tree(definitions)
    adds_up = _adds_up(kpis)
    shared = not adds_up.any() and bool((versions.unit == GENERAL).all())
    lanes = _shared_lanes(versions) if shared else _own_lanes(versions, adds_up, tree, len(kpis))
    anchors, rule, by_period = _anchors(lanes, block, kpis)
    units = 1 if shared else len(tree.codes)
    heads = np.arange(len(kpis) * units)
    lane = np.concatenate([heads, lanes.version.kpi * units + lanes.unit])
    since = np.concatenate([np.full(len(heads), np.iinfo(np.int64).min // 2), lanes.version.since])
    version = np.concatenate([np.zeros(len(heads), dtype=np.intp), np.arange(1, len(lanes.unit) + 1)])
    order = np.lexsort((since, lane))
    is_last = np.append(np.diff(lane[order]) != 0, True)
    for optional in ("floor", "stretch"):
        if np.isnan(anchors[optional]).all():
            del anchors[optional]
    padded = {name: np.append(np.nan, numbers) for name, numbers in anchors.items()}
    return _Schedule(lanes, version[order], since[order], is_last, units, padded, rule, by_period)


def _fill(schedule: _Schedule, block: Block, kpis: Sequence[Kpi], definitions: Definitions) -> TargetBlock:
    lanes, count = schedule.lanes, len(block.periods)
    lengths = schedule.lengths(block.periods)
    moving = np.flatnonzero(lanes.version.moves & np.isfinite(schedule.anchors["target"][1:]))
    adds_up = _adds_up(kpis)
    is_one_tree = not (adds_up.any() and has_moves(definitions))
    if is_one_tree and not len(moving) and not (lengths % count).any():  # each lane has one version all the time
        lengths, count = lengths // count, 1
    shape = (len(kpis), schedule.units, count)
    arrays = {
        name: np.repeat(numbers[schedule.version], lengths).reshape(shape) for name, numbers in schedule.anchors.items()
    }
    force = np.repeat(schedule.version, lengths).reshape(shape) if len(moving) else schedule.version
    for i in moving:
        k, u = lanes.version.kpi[i], lanes.unit[i]
        here = force[k, u] == i + 1
        version, start = lanes.version.targets[i], int(lanes.version.since[i] - block.periods[0].ordinal)
        arrays["target"][k, u, here] = glide(version, kpis[k], block.periods, start)[here]
        if version.path == "seasonal" and over_time(kpis[k]) is AggTime.SUM and not schedule.by_period[i]:
            arrays["gap"][k, u, here] *= _season(version, kpis[k], block.periods)[here]  # the red line is of a year too
    arrays["red_line"] = arrays["target"] - arrays.pop("gap")  # it follows a path with constant gap
    if adds_up.any():
        _sum_children(arrays, np.flatnonzero(adds_up), list(trees_in(definitions, block.periods[:count])))
    return TargetBlock(**arrays, rule=schedule.rule)


def _adds_up(kpis: Sequence[Kpi]) -> Bools:
    """The KPIs of which the units' figures add up."""
    return np.array([k.aggregate_units is AggUnits.SUM for k in kpis], dtype=np.bool_)


@dataclass(frozen=True)
class _Lanes:
    """Which versions hold for which units: one row for each version and unit, by begin within a KPI and unit."""

    version: Versions
    unit: Indexes


def _shared_lanes(versions: Versions) -> _Lanes:
    return _Lanes(versions, np.zeros(len(versions.unit), dtype=np.intp))


def _own_lanes(versions: Versions, adds_up: Bools, tree: UnitTree, count: int) -> _Lanes:
    """A unit's own versions, else the general ones where these apply to it."""
    own = np.flatnonzero(versions.unit >= 0)
    general = np.flatnonzero(versions.unit == GENERAL)
    open_to = ~(adds_up[:, None] & (np.array(tree.parent, dtype=np.intp) >= 0))
    open_to[versions.kpi[own], versions.unit[own]] = False
    which, unit = np.nonzero(open_to[versions.kpi[general]])
    rows = np.concatenate([own, general[which]])
    return _Lanes(versions.only(rows), np.concatenate([versions.unit[own], unit]))


def _anchors(
    lanes: _Lanes, block: Block, kpis: Sequence[Kpi]
) -> tuple[dict[str, Floats], tuple[RedLineRule, ...], Bools]:
    """The anchors of each lane's version, and for each KPI the rule of its latest red line.

    The last part is true where a red line comes from the variation of single periods, whatever the target is of.
    """
    v, numbers = lanes.version, lanes.version.numbers
    way = np.array([_BETTER.get(k.polarity, 0.0) for k in kpis], dtype=np.float64)
    banded = np.array([k.polarity is Polarity.IN_RANGE for k in kpis], dtype=np.bool_)
    in_range = banded[v.kpi]
    goal, given = np.where(in_range, np.nan, numbers["value"]), np.isfinite(numbers["red_line"])
    open_band = in_range & ~(np.isfinite(numbers["red_low"]) & np.isfinite(numbers["red_high"]))
    red_lines = partial(
        derive_red_lines, baseline=numbers["baseline"],
        natural_half_width=_natural_half_widths(block, lanes, np.isfinite(goal) & ~given | open_band),
        ratio_scale=np.array([k.ratio_scale for k in kpis], dtype=np.bool_)[v.kpi],
    )  # fmt: skip
    derived = red_lines(goal, better=way[v.kpi])
    fixed = np.isfinite(goal) & ~v.moves  # on a path floor and stretch follow from the slope (§3.3)
    floor = np.where(np.isfinite(numbers["floor"]), numbers["floor"], np.where(given, np.nan, derived.floor))
    found = {
        "target": np.where(in_range, (numbers["low"] + numbers["high"]) / 2, goal),
        "gap": goal - np.where(given, numbers["red_line"], derived.value),
        "floor": np.where(fixed, floor, np.nan),
        "stretch": np.where(fixed, numbers["stretch"], np.nan),
    }
    if banded.any():
        found |= {name: np.where(in_range, numbers[name], np.nan) for name in ("low", "high", "red_low", "red_high")}
    rule = np.where(given | in_range, RULES.index(RedLineRule.GIVEN), derived.rule)
    if open_band.any():  # each side is judged like a target of its own (§3.2)
        for red, edge, better in (("red_high", "high", -1.0), ("red_low", "low", 1.0)):
            side = red_lines(numbers[edge], better=np.full(len(in_range), better))
            left_open = in_range & np.isnan(numbers[red])
            found[red] = np.where(left_open, side.value, found[red])
            rule = np.where(left_open, side.rule, rule)
    said = np.flatnonzero(in_range | np.isfinite(goal))
    said = said[np.argsort(lanes.unit[said], kind="stable")]
    latest = np.full(len(kpis), RULES.index(RedLineRule.NONE))
    latest[v.kpi[said]] = rule[said]
    return found, tuple(RULES[i] for i in latest), rule == RULES.index(RedLineRule.NATURAL_VARIATION)


def _natural_half_widths(block: Block, lanes: _Lanes, wanted: Bools) -> Floats:
    """2.66 times the mean moving range of at least 12 numbers before each target began; nothing later is read."""
    widths = np.full(len(wanted), np.nan)
    place, all_wanted = np.arange(len(block.periods)), np.flatnonzero(wanted)
    for some in slabs((len(all_wanted), len(place))):
        at = all_wanted[some]
        value = block.value[lanes.version.kpi[at], lanes.unit[at]]
        start = lanes.version.since[at] - block.periods[0].ordinal
        known = np.isfinite(value) & (place < start[:, None])
        moved = known[:, 1:] & known[:, :-1]  # a gap breaks the moving range (§5.2)
        step = np.where(moved, np.abs(np.diff(value, axis=-1)), 0.0).sum(axis=-1)
        mean = step / np.maximum(moved.sum(axis=-1), 1)
        widths[at] = np.where(known.sum(axis=-1) >= 12, 2.66 * mean, np.nan)
    return widths


def _sum_children(
    arrays: dict[str, Floats], kpis: Indexes, trees: Sequence[tuple[slice[int, int, None], UnitTree]]
) -> None:
    """Give a parent without targets the sum of its children's, where every one of them has some."""
    for array in arrays.values():
        lacking = np.asarray(np.isnan(array).all(axis=-1))
        for some, tree in trees:
            for parent, children in tree.bottom_up:
                without = kpis[lacking[kpis, parent]]
                below = array[np.ix_(without, children)][..., some]
                # One after another, however many periods: NumPy adds up a single column in another order.
                array[without, parent, some] = below.sum(axis=1) if below.shape[2] > 1 else (
                    np.add.accumulate(below, axis=1)[:, -1]
                )


def glide(version: Target, kpi: Kpi, periods: Sequence[Period], start: int) -> Floats:
    """The target of every period on the path of a version; before its start the path's first value."""
    count = len(periods)
    goal = float(version.value) if version.value is not None else np.nan
    index = np.arange(count, dtype=np.float64)
    if version.path == "step":
        return _steps(version, kpi, periods, goal)
    if version.path == "seasonal":
        return goal * _season(version, kpi, tuple(periods))
    if version.path == "constant" or version.baseline is None:
        return np.full(count, goal)
    baseline = float(version.baseline)
    if version.path == "half_life":
        life = version.half_life or 6.0
        return half_life_values(baseline, goal, np.maximum(index - start, 0), life)
    due = periods[0].calendar.parse(version.due, kpi.frequency).ordinal - periods[0].ordinal if version.due else count
    tau = np.clip((index - start) / max(due - start, 1), 0.0, 1.0)
    return path_values(version.path, baseline, goal, tau)


def _season(version: Target, kpi: Kpi, periods: tuple[Period, ...]) -> Floats:
    """What each period takes of the target of its year: shares that sum to 1 for a flow, else factors around 1.

    The mean of the factors is 1, weighted by the denominators that a ratio is expected to have (§4.3). A week 53 (or a
    366th day) is like the one before it, and its year still adds up to the target. Growth weighs the shares:
    T = A·p·g/Σ(p·g).
    """
    shares = np.array(version.shares, dtype=np.float64)
    shares = shares * np.array(version.growth or np.ones(len(shares)), dtype=np.float64)
    weights = np.array(version.denominators or np.ones(len(shares)), dtype=np.float64)
    place = np.arange(len(periods)) - start_index(periods, Frequency.YEAR)
    length = np.full(len(periods), len(shares))
    if kpi.frequency in (Frequency.DAY, Frequency.WEEK):  # of these a year has now more, now fewer
        years = [p.within(Frequency.YEAR) for p in periods]
        count = {year: len(year.parts(kpi.frequency)) for year in set(years)}
        length = np.array([count[year] for year in years])
    share = shares[np.minimum(place, len(shares) - 1)]
    more = np.maximum(length - len(shares), 0)
    if over_time(kpi) is AggTime.SUM:
        return np.asarray(share / (shares.sum() + more * shares[-1]))
    whole = weights @ shares + more * weights[-1] * shares[-1]
    return np.asarray(share / whole * (weights.sum() + more * weights[-1]))


def _steps(version: Target, kpi: Kpi, periods: Sequence[Period], goal: float) -> Floats:
    """Each step holds from its period on; before the first step the value itself."""
    values = np.full(len(periods), goal)
    parse = periods[0].calendar.parse
    for ordinal, value in sorted((parse(p, kpi.frequency).ordinal, v) for p, v in version.steps.items()):
        values[max(ordinal - periods[0].ordinal, 0) :] = float(value)
    return values
