"""Who may see a unit or one of its KPIs, with which role, and what one person may do where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from django.utils import timezone

from fourfold.access.giving import clears, gives
from fourfold.access.roles import Action, Role
from fourfold.access.rules import NOBODY, Principal, Thing, can, covers, overlaps
from fourfold.access.sight import sights_of
from fourfold.engine.definitions import Kpi
from fourfold.errors import NotFound
from fourfold.records import models
from fourfold.records.queries.guest import guests_of, shared_by
from fourfold.records.queries.scope import Scope, organisation_of
from fourfold.records.queries.structure import Structure, UnitPlace, structure_of
from fourfold.records.scope import principal_made_of, principal_of

#: What the page about one person says of each unit.
SHOWN: Final = (Action.SEE, Action.RECORD, Action.APPROVE, Action.TARGET, Action.MANAGE)


class Held(NamedTuple):
    """A role, or with `role=None` a denial, that counts in a unit; `place` is the unit it was given for."""

    pk: int
    role: Role | None
    place: str
    may_revoke: bool
    confidential: bool = False
    statuses_only: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role or a denial in a unit, and whether they see it: all of it, their own KPIs, nothing."""

    pk: int
    name: str
    title: str
    is_active: bool
    held: tuple[Held, ...]
    sees: str  # "all", "statuses", "own" or ""


@dataclass(frozen=True)
class Members:
    """The members of a unit as one person sees them; `gives` are the roles that this person may give there."""

    structure: Structure
    unit: UnitPlace
    people: tuple[Member, ...]
    may_manage: bool
    gives: tuple[Role, ...]
    may_clear: bool  # they may give a clearance for confidential KPIs as well
    candidates: tuple[tuple[int, str], ...]  # who may be given a role: id and name
    is_seen: bool  # False for those who manage members and see no figures
    guests: tuple[models.GuestLink, ...]  # links through which others see it without an account

    @property
    def place(self) -> str | None:
        """The unit as actions take it: the root of the tree is the whole organisation."""
        return self.unit.code if self.unit.parent is not None else None


def members_of(person: models.Person, code: str) -> Members:
    """The members of a unit: three statements. Raises `NotFound` where the person neither sees nor manages it.

    Whoever sees a unit is shown who else does; denials and people who were switched off only those who manage it.
    """
    organisation, bare = organisation_of(person, code)
    structure = structure_of(organisation)
    unit = next((u for u in structure.units if u.code == bare), None)
    asking = principal_of(person)
    if unit is None or not (_sees(asking, structure.pk, unit.path) or _manages(asking, structure.pk, unit)):
        raise NotFound("There is no such scorecard, or you may not see it.")
    may_manage = _manages(asking, structure.pk, unit)
    given = gives(asking, structure.pk, _path(unit)) if may_manage else frozenset()
    rows = _grants(organisation)
    candidates = models.Membership.objects.visible_to(person).filter(organisation=organisation, person__is_active=True)
    return Members(
        structure=structure,
        unit=unit,
        people=tuple(_people(rows, structure, unit, asking, may_manage=may_manage)),
        may_manage=may_manage,
        gives=tuple(role for role in Role if role in given),
        may_clear=may_manage and clears(asking, structure.pk, _path(unit)),
        candidates=tuple(candidates.order_by("person__name").values_list("person", "person__name")) if given else (),
        is_seen=bool(_sees(asking, structure.pk, unit.path)),
        guests=tuple(guests_of(unit.pk, timezone.now())),
    )


def readers_of(scope: Scope, kpi: Kpi) -> tuple[Member, ...]:
    """Who sees this KPI in the unit of the scope: two statements."""
    structure = scope.structure
    organisation = models.Organisation.objects.visible_to(scope.person).get(pk=structure.pk)
    owner = next((pk for pk, code in structure.code_of.items() if code == kpi.owner), None)
    everybody = _people(
        _grants(organisation), structure, scope.unit, NOBODY, may_manage=False, confidential=kpi.is_confidential,
        is_small=_is_small(scope, kpi),
    )  # fmt: skip
    return tuple(member for member in everybody if member.sees in ("all", "statuses") or member.pk == owner)


