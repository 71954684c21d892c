"""Outlooks: usual range, signals, forecast and chance of one KPI and unit, as they were on the day they were made."""

from __future__ import annotations

from django.db import models

from fourfold.records.fields import SpecField
from fourfold.records.scope import InUnits


class Outlook(models.Model):
    """One outlook, which never changes; a different one for the same KPI and unit is a new row.

    `origin` is the period of the last figure it rests on. `input_version` is the newest version of the organisation
    for which it is known to hold: it moves on while nothing else would come out.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, db_index=False)
    kpi = models.ForeignKey("records.Kpi", on_delete=models.CASCADE, related_name="outlooks", db_index=False)
    unit = models.ForeignKey("records.Unit", on_delete=models.CASCADE, related_name="+", db_index=False)
    origin = models.CharField(max_length=16)
    made_at = models.DateTimeField()
    input_version = models.PositiveBigIntegerField()
    spec = SpecField()

    objects = InUnits.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=("unit", "kpi"), name="outlook_of_kpi"),)

    def __str__(self) -> str:
        """Which KPI, unit and last figure."""
        return f"kpi {self.kpi_id}, unit {self.unit_id}, after {self.origin}"
