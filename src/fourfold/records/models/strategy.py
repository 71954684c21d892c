"""Strategies."""

from django.db import models

from fourfold.records.defined import Coded


class Strategy(Coded):
    """A strategy; a scorecard is this strategy applied to a unit."""

    unit = models.ForeignKey("records.Unit", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Coded.Meta):
        verbose_name_plural = "strategies"
