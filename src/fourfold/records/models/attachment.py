"""Attachments: files that back a figure."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from fourfold.records.scope import InUnits


class Attachments(InUnits["Attachment"]):
    """Files of figures, seen by whoever sees the figures; they were there from one moment until another."""

    def there(self, moment: datetime | None = None) -> Self:
        """Those that are there, or were at a moment."""
        if moment is None:
            return self.filter(removed_at__isnull=True)
        return self.filter(Q(removed_at__isnull=True) | Q(removed_at__gt=moment), at__lte=moment)


class Attachment(models.Model):
    """A file that somebody attached to the figure of a KPI for a unit and period. It never changes.

    What is removed stays, with who did it and when: it is shown as of a day on which it was there. `media_type` was
    told by its content.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    kpi = models.ForeignKey("records.Kpi", on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("records.Unit", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=16)
    start = models.DateField()
    name = models.CharField(max_length=210)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(
        "records.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = Attachments.as_manager()

    class Meta:
        indexes = (models.Index(fields=("kpi", "unit", "start"), name="attachment_of_figure"),)
        constraints = (
            models.UniqueConstraint(
                fields=("kpi", "unit", "period", "sha256"),
                condition=Q(removed_at__isnull=True),
                name="attachment_once_on_a_figure",
            ),
        )

    def __str__(self) -> str:
        """Which file, and of which figure."""
        return f"{self.name}, kpi {self.kpi_id}, unit {self.unit_id}, {self.period}"
