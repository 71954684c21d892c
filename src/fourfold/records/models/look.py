"""Looks: that people look at KPIs."""

from __future__ import annotations

from django.db import models

from fourfold.access.roles import Role
from fourfold.records.scope import InOrganisation


class Look(models.Model):
    """That somebody with a role opened the page of a KPI on a day. It does not say who, how often, or in which unit."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, db_index=False)
    kpi = models.ForeignKey("records.Kpi", on_delete=models.CASCADE, related_name="+", db_index=False)
    role = models.CharField(max_length=20, choices=[(r.value, r.word) for r in Role])
    day = models.DateField(help_text="Where the organisation is.")

    objects = InOrganisation.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kpi", "day", "role"), name="look_once_a_day"),)
        indexes = (models.Index(fields=("organisation", "day"), name="look_of_day"),)

    def __str__(self) -> str:
        """At what, by which role and when."""
        return f"kpi {self.kpi_id}, {self.role}, {self.day}"
