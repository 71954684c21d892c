"""Uploads: files on their way in, kept while somebody says how they are to be read."""

from __future__ import annotations

import uuid
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from fourfold.records.models.person import Person


class Uploads(models.QuerySet["Upload"]):
    """Files of whoever handed them over, and of nobody else."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Those of the person."""
        return self.none() if isinstance(person, AnonymousUser) else self.filter(by=person)


class Upload(models.Model):
    """A file as it came, in parts; it goes when it is imported, and after a day in any case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    by = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(default=0, help_text="In bytes.")
    at = models.DateTimeField(db_index=True)

    objects = Uploads.as_manager()

    def __str__(self) -> str:
        """Which file."""
        return self.name


# house: whoever sees the file sees its parts
class UploadPart(models.Model):
    """So many bytes of a file, one after the other from 0 on: nobody holds a large one in memory."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    objects = models.Manager()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("upload", "number"), name="upload_part_is_unique"),)

    def __str__(self) -> str:
        """Which part of which file."""
        return f"part {self.number} of upload {self.upload_id}"
