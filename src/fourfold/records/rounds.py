"""What the jobs of this server did: when each ran last, when it runs next, how it last failed.

Jobs that all processes share are rows, see `job_runs`. Those of each process are kept in its memory, from its start on;
failures of earlier processes are in their logs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from fourfold.records.models import JobRun


@dataclass(frozen=True, slots=True)
class Rounds:
    """One job. `last` and `failed` are None before its first round and its first failure, `next` before the first."""

    job: str
    every: timedelta
    shared: bool = False
    last: datetime | None = None
    next: datetime | None = None
    failed: datetime | None = None
    failure: str = ""

    @property
    def is_failing(self) -> bool:
        """True when the last round failed."""
        return self.failed is not None and self.failed == self.last


_ROUNDS: Final[dict[str, Rounds]] = {}


def note_job(job: str, every: timedelta, *, shared: bool = False) -> None:
    """This process runs such a job; nothing it did before is known."""
    _ROUNDS[job] = Rounds(job, every, shared)


def note_round(job: str, *, ended: datetime, failure: BaseException | None = None) -> None:
    """A round ended. Of a failure only its kind is kept: what it says may quote figures, and is in the log."""
    known = replace(_ROUNDS[job], last=ended, next=ended + _ROUNDS[job].every)
    _ROUNDS[job] = known if failure is None else replace(known, failed=ended, failure=type(failure).__name__)


def rounds() -> tuple[Rounds, ...]:
    """All jobs, in the order in which they were noted; none where no server runs them."""
    return tuple(_of_all_processes(each) if each.shared else each for each in _ROUNDS.values())


def forget_rounds() -> None:
    """Begin as a new process does."""
    _ROUNDS.clear()


def _of_all_processes(known: Rounds) -> Rounds:
    ended = JobRun.objects.filter(job=known.job, ended_at__isnull=False)
    if (last := ended.first()) is None:
        return known
    known = replace(known, last=last.ended_at, next=last.due_at + known.every)
    failed = ended.exclude(failure="").first()
    return known if failed is None else replace(known, failed=failed.ended_at, failure=failed.failure)
