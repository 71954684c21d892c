"""Objectives."""

from django.db import models

from fourfold.records.defined import Coded


class Objective(Coded):
    """An objective inside a perspective; the codes of its themes are in the spec."""

    perspective = models.ForeignKey("records.Perspective", on_delete=models.CASCADE, related_name="objectives")
    owner = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
