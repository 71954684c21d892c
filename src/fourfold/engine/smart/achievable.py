"""A: the target can be reached, and is no gift."""

from __future__ import annotations

import math

import numpy as np

from fourfold.engine.assessment import Criterion, Part
from fourfold.engine.definitions import Target
from fourfold.engine.smart.known import Known
from fourfold.engine.source_date import cited
from fourfold.engine.words import counted

#: So many past changes over one span tell what is usual.
CHANGES = 5


def achievable(known: Known) -> Part:
    """The part A."""
    return Part("A", "Achievable", (_baseline(known), _chance(known), _change(known), _owner(known), _work(known)))


def _baseline(known: Known) -> Criterion:
    target = known.target
    there = target is not None and target.baseline is not None
    evidence = (
        f"{target.baseline:f} at {target.since}"
        if there and target and target.baseline is not None
        else "no `baseline`"
    )
    mend = "Write into the target where it starts: `baseline`."
    return Criterion("A1", "Is the starting point written down?", 15.0 * there, 15, evidence, mend)


def _chance(known: Known) -> Criterion:
    p, asks = known.probability, "Is it neither certain nor hopeless?"
    if p is None or math.isnan(p) or known.count < 6:
        return Criterion("A2", asks, None, 40, "no probability to hit the target: it needs a forecast from six figures")
    points = 40 if 0.10 <= p <= 0.90 else 20 if 0.02 <= p <= 0.98 else 0
    mend = "Aim higher: it will be hit in any case." if p > 0.5 else "Aim lower, or give it more time or more work."
    return Criterion("A2", asks, points, 40, f"the probability to hit it is {p:.2f}", mend)


def _change(known: Known) -> Criterion:
    """The needed change by the past changes over the time that is left, or over as much of it as the history has."""
    asks, target, due = "Has it changed that much before?", known.target, known.due
    if target is not None and known.benchmark is not None:
        mark = float(known.short_of(np.array([float(known.benchmark.value or math.nan)]), target)[0])
        if mark <= 0:
            return Criterion("A3", asks, 20, 20, f"the benchmark, {_cited(known.benchmark)}, attains it")
    if target is None or due is None or due.ordinal <= known.now.ordinal:
        return Criterion("A3", asks, None, 20, "there is no time left, or no due period, to spread the change over")
    left = due.ordinal - known.now.ordinal
    gaps = known.short_of(known.values, target)
    span = min(left, len(gaps) - CHANGES)
    steps = gaps[:-span] - gaps[span:] if span >= 1 else np.empty(0)
    steps = steps[np.isfinite(steps)]
    needed = float(known.short_of(np.array([known.current]), target)[0]) * span / left
    if len(steps) < CHANGES or math.isnan(needed):
        return Criterion("A3", asks, None, 20, f"fewer than {CHANGES} past changes over such a time")
    usual = float(np.percentile(steps, 90))
    time = counted(span, "period")
    evidence = f"it needs {needed:.4g} in {time}, and nine of ten past changes were at most {usual:.4g}"
    mend = "Give it more time, name a benchmark that attains it, or say what will be different from now on."
    return Criterion("A3", asks, 20.0 * (needed <= usual), 20, evidence, mend)


def _cited(benchmark: Target) -> str:
    whence = cited(benchmark.source, benchmark.source_date)
    return f"{benchmark.value:f}" + (f" ({whence})" if whence else "")


def _owner(known: Known) -> Criterion:
    kpi = known.kpi
    fine = kpi.owner is not None and kpi.controllability in ("shared", "full")
    evidence = f"owner {kpi.owner or 'nobody'}, controllability {kpi.controllability or 'not said'}"
    mend = "Name an `owner`, and say in `controllability` how far they can move it: shared or full."
    return Criterion("A4", "Can its owner move it?", 15.0 * fine, 15, evidence, mend)


def _work(known: Known) -> Criterion:
    asks, target = "Is there work where the gap needs some?", known.target
    uses = set(known.objectives)
    linked = [
        i.code for i in known.definitions.initiatives
        if i.state in ("planned", "active") and (known.kpi.code in i.kpis or uses & set(i.objectives))
    ]  # fmt: skip
    if linked:
        return Criterion("A5", asks, 10, 10, f"initiative {linked[0]}")
    gap = float(known.short_of(np.array([known.current]), target)[0]) if target is not None else math.nan
    if math.isnan(gap) or math.isnan(known.natural_half_width):
        return Criterion("A5", asks, None, 10, "the gap or the natural variation is not known")
    needed = gap > known.natural_half_width
    how = "more" if needed else "not more"
    natural = f"natural variation, {known.natural_half_width:.4g}"
    evidence = f"the gap is {gap:.4g}, {how} than {natural}, and there is no initiative"
    return Criterion("A5", asks, 10.0 * (not needed), 10, evidence, "Start an initiative for it.")
