"""Remove rows of the outbox that nobody can ask for any more."""

from __future__ import annotations

from datetime import UTC, datetime

from fourfold.actions.outcome import Outcome
from fourfold.records.models import Outbox, Person
from fourfold.records.queries.live import KEPT


def remove_outbox(*, by: Person | None = None, at: datetime | None = None) -> Outcome[int]:
    """Whoever was away for longer loads pages anew. It only makes room."""
    removed, _ = Outbox.objects.filter(at__lt=(at or datetime.now(UTC)) - KEPT).delete()
    return Outcome(f"{removed} removed", removed)
