"""KPI uses: KPIs placed on objectives."""

from django.db import models

from fourfold.records.defined import Defined


class KpiUse(Defined):
    """A KPI on an objective, with weight and role in the spec."""

    kpi = models.ForeignKey("records.Kpi", on_delete=models.CASCADE, related_name="uses")
    objective = models.ForeignKey("records.Objective", on_delete=models.CASCADE, related_name="uses")

    class Meta(Defined.Meta):
        verbose_name = "KPI use"
        constraints = (
            models.UniqueConstraint(fields=("organisation", "kpi", "objective"), name="kpi_use_is_unique"),
        )
