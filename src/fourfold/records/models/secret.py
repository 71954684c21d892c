"""Secrets: passwords and tokens that other systems ask us for, kept encrypted."""

from __future__ import annotations

import uuid

from django.db import models

from fourfold.records.scope import OfAdministrators
from fourfold.records.secrets.field import SecretField


class Secret(models.Model):
    """One secret of an organisation, by name: `feed:erp`, `sign-in:keycloak`. It is written and used, never shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    value = SecretField()
    changed_at = models.DateTimeField(auto_now=True)

    objects = OfAdministrators.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("organisation", "name"), name="secret_name_is_unique"),)

    def __str__(self) -> str:
        """The name."""
        return self.name
