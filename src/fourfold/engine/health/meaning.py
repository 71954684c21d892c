"""Result and Definition: it is evidence of a result, and everybody counts the same."""

from __future__ import annotations

from fourfold.engine import wording
from fourfold.engine.assessment import Criterion, Part
from fourfold.engine.health.record import Record, untold, yes
from fourfold.engine.smart.measurable import measurable
from fourfold.engine.smart.specific import specific
from fourfold.engine.words import choices, counted

PERIODS = 6


def result(record: Record) -> Part:
    """The dimension Result."""
    known = record.known
    kpi, by_code = known.kpi, known.definitions.objective
    objectives = [by_code[code] for code in known.objectives if code in by_code]
    kind = kpi.result_type
    mend = "Count what changes for somebody, not what is done."
    points = yes(kind in ("outcome", "impact"), partly=kind == "output")
    type_ = Criterion("R1", "Is it an outcome or an output?", points, 2, f"`result_type` is {kind}", mend)
    asks = ("Is its objective free of vague words?", "Does the objective say what people would see?")
    if not objectives:
        nobody = (untold(f"R{i}", question, "no objective uses it") for i, question in enumerate(asks, 2))
        return Part("result", "Result", (type_, *nobody, _decision(record)))
    vague = [o.code for o in objectives if wording.weasels(o.name)]
    seen = [o.code for o in objectives if o.result]
    evidence = f"vague words in {choices(vague, 'and')}" if vague else "no vague word"
    clear = Criterion("R2", asks[0], yes(not vague, partly=len(vague) < len(objectives)), 2, evidence,
                      "Say in the objective what people would see.")  # fmt: skip
    shown = Criterion("R3", asks[1], yes(len(seen) == len(objectives), partly=bool(seen)), 2,
                      f"`result` is written at {len(seen)} of {len(objectives)} objectives",
                      "Write `result` at the objective: what would people see if it were reached?")  # fmt: skip
    return Part("result", "Result", (type_, clear, shown, _decision(record)))


def _decision(record: Record) -> Criterion:
    asks, purpose = "Can its owner name the decision it changes?", record.known.kpi.purpose
    mend = "Name the decision in `purpose`, or retire the KPI."
    if record.decision is not None:
        return Criterion("R4", asks, float(record.decision), 2, "the owner's answer of this year", mend)
    if purpose:
        return Criterion("R4", asks, 2, 2, "`purpose` names it")
    return untold("R4", asks, "the owner has not been asked, and `purpose` is empty")


def definition(record: Record) -> Part:
    """The dimension Definition."""
    known = record.known
    by_code = {c.code: c for part in (specific(known), measurable(known)) for c in part.criteria}
    bound, population = by_code["S3"], by_code["S4"]
    unit, adds = by_code["M1"], by_code["M4"]
    fine = [c for c in (unit, adds) if not c.gap]
    parts = (
        Criterion("D1", "Is the formula bound to figures?", yes(not bound.gap), 2, bound.evidence, bound.mend),
        Criterion("D2", population.asks, yes(not population.gap), 2, population.evidence, population.mend),
        Criterion("D3", "Are unit and aggregation right?", yes(len(fine) == 2, partly=bool(fine)), 2,
                  f"{unit.evidence}; {adds.evidence}", unit.mend if unit.gap else adds.mend),
        _unchanged(record),
    )  # fmt: skip
    return Part("definition", "Definition", parts)


def _unchanged(record: Record) -> Criterion:
    asks = "Has it meant the same long enough?"
    if record.history_restated:
        return Criterion("D4", asks, 2, 2, "its history was computed anew when the definition changed")
    if record.unchanged is None:
        return untold("D4", asks, "nobody knows when its definition changed")
    evidence = f"unchanged for {counted(record.unchanged, 'period')}"
    points = yes(record.unchanged >= PERIODS, partly=2 * record.unchanged >= PERIODS)
    return Criterion("D4", asks, points, 2, evidence, "Compute earlier figures by the new definition too.")
