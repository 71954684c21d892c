"""Take away a person or group that a directory no longer has."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.directory import ScimDirectory
from fourfold.actions._members import give_roles, regive_roles, switch
from fourfold.actions._steps import lock, note_event
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Entry, Organisation, Person


def withdraw_entry(
    *, by: Person | None, organisation: Organisation, directory: ScimDirectory, entry: Entry,
    at: datetime | None = None,
) -> Outcome[None]:  # fmt: skip
    """Remove the entry; a person's account is switched off and stays, with all they did."""
    moment = at or datetime.now(UTC)
    with transaction.atomic():
        place = lock(organisation)
        members = set(entry.members.values_list("pk", flat=True))
        person, name, pk = entry.person, entry.name, entry.pk
        entry.delete()
        if person is not None:
            switch(place, person, False)
            _, taken = give_roles(place, person, directory, frozenset())
            what, after = f"person {person.pk}", {"directory": directory.code, "active": False, "taken": taken}
            note_event(place, by, "person.withdraw", what, at=moment, after=after)
        else:
            if directory.roles({name, entry.external_id}):
                regive_roles(place, directory, members, by, at=moment)
            note_event(place, by, "group.withdraw", f"group {pk}", at=moment, before={"name": name})
    return Outcome(f"{name} is gone from {directory.name}")
