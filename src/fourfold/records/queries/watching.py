"""The KPIs that somebody watches, each as it is in its unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from fourfold.records import models
from fourfold.records.queries.overview import KpiNow, kpis_now
from fourfold.records.queries.scope import Scope, scope_in
from fourfold.records.queries.window import window_of


@dataclass(frozen=True)
class Watched:
    """A unit with what is watched there, in the period and view of the page."""

    scope: Scope
    kpis: list[KpiNow]


def watching(scope: Scope) -> list[Watched]:
    """By unit in the order of the tree, KPIs in that of the definitions; what may not be seen any more is not there.

    A few statements a unit.
    """
    codes: dict[int, set[str]] = {}
    for unit, kpi in _own(scope).filter(organisation=scope.structure.pk).values_list("unit", "kpi__code"):
        codes.setdefault(unit, set()).add(kpi)
    organisation = models.Organisation.objects.visible_to(scope.person).get(pk=scope.structure.pk)
    found = []
    for place in scope.units:
        if place.pk not in codes:
            continue
        here = scope_in(scope.person, organisation, place.code, period=scope.month.id, view=scope.view)
        nodes = tuple(f"kpi:{code}" for code in sorted(codes[place.pk]) if code in here.structure.kpi)
        if nodes:
            now = kpis_now(here, window_of(here, node=nodes))
            found.append(Watched(here, [k for k in now if k.kpi.code in codes[place.pk]]))
    return [one for one in found if one.kpis]


def is_watched(scope: Scope, kpi: int) -> bool:
    """True where the person watches the KPI (its row id) in the unit."""
    return _own(scope).filter(unit=scope.unit.pk, kpi=kpi).exists()


def _own(scope: Scope) -> QuerySet[models.Watch]:
    return models.Watch.objects.visible_to(scope.person)
