"""The same evaluation in SQL for DuckDB: joins, window functions and grouping, each statement on all cores.

It takes the tables of `pandas_oracle` and gives the same columns; what it leaves out is told there. Figures lie in a
table of DuckDB's own before the clock starts. Texts are joined to whole numbers once, at the start; versions of targets
become spans of months, which join faster than the latest one is looked up; results are tables of DuckDB's own.
"""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl
from pandas_oracle import ANCHORS, EPSILON, INSUFFICIENT, NEAR, NOT_APPLICABLE, OFF, ON, OVERDUE, Tables

ANCHOR = ["target", *ANCHORS[1:]]
LANE = "over (partition by k, u order by m rows between unbounded preceding and current row)"


def connect(rows: pl.DataFrame, t: Tables) -> duckdb.DuckDBPyConnection:
    """A database in memory with the figures and the definitions."""
    db = duckdb.connect()
    for name, frame in {
        "rows": rows.to_arrow(),
        "kpis": t.kpis.reset_index().assign(k=range(len(t.kpis))),
        "units": t.units.assign(u=range(len(t.units))),
        "months": pd.DataFrame({"period": t.periods, "m": range(len(t.periods))}),
        "targets": t.targets.rename(columns={"value": "target"}),
        **{f"children_{level}": frame for level, frame in t.children.items()},
    }.items():
        db.register("given", frame)
        # Numbers as small as they are: keys of two bytes are grouped and joined faster.
        small = [c for c in ("k", "u", "m", "depth") if c in frame.columns] if name != "rows" else []
        cast = f"replace ({', '.join(f'{c}::smallint as {c}' for c in small)})" if small else ""
        db.execute(f"create table {name} as select * {cast} from given")
        db.unregister("given")
    return db


def evaluate(db: duckdb.DuckDBPyConnection, t: Tables) -> None:
    """Fill the tables `cells`, `objective`, `perspective` and `scorecard`."""
    for statement in (*roll_up(int(t.units["depth"].max())), *attach_targets(int(t.units["depth"].max())), judge()):
        db.execute(statement)
    below = "(select k as child, u, m, score, status, confidence from cells)"
    for level in t.children:
        child = "(select k as child, node, weight from children_objective join kpis on kpi = child)"
        children = child if level == "objective" else f"children_{level}"
        db.execute(roll_up_scores(level, below, children, t))
        below = f"(select node as child, u, m, score, status, confidence from {level})"


def roll_up(depth: int) -> list[str]:
    """Values of all units, level by level, and every month of them."""
    statements = ["""
        create or replace temp table level_0 as
        select k, u, m, value, denominator, 1.0::double as coverage,
            case when over_units = 'weighted_mean' then value * denominator else numerator end as numerator
        from rows join kpis using (kpi) join units using (unit) join months using (period)
    """]  # fmt: skip
    for level in range(depth):
        statements.append(f"""
            create or replace temp table level_{level + 1} as
            with family as (
                select child.u as child, up.u as u, count(*) over (partition by up.u) as size
                from units child join units up on child.parent = up.unit
            )
            select k, family.u, m, sum(value) as value, sum(denominator) as denominator,
                sum(coverage) / any_value(size) as coverage, sum(numerator) as numerator
            from level_{level} below join family on below.u = family.child
            group by k, family.u, m
        """)  # fmt: skip
    union = " union all ".join(f"select * from level_{level}" for level in range(depth + 1))
    statements.append(f"""
        create or replace temp table grid as
        with there as (
            select k, u, m, coverage, coalesce(numerator / nullif(denominator, 0), value) as value from ({union})
        ), every as (select k, u, m from kpis, units, months), filled as (
            select k, u, m, value, coalesce(coverage, 0) as coverage,
                abs(value - lag(value) over (partition by k, u order by m)) as step
            from every left join there using (k, u, m)
        )
        select k, u, m, value, coverage,
            case when count(step) {LANE} >= 11 then avg(step) {LANE} / 1.128 end as sigma
        from filled
    """)  # fmt: skip
    return statements


