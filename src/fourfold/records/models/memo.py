"""Memos: what the processes of a server tell one another, and may forget."""

from __future__ import annotations

from django.db import models


# house: it is about whoever asks, who may belong to no organisation
class Memo(models.Model):
    """A short text by its key until it ends: how often somebody asked, that a code was used. Nobody's data."""

    key = models.CharField(max_length=250, primary_key=True)
    value = models.TextField(help_text="JSON.")
    ends_at = models.DateTimeField(db_index=True)

    objects = models.Manager()

    def __str__(self) -> str:
        """Which one."""
        return self.key
