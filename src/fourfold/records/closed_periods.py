"""Closed periods take no figures: asked once, where figures are written, so that every way in obeys."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from fourfold.engine.period_states import PeriodState as State
from fourfold.engine.period_states import month_of
from fourfold.engine.periods import Period
from fourfold.errors import FourfoldError, Kind
from fourfold.records.models import Organisation, PeriodState
from fourfold.records.ready import Ready

#: What to do about each state that takes no figures.
_WAYS_OUT = {
    State.CLOSED: "Ask for a restatement on the page of the KPI, or have the period reopened.",
    State.APPROVED: "Have the period returned first, on the page Periods.",
}


@dataclass(frozen=True, slots=True)
class ClosedPlace:
    """A month of a unit that takes no figures, and of how many figures it was asked."""

    unit: str
    month: Period
    state: State
    figures: int = 1

    @property
    def message(self) -> str:
        """What is wrong."""
        return f"{self.month.label} is {self.state.word} for the unit {self.unit}."

    @property
    def hint(self) -> str:
        """What to do."""
        return _WAYS_OUT[self.state]


class PeriodClosed(FourfoldError):
    """The period is closed."""

    kind = Kind.LOCKED

    def __init__(self, places: tuple[ClosedPlace, ...]) -> None:
        """Say it of the first place; all of them are in `places`."""
        self.places = places
        super().__init__(places[0].message, hint=places[0].hint)


def refuse_closed(organisation: Organisation, ready: Ready, cells: Iterable[tuple[int, str]]) -> None:
    """Raise `PeriodClosed` where a figure of a unit (by id) and period (its canonical id) may not be recorded.

    One statement, inside the transaction that holds the lock on the organisation: what closes a period and what
    records figures wait for one another.
    """
    asked: dict[tuple[int, str], int] = {}
    for cell in cells:
        asked[cell] = asked.get(cell, 0) + 1
    found: dict[ClosedPlace, int] = {}
    for cell, place in closed_places(organisation, ready, asked).items():
        found[place] = found.get(place, 0) + asked[cell]
    if found:
        raise PeriodClosed(tuple(replace(place, figures=count) for place, count in found.items()))


def closed_places(
    organisation: Organisation, ready: Ready, asked: Collection[tuple[int, str]]
) -> dict[tuple[int, str], ClosedPlace]:
    """Of these units (by id) and periods (by canonical id), those that take no figures, and why; one statement."""
    if not asked:
        return {}
    calendar = ready.definitions.calendar
    months = {text: month_of(calendar.parse(text)) for text in {period for _, period in asked}}
    starts = [month.start for month in months.values()]
    rows = PeriodState.objects.filter(organisation=organisation, start__range=(min(starts), max(starts)))
    rows = rows.current().without_figures()
    closed = {(unit, start): state for unit, start, state in rows.values_list("unit", "start", "state")}
    found: dict[tuple[int, str], ClosedPlace] = {}
    for unit, text in asked if closed else ():
        month = months[text]
        above = (closed.get((pk, month.start)) for pk in ids_above(ready.paths[ready.unit_codes[unit]]))
        state = strongest(state for state in above if state)
        if state is not None:
            found[unit, text] = ClosedPlace(ready.unit_codes[unit], month, state)
    return found


def ids_above(path: str) -> list[int]:
    """The row ids of a unit and of all above it, from its path, root first.

    >>> ids_above("/4/17/")
    [4, 17]
    """
    return [int(part) for part in path.split("/") if part]


def strongest(states: Iterable[str]) -> State | None:
    """Of the states of a unit and those above it, the one that takes no figures longest: closed before approved."""
    found = {State(state) for state in states}
    return next((state for state in (State.CLOSED, State.APPROVED) if state in found), None)
