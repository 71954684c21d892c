"""M: figures come, and they can be trusted."""

from __future__ import annotations

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.algebra import why_illegal
from fourfold.engine.anchors import Polarity
from fourfold.engine.assessment import Criterion, Part
from fourfold.engine.cells import State
from fourfold.engine.definitions import Kpi
from fourfold.engine.smart.known import Known
from fourfold.engine.words import a, counted, show

_NO_UNIT = (MeasureKind.BOOLEAN, MeasureKind.ORDINAL, MeasureKind.INDEX)


def measurable(known: Known) -> Part:
    """The part M."""
    return Part("M", "Measurable", (_unit(known.kpi), _source(known), _history(known), _aggregation(known.kpi),
                                    _polarity(known), _complete(known)))  # fmt: skip


def _unit(kpi: Kpi) -> Criterion:
    fine = bool(kpi.unit) or kpi.kind in _NO_UNIT
    evidence = f"{a(kpi.kind.replace('_', ' '))} in {kpi.unit or ('no unit' if fine else 'no unit, which it needs')}"
    return Criterion("M1", "Are unit and kind set?", 15.0 * fine, 15, evidence, "Write `unit:`: %, days, GBP, orders …")


def _source(known: Known) -> Criterion:
    kpi, asks = known.kpi, "Do its figures come?"
    mend = "Repair the feed, or name the `steward` who brings the figures by hand."
    if kpi.is_computed:
        return Criterion("M2", asks, 20, 20, "computed from other KPIs")
    if kpi.automated and known.loaded is None:
        return Criterion("M2", asks, None, 20, "nobody knows whether the last load succeeded")
    if kpi.automated:
        came = bool(known.loaded)
        return Criterion("M2", asks, 20.0 * came, 20, f"the last load {'succeeded' if came else 'failed'}", mend)
    evidence = f"by hand, steward {kpi.steward}" if kpi.steward else "by hand, and nobody is named as `steward`"
    return Criterion("M2", asks, 20.0 * (kpi.steward is not None), 20, evidence, mend)


def _history(known: Known) -> Criterion:
    points = 20 if known.count >= 12 else 10 if known.count >= 3 else 0
    evidence = counted(known.count, "figure")
    return Criterion(
        "M3", "Is there a history?", points, 20, evidence, "Load earlier figures: 3 show a level, 12 a pattern."
    )


def _aggregation(kpi: Kpi) -> Criterion:
    wrong = why_illegal(kpi.kind, agg_time=kpi.aggregate_time, agg_units=kpi.aggregate_units)
    evidence = (
        wrong.rstrip(".")
        if wrong
        else f"{kpi.aggregate_time or 'usual'} over time, {kpi.aggregate_units or 'usual'} over units"
    )
    return Criterion(
        "M4", "Does it add up rightly?", 15.0 * (wrong is None), 15, evidence, "Use what the message names."
    )


def _polarity(known: Known) -> Criterion:
    kpi, target, asks = known.kpi, known.target, "Is the better side clear?"
    if kpi.polarity is Polarity.NEUTRAL:
        return Criterion(
            "M5", asks, 0, 10, "`polarity` is neutral", "Say which way is better, or take it off the goals."
        )
    evidence, fine = kpi.polarity.replace("_", " "), True
    if target is not None and target.value is not None and target.red_line is not None:
        sign = 1 if kpi.polarity is Polarity.HIGHER_BETTER else -1
        fine = (target.value - target.red_line) * sign >= 0
        evidence += f", red line {target.red_line:f}, target {target.value:f}"
    return Criterion("M5", asks, 10.0 * fine, 10, evidence, "Swap target and red line, or change `polarity`.")


def _complete(known: Known) -> Criterion:
    due, asks = known.due_states(), "Do the figures come every time?"
    if not len(due):
        return Criterion("M6", asks, None, 20, "no period was due yet")
    there = int((due == State.NUMBER).sum())
    points = 20 if there * 10 >= len(due) * 9 else 10 if there * 10 >= len(due) * 6 else 0
    evidence = f"{there} of the last {len(due)} periods that were due, {there / len(due):.0%}"
    return Criterion("M6", asks, points, 20, evidence, f"Bring the missing figures of {show(known.kpi.name)}.")
