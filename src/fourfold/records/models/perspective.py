"""Perspectives."""

from django.db import models

from fourfold.records.defined import Coded


class Perspective(Coded):
    """A perspective of a strategy."""

    strategy = models.ForeignKey("records.Strategy", on_delete=models.CASCADE, related_name="perspectives")
