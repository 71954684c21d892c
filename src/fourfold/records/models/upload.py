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
    """A file as it came; it goes when it is imported, and after a day in any case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    by = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    objects = Uploads.as_manager()

    def __str__(self) -> str:
        """Which file."""
        return self.name
