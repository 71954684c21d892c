"""Guest links: whoever has one sees one scorecard, or one KPI, without an account."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.db import models

from fourfold.access.roles import Action
from fourfold.access.sight import sights_of
from fourfold.records.scope import in_units, principal_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from fourfold.records.models.person import Person


class GuestLinks(models.QuerySet["GuestLink"]):
    """Guest links."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Those of the units whose members and links the person manages."""
        sights = sights_of(principal_of(person), Action.MANAGE).values()
        return self.filter(reduce(or_, (in_units(person, s, s.paths) for s in sights))) if sights else self.none()


class GuestLink(models.Model):
    """A link to the scorecard of a unit, or with `kpi` to one KPI of it.

    The link itself is kept nowhere, only its SHA-256: it is 256 random bits. `prefix` is what people know it by. With a
    `snapshot` it shows what was known when it was made, without one the figures of the day. Pages of `hosts` may
    show it in a frame.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    unit = models.ForeignKey("records.Unit", on_delete=models.CASCADE, related_name="+")
    kpi = models.ForeignKey("records.Kpi", null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    password = models.CharField(max_length=128, blank=True, help_text="Its hash; empty where none is asked for.")
    view = models.CharField(max_length=10)
    statuses_only = models.BooleanField(default=False)
    snapshot = models.JSONField(null=True)
    hosts = models.TextField(blank=True, help_text="Between spaces; empty where no other site may show it.")
    most_views = models.PositiveIntegerField(null=True)
    views = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = GuestLinks.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        """What people know it by."""
        return f"{self.name} ({self.prefix}…)"
