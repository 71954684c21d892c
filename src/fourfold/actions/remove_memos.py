"""Remove memos that have ended, and job runs that nobody asks for any more."""

from __future__ import annotations

from datetime import UTC, datetime

from fourfold.actions.outcome import Outcome
from fourfold.records.job_runs import KEPT
from fourfold.records.models import JobRun, Memo, Person


def remove_memos(*, by: Person | None = None, at: datetime | None = None) -> Outcome[int]:
    """Nothing ends by this: a memo whose time is over says nothing. It only makes room."""
    moment = at or datetime.now(UTC)
    memos, _ = Memo.objects.filter(ends_at__lt=moment).delete()
    runs, _ = JobRun.objects.filter(due_at__lt=moment - KEPT).delete()
    return Outcome(f"{memos + runs} removed", memos + runs)
