"""Memberships: a person's code and role in one organisation."""

from __future__ import annotations

from django.db import models

from fourfold.access.roles import Role
from fourfold.records.defined import Defined


class Membership(Defined):
    """A person in an organisation: their code there, and the role granted on `unit` and below (or everywhere)."""

    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="memberships")
    code = models.CharField(max_length=80)
    role = models.CharField(max_length=12, choices=[(r.value, r.value) for r in Role], default=Role.VIEWER)
    unit = models.ForeignKey("records.Unit", null=True, on_delete=models.CASCADE, related_name="+")

    class Meta(Defined.Meta):
        constraints = (
            models.UniqueConstraint(fields=("organisation", "code"), name="membership_code_is_unique"),
            models.UniqueConstraint(fields=("organisation", "person"), name="membership_once_per_person"),
        )

    def __str__(self) -> str:
        """Who is what."""
        return f"{self.code}: {self.role}"
