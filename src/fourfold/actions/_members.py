"""The steps of actions on members that a directory brings: make one, and give the roles of their groups."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from typing import Any

from fourfold.access.directory import Directory
from fourfold.access.roles import Role
from fourfold.actions._people import end_sessions_of
from fourfold.actions._steps import note_event
from fourfold.errors import ConfigurationError, Conflict
from fourfold.records.models import Entry, Grant, Membership, Organisation, Person, Unit
from fourfold.records.models.person import tidy_email


def add_member(organisation: Organisation, *, name: str, email: str | None) -> Person:
    """A new account without a password, as a member without a role."""
    person: Person = Person.objects.create_person(name=name[:300], email=email)
    join(organisation, person)
    return person


def join(organisation: Organisation, person: Person) -> None:
    """Make an account a member, where it is none, without a role."""
    members = Membership.objects.filter(organisation=organisation)
    if members.filter(person=person).exists():
        return
    code = free_code(person.name, set(members.values_list("code", flat=True)))
    spec = {"code": code, "name": person.name} | ({"email": person.email} if person.email else {})
    Membership.objects.create(
        organisation=organisation, person=person, code=code, position=members.count(), spec=spec
    )  # fmt: skip


def free_code(name: str, taken: set[str]) -> str:
    """Initials, with a number where somebody has them already.

    >>> free_code("Alice Archer", {"AA"})
    'AA2'
    """
    initials = "".join(word[0] for word in name.split() if word[0].isascii() and word[0].isalpha()).upper() or "P"
    return next(code for n in range(1, len(taken) + 2) if (code := initials + (str(n) if n > 1 else "")) not in taken)


def give_roles(
    organisation: Organisation, person: Person, directory: Directory, groups: Set[str]
) -> tuple[list[str], list[str]]:
    """Let the grants of this directory be those of the groups, and leave all others alone; what was given and taken.

    A role that somebody gave by hand on the same unit stays theirs when the group is left.
    """
    wanted = _wanted(organisation, directory, groups)
    rows = Grant.objects.filter(organisation=organisation, person=person)
    have = {(row.role, row.unit_id): row for row in rows}
    ours = {key: row for key, row in have.items() if row.source == directory.source}
    for key in ours.keys() - wanted.keys():
        ours[key].delete()
    for role, unit in wanted.keys() - have.keys():
        Grant.objects.create(
            organisation=organisation, person=person, role=role, unit_id=unit, source=directory.source
        )  # fmt: skip
    names: dict[int, str] = dict(Unit.objects.filter(organisation=organisation).values_list("pk", "code"))
    given = sorted(_words(key, names) for key in wanted.keys() - have.keys())
    return given, sorted(_words(key, names) for key in ours.keys() - wanted.keys())


def _wanted(organisation: Organisation, directory: Directory, groups: Set[str]) -> dict[tuple[str, int | None], Role]:
    roles = directory.roles(groups)
    named = {unit for _, unit in roles if unit is not None}
    units = dict(Unit.objects.filter(organisation=organisation, code__in=named).values_list("code", "pk"))
    if unknown := sorted(named - units.keys()):
        message = f"The directory {directory.code} gives a role on “{unknown[0]}”, which is no unit of {organisation}."
        raise ConfigurationError(message, hint="Mend its groups in the file of directories.")
    return {(role.value, units[unit] if unit is not None else None): role for role, unit in roles}


def _words(key: tuple[str, int | None], units: dict[int, str]) -> str:
    role, unit = key
    return f"{role} of {units[unit]}" if unit is not None else role


def groups_of(entry: Entry) -> frozenset[str]:
    """The groups of a person's entry, by name and by the directory's own id of them."""
    found = entry.groups.values_list("name", "external_id")
    return frozenset(name for names in found for name in names if name)


def regive_roles(
    organisation: Organisation, directory: Directory, entries: Set[Any], by: Person | None, *, at: datetime
) -> None:
    """Give the people of these entries the roles of their groups anew, with an event for each whose roles change."""
    for entry in Entry.objects.filter(pk__in=entries, kind=Entry.PERSON).select_related("person"):
        person = entry.person
        if person is None or not entry.spec.get("active", True):
            continue
        given, taken = give_roles(organisation, person, directory, groups_of(entry))
        if given or taken:
            after = {"directory": directory.code, "given": given, "taken": taken}
            note_event(organisation, by, "person.provision", f"person {person.pk}", at=at, after=after)


def belongs_elsewhere(organisation: Organisation, person: Person) -> bool:
    """True where the account belongs to another organisation too, which this one's directory has no say in."""
    return person.memberships.exclude(organisation=organisation).exists()


def describe(organisation: Organisation, person: Person, *, name: str, email: str | None) -> None:
    """Name and address of an account and of its membership here; `Conflict` where the address is another's."""
    address = tidy_email(email)
    if address and Person.objects.filter(email=address).exclude(pk=person.pk).exists():
        raise Conflict(f"The address {address} is that of another account.")
    person.name, person.email = name[:300], address
    person.save(update_fields=("name", "email"))
    for member in Membership.objects.filter(organisation=organisation, person=person):
        kept = {key: value for key, value in member.spec.items() if key != "email"}
        member.spec = kept | {"name": person.name} | ({"email": address} if address else {})
        member.save(update_fields=("spec",))


def switch(organisation: Organisation, person: Person, active: bool) -> None:
    """Switch an account on or off; one that others share loses its roles here instead."""
    if belongs_elsewhere(organisation, person):
        if not active:
            Grant.objects.filter(organisation=organisation, person=person).delete()
    elif person.is_active != active:
        person.is_active = active
        person.save(update_fields=("is_active",))
        if not active:
            end_sessions_of(person)
