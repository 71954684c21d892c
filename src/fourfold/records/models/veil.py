"""Veils: which results are not shown because a group of people is too small."""

from __future__ import annotations

from django.db import models

from fourfold.records.scope import OfUnits


class Veil(models.Model):
    """One node of one unit, in all periods and views; written with the results, in their transaction.

    With a `kpi` nothing of it is shown: its group is too small, or it would tell one that is. Without, it is the score
    above such a KPI, of which the status is shown.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    unit = models.ForeignKey("records.Unit", on_delete=models.CASCADE, related_name="+", db_index=False)
    kpi = models.ForeignKey("records.Kpi", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    node = models.CharField(max_length=120)

    objects = OfUnits.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("unit", "node"), name="veil_once_on_a_node"),)
        indexes = (models.Index(fields=("unit", "kpi"), name="veil_of_kpi"),)

    def __str__(self) -> str:
        """Which node and unit."""
        return f"{self.node}, unit {self.unit_id}"
