"""Targets."""

from django.db import models

from fourfold.records.defined import Defined
from fourfold.records.scope import InUnitsOrShared


class Target(Defined):
    """One version of a target of a KPI, for one unit or, without one, for each unit that has none of its own."""

    kpi = models.ForeignKey("records.Kpi", on_delete=models.CASCADE, related_name="targets")
    unit = models.ForeignKey("records.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    since = models.CharField(max_length=16, help_text="Period id from which it holds.")

    objects = InUnitsOrShared.as_manager()  # type: ignore[misc, assignment]  # narrower than that of all definitions
