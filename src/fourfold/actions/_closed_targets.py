"""Targets of closed months stay: what a board was told was judged by them (methodology §4.7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fourfold.engine.amendments import Amendments
from fourfold.engine.definitions import Target
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.period_states import month_of
from fourfold.engine.periods import Period, PeriodError
from fourfold.records.closed_periods import ids_above
from fourfold.records.models import Organisation, PeriodState
from fourfold.records.ready import Ready

#: What is said about a target and judges nothing.
_ABOUT: Final = {"reason", "note", "source", "source_date", "author", "approver", "recorded_at"}


def targets_of_closed(organisation: Organisation, ready: Ready, amendments: Amendments) -> Iterator[Finding]:
    """An error for each amendment that would judge a closed or approved month anew; one statement if there is any."""
    first = {i: begin for i, each in enumerate(amendments) if (begin := _first(ready, each.before, each.after))}
    if not first:
        return
    rows = PeriodState.objects.current().without_figures().filter(organisation=organisation)
    closed = list(rows.filter(start__gte=min(month.start for month in first.values())).values_list("unit", "start"))
    for i, month in first.items():
        target = amendments[i].after or amendments[i].before
        assert isinstance(target, Target)
        path = ready.paths.get(target.unit) if target.unit else None
        places = set(ids_above(path)) if path else {unit for unit, _ in closed}
        starts = [start for unit, start in closed if unit in places and start >= month.start]
        if starts:
            calendar, place = ready.definitions.calendar, Place(thing=f"target:{amendments[i].name}.since")
            label = calendar.period(month.frequency, max(starts)).label
            message = f"This would judge closed months anew, up to {label}."
            fix = "Add a target that begins after it and leave this one as it is, or have the months reopened first."
            yield Finding("AMEND-CLOSED", Level.ERROR, place, message, fix)


def _first(ready: Ready, before: object, after: object) -> Period | None:
    """The first month that is judged by another target than before; None where none is."""
    sides = [side for side in (before, after) if isinstance(side, Target) and side.kind == "commit"]
    if not sides or (len(sides) == 2 and _judges(sides[0]) == _judges(sides[1])):
        return None
    try:
        calendar = ready.definitions.calendar
        frequencies = [ready.definitions.kpi[side.kpi].frequency for side in sides]
        begins = [calendar.parse(side.since, f) for side, f in zip(sides, frequencies, strict=True)]
    except (KeyError, PeriodError):
        return None  # the checks of definitions say so
    return min((month_of(begin) for begin in begins), key=lambda month: month.start)


def _judges(target: Target) -> dict[str, object]:
    return target.model_dump(exclude=_ABOUT)
