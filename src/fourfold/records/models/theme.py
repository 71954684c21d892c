"""Themes."""

from django.db import models

from fourfold.records.defined import Coded


class Theme(Coded):
    """A theme of a strategy."""

    strategy = models.ForeignKey("records.Strategy", on_delete=models.CASCADE, related_name="themes")
