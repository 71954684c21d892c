"""Request keys: a request that comes twice is done once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from fourfold.records.scope import principal_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from fourfold.records.models.person import Person


class RequestKeys(models.QuerySet["RequestKey"]):
    """Request keys of programs."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """One's own."""
        return self.filter(person=principal_of(person).person)


# house: it belongs to the person who asks
class RequestKey(models.Model):
    """A request that somebody sent with a key: what it was, and, once it is done, what was answered."""

    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the request.")
    begun_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, help_text="Of the answer; empty while it runs.")
    answer = models.TextField(blank=True)

    objects = RequestKeys.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "route", "key"), name="request_key_is_unique"),)

    def __str__(self) -> str:
        """Which request."""
        return f"{self.route} {self.key}"
