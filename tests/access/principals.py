"""Twelve who ask: a visitor, nine roles at North Quay, one who is denied it, and one who was switched off."""

from __future__ import annotations

from typing import Final

from django.test import Client

from fourfold.access.roles import Role
from fourfold.actions.invite_person import invite_person
from fourfold.records.models import Kpi, Membership, Organisation, Person, Unit

ROLES: Final = tuple(role for role in Role if role not in (Role.GUEST_LINK, Role.SERVICE_KEY))
PRINCIPALS: Final = ("visitor", *(role.value for role in ROLES), "denied", "switched_off")


def people() -> dict[str, Person]:
    """The twelve by name, the visitor left out; who owns KPIs owns Sales."""
    made = {role.value: member(role.value, role) for role in ROLES}
    made["denied"] = member("denied", Role.SCORECARD_ADMIN)
    made["switched_off"] = member("switched_off", Role.VIEWER)
    made["denied"].grant_rows.create(
        organisation=Organisation.objects.get(code="bakery"), role="", unit=Unit.objects.get(code="north")
    )
    Person.objects.filter(pk=made["switched_off"].pk).update(is_active=False)
    own_sales(made["kpi_owner"])
    return made


def member(name: str, role: Role) -> Person:
    """Somebody with this role at North Quay; an organisation admin has it everywhere."""
    unit = None if role is Role.ORGANISATION_ADMIN else "north"
    address = f"{name}@bakery.example"
    invite_person(by=None, organisation="bakery", email=address, name=name.title(), role=role, unit=unit)
    person = Person.objects.get(email=address)
    person.grant_rows.exclude(role=role).delete()  # the word “editor” stands for two roles
    return person


def own_sales(person: Person) -> None:
    """Make somebody the owner of the KPI."""
    code = Membership.objects.get(person=person).code
    sales = Kpi.objects.get(code="sales")
    sales.owner, sales.spec = person, sales.spec | {"owner": code}
    sales.save()
    bakery = Organisation.objects.get(code="bakery")
    bakery.definitions_version += person.pk  # one that no test before has seen, whose owner was somebody else
    bakery.save()


def browser(person: Person | None) -> Client:
    """A browser in which this person is signed in, or nobody."""
    client = Client()
    if person is not None:
        client.force_login(person)
    return client
