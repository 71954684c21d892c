"""Import jobs: files that are looked at or brought in beside the pages, since that takes long."""

from __future__ import annotations

import uuid
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from fourfold.records.fields import SpecField
from fourfold.records.models.person import Person


class ImportJobs(models.QuerySet["ImportJob"]):
    """Jobs of whoever gave them, and of nobody else."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Those of the person."""
        return self.none() if isinstance(person, AnonymousUser) else self.filter(by=person)

    def open(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_at=None)


class ImportJob(models.Model):
    """One upload that a person waits for. Whoever has the token has it to do, while the lease lasts.

    It ended well with an `outcome`, else with a `failure` and what to do about it. What is recorded and that it ended
    are one transaction.
    """

    #: Say what would become of each row; record all rows or none; record the good ones and keep the others apart.
    WAYS = ("check", "import", "apart")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE)
    by = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="+")
    upload = models.ForeignKey("records.Upload", null=True, on_delete=models.SET_NULL, related_name="jobs")
    name = models.CharField(max_length=300)
    way = models.CharField(max_length=8, choices=[(way, way) for way in WAYS])
    mapping = SpecField(default=dict)
    asked_at = models.DateTimeField()
    stage = models.CharField(max_length=40, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Processes that took it, the last one included.")
    stopped_at = models.DateTimeField(null=True, help_text="When the person asked for it to be stopped.")
    ended_at = models.DateTimeField(null=True)
    outcome = SpecField(null=True)
    rejects = models.TextField(blank=True)
    failure = models.CharField(max_length=500, blank=True)
    remedy = models.CharField(max_length=500, blank=True)
    run = models.ForeignKey("records.Import", null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ImportJobs.as_manager()

    class Meta:
        ordering = ("asked_at", "id")
        indexes = (
            models.Index(fields=("asked_at",), condition=models.Q(ended_at=None), name="import_job_open"),
        )

    def __str__(self) -> str:
        """Which file."""
        return self.name
