"""Measurements: recorded values, which never change."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from fourfold.engine.cells import Mark, State
from fourfold.records.fields import ExactDecimalField
from fourfold.records.scope import InUnits


class Measurements(InUnits["Measurement"]):
    """Recorded values on their two time axes: the period they are about, and when they were recorded."""

    def current(self) -> Self:
        """The values as known now."""
        return self.filter(superseded_at__isnull=True)

    def waiting(self) -> Self:
        """Those that somebody has to approve. Of the marks that are recorded, “not approved” is the largest."""
        return self.current().filter(marks__gte=Mark.UNAPPROVED)

    def as_of(self, moment: datetime) -> Self:
        """The values as they were known at a moment."""
        known_then = Q(superseded_at__isnull=True) | Q(superseded_at__gt=moment)
        return self.filter(known_then, recorded_at__lte=moment)


class Measurement(models.Model):
    """One recorded value of a KPI for a unit and period; a correction is a new row that supersedes the old one.

    A ratio keeps `numerator` and `denominator` and no `value`; a row whose state is not NUMBER keeps none of them.
    `source_row` is the number of the row of its import that it stands in: the line of a file or of a sheet.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    kpi = models.ForeignKey("records.Kpi", on_delete=models.PROTECT, related_name="measurements", db_index=False)
    unit = models.ForeignKey("records.Unit", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=16)
    frequency = models.CharField(max_length=12)
    start = models.DateField()
    value = ExactDecimalField(null=True)
    numerator = ExactDecimalField(null=True)
    denominator = ExactDecimalField(null=True)
    state = models.PositiveSmallIntegerField(
        choices=[(s.value, s.word) for s in State], default=State.NUMBER.value
    )
    marks = models.PositiveSmallIntegerField(default=0)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "records.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    superseded_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True)
    source = models.CharField(max_length=500, blank=True)
    import_run = models.ForeignKey("records.Import", null=True, on_delete=models.PROTECT, related_name="measurements")
    source_row = models.PositiveIntegerField(null=True)

    objects = Measurements.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kpi", "unit", "period"),
                condition=Q(superseded_at__isnull=True),
                name="measurement_one_current",
            ),
        )
        indexes = (
            models.Index(fields=("kpi", "unit", "start"), name="measurement_history"),
            models.Index(
                fields=("organisation", "start"),
                condition=Q(superseded_at__isnull=True, marks__gte=Mark.UNAPPROVED.value),
                name="measurement_waiting",
            ),
        )

    def __str__(self) -> str:
        """Which KPI, unit and period."""
        return f"kpi {self.kpi_id}, unit {self.unit_id}, {self.period}"
