"""Who stands in for whom."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.records.models import Deputy, Kpi, Organisation, Person
from fourfold.records.queries.scope import Scope
from fourfold.records.scope import principal_of


# house: of those who named `by` themselves
def absent_person(
    by: Person, kpi: str, thing: Thing, *, on: date, action: Action = Action.RECORD
) -> Person | None:
    """For whom `by` may enter, or approve, figures of this KPI there on this day; nobody where nobody absent could.

    A deputy may do what the absent person may, as they may on that day, and only in units that the deputy sees. Whoever
    stands in for a deputy does not stand in for those that deputy stands in for.
    """
    principal = principal_of(by)
    if not can(principal, Action.SEE, thing) or not principal.lets(action):
        return None  # a token that is not good for entering figures does not stand in either
    rows = Deputy.objects.filter(organisation=thing.organisation, deputy=by, ended_at=None)
    today = rows.filter(since__lte=on, until__gte=on)
    for row in today.filter(Q(kpis=None) | Q(kpis__code=kpi)).select_related("person"):
        if can(principal_of(row.person), action, thing):
            return row.person
    return None


# house: as above
def absent_person_of(scope: Scope, kpi: str, *, on: date) -> Person | None:
    """The same for a page: for whom the person of the scope may enter figures of the KPI in its unit."""
    owner = Kpi.objects.filter(organisation=scope.structure.pk, code=kpi).values_list("owner", flat=True).first()
    return absent_person(scope.person, kpi, Thing(scope.structure.pk, scope.unit.path, owner=owner), on=on)


# house: one's own
def deputies_of(person: Person) -> QuerySet[Deputy]:
    """Those whom somebody named and who have not been ended, the next first."""
    found = Deputy.objects.filter(person=person, ended_at=None).order_by("since", "pk")
    return found.select_related("deputy", "organisation").prefetch_related("kpis")


# house: one's own
def absent_people(deputy: Person, *, on: date) -> QuerySet[Deputy]:
    """For whom somebody stands in, on this day or later."""
    found = Deputy.objects.filter(deputy=deputy, until__gte=on, ended_at=None).order_by("since", "pk")
    return found.select_related("person", "organisation").prefetch_related("kpis")


def possible_deputies(person: Person, organisation: Organisation) -> QuerySet[Person]:
    """Colleagues of whom one can be named: those who can sign in."""
    colleagues: QuerySet[Person] = Person.objects.visible_to(person).filter(memberships__organisation=organisation)
    return colleagues.filter(is_active=True, email__isnull=False).exclude(pk=person.pk)


def own_kpis(person: Person, organisation: Organisation) -> QuerySet[Kpi]:
    """The KPIs that somebody owns."""
    return Kpi.objects.visible_to(person).filter(organisation=organisation, owner=person).order_by("position")
