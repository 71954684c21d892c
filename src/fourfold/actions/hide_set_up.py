"""Whether the guided set-up of an organisation is shown to somebody on the overview."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.actions._steps import find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Membership, Person


def hide_set_up(
    *, by: Person, organisation: str | None = None, hidden: bool = True, at: datetime | None = None
) -> Outcome[bool]:
    """Leave the set-up out of one's overview, on every device, or show it again; whoever may build may do this.

    What the set-up asks for follows from what is defined, so that it goes on where it was left.
    """
    found = find_organisation(by, organisation)
    require(by, Action.DEFINE, found)
    with transaction.atomic():
        place = lock(found)
        other = Membership.objects.filter(organisation=place, person=by, hides_set_up=not hidden)
        if other.update(hides_set_up=hidden):
            name = "set_up.hide" if hidden else "set_up.show"
            note_event(place, by, name, f"person {by.pk}", at=at or datetime.now(UTC))
    return Outcome("the set-up is hidden" if hidden else "the set-up is shown", hidden)
