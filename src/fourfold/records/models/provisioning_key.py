"""Provisioning keys: with what a directory proves itself when it says who is there."""

from __future__ import annotations

import hashlib

from django.db import models

from fourfold.records.scope import OfAdministrators


class ProvisioningKey(models.Model):
    """A key of 256 random bits, of which only the hash is kept; `start` is its beginning, to tell keys apart."""

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    directory = models.CharField(max_length=40)
    start = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    objects = OfAdministrators.as_manager()

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        """Its beginning."""
        return f"{self.start}…"


def hash_of(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
