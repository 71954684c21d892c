"""Backups: the copies of this installation that were made here, and whether one was ever restored."""

from __future__ import annotations

from django.db import models


class Backups(models.QuerySet["Backup"]):
    """Backups."""


# house: a backup holds the whole installation, all organisations of it
class Backup(models.Model):
    """A backup file, known by its SHA-256. It counts once it was *drilled*: restored elsewhere, and found the same."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    made_at = models.DateTimeField()
    drilled_at = models.DateTimeField(null=True)
    drill_seconds = models.FloatField(null=True, help_text="From the file to a database that was found the same.")
    drill_failure = models.TextField(blank=True, help_text="What the last drill found wrong; empty where nothing.")

    objects = Backups.as_manager()

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        """The file's name."""
        return self.name
