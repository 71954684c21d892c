"""Deny a unit to a member."""

from __future__ import annotations

from datetime import UTC, datetime

from fourfold.access.giving import refusal_to_deny
from fourfold.actions._grants import changing, member, refuse, told
from fourfold.actions._steps import note_event
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Grant, Person


def deny_unit(
    *,
    by: Person | None,
    organisation: str | None = None,
    person: int,
    unit: str | None = None,
    at: datetime | None = None,
) -> Outcome[Grant]:
    """Deny a unit and all below it, or the whole organisation: whatever grants give there, the person no longer has.

    Raises `Conflict` where nobody would be left to administer the organisation.
    """
    with changing(by, organisation, unit) as change:
        to = member(change, person)
        if change.principal is not None:
            pk, path = change.organisation.pk, change.path
            refuse(refusal_to_deny(change.principal, to=to.pk, organisation=pk, path=path), "deny units")
        denial, is_new = Grant.objects.get_or_create(
            organisation=change.organisation, person=to, role="", unit=change.unit, defaults={"given_by": by}
        )
        where = change.unit.name if change.unit else change.organisation.name
        if is_new:
            moment = at or datetime.now(UTC)
            note_event(change.organisation, by, "grant.deny", f"person {to.pk}", at=moment, after=told(denial))
    return Outcome(f"{where} is denied to {to.name}", denial)
