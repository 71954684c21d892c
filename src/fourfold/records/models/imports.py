"""Imports: one run that brought figures in."""

from django.db import models

from fourfold.records.scope import InOrganisation


class Import(models.Model):
    """One run; the counts add up: `read` = `loaded` + `unchanged` + `rejected`."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    sha256 = models.CharField(max_length=64, help_text="Of the figures as read, in their order.")
    source = models.CharField(max_length=500)
    read = models.PositiveIntegerField(default=0)
    loaded = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    by = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = InOrganisation.as_manager()