def attach_targets(depth: int) -> list[str]:
    """The months in which each version holds; where units add up, a parent's is the sum of its children's."""
    numbers = ", ".join(ANCHOR)
    sums = ", ".join(f"sum({a}) as {a}" for a in ANCHOR)
    levels = [f"""
        level_0 as (
            select k, u, m, {numbers}
            from targets join kpis using (kpi) join units using (unit) join months on since = period
        )
    """]  # fmt: skip
    for level in range(depth):
        levels.append(f"""
            level_{level + 1} as (
                select k, up.u as u, m, {sums}
                from level_{level} below join units child on below.u = child.u join units up on child.parent = up.unit
                group by k, up.u, m
            )
        """)  # fmt: skip
    union = " union all ".join(f"select * from level_{level}" for level in range(depth + 1))
    return [f"""
        create or replace temp table spans as
        with {", ".join(levels)}, every as (
            {union} union all
            select k, units.u, m, {numbers}
            from targets join kpis using (kpi) join months on since = period cross join units where targets.unit is null
        )
        select k, u, m as first, lead(m, 1, 32767) over (partition by k, u order by m) as stop, {numbers} from every
    """]  # fmt: skip


def judge() -> str:
    """Scores, statuses and the borderline mark."""

    def line(red: str, goal: str, most: int) -> str:
        return f"least(greatest(50 + 50 * (value - {red}) / ({goal} - {red}), 0), {most})"

    def close(edge: str, red: str, inward: int) -> str:
        on = f"({edge} - {inward} * least(tolerance, abs({edge} - {red})))"
        return f"(abs({edge} - {red}) > 0 and (abs(value - {red}) < reach or abs(value - {on}) < reach))"

    return f"""
        create or replace table cells as
        with begun as (select k, min(m) as begin from grid where value is not null group by k),
        measured as (
            select grid.*, spans.* exclude (k, u), tolerance, polarity = 'in_range' as banded, begin,
                1.96 * sigma as reach
            from grid join kpis using (k) join begun using (k)
            left join spans on grid.k = spans.k and grid.u = spans.u and grid.m >= first and grid.m < stop
        ), scored as (
            select *,
                case when value is null then null
                    when banded then least({line("red_low", "low", 100)}, {line("red_high", "high", 100)})
                    else {line("red_line", "target", 125)} end as score,
                case when not banded then abs(target - red_line)
                    when value < low then low - red_low else red_high - high end as gap
            from measured
        ), cut as (select *, least(greatest(100 - 50 * tolerance / gap, 50), 100) as cut from scored)
        select k, u, m, value, coverage, score, coverage as confidence,
            case when banded then (low + high) / 2 else target end as target,
            (case when value is null then case when m >= begin then {OVERDUE} else {NOT_APPLICABLE} end
                when score >= cut * (1 - {EPSILON}) then {ON}
                when score >= 50 * (1 - {EPSILON}) then {NEAR} else {OFF} end)::utinyint as status,
            coalesce(case when banded then {close("low", "red_low", 1)} or {close("high", "red_high", -1)}
                else least(abs(score - 50), abs(score - cut)) < 98 * sigma / gap end, false) as borderline
        from cut
    """


def roll_up_scores(level: str, below: str, children: str, t: Tables) -> str:
    """Weighted means of what is there, with the status of the node."""
    amber, green = t.cuts
    return f"""
        create or replace table {level} as
        with sums as (
            select node, u, m,
                sum(case when status <> {NOT_APPLICABLE} then weight else 0 end) as expected,
                sum(case when score is not null then weight else 0 end) as available,
                sum(case when score is not null then weight * least(score, 100) end) as points,
                sum(case when status <> {NOT_APPLICABLE} then weight * confidence else 0 end) as trust,
                max(case when score is not null then status end) as best,
                min(case when score is not null then status end) as worst
            from {below} join {children} using (child) group by node, u, m
        ), means as (
            select *, coalesce(available / nullif(expected, 0), 0) as coverage,
                case when available > 0 and available >= ({t.minimum_coverage} - {EPSILON}) * expected
                    then points / available end as score
            from sums
        )
        select node, u, m, score, coverage, coalesce(trust / nullif(expected, 0), 0) as confidence,
            (case when expected = 0 and score is null then {NOT_APPLICABLE}
                when available = 0 then {OVERDUE} when score is null then {INSUFFICIENT}
                else least(greatest(
                    case when score >= {green} * (1 - {EPSILON}) then {ON}
                        when score >= {amber} * (1 - {EPSILON}) then {NEAR} else {OFF} end,
                    coalesce(worst, {OFF})), coalesce(best, {ON})) end)::utinyint as status
        from means
    """


def results(db: duckdb.DuckDBPyConnection, t: Tables) -> dict[str, pl.DataFrame]:
    """All tables, in the order of definitions, units and months."""
    order = {"kpi": "cells order by k, u, m"} | {level: f"{level} order by node, u, m" for level in t.children}
    return {level: pl.DataFrame(db.sql(f"select * from {table}").to_arrow_table()) for level, table in order.items()}