def guests_at(scope: Scope, kpi: Kpi) -> list[models.GuestLink]:
    """The guest links that show this KPI in the unit of the scope; one that is confidential none does."""
    links = [] if kpi.is_confidential or _is_small(scope, kpi) else guests_of(scope.unit.pk, timezone.now())
    return [link for link in links if link.kpi is None or link.kpi.code == kpi.code]


def _is_small(scope: Scope, kpi: Kpi) -> bool:
    """True where the KPI is hidden in the unit, because its group is too small or would tell one that is."""
    veils = models.Veil.objects.visible_to(scope.person).filter(unit=scope.unit.pk)
    return kpi.headcount is not None and veils.filter(kpi=scope.structure.kpi_pk[kpi.code]).exists()


def managed_units(person: models.Person) -> list[tuple[str, str]]:
    """The topmost units whose members the person manages: name, and code as an address has it."""
    found = []
    for organisation in models.Organisation.objects.visible_to(person):
        structure = structure_of(organisation)
        units = [u for u in structure.units if _manages(principal_of(person), structure.pk, u)]
        managed = {u.pk for u in units}
        found += [(u.name, f"{organisation.code}:{u.code}") for u in units if u.parent not in managed]
    return found


class Right(NamedTuple):
    """What somebody may do in a unit: for each action of `SHOWN` "all", "own" or nothing, with the roles that count."""

    unit: UnitPlace
    roles: tuple[str, ...]
    actions: Mapping[Action, str]
    is_cleared: bool  # confidential KPIs are among those that are seen


@dataclass(frozen=True)
class Rights:
    """What one person may see and do, as somebody who manages them sees it, or they themselves."""

    person: models.Person
    structure: Structure
    rows: tuple[Right, ...]
    denied: tuple[str, ...]  # names of units
    shared: tuple[models.GuestLink, ...]  # links by which they let others see
    hidden: int  # units that whoever asks does not manage


def rights_of(by: models.Person, pk: int) -> Rights:
    """What the person with this id may do, unit by unit, in the first organisation that both belong to.

    Only units that `by` manages or audits are told, of oneself all. Raises `NotFound` where there are none.
    """
    for organisation in models.Organisation.objects.visible_to(by).filter(membership__person=pk):
        found = _rights(by, pk, organisation)
        if found is not None:
            return found
    raise NotFound("There is no such person, or you may not see what they may do.")


def _rights(by: models.Person, pk: int, organisation: models.Organisation) -> Rights | None:
    structure, asking = structure_of(organisation), principal_of(by)
    told = [u for u in structure.units if by.pk == pk or _oversees(asking, structure.pk, u)]
    if not told:
        return None
    rows = [row for row in _grants(organisation) if row.person_id == pk]
    somebody = models.Person.objects.visible_to(by).get(pk=pk)
    who = _principal(somebody, rows)
    found, seen = [_right(who, rows, structure, unit) for unit in told], {unit.pk for unit in told}
    return Rights(
        person=somebody,
        structure=structure,
        rows=tuple(right for right in found if any(right.actions.values())),
        denied=tuple(_place(row, structure) for row in rows if row.is_denial),
        shared=tuple(link for link in shared_by(somebody, structure.pk, timezone.now()) if link.unit_id in seen),
        hidden=len(structure.units) - len(told),
    )


def _right(who: Principal, rows: list[models.Grant], structure: Structure, unit: UnitPlace) -> Right:
    place = Thing(structure.pk, unit.path)
    own = Thing(structure.pk, unit.path, owner=who.person)
    actions = {a: "all" if can(who, a, place) else "own" if can(who, a, own) else "" for a in SHOWN}
    if actions[Action.SEE] == "all" and not sights_of(who)[structure.pk].sees_numbers(unit.path):
        actions[Action.SEE] = "statuses"
    roles = [Role(row.role).word for row in rows if row.role and covers(_given_path(row), unit.path)]
    is_cleared = can(who, Action.SEE, replace(place, confidential=True))
    return Right(unit, tuple(dict.fromkeys(roles)), actions, is_cleared)


