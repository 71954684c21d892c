"""KPIs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from fourfold.access.sight import sights_of
from fourfold.records.defined import Coded
from fourfold.records.scope import principal_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from fourfold.records.models.person import Person


class Kpis(models.QuerySet["Kpi"]):
    """KPIs of an organisation."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """All KPIs of those who see one unit or more; else those that the person owns.

        Confidential ones those see who have a clearance in one unit or more, and their owners by the role of KPI owner.
        """
        sights = sights_of(principal_of(person)).values()
        everyone = Q(organisation__in=[sight.organisation for sight in sights if sight.sees_any], is_confidential=False)
        cleared = Q(organisation__in=[sight.organisation for sight in sights if sight.cleared])
        own = Q(organisation__in=[sight.organisation for sight in sights if sight.own])
        return self.filter(everyone | cleared | (own & Q(owner=principal_of(person).person)))


class Kpi(Coded):
    """A KPI; its measurements and results hang on it."""

    is_confidential = models.BooleanField(default=False)
    owner = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")

    objects = Kpis.as_manager()  # type: ignore[misc, assignment]  # narrower than that of all definitions

    class Meta(Coded.Meta):
        verbose_name = "KPI"
