"""Entries: the people and groups of a directory that says by itself who is there."""

from __future__ import annotations

import uuid

from django.db import models

from fourfold.records.fields import SpecField
from fourfold.records.scope import OfAdministrators


class Entry(models.Model):
    """A person or a group as the directory wrote it: `spec` is what it wrote, the other columns repeat what we ask for.

    `name` is the user name or the name of the group, `key` the same without capitals. The account of a person outlives
    the entry, so that what they did keeps their name.
    """

    PERSON = "person"
    GROUP = "group"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    directory = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=[(PERSON, PERSON), (GROUP, GROUP)])
    name = models.CharField(max_length=300)
    key = models.CharField(max_length=300)
    external_id = models.CharField(max_length=300, blank=True)
    person = models.ForeignKey("records.Person", null=True, on_delete=models.CASCADE, related_name="entries")
    members = models.ManyToManyField("self", symmetrical=False, related_name="groups")
    spec = SpecField(default=dict)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = OfAdministrators.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        ordering = ("made_at", "pk")
        indexes = (
            models.Index(fields=("organisation", "kind", "key"), name="entry_by_key"),
            models.Index(fields=("organisation", "kind", "external_id"), name="entry_by_external_id"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "directory", "key"), condition=models.Q(kind="person"), name="entry_person_once"
            ),
        )

    def __str__(self) -> str:
        """Its name there."""
        return self.name
