"""The same evaluation in Polars expressions: one lazy query, optimised and run on all cores by Polars.

It takes the same tables as `pandas_oracle` and gives the same columns; what it leaves out is told there.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from pandas_oracle import ANCHORS, EPSILON, INSUFFICIENT, NEAR, NOT_APPLICABLE, OFF, ON, OVERDUE, Tables

CELL = ["kpi", "unit", "period"]
LANE = ["kpi", "unit"]


@dataclass(frozen=True)
class Frames:
    """The definitions as Polars tables, keys as enumerations."""

    kpis: pl.DataFrame
    units: pl.DataFrame
    targets: pl.DataFrame
    children: dict[str, pl.DataFrame]
    periods: pl.DataFrame
    kinds: dict[str, pl.Enum]
    depth: int
    cuts: tuple[float, float]
    minimum_coverage: float


def frames(t: Tables) -> Frames:
    """From the tables of pandas, before the clock starts."""
    kinds = {"kpi": pl.Enum(list(t.kpis.index)), "unit": pl.Enum(list(t.units["unit"])), "period": pl.Enum(t.periods)}
    kpis = pl.from_pandas(t.kpis.reset_index()).with_columns(pl.col("kpi").cast(kinds["kpi"]))
    units = pl.from_pandas(t.units).with_columns(pl.col("unit", "parent").cast(kinds["unit"]))
    periods = pl.DataFrame({"period": pl.Series(t.periods, dtype=kinds["period"])}).with_row_index("month")
    targets = pl.from_pandas(t.targets).rename({"value": "target"}).with_columns(
        pl.col("kpi").cast(kinds["kpi"]), pl.col("unit").cast(kinds["unit"]),
        pl.col("since").cast(kinds["period"]).to_physical().alias("month"),
        pl.col("target", *ANCHORS[1:]).cast(pl.Float64).fill_nan(None),
    )  # fmt: skip
    children = {level: pl.from_pandas(frame) for level, frame in t.children.items()}
    children["objective"] = children["objective"].with_columns(pl.col("child").cast(kinds["kpi"]))
    return Frames(
        kpis, units, targets, children, periods, kinds, int(t.units["depth"].max()), t.cuts, t.minimum_coverage
    )


def evaluate(rows: pl.DataFrame, f: Frames) -> dict[str, pl.DataFrame]:
    """Results of KPIs under `kpi` (sorted by KPI, unit and month), and of the nodes under their levels."""
    cells = judge(attach_targets(on_grid(roll_up(rows.lazy(), f), f), f), f)
    queries = {"kpi": cells.sort("kpi", "unit", "month")}
    below = cells.select(pl.col("kpi").alias("child"), "unit", "month", "score", "status", "confidence")
    for level, children in f.children.items():
        nodes = roll_up_scores(below, children.lazy(), f)
        queries[level] = nodes.sort("node", "unit", "month")
        below = nodes.select(pl.col("node").alias("child"), "unit", "month", "score", "status", "confidence")
    return dict(zip(queries, pl.collect_all(list(queries.values())), strict=True))


def roll_up(rows: pl.LazyFrame, f: Frames) -> pl.LazyFrame:
    """Values of all units, level by level."""
    mean = f.kpis.filter(pl.col("over_units") == "weighted_mean")["kpi"].implode()
    weighted = pl.col("value") * pl.col("denominator")
    leaves = rows.with_columns(pl.col(name).cast(kind) for name, kind in f.kinds.items()).with_columns(
        numerator=pl.when(pl.col("kpi").is_in(mean)).then(weighted).otherwise("numerator"), coverage=pl.lit(1.0)
    )
    parents = f.units.lazy().select("unit", pl.col("parent").alias("up")).drop_nulls()
    count = f.units.lazy().group_by("parent").len("count").drop_nulls().rename({"parent": "unit"})
    parts = [pl.col(c) for c in ("value", "numerator", "denominator")]
    levels = [leaves]
    for _ in range(f.depth):
        up = levels[-1].join(parents, on="unit").with_columns(unit=pl.col("up")).group_by(CELL).agg(
            *(pl.when(c.count() > 0).then(c.sum()).alias(c.meta.output_name()) for c in parts), pl.col("coverage").sum()
        )  # fmt: skip
        up = up.join(count, on="unit").with_columns(coverage=pl.col("coverage") / pl.col("count"))
        levels.append(up.select(leaves.collect_schema().names()))
    every = pl.concat(levels)
    return every.select(*CELL, "coverage", value=pl.coalesce(pl.col("numerator") / pl.col("denominator"), "value"))


def on_grid(values: pl.LazyFrame, f: Frames) -> pl.LazyFrame:
    """One row for each KPI, unit and month, in that order, with the natural deviation up to it."""
    lanes = f.kpis.lazy().select("kpi").join(f.units.lazy().select("unit"), how="cross")
    grid = lanes.join(f.periods.lazy(), how="cross")
    cells = grid.join(values, on=CELL, how="left").sort("kpi", "unit", "month")
    step = (pl.col("value") - pl.col("value").shift(1)).abs().over(LANE)
    cells = cells.with_columns(pl.col("coverage").fill_null(0.0), step=step)
    total, count = pl.col("step").fill_null(0.0).cum_sum().over(LANE), pl.col("step").is_not_null().cum_sum().over(LANE)
    return cells.with_columns(sigma=pl.when(count >= 11).then(total / count / 1.128))


def attach_targets(cells: pl.LazyFrame, f: Frames) -> pl.LazyFrame:
    """The version in force in each month; where units add up, a parent's is the sum of its children's."""
    anchors = ["target", *ANCHORS[1:]]
    targets = f.targets.lazy().select("kpi", "unit", "month", *anchors)
    own, general = targets.drop_nulls("unit"), targets.filter(pl.col("unit").is_null()).drop("unit")
    parents = f.units.lazy().select("unit", pl.col("parent").alias("up")).drop_nulls()
    levels = [own]
    for _ in range(f.depth):
        up = levels[-1].join(parents, on="unit").with_columns(unit=pl.col("up"))
        sums = [pl.when(pl.col(a).count() > 0).then(pl.col(a).sum()).alias(a) for a in anchors]
        levels.append(up.group_by("kpi", "unit", "month").agg(sums))
    spread = general.join(f.units.lazy().select("unit"), how="cross").select("kpi", "unit", "month", *anchors)
    every = pl.concat([*levels, spread]).sort("month")
    return cells.sort("month").join_asof(every, on="month", by=LANE)


def judge(cells: pl.LazyFrame, f: Frames) -> pl.LazyFrame:
    """Scores, statuses and the borderline mark."""
    c = pl.col
    banded, tolerance, x = c("polarity") == "in_range", c("tolerance"), c("value")

    def line(red: str, goal: str, most: float) -> pl.Expr:
        return (50 + 50 * (x - c(red)) / (c(goal) - c(red))).clip(0, most)

    gap = (c("target") - c("red_line")).abs()
    side = pl.when(x < c("low")).then(c("low") - c("red_low")).otherwise(c("red_high") - c("high"))
    cells = cells.join(f.kpis.lazy().select("kpi", "polarity", "tolerance"), on="kpi").with_columns(
        score=pl.when(banded)
        .then(pl.min_horizontal(line("red_low", "low", 100.0), line("red_high", "high", 100.0)))
        .otherwise(line("red_line", "target", 125.0)),
        gap=pl.when(banded).then(side).otherwise(gap),
    )  # fmt: skip
    reach = 1.96 * c("sigma")

    def close(edge: str, red: str, inward: int) -> pl.Expr:
        width = (c(edge) - c(red)).abs()
        on = c(edge) - inward * pl.min_horizontal(tolerance, width)
        return (width > 0) & (((x - c(red)).abs() < reach) | ((x - on).abs() < reach))

    cells = cells.with_columns(cut=(100 - 50 * tolerance / c("gap")).clip(50, 100))
    distance = pl.min_horizontal((c("score") - 50).abs(), (c("score") - c("cut")).abs())
    near = pl.when(banded).then(close("low", "red_low", 1) | close("high", "red_high", -1)).otherwise(
        distance < 98 * c("sigma") / gap
    )  # fmt: skip
    begun = c("month") >= pl.when(x.is_not_null()).then(c("month")).min().over("kpi")
    judged = (
        pl.when(c("score") >= c("cut") * (1 - EPSILON)).then(ON)
        .when(c("score") >= 50 * (1 - EPSILON)).then(NEAR).otherwise(OFF)
    )  # fmt: skip
    status = pl.when(x.is_not_null()).then(judged).when(begun).then(OVERDUE).otherwise(NOT_APPLICABLE)
    return cells.select(
        "kpi", "unit", "period", "month", "value", "coverage", "score", status=status.cast(pl.Int8),
        target=pl.when(banded).then((c("low") + c("high")) / 2).otherwise("target"),
        borderline=near.fill_null(False), confidence=c("coverage"),
    )  # fmt: skip


def roll_up_scores(below: pl.LazyFrame, children: pl.LazyFrame, f: Frames) -> pl.LazyFrame:
    """Weighted means of what is there, with the status of the node."""
    c = pl.col
    expected = pl.when(c("status") != NOT_APPLICABLE).then(c("weight")).otherwise(0.0)
    scored = c("score").is_not_null()
    sums = below.join(children, on="child").group_by("node", "unit", "month").agg(
        expected=expected.sum(), available=c("weight").filter(scored).sum(),
        points=(c("weight") * c("score").clip(upper_bound=100)).sum(), trust=(expected * c("confidence")).sum(),
        best=c("status").filter(scored).max(), worst=c("status").filter(scored).min(),
    ).with_columns(coverage=(c("available") / c("expected")).fill_nan(0.0))  # fmt: skip
    amber, green = f.cuts
    enough = (c("available") > 0) & (c("coverage") >= f.minimum_coverage - EPSILON)
    sums = sums.with_columns(score=pl.when(enough).then(c("points") / c("available")))
    judged = (
        pl.when(c("score") >= green * (1 - EPSILON)).then(ON)
        .when(c("score") >= amber * (1 - EPSILON)).then(NEAR).otherwise(OFF)
    )  # fmt: skip
    clamped = pl.min_horizontal(pl.max_horizontal(judged, c("worst").fill_null(OFF)), c("best").fill_null(ON))
    nothing = pl.when(c("expected") == 0).then(NOT_APPLICABLE).when(c("available") == 0).then(OVERDUE)
    status = pl.when(c("score").is_not_null()).then(clamped).otherwise(nothing.otherwise(INSUFFICIENT))
    return sums.with_columns(
        status=status.cast(pl.Int8), confidence=(c("trust") / c("expected")).fill_nan(0.0).fill_null(0.0)
    )  # fmt: skip
