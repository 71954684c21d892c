"""Watches: which KPIs somebody wants to see together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from fourfold.records.scope import principal_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from fourfold.records.models.person import Person


class Watches(models.QuerySet["Watch"]):
    """Watches of people."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """One's own: what somebody watches is nobody else's."""
        return self.filter(person=principal_of(person).person)


class Watch(models.Model):
    """That a person watches a KPI in a unit; it shows them no more than they may see."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey("records.Unit", on_delete=models.CASCADE, related_name="+")
    kpi = models.ForeignKey("records.Kpi", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    objects = Watches.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("person", "unit", "kpi"), name="watch_once"),)

    def __str__(self) -> str:
        """Who watches what, and where."""
        return f"person {self.person_id}, kpi {self.kpi_id}, unit {self.unit_id}"
