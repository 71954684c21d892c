"""T: it is clear until when, and one can see on the way."""

from __future__ import annotations

from fourfold.engine.assessment import Criterion, Part
from fourfold.engine.periods import Lag, LagError
from fourfold.engine.smart.known import Known
from fourfold.engine.unit_settings import settings_of
from fourfold.engine.words import counted

POINTS, MONTHS = 4, 36
_MEND = "Say by `due:` of the target when it is to be reached."


def timely(known: Known) -> Part:
    """The part T."""
    return Part("T", "Timely", (_due(known), _points(known), _path(known), _lag(known), _ahead(known)))


def _due(known: Known) -> Criterion:
    evidence = f"due {known.due.label}" if known.due is not None else "no due period"
    return Criterion(
        "T1", "Is there a deadline?", 30.0 * (known.due is not None), 30, evidence, _MEND
    )


def _points(known: Known) -> Criterion:
    asks, mend = "Can one see on the way whether it works?", "Measure more often, or give it more time."
    if known.due is None:
        return Criterion("T2", asks, 0, 20, "no due period", _MEND)
    start = known.period(known.target.since) if known.target is not None else None
    begin = max(known.now.ordinal, start.ordinal - 1 if start is not None else known.now.ordinal)
    left = max(known.due.ordinal - begin, 0)
    return Criterion("T2", asks, 20.0 * (left >= POINTS), 20, f"{left} figures until it is due", mend)


def _path(known: Known) -> Criterion:
    asks, target = "Is there a way to the target?", known.target
    mend = "Write `path: linear` with a `baseline`, or interim targets."
    if target is None:
        return Criterion("T3", asks, 0, 20, "no target", mend)
    if target.path != "constant":
        return Criterion("T3", asks, 20, 20, f"path {target.path}")
    begins = [
        known.period(t.since)
        for t in known.definitions.targets_of(known.kpi.code)
        if t.kind == "commit" and t.unit == target.unit
    ]
    later = sum(1 for period in begins if period is not None and period.ordinal > known.now.ordinal)
    evidence = f"{counted(later, 'interim target')} to come" if later else "no path, no interim target"
    return Criterion("T3", asks, 20.0 * (later > 0), 20, evidence, mend)


def _lag(known: Known) -> Criterion:
    asks, mend = "Do figures come in time?", "Make the figures ready sooner after the end of the period."
    try:
        lag = Lag.parse(known.kpi.lag)
    except LagError:
        return Criterion("T4", asks, None, 15, f"{known.kpi.lag} is no lag")
    unit = known.definitions.unit.get(known.unit or "")
    business = None if unit is None else settings_of(known.definitions, unit).business
    days, length = (lag.after(known.now.end, business) - known.now.end).days, known.now.days
    evidence = f"{days} days after a period of {length}"
    return Criterion("T4", asks, 15.0 * (2 * days <= length), 15, evidence, mend)


def _ahead(known: Known) -> Criterion:
    asks, mend = "Is the deadline ahead, and in sight?", "Set a due period within the next three years."
    if known.due is None:
        return Criterion("T5", asks, 0, 15, "no due period", _MEND)
    months = (
        (known.due.last_day.year - known.now.last_day.year) * 12 + known.due.last_day.month - known.now.last_day.month
    )
    fine = known.due.ordinal > known.now.ordinal and months <= MONTHS
    far = f"{counted(abs(months), 'month')} {'ahead' if months >= 0 else 'ago'}"
    return Criterion("T5", asks, 15.0 * fine, 15, f"due {known.due.label}, {far}", mend)
