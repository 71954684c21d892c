"""What giving, denying and revoking share: the place, the person, what is written down, and that an admin is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import transaction

from fourfold.access.roles import Action, Role
from fourfold.access.rules import Principal, Thing, can
from fourfold.actions._steps import find_organisation, lock, require
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.records.models import Grant, Organisation, Person, Unit
from fourfold.records.scope import principal_of


@dataclass(frozen=True, slots=True)
class Change:
    """A change of roles that is under way: the organisation is locked, and who does it is as they are now."""

    organisation: Organisation
    unit: Unit | None  # None: the whole organisation
    principal: Principal | None  # None: the administrator of the machine

    @property
    def path(self) -> str | None:
        """Where, as the policy says it."""
        return self.unit.path if self.unit else None

    @property
    def thing(self) -> Thing:
        """The subtree."""
        return Thing(self.organisation.pk, self.path)


@contextmanager
def changing(by: Person | None, organisation: str | None, unit: str | None) -> Iterator[Change]:
    """One transaction in which roles change; what would leave the organisation without an admin is undone.

    Raises `NotFound` for a unit that `by` neither sees nor manages, `Forbidden` where they do not manage its members.
    """
    with transaction.atomic():
        place = lock(find_organisation(by, organisation))
        where = None if unit is None else Unit.objects.filter(organisation=place, code=unit).first()
        if unit is not None and where is None:
            raise NotFound(f"There is no unit {unit} here, or you may not see it.")
        fresh = None if by is None else Person.objects.get(pk=by.pk)
        require(fresh, Action.MANAGE, place, where.path if where else None)
        had_admin = has_admin(place)
        yield Change(place, where, None if fresh is None else principal_of(fresh))
        if had_admin and not has_admin(place):
            raise Conflict(
                f"{place.name} would be without an organisation admin.", hint="Give the role to somebody else first."
            )


def has_admin(organisation: Organisation) -> bool:
    """True when somebody can administer the organisation."""
    admins = Person.objects.filter(
        is_active=True, grant_rows__organisation=organisation, grant_rows__role=Role.ORGANISATION_ADMIN
    )
    return any(can(person.principal, Action.ADMINISTER, Thing(organisation.pk)) for person in admins)


@contextmanager
def without_gain(by: Person | None, organisation: Organisation) -> Iterator[None]:
    """Units may move meanwhile, but not so that `by` may do more in those that exist already."""
    before = None if by is None else _rights(by, organisation)
    yield
    if by is None or before is None:
        return
    known = {unit for unit, _ in before}
    gained = {right for right in _rights(by, organisation) - before if right[0] in known}
    if gained:
        unit, action = min(gained)
        hint = "Somebody who may do this already can move the units, or the administrator of the machine."
        raise Forbidden(f"After this you could {Action(action).words} in {unit}, which you may not now.", hint=hint)


def _rights(by: Person, organisation: Organisation) -> set[tuple[str, str]]:
    """What the person may do in each unit, as they are now; each unit is there with a blank, too."""
    principal = principal_of(Person.objects.get(pk=by.pk))
    units = Unit.objects.filter(organisation=organisation).values_list("code", "path")
    own = Thing(organisation.pk, owner=principal.person)
    found = {(code, "") for code, _ in units}
    return found | {
        (code, action.value)
        for code, path in units
        for action in Action
        if can(principal, action, replace(own, path=path))
    }


def member(change: Change, person: int) -> Person:
    """A member by id. Raises `NotFound` for people of elsewhere."""
    found: Person | None = Person.objects.filter(pk=person, memberships__organisation=change.organisation).first()
    if found is None:
        raise NotFound(f"Nobody with this number belongs to {change.organisation.name}.")
    return found


def refuse(reason: str, what: str) -> None:
    """Raise where there is a reason."""
    if reason:
        raise Forbidden(f"You may not {what} here. {reason}")


def told(grant: Grant) -> dict[str, str | bool | None]:
    """A grant as its event keeps it."""
    said: dict[str, str | bool | None] = {"role": grant.role or None, "unit": grant.unit.code if grant.unit else None}
    options = {name: True for name in ("exports", "confidential", "statuses_only") if getattr(grant, name)}
    return said | options
