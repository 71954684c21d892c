"""Restatements: changes of figures in periods that are closed."""

from typing import Final

from django.db import models

from fourfold.records.fields import ExactDecimalField, SpecField
from fourfold.records.scope import InUnits

#: Why a figure of a closed period is another one.
CODES: Final = {
    "late_data": "late data",
    "error": "an error",
    "definition": "another definition",
    "source_system": "the source system",
    "audit": "an audit",
}


class Restatement(models.Model):
    """Another figure for a closed period, as somebody asked for it, and what somebody else decided.

    `known` is the revision it would replace. `effect` says which scores and statuses become others, by node.
    """

    ASKED, APPROVED, DECLINED = "asked", "approved", "declined"

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    kpi = models.ForeignKey("records.Kpi", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("records.Unit", on_delete=models.CASCADE, related_name="+", db_index=False)
    period = models.CharField(max_length=16)
    known = models.ForeignKey("records.Measurement", null=True, on_delete=models.CASCADE, related_name="restatements")
    value = ExactDecimalField(null=True)
    numerator = ExactDecimalField(null=True)
    denominator = ExactDecimalField(null=True)
    state = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=16, choices=list(CODES.items()))
    reason = models.CharField(max_length=1000)
    effect = SpecField(default=list)
    is_material = models.BooleanField(default=False)
    asked_by = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, default=ASKED)
    decided_by = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=1000, blank=True)

    objects = InUnits.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        """Of what."""
        return f"kpi {self.kpi_id}, unit {self.unit_id}, {self.period}: {self.verdict}"
