"""Tokens: with them a program asks in a person's name, or in its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from fourfold.records.scope import administered, among, principal_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from fourfold.records.models.person import Person


class Tokens(models.QuerySet["Token"]):
    """Tokens of people and of services."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """One's own, and the service keys of organisations whose accounts one administers."""
        own = Q(person=principal_of(person).person, organisation=None)
        return self.filter(own | among("organisation", administered(person)))


class Token(models.Model):
    """A token of a person, or with an organisation a service key: an account of its own that nobody signs in to.

    The token itself is kept nowhere, only its SHA-256: it is 256 random bits, which nobody finds by trying. `prefix` is
    what people know it by. It allows what its person may and its `scopes` name, whichever is less.
    """

    organisation = models.ForeignKey("records.Organisation", null=True, on_delete=models.PROTECT)
    person = models.ForeignKey("records.Person", on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=24, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=100, help_text="Between commas.")
    made_by = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_from = models.CharField(max_length=50, blank=True, help_text="The network of the newest use.")
    revoked_at = models.DateTimeField(null=True)

    objects = Tokens.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        """What people know it by."""
        return f"{self.name} ({self.prefix}…)"
