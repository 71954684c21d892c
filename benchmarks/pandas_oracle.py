"""The same evaluation as a good analyst would write it in pandas: the peer of the engine, and a check on its answers.

Keys are the texts they come as, arithmetic is on whole columns, and grouping, merging, as-of merging and expanding
windows do the rest; no loop runs over rows or groups. Tuned, keys are categories and running sums take the place of
expanding windows, which makes it about twice as fast: a second, harder peer. Either knows no more than the sample
needs: months that are all due, constant targets with given red lines, means of scores, units that report all at one
depth. Of what the engine gives they leave out the marks other than "borderline", the reasons and the findings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fourfold.engine.definitions import Definitions

Keys = dict[str, pd.CategoricalDtype] | dict[str, str]
OFF, NEAR, ON, OVERDUE, NOT_APPLICABLE, INSUFFICIENT = 0, 1, 2, 3, 5, 8
EPSILON = 1e-9
CELL = ["kpi", "unit", "period"]
ANCHORS = ["value", "red_line", "low", "high", "red_low", "red_high"]


@dataclass(frozen=True)
class Tables:
    """The definitions as tables; made before the clock starts, as the engine's are parsed by then."""

    kpis: pd.DataFrame  # by kpi: over_units, polarity, tolerance
    units: pd.DataFrame  # unit, parent, depth
    targets: pd.DataFrame  # kpi, unit, since, anchors
    children: dict[str, pd.DataFrame]  # level → node, child, weight
    periods: list[str]
    cuts: tuple[float, float]
    minimum_coverage: float


def tables(definitions: Definitions, periods: list[str]) -> Tables:
    kpis = pd.DataFrame(
        [(k.code, str(k.aggregate_units), str(k.polarity), float(k.tolerance)) for k in definitions.kpis],
        columns=["kpi", "over_units", "polarity", "tolerance"],
    ).set_index("kpi")
    depth = {u.code: 0 for u in definitions.units}
    for u in definitions.units:  # a parent stands before its children
        depth[u.code] = 0 if u.parent is None else depth[u.parent] + 1
    units = pd.DataFrame([(u.code, u.parent, depth[u.code]) for u in definitions.units],
                         columns=["unit", "parent", "depth"])  # fmt: skip
    targets = pd.DataFrame(
        [(t.kpi, t.unit, f"M:{t.since}", *(getattr(t, a) for a in ANCHORS)) for t in definitions.targets],
        columns=["kpi", "unit", "since", *ANCHORS],
    )
    targets[ANCHORS] = targets[ANCHORS].astype(float)
    children = {
        "objective": [(u.objective, u.kpi, float(u.weight)) for u in definitions.uses],
        "perspective": [(o.perspective, o.code, float(o.weight)) for o in definitions.objectives],
        "scorecard": [("", p.code, float(p.weight)) for p in definitions.perspectives],
    }
    frames = {level: pd.DataFrame(rows, columns=["node", "child", "weight"]) for level, rows in children.items()}
    strategy = definitions.strategy
    return Tables(kpis, units, targets, frames, periods, (strategy.amber, strategy.green), strategy.minimum_coverage)


def evaluate(rows: pd.DataFrame, t: Tables, *, tuned: bool = False) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """KPI results (columns `CELL`, value, target, score, status) and those of the nodes, level by level."""
    every = {"kpi": t.kpis.index, "unit": t.units["unit"], "period": t.periods}
    keys = {name: pd.CategoricalDtype(texts) for name, texts in every.items()} if tuned else dict.fromkeys(CELL, "str")
    if tuned:
        rows = rows.astype(keys)
    cells = judge(attach_targets(on_grid(roll_up(rows, t, keys), t, keys, tuned=tuned), t, keys), t)
    nodes, below = {}, cells.rename(columns={"kpi": "child"})
    for level, children in t.children.items():
        nodes[level] = roll_up_scores(below, children, t)
        below = nodes[level].rename(columns={"node": "child"})
    return cells, nodes


