"""KPIs."""

from django.db import models

from fourfold.records.defined import Coded


class Kpi(Coded):
    """A KPI; its measurements and results hang on it."""

    owner = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Coded.Meta):
        verbose_name = "KPI"
