"""The heads of the chains of events."""

from __future__ import annotations

from django.db import models

from fourfold.records.scope import OfMembers


class Chain(models.Model):
    """The newest event of an organisation (None: of the installation); its lock gives events their gapless numbers.

    Beside it what the newest verification found: up to which event the chain held, when, and what was wrong after it.
    """

    organisation = models.OneToOneField("records.Organisation", null=True, on_delete=models.PROTECT)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)
    verified_seq = models.PositiveBigIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)
    wrong = models.CharField(max_length=500, blank=True)

    objects = OfMembers.as_manager()

    def __str__(self) -> str:
        """How long it is."""
        return f"{self.seq} events"