def roll_up(rows: pd.DataFrame, t: Tables, keys: Keys) -> pd.DataFrame:
    """Values of all units: sums, ratios of sums, and means weighted by the denominator, level by level."""
    how = rows["kpi"].map(t.kpis["over_units"])
    rows = rows.assign(
        numerator=np.where(how == "weighted_mean", rows["value"] * rows["denominator"], rows["numerator"])
    )
    parent = t.units.set_index("unit")["parent"]
    children = parent.value_counts()
    levels = [rows.assign(coverage=1.0)]
    for _ in range(t.units["depth"].max()):
        up = levels[-1].assign(unit=levels[-1]["unit"].map(parent)).dropna(subset="unit").astype({"unit": keys["unit"]})
        groups = up.groupby(CELL, observed=True)
        sums = groups[["value", "numerator", "denominator"]].sum(min_count=1)
        below = groups["coverage"].sum()  # how many are there, times the mean of their coverage
        sums["coverage"] = below / sums.index.get_level_values("unit").map(children).astype(float)
        levels.append(sums.reset_index())
    every = pd.concat(levels)
    ratio = every["numerator"] / every["denominator"]
    return every[[*CELL, "coverage"]].assign(value=ratio.where(ratio.notna(), every["value"]))


def on_grid(values: pd.DataFrame, t: Tables, keys: Keys, *, tuned: bool) -> pd.DataFrame:
    """One row for each KPI, unit and month."""
    grid = pd.MultiIndex.from_product([t.kpis.index, t.units["unit"], t.periods], names=CELL)
    if tuned:
        grid = pd.MultiIndex.from_product([values[c].cat.categories for c in CELL], names=CELL)
    cells = values.set_index(CELL).reindex(grid).reset_index().astype(keys)
    sigma = running_sigma(cells) if tuned else natural_sigma(cells)
    return cells.assign(coverage=cells["coverage"].fillna(0.0), sigma=sigma)


def natural_sigma(cells: pd.DataFrame) -> pd.Series:
    """Mean moving range up to each month over 1.128, from the twelfth figure on."""
    step = cells.groupby(["kpi", "unit"])["value"].diff().abs()
    mean = step.groupby([cells["kpi"], cells["unit"]]).expanding(min_periods=11).mean()
    return mean.droplevel([0, 1]).sort_index() / 1.128


def running_sigma(cells: pd.DataFrame) -> pd.Series:
    """The same from running sums."""
    keys = [cells["kpi"], cells["unit"]]
    step = cells.groupby(["kpi", "unit"], observed=True)["value"].diff().abs()
    count = step.notna().groupby(keys, observed=True).cumsum()
    total = step.fillna(0.0).groupby(keys, observed=True).cumsum()
    return (total / count / 1.128).where(count >= 11)


def attach_targets(cells: pd.DataFrame, t: Tables, keys: Keys) -> pd.DataFrame:
    """The version in force in each month; where units add up, a parent's is the sum of its children's."""
    targets = t.targets.rename(columns={"value": "target"})
    own, general = targets.dropna(subset="unit"), targets[targets["unit"].isna()].drop(columns="unit")
    parent = t.units.set_index("unit")["parent"]
    levels = [own]
    for _ in range(t.units["depth"].max()):
        up = levels[-1].assign(unit=levels[-1]["unit"].map(parent)).dropna(subset="unit")
        levels.append(up.groupby(["kpi", "unit", "since"], as_index=False).sum(min_count=1))
    every = pd.concat([*levels, general.merge(t.units[["unit"]], how="cross")])
    every = every.astype({"kpi": keys["kpi"], "unit": keys["unit"]})
    month = {period: i for i, period in enumerate(t.periods)}
    every["month"] = every["since"].map(month).astype("int64")
    cells = cells.assign(month=cells["period"].map(month).astype("int64")).sort_values("month", kind="stable")
    every = every.drop(columns="since").sort_values("month", kind="stable")
    return pd.merge_asof(cells, every, on="month", by=["kpi", "unit"])


