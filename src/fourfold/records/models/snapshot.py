"""Snapshots: what was there when a period was closed."""

from __future__ import annotations

from django.db import models

from fourfold.records.fields import SpecField
from fourfold.records.scope import OfUnits


class Snapshot(models.Model):
    """The results of one unit in a month when it was closed, in all views.

    `hash` is the SHA-256 of the results as they are kept. Nobody changes or removes a snapshot.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    state = models.ForeignKey("records.PeriodState", on_delete=models.CASCADE, related_name="snapshots")
    unit = models.ForeignKey("records.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    results = SpecField(help_text="The names of the fields, and by view one row for each result.")
    hash = models.CharField(max_length=64)

    objects = OfUnits.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("state", "unit"), name="snapshot_one_of_unit"),)

    def __str__(self) -> str:
        """Of which unit."""
        return f"unit {self.unit_id} of {self.state_id}"
