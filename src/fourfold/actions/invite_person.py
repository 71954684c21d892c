"""Give a person a role in an organisation."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction

from fourfold.access.roles import WORDS, Action, Role
from fourfold.access.rules import Thing, can
from fourfold.actions._invitations import (
    issue_invitation,
    may_hold_link,
    needs_invitation,
    require_to_manage_people,
)
from fourfold.actions._members import free_code
from fourfold.actions._people import check_address, check_name
from fourfold.actions._steps import advance, find_organisation, lock, note_event, require, require_to_give
from fourfold.actions.outcome import Outcome
from fourfold.engine.definitions import Person as PersonDefinition
from fourfold.errors import Forbidden, NotFound
from fourfold.records.frames.person import read_people, write_people
from fourfold.records.models import Organisation, Person, Unit
from fourfold.records.models.grant import roles_of
from fourfold.records.models.person import tidy_email
from fourfold.records.tables import Ids


def invite_person(
    *,
    by: Person | None,
    email: str,
    name: str,
    role: str = Role.VIEWER,
    unit: str | None = None,
    organisation: str | None = None,
    at: datetime | None = None,
) -> Outcome[Person]:
    """Make somebody a member on a unit and below it (everywhere without one), or change the role of a member.

    `role` is one of `WORDS`; it takes the place of the role that the definitions gave the person before.

    An address that has an account already adds that account. One that nobody can sign in to yet gets an invitation,
    unless its link would be shown to `by`, who may not give all roles that the account has elsewhere.
    """
    place = find_organisation(by, organisation)
    require_to_manage_people(by, place)
    address = tidy_email(email) or ""
    if findings := (*check_name(name), *check_address(address)):
        return Outcome("nobody was invited", findings=findings)
    if role not in WORDS:
        raise NotFound(f"There is no role {role}.", hint=f"The roles are {', '.join(WORDS)}.")
    if unit is not None and not Unit.objects.filter(organisation=place, code=unit).exists():
        raise NotFound(f"{place.name} has no unit {unit}.")
    with transaction.atomic():
        place = lock(place)
        people = [PersonDefinition.model_validate(spec) for spec in read_people(place)]
        known = next((p for p in people if tidy_email(p.email) == address), None)
        given = _definition(people, known, name.strip(), address, role, unit)
        _require_to_invite(by, place, given, known)
        if given == known:
            return Outcome(f"{address} is {role} already", Person.objects.get(email=address))
        others = [given if p is known else p for p in people]
        write_people(place, others if known else [*people, given], Ids(place, ""))
        advance(place, definitions=True)
        person = Person.objects.get(email=address)
        after = {"role": role, "unit": unit}
        before = {"role": known.role, "unit": known.unit} if known else None
        moment = at or datetime.now(UTC)
        note_event(place, by, "person.invite", f"person {person.pk}", at=moment, before=before, after=after)
        if needs_invitation(person) and (settings.SENDS_EMAIL or may_hold_link(by, person)):
            issue_invitation(place, person, by, at=moment)
    return Outcome(_summary(address, role, unit, place), person)


def _require_to_invite(
    by: Person | None, organisation: Organisation, given: PersonDefinition, known: PersonDefinition | None
) -> None:
    """Who manages accounts invites anybody, who manages a scorecard those who are new to its units.

    Nobody gives by an invitation what they could not give to a member.
    """
    if by is None:
        return
    path = Unit.objects.get(organisation=organisation, code=given.unit).path if given.unit else None
    if not can(by.principal, Action.ADMINISTER, Thing(organisation.pk)):
        require(by, Action.MANAGE, organisation, path)
        if known is not None:
            raise Forbidden("They are a member already.", hint="Give them a role on the page of members.")
    to = Person.objects.filter(email=tidy_email(given.email)).values_list("pk", flat=True).first() or 0
    if to == by.pk:
        raise Forbidden("You may not change your own roles by an invitation.", hint="Take one on the page of members.")
    for role in roles_of(given.role):
        require_to_give(by, role, to=to, organisation=organisation, path=path)


def _definition(
    people: list[PersonDefinition], known: PersonDefinition | None, name: str, email: str, role: str, unit: str | None
) -> PersonDefinition:
    """The member as the definitions say it: the one known with another role, else a new one with a free code."""
    changes = {"role": role, "unit": unit} | ({} if known else {"name": name, "email": email})
    if known is None:
        changes["code"] = free_code(name, {p.code for p in people})
    kept = known.model_dump(exclude_unset=True, exclude={"roles"}) if known else {}
    return PersonDefinition.model_validate({k: v for k, v in (kept | changes).items() if v is not None})


def _summary(email: str, role: str, unit: str | None, organisation: Organisation) -> str:
    return f"{email} is {role} of {unit or organisation.name}"
