"""Keep a person as their directory says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from fourfold.access.directory import ScimDirectory
from fourfold.actions._members import add_member, belongs_elsewhere, describe, give_roles, groups_of, switch
from fourfold.actions._people import tell_address_before
from fourfold.actions._steps import lock, note_event
from fourfold.actions.outcome import Outcome
from fourfold.errors import Conflict
from fourfold.records.models import Entry, Identity, Organisation, Person
from fourfold.records.models.person import tidy_email


@dataclass(frozen=True, slots=True)
class ToldPerson:
    """A person as the directory wrote them; `spec` is all of it."""

    user_name: str
    name: str
    email: str | None
    active: bool
    external_id: str
    spec: dict[str, Any]


def provision_person(
    *, by: Person | None, organisation: Organisation, directory: ScimDirectory, told: ToldPerson,
    entry: Entry | None = None, at: datetime | None = None,
) -> Outcome[Entry]:  # fmt: skip
    """Make an entry and its account, or change them: name, address, whether the account is on, roles of its groups.

    Raises `Conflict` where the user name or the address is somebody else's. Accounts that belong to another
    organisation too keep their name and address, and lose their roles here instead of being switched off.
    """
    moment = at or datetime.now(UTC)
    with transaction.atomic():
        place = lock(organisation)
        _check_name(place, directory, told, entry)
        person = entry.person if entry else _account(place, directory, told)
        assert person is not None
        if entry is None:
            entry = Entry(organisation=place, directory=directory.code, kind=Entry.PERSON, made_at=moment, version=0)
            _know(place, directory, person, told, entry, moment)
        before = {"name": person.name, "email": person.email, "active": person.is_active} if entry.version else None
        entry.person, entry.name, entry.key = person, told.user_name, told.user_name.casefold()
        entry.external_id, entry.spec = told.external_id, told.spec
        entry.changed_at, entry.version = moment, entry.version + 1
        entry.save()
        if not belongs_elsewhere(place, person):
            address = person.email
            describe(place, person, name=told.name, email=told.email)
            tell_address_before(person, address, at=moment)
        switch(place, person, told.active)
        given, taken = give_roles(place, person, directory, groups_of(entry) if told.active else frozenset())
        after = {"name": person.name, "email": person.email, "active": told.active}
        if before != after or given or taken:
            said = {**after, "directory": directory.code, "given": given, "taken": taken}
            note_event(place, by, "person.provision", f"person {person.pk}", at=moment, before=before, after=said)
    return Outcome(f"{person.name} is as {directory.name} says", entry)


def _check_name(place: Organisation, directory: ScimDirectory, told: ToldPerson, entry: Entry | None) -> None:
    same = Entry.objects.filter(
        organisation=place, directory=directory.code, kind=Entry.PERSON, key=told.user_name.casefold()
    )  # fmt: skip
    if (same.exclude(pk=entry.pk) if entry else same).exists():
        raise Conflict(f"The user name {told.user_name} is taken.")


def _account(place: Organisation, directory: ScimDirectory, told: ToldPerson) -> Person:
    """The account of somebody new in the directory: the one they had before, else the one with the address, else new.

    The address of an account that the directory took away is given up when somebody else comes with it.
    """
    address = tidy_email(told.email)
    before = Identity.objects.filter(organisation=place, directory=directory.code).select_related("person")
    known = before.filter(subject=told.external_id).first() if told.external_id else None
    if known is not None and not known.person.entries.filter(directory=directory.code).exists():
        return known.person
    holder: Person | None = Person.objects.filter(email=address).first() if address else None
    if holder is None:
        return add_member(place, name=told.name, email=address)
    was_here = before.filter(person=holder).exists()
    if was_here and not holder.entries.exists() and not belongs_elsewhere(place, holder):
        describe(place, holder, name=holder.name, email=None)
        return add_member(place, name=told.name, email=address)
    belongs = set(holder.memberships.values_list("organisation", flat=True))
    if not directory.link_by_email or belongs != {place.pk} or holder.entries.exists():
        raise Conflict(f"The address {address} is that of an account that {directory.name} may not take over.")
    holder.set_unusable_password()
    holder.save(update_fields=("password",))
    return holder


def _know(
    place: Organisation, directory: ScimDirectory, person: Person, told: ToldPerson, entry: Entry, moment: datetime
) -> None:
    """Remember that the directory answers for this account, under its id there as far as nobody else has that."""
    known = Identity.objects.filter(organisation=place, issuer=f"scim:{directory.code}", subject=told.external_id)
    found = known.first() if told.external_id else None
    if found is not None and found.person_id == person.pk:
        return
    Identity.objects.create(
        organisation=place, issuer=f"scim:{directory.code}", directory=directory.code, person=person, made_at=moment,
        subject=str(entry.pk) if found or not told.external_id else told.external_id,
    )  # fmt: skip
