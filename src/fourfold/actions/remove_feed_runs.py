"""Remove old runs of feeds that brought nothing; those that brought figures stay, since figures lead back to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from fourfold.actions.outcome import Outcome
from fourfold.records.models import FeedRun, Person

#: So long every run is kept.
KEPT: Final = timedelta(days=90)


def remove_feed_runs(*, by: Person | None = None, at: datetime | None = None) -> Outcome[int]:
    """It only makes room."""
    before = (at or datetime.now(UTC)) - KEPT
    count, _ = FeedRun.objects.filter(ended_at__lt=before, import_run=None).delete()
    return Outcome(f"{count} removed", count)
