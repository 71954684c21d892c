"""How far periods are, as somebody said."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from fourfold.engine.period_states import PeriodState as State
from fourfold.records.scope import OfUnits


class PeriodStates(OfUnits["PeriodState"]):
    """States on their two time axes: the month they are about, and when they were said."""

    def current(self) -> Self:
        """Those that hold now."""
        return self.filter(superseded_at__isnull=True)

    def as_of(self, moment: datetime) -> Self:
        """Those that held at a moment."""
        return self.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=moment), at__lte=moment)

    def without_figures(self) -> Self:
        """Those in which no figure can be recorded."""
        return self.filter(state__in=[state.value for state in State if not state.takes_figures])


class PeriodState(models.Model):
    """What somebody said of a month of a unit and of all units below it; the next word supersedes it.

    `snapshot_hash` is that of everything that was kept when it was closed.
    """

    organisation = models.ForeignKey("records.Organisation", on_delete=models.CASCADE, db_index=False)
    unit = models.ForeignKey("records.Unit", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=16)
    start = models.DateField()
    state = models.CharField(max_length=12, choices=[(s.value, s.word) for s in State])
    at = models.DateTimeField()
    by = models.ForeignKey("records.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=1000, blank=True)
    snapshot_hash = models.CharField(max_length=64, blank=True)
    superseded_at = models.DateTimeField(null=True)

    objects = PeriodStates.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "period"), condition=Q(superseded_at__isnull=True), name="period_state_one_current"
            ),
        )
        indexes = (models.Index(fields=("organisation", "start"), name="period_state_by_start"),)

    def __str__(self) -> str:
        """Which unit, month and state."""
        return f"unit {self.unit_id}, {self.period}: {self.state}"
