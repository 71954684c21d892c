"""Take a role away, or lift a denial."""

from __future__ import annotations

from datetime import UTC, datetime

from fourfold.access.giving import refusal_to_deny, refusal_to_revoke
from fourfold.access.roles import Role
from fourfold.actions._grants import Change, changing, refuse, told
from fourfold.actions._steps import find_organisation, note_event
from fourfold.actions.outcome import Outcome
from fourfold.errors import NotFound
from fourfold.records.models import Grant, Person


def revoke_grant(
    *, by: Person | None, organisation: str | None = None, grant: int, at: datetime | None = None
) -> Outcome[None]:
    """Delete a grant or a denial; what it was stays in the event.

    Nobody lifts a denial of their own. Raises `NotFound` where there is no such grant in units that `by` manages,
    `Conflict` where nobody would be left to administer the organisation.
    """
    place = find_organisation(by, organisation)
    row = Grant.objects.filter(organisation=place, pk=grant).select_related("person", "unit").first()
    if row is None:
        raise NotFound("There is no such role, or somebody has taken it away already.")
    with changing(by, place.code, row.unit.code if row.unit else None) as change:
        _require(change, row)
        before, moment = told(row), at or datetime.now(UTC)
        row.delete()
        event = "grant.lift" if row.is_denial else "grant.revoke"
        note_event(change.organisation, by, event, f"person {row.person_id}", at=moment, before=before)
    where = row.unit.name if row.unit else place.name
    if row.is_denial:
        return Outcome(f"{where} is no longer denied to {row.person.name}")
    return Outcome(f"{row.person.name} is no longer {Role(row.role).word} of {where}")


def _require(change: Change, row: Grant) -> None:
    if change.principal is None:
        return
    pk, path = change.organisation.pk, change.path
    if row.is_denial:
        refuse(refusal_to_deny(change.principal, to=row.person_id, organisation=pk, path=path, lift=True), "lift this")
        return
    refuse(refusal_to_revoke(change.principal, Role(row.role), organisation=pk, path=path), "take this role away")
