"""Memberships: that a person belongs to an organisation, and how it calls them."""

from __future__ import annotations

from django.db import models

from fourfold.records.defined import Defined
from fourfold.records.scope import OfMembers


class Membership(Defined):
    """A person in an organisation, with their code there; what they may do is in their grants."""

    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="memberships")
    code = models.CharField(max_length=80)
    hides_set_up = models.BooleanField(default=False)

    objects = OfMembers.as_manager()  # type: ignore[misc, assignment]  # wider than that of all definitions

    class Meta(Defined.Meta):
        constraints = (
            models.UniqueConstraint(fields=("organisation", "code"), name="membership_code_is_unique"),
            models.UniqueConstraint(fields=("organisation", "person"), name="membership_once_per_person"),
        )

    def __str__(self) -> str:
        """Who it is."""
        return self.code
