"""Initiatives."""

from django.db import models

from fourfold.records.defined import Coded


class Initiative(Coded):
    """Work that should move objectives; the codes of its objectives and KPIs are in the spec."""

    owner = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
