"""End a provisioning key."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.directory import Directory
from fourfold.access.roles import Action
from fourfold.actions._steps import find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.errors import NotFound
from fourfold.records.models import Person, ProvisioningKey


def revoke_provisioning_key(
    *, by: Person | None, directory: Directory, start: str, at: datetime | None = None
) -> Outcome[ProvisioningKey]:
    """The key that begins so is refused from now on."""
    place = find_organisation(by, directory.organisation)
    require(by, Action.ADMINISTER, place)
    moment = at or datetime.now(UTC)
    with transaction.atomic():
        place = lock(place)
        found = ProvisioningKey.objects.filter(organisation=place, directory=directory.code, revoked_at=None)
        key = found.filter(start=start.rstrip("…")).first()
        if key is None:
            raise NotFound(f"{directory.name} has no key that begins with {start}.")
        key.revoked_at = moment
        key.save(update_fields=("revoked_at",))
        note_event(place, by, "key.revoke", f"provisioning key {key.pk}", at=moment, before={"start": key.start})
    return Outcome(f"{key} is refused from now on", key)
