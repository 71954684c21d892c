"""The people of the definitions, who are accounts as well: one account can belong to several organisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fourfold.engine.definitions import Person as PersonDefinition
from fourfold.records.defined import kept_spec, spec_of
from fourfold.records.models import Grant, Membership, Organisation, Person, Unit
from fourfold.records.models.grant import roles_of
from fourfold.records.models.person import tidy_email
from fourfold.records.tables import Ids, set_values


def read_people(organisation: Organisation) -> list[dict[str, Any]]:
    """The people of an organisation as they were written, in their order."""
    members = Membership.objects.filter(organisation=organisation).order_by("position", "pk")
    return list(members.values_list("spec", flat=True))


def write_people(
    organisation: Organisation, people: Sequence[PersonDefinition], ids: Ids
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Add and change members; gives the codes of those added and changed. Nobody is removed.

    An e-mail address that an account already has adds that account. Name, title and address of an account are
    changed only while it belongs to this organisation alone. Roles become those of a definition when the definition is
    new or gives other roles than before; what was given or taken elsewhere stays until then.
    """
    members = {m.code: m for m in Membership.objects.filter(organisation=organisation).select_related("person")}
    named = {p.code for p in people}
    by_email = {m.person.email: m for m in members.values() if m.person.email and m.code not in named}
    added, changed = [], []
    for position, definition in enumerate(people):
        email = tidy_email(definition.email)
        member = members.get(definition.code) or (by_email.pop(email, None) if email else None)
        spec = kept_spec(definition, member.spec) if member else spec_of(definition)
        values: dict[str, Any] = {"code": definition.code, "position": position, "spec": spec}
        unit = ids(Unit, definition.unit)
        if member is None:
            member = Membership.objects.create(organisation=organisation, person=_account(definition), **values)
            _give(member, definition, unit)
            added.append(definition.code)
            continue
        if member.spec != spec:
            _describe(member.person, definition)
            before = PersonDefinition.model_validate(member.spec)
            if _given(before) != _given(definition):
                _give(member, definition, unit)
            changed.append(definition.code)
        if set_values(member, values):
            member.save()
    return tuple(added), tuple(changed)


def gives_roles(organisation: Organisation, people: Sequence[PersonDefinition]) -> bool:
    """True when writing these people would give or take a role."""
    known = {p.code: p for p in map(PersonDefinition.model_validate, read_people(organisation))}
    return any(p.code not in known or _given(p) != _given(known[p.code]) for p in people)


def _given(definition: PersonDefinition) -> tuple[object, ...]:
    """What decides about the roles."""
    return {*roles_of(definition.role, definition.roles)}, definition.unit, definition.clearance


def _give(member: Membership, definition: PersonDefinition, unit: int | None) -> None:
    """The roles of the definition, in place of those that an earlier one gave."""
    rows = Grant.objects.filter(organisation=member.organisation_id, person=member.person_id)
    wanted = {*roles_of(definition.role, definition.roles)}
    cleared = definition.clearance == "confidential"
    rows.filter(source=Grant.FOLDER).exclude(role__in=wanted, unit=unit, confidential=cleared).delete()
    known = set(rows.filter(unit=unit).values_list("role", flat=True))
    Grant.objects.bulk_create(
        Grant(organisation_id=member.organisation_id, person_id=member.person_id, role=role, unit_id=unit,
              source=Grant.FOLDER, confidential=cleared)
        for role in sorted(wanted - known)
    )  # fmt: skip


def _account(definition: PersonDefinition) -> Person:
    """The account with this address, else a new one, which cannot sign in before it is given a password."""
    email = tidy_email(definition.email)
    person = Person.objects.filter(email=email).first() if email else None
    if person is None:
        person = Person.objects.create_person(name=definition.name, email=email)
        _describe(person, definition)
    return person


def _describe(person: Person, definition: PersonDefinition) -> None:
    if person.memberships.count() > 1:
        return
    email = tidy_email(definition.email)
    if email != person.email and Person.objects.filter(email=email).exclude(email=None).exists():
        email = person.email  # another account has it
    person.name, person.title, person.email = definition.name, definition.title, email
    person.save(update_fields=("name", "title", "email"))
