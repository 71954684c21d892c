"""A made-up organisation of any size: definitions and a table of figures, the same for the same seed.

Half of the figures are flows and stocks, half are ratios and survey means; better is up, down or inside a band.
Every reporting unit has its own target for what adds up; what does not has one target for all, which changes once. With
`shared_targets` that holds for all KPIs, as where ten thousand of them are kept.
Two figures in a hundred are missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl

from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.periods import Calendar, Frequency, Period

FIRST_YEAR = 2021
CHANGE = "2023-07"  # the second version of a target for all holds from this month on
MISSING = 0.02
BELOW_ROOT = 10

#: What KPI i is like, by i modulo 10: kind, aggregation over time and units, polarity.
KINDS = (
    ("flow", "sum", "sum", "higher_better"),
    ("flow", "sum", "sum", "lower_better"),
    ("flow", "sum", "sum", "higher_better"),
    ("stock", "last", "sum", "higher_better"),
    ("stock", "mean", "sum", "lower_better"),
    ("ratio", "weighted_ratio", "weighted_ratio", "higher_better"),
    ("ratio", "weighted_ratio", "weighted_ratio", "lower_better"),
    ("ratio", "weighted_ratio", "weighted_ratio", "in_range"),
    ("survey", "weighted_mean", "weighted_mean", "higher_better"),
    ("survey", "weighted_mean", "weighted_mean", "lower_better"),
)


@dataclass(frozen=True)
class Sample:
    """Definitions, the checked rows of all reporting units, and the months and moment to evaluate."""

    definitions: Definitions
    rows: pl.DataFrame
    periods: tuple[Period, ...]
    as_of: datetime

    @property
    def cells(self) -> int:
        """KPIs × units × months."""
        return len(self.definitions.kpis) * len(self.definitions.units) * len(self.periods)


def sample(kpis: int, units: int, months: int, *, seed: int = 1, shared_targets: bool = False) -> Sample:
    """`units` counts the whole tree: the root, ten divisions where there are more than ten, and who reports."""
    rng = np.random.default_rng(seed)
    level = levels_of(kpis, rng)
    periods = months_of(months)
    definitions = definitions_of(units, level, shared_targets=shared_targets)
    rows = _rows(level, reporting_of(definitions), [p.id for p in periods], rng)
    return Sample(definitions, rows, periods, noon_after(periods[-1]))


def levels_of(kpis: int, rng: np.random.Generator) -> np.ndarray:
    """What the figures of each KPI lie around."""
    return rng.uniform(50.0, 500.0, kpis).round(1)


def definitions_of(units: int, level: np.ndarray, *, shared_targets: bool = False) -> Definitions:
    """The definitions alone: a KPI for each level."""
    return complete(Definitions.model_validate(_definitions(len(level), _units(units), level, shared_targets)))


def reporting_of(definitions: Definitions) -> list[str]:
    """The units with figures of their own: those with none below them."""
    inner = {unit.parent for unit in definitions.units}
    return [unit.code for unit in definitions.units if unit.code not in inner]


def noon_after(period: Period) -> datetime:
    """The moment at which the sample is evaluated: noon of the first day after its last month."""
    end = period.end
    return datetime(end.year, end.month, end.day, 12, tzinfo=UTC)


def months_of(count: int) -> tuple[Period, ...]:
    """So many months from the first of the sample."""
    first = Calendar().parse(f"{FIRST_YEAR}-01", Frequency.MONTH)
    return tuple(first.shift(i) for i in range(count))


def _units(count: int) -> list[dict[str, str | None]]:
    """A root, divisions below it, and sites below the divisions; few units hang from the root."""
    divisions = BELOW_ROOT if count > BELOW_ROOT + 1 else 0
    units: list[dict[str, str | None]] = [{"code": "group", "name": "Group", "parent": None}]
    units += [{"code": f"div{i:02}", "name": f"Division {i}", "parent": "group"} for i in range(divisions)]
    for i in range(count - len(units)):
        parent = f"div{i % divisions:02}" if divisions else "group"
        units.append({"code": f"site{i:04}", "name": f"Site {i}", "parent": parent})
    return units


def _definitions(
    count: int, units: list[dict[str, str | None]], level: np.ndarray, shared_targets: bool
) -> dict[str, object]:
    perspectives = ("finance", "customers", "processes", "people")
    inner = {u["parent"] for u in units}
    sites = [u["code"] for u in units if u["code"] not in inner]
    objectives = [f"o{i:03}" for i in range(max(count // 10, 4))]
    kpis, uses, targets = [], [], []
    for i in range(count):
        kind, over_time, over_units, polarity = KINDS[i % len(KINDS)]
        code = f"kpi{i:04}"
        spread = float(level[i]) * 0.1
        kpis.append(
            {"code": code, "name": f"KPI {i}", "kind": kind, "aggregate_time": over_time, "polarity": polarity,
             "aggregate_units": over_units, "tolerance": round(spread * 0.1, 3), "ratio_scale": True}
        )  # fmt: skip
        uses.append({"kpi": code, "objective": objectives[i % len(objectives)], "weight": 1 + i % 3})
        for unit in sites if over_units == "sum" and not shared_targets else [None]:
            targets += _targets(code, unit, polarity, float(level[i]), spread)
    return {
        "organisation": {"code": "sample", "name": "Sample"},
        "strategy": {"code": "plan", "name": "Plan"},
        "units": units,
        "perspectives": [{"code": p, "name": p.title(), "weight": 1 + i} for i, p in enumerate(perspectives)],
        "objectives": [
            {"code": o, "name": f"Objective {i}", "perspective": perspectives[i % 4], "weight": 1 + i % 2}
            for i, o in enumerate(objectives)
        ],
        "kpis": kpis, "uses": uses, "targets": targets,
    }  # fmt: skip


def _targets(kpi: str, unit: str | None, polarity: str, level: float, spread: float) -> list[dict[str, object]]:
    """One version for a unit; for all units two, the second of which asks for two hundredths more."""
    versions: list[dict[str, object]] = []
    for since, step in ((f"{FIRST_YEAR}-01", 0.0), (CHANGE, 0.02))[: 1 if unit else 2]:
        better = -1.0 if polarity == "lower_better" else 1.0
        goal = round(level * (1.0 + better * step), 3)
        version: dict[str, object] = {"kpi": kpi, "unit": unit, "since": since}
        if polarity == "in_range":
            edges = {"red_low": -2, "low": -1, "high": 1, "red_high": 2}
            version |= {name: round(goal + n * spread, 3) for name, n in edges.items()}
        else:
            version |= {"value": goal, "red_line": round(goal - better * spread, 3)}
        versions.append(version)
    return versions


def _rows(level: np.ndarray, units: list[str], periods: list[str], rng: np.random.Generator) -> pl.DataFrame:
    """The long table, sorted by KPI, unit and period as a database gives it."""
    shape = (len(level), len(units), len(periods))
    there = np.flatnonzero(rng.random(shape) >= MISSING)
    k, u, p = np.unravel_index(there, shape)
    around = level[k] * (1.0 + 0.08 * rng.standard_normal(len(there)))
    base = rng.integers(100, 1000, len(there)).astype(np.float64)
    kind = np.array([("value", "value", "ratio", "mean")[_PARTS[KINDS[i % len(KINDS)][0]]] for i in range(len(level))])
    ratio, mean = (kind == "ratio")[k], (kind == "mean")[k]
    value, parts = pl.Series(around), pl.Series(base)
    own = {"value": ~ratio, "numerator": ratio, "denominator": ratio | mean}
    given = {"value": value, "numerator": pl.Series(around * base), "denominator": parts}
    columns = {
        "kpi": pl.Series([f"kpi{i:04}" for i in range(len(level))]).gather(k),
        "unit": pl.Series(units).gather(u),
        "period": pl.Series(periods).gather(p),
    }
    frame = pl.DataFrame({**columns, **given, **{f"has_{name}": mask for name, mask in own.items()}})
    return frame.select(*columns, *(pl.when(pl.col(f"has_{name}")).then(name).alias(name) for name in own))


_PARTS = {"flow": 0, "stock": 1, "ratio": 2, "survey": 3}
