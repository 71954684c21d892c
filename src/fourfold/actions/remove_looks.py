"""Remove looks at KPIs that are too old for any question."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from fourfold.actions.outcome import Outcome
from fourfold.records.models import Look, Organisation, Person

#: So long looks are kept: two years, which are the last two periods of a KPI that is measured once a year.
KEPT: Final = timedelta(days=2 * 366)


def remove_looks(*, by: Person | None = None, at: datetime | None = None) -> Outcome[int]:
    """What is asked of the days before says from then on that nobody knows, and not that nobody looked."""
    first = (at or datetime.now(UTC)).date() - KEPT
    with transaction.atomic():
        count, _ = Look.objects.filter(day__lt=first).delete()
        Organisation.objects.filter(looks_since__lt=first).update(looks_since=first)
    return Outcome(f"{count} removed", count)
