"""Data and Signal: figures come, stay as they are, and can show a change."""

from __future__ import annotations

import math

import numpy as np

from fourfold.engine.assessment import Criterion, Part
from fourfold.engine.cells import State
from fourfold.engine.health.record import Record, untold, yes
from fourfold.engine.signals.limits import TRIAL, is_chunky

COMPLETE, ON_TIME, RESTATED = (0.95, 0.80), (0.90, 0.70), (0.05, 0.15)
FIGURES, REDUNDANT = (12, 6), (0.75, 0.90)
#: A target so many natural standard deviations away is found within a year; below one it is hit by luck.
DETECTABLE, LUCK = 1.5, 1.0


def data(record: Record) -> Part:
    """The dimension Data."""
    kpi = record.known.kpi
    second = kpi.approver is not None and kpi.approver != kpi.owner
    alone = kpi.automated or kpi.is_computed
    evidence = (
        "no hand touches it" if alone else f"approved by {kpi.approver}" if second else "by hand, nobody approves it"
    )
    mend = "Feed it from its source, or name an `approver` who is not the owner."
    hands = Criterion("D8", "Is a second pair of eyes on what is done by hand?",
                      yes(alone or second, partly=kpi.steward is not None), 2, evidence, mend)  # fmt: skip
    return Part("data", "Data", (_complete(record), _on_time(record), _restated(record), hands))


def _complete(record: Record) -> Criterion:
    due, asks = record.known.due_states(), "Are its figures there?"
    if not len(due):
        return untold("D5", asks, "no period was due yet")
    there = int((due == State.NUMBER).sum())
    points = yes(there >= COMPLETE[0] * len(due), partly=there >= COMPLETE[1] * len(due))
    return Criterion("D5", asks, points, 2, f"{there} of the last {len(due)} due periods", "Bring the missing figures.")


def _on_time(record: Record) -> Criterion:
    asks, came = "Do they come in time?", record.on_time
    if came is None:
        return untold("D6", asks, "nobody knows when figures came")
    points = yes(came >= ON_TIME[0], partly=came >= ON_TIME[1])
    return Criterion("D6", asks, points, 2, f"{came:.0%} came in time", "Ask for them earlier, or make `lag` honest.")


def _restated(record: Record) -> Criterion:
    asks, changed = "Do they stay as they are?", record.restated
    if changed is None:
        return untold("D7", asks, "corrections are not known")
    points = yes(changed <= RESTATED[0], partly=changed <= RESTATED[1])
    return Criterion(
        "D7", asks, points, 2, f"{changed:.0%} were corrected later", "Wait for final figures: a longer `lag`."
    )


def signal(record: Record) -> Part:
    """The dimension Signal."""
    known = record.known
    enough = yes(known.count >= FIGURES[0], partly=known.count >= FIGURES[1])
    history = Criterion("G1", "Is there enough history?", enough, 2, f"{known.count} figures", "Load earlier figures.")
    return Part("signal", "Signal", (history, _resolution(record), _detectable(record), _redundant(record)))


def _resolution(record: Record) -> Criterion:
    known, asks = record.known, "Are its figures fine enough?"
    if known.count < TRIAL:
        return untold("G2", asks, f"fewer than {TRIAL} figures")
    row = known.values[None, :]
    resolution = float(known.kpi.resolution) if known.kpi.resolution is not None else None
    coarse = bool(is_chunky(row, np.isfinite(row), resolution)[0])
    evidence = "steps are coarse beside the usual change" if coarse else "steps are fine beside the usual change"
    return Criterion("G2", asks, yes(not coarse), 2, evidence, "Record more digits, or count over a longer period.")


def _detectable(record: Record) -> Criterion:
    known, asks = record.known, "Would one see within a year that the target is reached?"
    sigma = known.natural_half_width / 2.66 / 1.128 if not math.isnan(known.natural_half_width) else math.nan
    if known.target is None or math.isnan(sigma):
        return untold("G3", asks, "no target, or too few figures for natural variation")
    level = np.array([float(np.nanmean(known.values))])
    gap = float(known.short_of(level, known.target)[0])
    if math.isnan(gap):
        return untold("G3", asks, "the gap to the target is not known")
    points = yes(abs(gap) > DETECTABLE * sigma, partly=abs(gap) > LUCK * sigma)
    evidence = f"the target is {abs(gap):.4g} from the level, natural standard deviation {sigma:.4g}"
    return Criterion("G3", asks, points, 2, evidence, "Aim further from the level, or measure with less noise.")


def _redundant(record: Record) -> Criterion:
    asks, twins = "Does it say what no other KPI says?", record.known.twins
    if twins is None:
        return untold("G4", asks, "its likeness to other KPIs is not known")
    code, most = max(twins.items(), key=lambda item: item[1], default=("", 0.0))
    evidence = f"redundancy {most:.2f} with {code}" if code else "no other KPI to compare"
    return Criterion(
        "G4", asks, yes(most < REDUNDANT[0], partly=most < REDUNDANT[1]), 2, evidence, "Keep one of the two."
    )
