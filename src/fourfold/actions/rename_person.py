"""Change the name that people read."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._people import check_name, find_person, note_for_person
from fourfold.actions._steps import advance, lock
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Membership, Person


def rename_person(
    *, by: Person, name: str, number: int | None = None, at: datetime | None = None
) -> Outcome[Person]:
    """Give oneself another name, or somebody whose account one manages, in every organisation they belong to."""
    person = by if number is None else find_person(by, "", number)
    if findings := check_name(name):
        return Outcome("nothing was changed", findings=findings)
    if name.strip() == person.name:
        return Outcome("this is the name already", person)
    with transaction.atomic():
        told = {"before": {"name": person.name}, "after": {"name": name.strip()}}
        write_name(person, name)
        note_for_person(person, by, "person.rename", at=at or datetime.now(UTC), **told)
    return Outcome(f"the name is {person.name} now", person)


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