def judge(cells: pd.DataFrame, t: Tables) -> pd.DataFrame:
    """Scores and statuses."""
    polarity = cells["kpi"].map(t.kpis["polarity"])
    tolerance = cells["kpi"].map(t.kpis["tolerance"]).astype(float)
    x = cells["value"]
    line = (50 + 50 * (x - cells["red_line"]) / (cells["target"] - cells["red_line"])).clip(0, 125)
    left = (50 + 50 * (x - cells["red_low"]) / (cells["low"] - cells["red_low"])).clip(0, 100)
    right = (50 + 50 * (x - cells["red_high"]) / (cells["high"] - cells["red_high"])).clip(0, 100)
    banded = polarity == "in_range"
    score = line.where(~banded, np.minimum(left, right))
    gap = (cells["target"] - cells["red_line"]).abs()
    side = np.where(x < cells["low"], cells["low"] - cells["red_low"], cells["red_high"] - cells["high"])
    cut = (100 - 50 * tolerance / gap.where(~banded, side)).clip(50, 100)
    status = np.select([score >= cut * (1 - EPSILON), score >= 50 * (1 - EPSILON)], [ON, NEAR], OFF)
    first = cells[x.notna()].groupby("kpi", observed=True)["month"].min()
    begun = cells["month"] >= cells["kpi"].map(first).astype(int)
    status = np.select([x.notna(), begun], [status, OVERDUE], NOT_APPLICABLE)
    target = cells["target"].where(~banded, (cells["low"] + cells["high"]) / 2)
    distance = np.minimum((score - 50).abs(), (score - cut).abs())
    reach = 1.96 * cells["sigma"]
    near = pd.Series(False, index=cells.index)
    for edge, red, inward in (("low", "red_low", 1), ("high", "red_high", -1)):
        width = (cells[edge] - cells[red]).abs()
        on = cells[edge] - inward * np.minimum(tolerance, width)
        near |= (width > 0) & (((x - cells[red]).abs() < reach) | ((x - on).abs() < reach))
    borderline = (distance < 98 * cells["sigma"] / gap).where(~banded, near)
    return cells[[*CELL, "coverage"]].assign(
        value=x, target=target, score=score, status=status, borderline=borderline, confidence=cells["coverage"]
    )


def roll_up_scores(below: pd.DataFrame, children: pd.DataFrame, t: Tables) -> pd.DataFrame:
    """Weighted means of what is there, with the status of the node."""
    rows = below[["child", "unit", "period", "score", "status", "confidence"]].merge(children, on="child")
    scored = rows["score"].notna()
    rows = rows.assign(
        expected=rows["weight"].where(rows["status"] != NOT_APPLICABLE, 0.0),
        available=rows["weight"].where(scored, 0.0),
        points=rows["weight"] * rows["score"].clip(upper=100),
        judged=rows["status"].where(scored),
    )
    rows["trust"] = rows["expected"] * rows["confidence"]
    sums = rows.groupby(["node", "unit", "period"], observed=True).agg(
        expected=("expected", "sum"), available=("available", "sum"), points=("points", "sum"),
        trust=("trust", "sum"), best=("judged", "max"), worst=("judged", "min"),
    )  # fmt: skip
    coverage = sums["available"] / sums["expected"]
    score = (sums["points"] / sums["available"]).where(coverage >= t.minimum_coverage - EPSILON)
    amber, green = t.cuts
    status = np.select([score >= green * (1 - EPSILON), score >= amber * (1 - EPSILON)], [ON, NEAR], OFF)
    status = np.minimum(np.maximum(status, sums["worst"].fillna(OFF)), sums["best"].fillna(ON))
    nothing = np.select([sums["expected"] == 0, sums["available"] == 0], [NOT_APPLICABLE, OVERDUE], INSUFFICIENT)
    status = np.where(score.notna(), status, nothing)
    confidence = (sums["trust"] / sums["expected"]).fillna(0.0)
    return sums.assign(score=score, status=status, coverage=coverage.fillna(0.0), confidence=confidence).reset_index()
