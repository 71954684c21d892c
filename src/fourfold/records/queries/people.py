"""People of an organisation as those see them who manage them, and what somebody sees of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from allauth.mfa.models import Authenticator
from django.utils import timezone

from fourfold.access.roles import Action, Reach, Role, reach
from fourfold.access.rules import Thing, can
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import (
    Grant,
    Identity,
    Initiative,
    Invitation,
    Kpi,
    Membership,
    Objective,
    Organisation,
    Person,
    Session,
)
from fourfold.records.scope import principal_of


class Owned(NamedTuple):
    """Something that somebody owns: its kind, row id and name."""

    kind: str
    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the list of people; `state` is one of the keys of `STATES`, `roles` are sentences."""

    person: Person
    roles: tuple[str, ...]
    state: str
    until: datetime | None  # of an open invitation
    factors: frozenset[str]


STATES: Final = {
    "on": "can sign in",
    "invited": "invited",
    "expired": "invitation too old",
    "none": "cannot sign in yet",
    "off": "switched off",
}


def administers(person: Person, organisation: int) -> bool:
    """True when the person manages the accounts of the organisation."""
    return can(principal_of(person), Action.ADMINISTER, Thing(organisation))


def manages_all(person: Person, organisation: int) -> bool:
    """True when they manage everybody's roles, if not accounts."""
    return administers(person, organisation) or can(principal_of(person), Action.MANAGE, Thing(organisation))


def manages_people(person: Person, organisation: int) -> bool:
    """True when they may invite people at least to a part of the organisation."""
    grants = (g for g in principal_of(person).effective if g.organisation == organisation)
    return any(reach(g.role, Action.MANAGE) is not Reach.NO for g in grants)


def managed_organisation(person: Person, code: str | None = None) -> Organisation:
    """The organisation with this code, or the first one, in which the person manages people.

    Raises `NotFound` where they belong to none, `Forbidden` where they do and manage nobody.
    """
    seen = Organisation.objects.filter(pk__in=principal_of(person).organisations)  # house: also without figures
    some = list(seen.filter(code=code) if code else seen)
    if not some:
        raise NotFound("There is no such organisation, or you may not see it.")
    managed = [o for o in some if manages_people(person, o.pk)]
    if not managed:
        raise Forbidden("You may not manage people here.")
    return managed[0]


def members_of(by: Person, organisation: Organisation) -> list[Member]:
    """Those in the organisation whom `by` manages, by name: everybody, or with a part of it whom they invited."""
    rows = Membership.objects.visible_to(by).filter(organisation=organisation).select_related("person")
    if not manages_all(by, organisation.pk):
        rows = rows.filter(person__invitations__by=by, person__invitations__organisation=organisation).distinct()
    people = [row.person for row in rows.order_by("person__name", "pk")]
    opened = Invitation.objects.filter(  # house: not only for those who see figures
        organisation=organisation, person__in=people, accepted_at=None, revoked_at=None
    )
    until = dict(opened.values_list("person", "ends_at"))
    factors: dict[int, set[str]] = {}
    for person, kind in Authenticator.objects.filter(user__in=people).values_list("user", "type"):  # house: as above
        factors.setdefault(person, set()).add(kind)
    roles = _roles(organisation, people)
    known = set(Identity.objects.filter(person__in=people).values_list("person", flat=True))  # house: as above
    now = timezone.now()
    return [
        Member(
            person,
            tuple(roles.get(person.pk, ())),
            _state(person, until.get(person.pk), now, by_directory=person.pk in known),
            until.get(person.pk),
            frozenset(factors.get(person.pk, ())),
        )
        for person in people
    ]


def _state(person: Person, until: datetime | None, now: datetime, *, by_directory: bool) -> str:
    if not person.is_active:
        return "off"
    if person.has_usable_password() or by_directory:
        return "on"
    if until is None:
        return "none"
    return "invited" if until > now else "expired"


# house: of people who were found by what `by` manages, or of oneself
def _roles(organisation: Organisation, people: list[Person]) -> dict[int, list[str]]:
    """What each may do, in words such as "Contributor of North Quay"."""
    rows = Grant.objects.filter(organisation=organisation, person__in=people).order_by("pk").select_related("unit")
    out: dict[int, list[str]] = {}
    for row in rows:
        word = Role(row.role).word if row.role else "nothing"
        words = f"{word[:1].upper()}{word[1:]} of {row.unit.name if row.unit else organisation.name}"
        out.setdefault(row.person_id, []).append(words)
    return out


def find_member(by: Person, pk: int) -> tuple[Organisation, Member]:
    """A person in an organisation in which `by` manages them.

    Raises `NotFound` where `by` sees no such person, `Forbidden` where they see and do not manage them.
    """
    rows = Membership.objects.visible_to(by).filter(person=pk).select_related("organisation")
    found = [row.organisation for row in rows]
    if not found:
        raise NotFound("There is no such person, or you may not see them.")
    for organisation in found:
        if manages_people(by, organisation.pk):
            member = next((m for m in members_of(by, organisation) if m.person.pk == pk), None)
            if member is not None:
                return organisation, member
    raise Forbidden("You may not manage this person.")


# house: without `by` the administrator of the machine asks, who sees everything
def owned_by(by: Person | None, person: Person) -> list[Owned]:
    """What a person owns and somebody else has to take over when they leave, as far as `by` may see it."""
    found = []
    for kind, model in (("KPI", Kpi), ("objective", Objective), ("initiative", Initiative)):
        seen = model.objects.all() if by is None else model.objects.visible_to(by)
        rows = seen.filter(owner=person).order_by("position").values_list("pk", "name")
        found += [Owned(kind, pk, name) for pk, name in rows]
    return found


def roles_of(person: Person) -> list[str]:
    """What somebody may do, in words."""
    own = Organisation.objects.filter(pk__in=principal_of(person).organisations)  # house: one's own
    return [words for place in own for words in _roles(place, [person]).get(person.pk, [])]


# house: the caller is the person, or has found them among those they manage
def sessions_of(person: Person) -> list[Session]:
    """Where somebody is signed in, last used first."""
    return list(Session.objects.filter(person=person, expire_date__gt=timezone.now()).order_by("-seen_at"))
