"""Imports: one run that brought figures in."""

from django.db import models

from fourfold.records.fields import SpecField
from fourfold.records.scope import InOrganisation


class Import(models.Model):
    """One run; the counts add up: `read` = `loaded` + `unchanged` + `rejected`.

    `file_sha256` is that of the bytes of a file, by which the same one is known again; `mapping` how its columns were
    read; `rejects` the rows that were kept apart, as a table to be mended. Where it `adds_up`, several rows can be one
    figure, whose `source_row` is the first of them.
    """

    KINDS = ("folder", "file", "feed", "push", "template")

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    sha256 = models.CharField(max_length=64, help_text="Of the figures as read, in their order.")
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in KINDS], default="folder")
    file_sha256 = models.CharField(max_length=64, blank=True)
    mapping = SpecField(null=True)
    rejects = models.TextField(blank=True)
    source = models.CharField(max_length=500)
    adds_up = models.BooleanField(default=False)
    read = models.PositiveIntegerField(default=0)
    loaded = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    by = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = InOrganisation.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=("organisation", "file_sha256"), condition=~models.Q(file_sha256=""), name="import_of_file"
            ),
        )
