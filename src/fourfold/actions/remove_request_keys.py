"""Remove the keys of requests, and what was answered to them, that nobody sends again."""

from __future__ import annotations

from datetime import UTC, datetime

from fourfold.actions.answer_once import KEPT
from fourfold.actions.outcome import Outcome
from fourfold.records.models import Person, RequestKey


def remove_request_keys(*, by: Person | None = None, at: datetime | None = None) -> Outcome[int]:
    """Nothing ends by this: a key whose time is over is free for another request. It only makes room."""
    moment = at or datetime.now(UTC)
    count, _ = RequestKey.objects.filter(begun_at__lt=moment - KEPT).delete()  # whoever sent them
    return Outcome(f"{count} removed", count)
