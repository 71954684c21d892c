"""Make a key with which a directory says who is there."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from fourfold.access.directory import Directory, ScimDirectory
from fourfold.access.roles import Action
from fourfold.actions._steps import find_organisation, lock, note_event, require
from fourfold.actions.outcome import Outcome
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import NotFound
from fourfold.records.models import Person, ProvisioningKey
from fourfold.records.models.provisioning_key import hash_of

LONGEST: Final = 730  # days


def make_provisioning_key(
    *, by: Person | None, directory: Directory, days: int = 365, at: datetime | None = None
) -> Outcome[tuple[ProvisioningKey, str]]:
    """A key of the directory's organisation and its text, which is shown this once; it ends after so many days."""
    place = find_organisation(by, directory.organisation)
    require(by, Action.ADMINISTER, place)
    if not isinstance(directory, ScimDirectory):
        raise NotFound(f"{directory.name} does not say by itself who is there.", hint="Keys are for SCIM alone.")
    if not 1 <= days <= LONGEST:
        message = f"A key lasts from 1 to {LONGEST} days, not {days}."
        return Outcome("no key was made", findings=(Finding("KEY", Level.ERROR, Place(thing="days"), message),))
    moment = at or datetime.now(UTC)
    text = f"ffp_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        place = lock(place)
        key = ProvisioningKey.objects.create(
            organisation=place, directory=directory.code, start=text[:12], key_hash=hash_of(text), made_by=by,
            made_at=moment, ends_at=moment + timedelta(days=days),
        )  # fmt: skip
        after = {"directory": directory.code, "start": key.start, "days": days}
        note_event(place, by, "key.make", f"provisioning key {key.pk}", at=moment, after=after)
    return Outcome(f"{key} lets {directory.name} say who is there until {key.ends_at:%Y-%m-%d}", (key, text))
