"""Reminders: figures that somebody was told of by e-mail, and the link that opens exactly these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from fourfold.records.scope import principal_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from fourfold.records.models.person import Person


class Reminders(models.QuerySet["Reminder"]):
    """Reminders of people."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """One's own."""
        return self.filter(person=principal_of(person).person)


class Reminder(models.Model):
    """One e-mail about figures that are due. Its link is made from the secret key and never kept.

    `figures` are triples: code of the unit, row id of the KPI, id of the period.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    figures = models.JSONField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = Reminders.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation", "person", "day"), name="reminder_once_a_day"),
        )

    def __str__(self) -> str:
        """Whom it reminds."""
        return f"reminder of {self.person_id}, {self.day}"
