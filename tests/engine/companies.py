"""Small random companies: a tree of units, KPIs of several kinds, targets, and figures with gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

import polars as pl
from hypothesis import strategies as st

from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from tests.engine.scorecards import COLUMNS

#: Figures are from October 2025 on; some of June and all of July 2026 are not due yet.
AS_OF = datetime(2026, 7, 3, 12, tzinfo=UTC)
MONTHS = [f"2025-{m:02}" for m in (10, 11, 12)] + [f"2026-{m:02}" for m in range(1, 8)]
QUARTERS = ["2025-10-01", "2026-01-01", "2026-04-01"]


@dataclass(frozen=True)
class Company:
    """Definitions and figures that belong together."""

    definitions: Definitions
    rows: pl.DataFrame


trees = st.sampled_from([
    {"all": None},
    {"all": None, "a": "all", "b": "all"},
    {"all": None, "a": "all", "a1": "a", "a2": "a", "b": "all"},
    {"a": "all", "all": None, "b": "a", "c": "b"},
])  # fmt: skip
strategies = st.fixed_dictionaries({
    "roll_up": st.sampled_from(
        ["weighted_mean"] * 3
        + ["power_mean", "worst_of", "best_of", "count_green", "geometric", "veto_red", "veto_amber"]
    ),
    "missing": st.sampled_from(["renormalise", "carry_forward", "carry_forward", "zero", "neutral", "block"]),
    "minimum_coverage": st.sampled_from([0.0, 0.4, 0.6, 1.0]),
    "allow_over": st.booleans(),
    "power": st.sampled_from([-2.0, 0.0, 3.0]),
    "green": st.sampled_from([75.0, 90.0]),
})  # fmt: skip
weights = st.sampled_from(["0", "1", "1", "2", "3.5"])
KINDS: dict[str, dict[str, Any]] = {
    "flow": {"kind": "flow"},
    "stock": {"kind": "stock"},
    "mean": {"kind": "stock", "aggregate_time": "mean"},
    "apart": {"kind": "stock", "aggregate_units": "none"},
    "share": {"kind": "ratio", "unit": "%"},
}


@st.composite
def companies(draw: st.DrawFn) -> Company:
    """A company; what its figures are follows from one drawn number, so that shrinking stays quick."""
    units = draw(trees)
    kpis = [_kpi(draw, f"k{i}", list(units)) for i in range(draw(st.integers(1, 4)))]
    flows = [k["code"] for k in kpis if k["kind"] == "flow" and k["frequency"] == "month"]
    if flows and draw(st.booleans()):
        kpis.append(_computed(draw, flows, list(units)))
    monthly = [k["code"] for k in kpis if k["kind"] in ("flow", "ratio") and k["frequency"] == "month"]
    if monthly and draw(st.booleans()):
        kpis.append(_weighed(draw, monthly, list(units)))
    targets = [t for k in kpis for t in _targets(draw, k, list(units))]
    objectives = ["o0", "o1", "o2"]
    uses = [
        {"kpi": k["code"], "objective": draw(st.sampled_from(objectives)), "weight": draw(weights),
         "critical": draw(st.booleans())} for k in kpis
    ]  # fmt: skip
    definitions = Definitions.model_validate(
        {
            "organisation": {"code": "org", "name": "Org", "fiscal_year_start": draw(st.sampled_from([1, 4, 10]))},
            "units": [{"code": c, "name": c, "parent": p} for c, p in units.items()],
            "strategy": {"code": "s", "name": "S", **draw(strategies)},
            "perspectives": [{"code": p, "name": p, "weight": draw(weights)} for p in ("p0", "p1")],
            "themes": [{"code": "t", "name": "T"}],
            "objectives": [
                {"code": o, "name": o, "perspective": f"p{min(i, 1)}", "weight": draw(weights),
                 "themes": ["t"] if i else []} for i, o in enumerate(objectives)
            ],
            "kpis": kpis, "uses": uses, "targets": targets,
        }
    )  # fmt: skip
    definitions = complete(definitions)
    return Company(definitions, _rows(definitions, Random(draw(st.integers(0, 9999)))))


def _kpi(draw: st.DrawFn, code: str, units: list[str]) -> dict[str, Any]:
    polarity = draw(st.sampled_from(["higher_better", "higher_better", "lower_better", "in_range", "neutral"]))
    return {
        "code": code,
        "name": code,
        **KINDS[draw(st.sampled_from(sorted(KINDS)))],
        "polarity": polarity,
        "tolerance": draw(st.sampled_from(["0", "0", "2.5"])),
        "frequency": draw(st.sampled_from(["month", "month", "month", "quarter"])),
        "lag": draw(st.sampled_from(["P0D", "P5D", "P40D"])),
        "not_applicable_in": draw(st.sampled_from([[], [], units[-1:]])),
    }


def _computed(draw: st.DrawFn, flows: list[str], units: list[str]) -> dict[str, Any]:
    left, right = draw(st.sampled_from(flows)), draw(st.sampled_from(flows))
    kind = draw(st.sampled_from(["ratio", "flow"]))
    formula = {"formula": f"{left} + {right} * 2 - 1"}
    if kind == "ratio":
        formula = {"numerator": f"{left} - {right}", "denominator": f"{left} + {right}"}
    absent = draw(st.sampled_from([[], [], units[-1:]]))
    return {"code": "made", "name": "made", "kind": kind, "frequency": "month", "polarity": "higher_better",
            "not_applicable_in": absent, **formula}  # fmt: skip


def _weighed(draw: st.DrawFn, monthly: list[str], units: list[str]) -> dict[str, Any]:
    drawn = {key: v for key, v in _kpi(draw, "felt", units).items() if not key.startswith("aggregate")}
    weight = draw(st.sampled_from(monthly))
    return {**drawn, "kind": "survey", "unit": "", "frequency": "month", "weighted_by": weight}


def _targets(draw: st.DrawFn, kpi: dict[str, Any], units: list[str]) -> list[dict[str, Any]]:
    """None, one, or two versions one after the other; sometimes one of a unit's own."""
    better = -1 if kpi["polarity"] == "lower_better" else 1
    found = []
    unit = draw(st.sampled_from([None, None, units[-1]]))
    for since in draw(st.sampled_from([[], ["2025-10"], ["2025-10"], ["2025-11", "2026-04"]])):
        goal = draw(st.integers(-50, 150))
        target: dict[str, Any] = {"kpi": kpi["code"], "since": since + "-01", "unit": unit}
        if kpi["polarity"] == "in_range":
            target |= {"low": goal, "high": goal + 20, "red_low": goal - 10, "red_high": goal + 25}
        else:
            target |= {"value": goal, **draw(st.sampled_from(_RED_LINES))(goal, better)}
        found.append(target)
    return found


