"""Connections: where sources of figures are, and who asks them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.db import models

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.records.scope import among, principal_of
from fourfold.records.secrets.field import SecretField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from fourfold.records.models.person import Person

M = TypeVar("M", bound=models.Model, covariant=True)


class OfSources(models.QuerySet[M]):
    """Rows for those who may change the sources of an organisation."""

    needs: ClassVar[Action] = Action.EDIT_SOURCE

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Rows of the organisations with whose sources the person may do that."""
        principal = principal_of(person)
        mine = [pk for pk in principal.organisations if can(principal, self.needs, Thing(pk))]
        return self.filter(among("organisation", mine))


class OfFeeds(OfSources[M]):
    """Rows for those who may use the sources of an organisation: who runs a feed sees how it did."""

    needs = Action.USE_SOURCE


class Connection(models.Model):
    """A source that feeds read. `options` are those of its kind; the secret is written, used and never shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    options = models.JSONField(default=dict)
    secret = SecretField(null=True)
    changed_at = models.DateTimeField()

    objects = OfSources.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("organisation", "code"), name="connection_code_is_unique"),)

    def __str__(self) -> str:
        """The name."""
        return self.name
