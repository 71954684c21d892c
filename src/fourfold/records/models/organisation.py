"""The organisation, to which every other row belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from fourfold.records.fields import SpecField
from fourfold.records.scope import among, principal_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from fourfold.records.models.person import Person


class Organisations(models.QuerySet["Organisation"]):
    """Organisations."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """The organisations in which the person has a grant."""
        return self.filter(among("pk", principal_of(person).organisations))


class Organisation(models.Model):
    """An organisation, with the counters that say how new a stored result is.

    `definitions_version` grows with each change of a definition, `version` with each change of a definition or a
    figure, `outlooks_version` each time outlooks are kept, which follow a figure in a transaction of their own. They
    change only in the transaction of the change itself, under a lock on this row, so the lock also gives events their
    gapless numbers. `examples` is the code of the template whose example figures it holds; empty without any. From the
    day `looks_since` on all looks at KPIs are kept, None where there are none yet.
    """

    code = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=300)
    spec = SpecField(default=dict)
    known_since = models.DateTimeField(null=True, help_text="When its spec was written; empty: from the beginning.")
    version = models.PositiveBigIntegerField(default=0)
    definitions_version = models.PositiveBigIntegerField(default=0)
    outlooks_version = models.PositiveBigIntegerField(default=0)
    looks_since = models.DateField(null=True)
    examples = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = Organisations.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        """The name."""
        return self.name
