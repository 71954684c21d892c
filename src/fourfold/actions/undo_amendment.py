"""Take back a change of definitions: what was there before comes back, and the log has both."""

from __future__ import annotations

from datetime import datetime

from fourfold.access.roles import Action
from fourfold.actions._steps import find_organisation, require
from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.outcome import Outcome
from fourfold.engine.amendments import Amendments
from fourfold.errors import NotFound
from fourfold.records.amendment_text import amendment_of
from fourfold.records.models import Event, Person
from fourfold.records.queries.amendment import EVENT


def undo_amendment(
    *, by: Person | None, organisation: str | None = None, number: int, at: datetime | None = None
) -> Outcome[Amendments]:
    """Write what was there before the change with this number in the log, checked and evaluated like any other change.

    Whoever may change the definitions may do this. Raises `Outdated` where one of the things was changed again since,
    and `NotFound` where there is no such change.
    """
    found = find_organisation(by, organisation)
    require(by, Action.DEFINE, found)
    event = Event.objects.filter(organisation=found, seq=number, action=EVENT).first()
    if event is None:
        raise NotFound(f"There is no change of definitions with the number {number} in the log.")
    wanted = [amendment_of(told).undone for told in reversed(event.after["amendments"])]
    return amend_definitions(
        by=by, organisation=found.code, amendments=wanted, at=at, undoes=number, reason=f"Takes back {number}"
    )