def _given(goal: int, better: int) -> dict[str, Any]:
    return {"red_line": goal - better * 20}


def _with_ends(goal: int, better: int) -> dict[str, Any]:
    return {"red_line": goal - better * 20, "floor": goal - better * 80, "stretch": goal + better * 10}


def _from_baseline(goal: int, better: int) -> dict[str, Any]:
    return {"baseline": goal - better * 30}


def _on_a_path(goal: int, better: int) -> dict[str, Any]:
    return {"baseline": goal - better * 24, "path": "linear", "due": "2026-04-01", "red_line": goal - better * 6}


def _left_open(goal: int, better: int) -> dict[str, Any]:
    return {}


_RED_LINES = [_given, _given, _with_ends, _from_baseline, _on_a_path, _left_open]


def _rows(definitions: Definitions, random: Random) -> pl.DataFrame:
    """Figures of units that have the KPI: most of the lowest units, now and then one above; some say their state."""
    parents = {u.parent for u in definitions.units}
    rows: list[tuple[Any, ...]] = []
    for kpi in definitions.kpis:
        if kpi.is_computed:
            continue
        for unit in definitions.units:
            if unit.code in kpi.not_applicable_in or (unit.code in parents and random.random() < 0.9):
                continue
            for period in MONTHS if kpi.frequency == "month" else QUARTERS:
                if random.random() < (0.85 if period == MONTHS[-1] else 0.15):
                    continue
                rows.append((kpi.code, unit.code, period, *_figure(kpi.kind == "ratio", random)))
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _figure(is_ratio: bool, random: Random) -> tuple[Any, ...]:
    """Value, numerator, denominator, state and marks."""
    if random.random() < 0.05:
        return None, None, None, random.choice([1, 2]), 0
    marks = random.choice([0, 0, 0, 4, 32])
    if is_ratio:
        bottom = random.randint(1, 200)
        return None, float(random.randint(0, bottom)), float(bottom), 0, marks
    return random.choice([float(random.randint(-60, 160)), 0.0, random.randint(0, 400) / 4]), None, None, 0, marks
