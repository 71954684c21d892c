"""Confirmed steps."""

from django.db import models

from fourfold.records.defined import Defined
from fourfold.records.scope import InUnitsOrShared


class Step(Defined):
    """Limits of a KPI begin anew in a unit, or without one in every unit.

    Somebody confirmed it here where there is a `confirmed_at`; then it stays when a folder is loaded that does not
    have it. The others come from the folder and go with it.
    """

    kpi = models.ForeignKey("records.Kpi", on_delete=models.CASCADE, related_name="steps")
    unit = models.ForeignKey("records.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    since = models.CharField(max_length=16, help_text="Period id from which it holds.")
    confirmed_at = models.DateTimeField(null=True)

    objects = InUnitsOrShared.as_manager()  # type: ignore[misc, assignment]  # narrower than that of all definitions
