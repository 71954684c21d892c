"""Change the name that people read."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._people import note_for_person
from fourfold.actions._steps import advance, lock
from fourfold.actions.outcome import Outcome
from fourfold.engine.findings import Finding, Level, Place
from fourfold.records.models import Membership, Person

_LONGEST = 300


def rename_person(*, by: Person, name: str, at: datetime | None = None) -> Outcome[Person]:
    """Give oneself another name, in every organisation one belongs to."""
    if findings := check_name(name):
        return Outcome("nothing was changed", findings=findings)
    if name.strip() == by.name:
        return Outcome("this is the name already", by)
    with transaction.atomic():
        before = by.name
        write_name(by, name)
        note_for_person(
            by, by, "person.rename", at=at or datetime.now(UTC), before={"name": before}, after={"name": by.name}
        )
    return Outcome(f"the name is {by.name} now", by)


def check_name(name: str) -> tuple[Finding, ...]:
    """A name is written in characters that can be seen, and not too many."""
    tidy = name.strip()
    if tidy and tidy.isprintable() and len(tidy) <= _LONGEST:
        return ()
    message = "Enter a name." if not tidy else f"Write a name of at most {_LONGEST} characters, in one line."
    return (Finding("PERSON", Level.ERROR, Place(thing="name"), message),)


def write_name(person: Person, name: str) -> None:
    """The account and the definitions that name it, together."""
    person.name = name.strip()
    person.save(update_fields=("name",))
    for member in Membership.objects.filter(person=person).select_related("organisation").order_by("organisation"):
        if member.spec.get("name") != person.name:
            place = lock(member.organisation)
            member.spec = {**member.spec, "name": person.name}
            member.save(update_fields=("spec",))
            advance(place, definitions=True)
