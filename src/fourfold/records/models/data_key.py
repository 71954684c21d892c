"""Data keys: what an organisation's secrets are encrypted with."""

from __future__ import annotations

import uuid

from django.db import models

from fourfold.records.scope import OfAdministrators


class DataKey(models.Model):
    """A key of one organisation, locked with a master key; the newest locks what is new, older ones still open."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="+")
    master_key = models.CharField(max_length=12, help_text="Id of the master key it is locked with.")
    locked = models.TextField()
    made_at = models.DateTimeField(auto_now_add=True)

    objects = OfAdministrators.as_manager()

    class Meta:
        ordering = ("made_at",)
