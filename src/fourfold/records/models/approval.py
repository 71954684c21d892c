"""Approvals: what somebody said about a figure that needed it."""

from django.db import models

from fourfold.records.scope import InUnits


class Approval(models.Model):
    """A verdict on one revision of a figure; another revision needs another verdict."""

    APPROVED, RETURNED = "approved", "returned"

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    kpi = models.ForeignKey("records.Kpi", on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey("records.Unit", on_delete=models.CASCADE, related_name="+", db_index=False)
    measurement = models.ForeignKey("records.Measurement", on_delete=models.CASCADE, related_name="approvals")
    verdict = models.CharField(max_length=10, choices=[(APPROVED, "approved"), (RETURNED, "returned")])
    by = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    note = models.CharField(max_length=1000, blank=True)

    objects = InUnits.as_manager()

    def __str__(self) -> str:
        """The verdict and on what."""
        return f"{self.verdict}: {self.measurement_id}"