# house: who sees a unit is shown to everybody who sees it, and a grant above it counts there too
def _grants(organisation: models.Organisation) -> list[models.Grant]:
    rows = models.Grant.objects.filter(organisation=organisation)
    return list(rows.select_related("person", "unit").order_by("person__name", "person", "pk"))


def _people(
    rows: list[models.Grant], structure: Structure, unit: UnitPlace, asking: Principal, *, may_manage: bool,
    confidential: bool = False, is_small: bool = False,
) -> Iterator[Member]:
    by_person: dict[int, list[models.Grant]] = {}
    for row in rows:
        by_person.setdefault(row.person_id, []).append(row)
    for pk, grants in by_person.items():
        somebody = grants[0].person
        who = _principal(somebody, grants)
        sees = _sees(who, structure.pk, unit.path, confidential=confidential)
        if is_small and sees and not sights_of(who)[structure.pk].sees_groups:
            sees = ""
        held = tuple(_held(grants, structure, unit, asking)) if may_manage else _roles(grants, structure, unit)
        if (held and may_manage) or sees:
            yield Member(pk, somebody.name, somebody.title, somebody.is_active, held, sees)


def _principal(somebody: models.Person, rows: Iterable[models.Grant]) -> Principal:
    """The person as the policy knows them, from rows that were read together."""
    given = (
        (row.organisation_id, row.role, _given_path(row), row.exports, row.confidential, row.statuses_only)
        for row in rows
    )
    return principal_made_of(somebody.pk, given) if somebody.is_active else NOBODY


def _held(rows: list[models.Grant], structure: Structure, unit: UnitPlace, asking: Principal) -> Iterator[Held]:
    """All that counts in the unit: roles that cover it, denials that cover a part of it."""
    for row in rows:
        path = _given_path(row)
        if not (overlaps(path, unit.path) if row.is_denial else covers(path, unit.path)):
            continue
        given = gives(asking, structure.pk, path)
        is_own = row.is_denial and row.person_id == asking.person
        may = bool(given) and not is_own if row.is_denial else row.role in given
        yield Held(row.pk, Role(row.role) if row.role else None, _place(row, structure), may, row.confidential,
                   row.statuses_only)


def _roles(rows: list[models.Grant], structure: Structure, unit: UnitPlace) -> tuple[Held, ...]:
    counting = (row for row in rows if row.role and covers(_given_path(row), unit.path))
    return tuple(
        Held(row.pk, Role(row.role), _place(row, structure), False, statuses_only=row.statuses_only) for row in counting
    )


def _place(row: models.Grant, structure: Structure) -> str:
    return row.unit.name if row.unit else structure.organisation.name


def _given_path(row: models.Grant) -> str | None:
    return row.unit.path if row.unit else None


def _path(unit: UnitPlace) -> str | None:
    """The subtree as a grant says it: the root is the whole organisation."""
    return unit.path if unit.parent is not None else None


def _sees(who: Principal, organisation: int, path: str, *, confidential: bool = False) -> str:
    if can(who, Action.SEE, Thing(organisation, path, confidential=confidential)):
        return "all" if sights_of(who)[organisation].sees_numbers(path) else "statuses"
    own = Thing(organisation, path, owner=who.person, confidential=confidential)
    return "own" if can(who, Action.SEE, own) else ""


def _manages(who: Principal, organisation: int, unit: UnitPlace) -> bool:
    return can(who, Action.MANAGE, Thing(organisation, _path(unit)))


def _oversees(who: Principal, organisation: int, unit: UnitPlace) -> bool:
    """Managing members or reading the audit log: both are to know who may do what."""
    return any(can(who, action, Thing(organisation, unit.path)) for action in (Action.MANAGE, Action.AUDIT))
