"""What the jobs of this process did, since it started: when each ran last, when it runs next, how it last failed.

It is kept in memory, as the one process that shows it is the one whose clocks run the jobs; after a start every job
runs at once. Failures of earlier processes are in their logs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Rounds:
    """One job. `last` and `failed` are None before its first round and its first failure."""

    job: str
    every: timedelta
    last: datetime | None = None
    failed: datetime | None = None
    failure: str = ""

    @property
    def next(self) -> datetime | None:
        """When it is due again; None before its first round has ended."""
        return None if self.last is None else self.last + self.every

    @property
    def is_failing(self) -> bool:
        """True when the last round failed."""
        return self.failed is not None and self.failed == self.last


_ROUNDS: Final[dict[str, Rounds]] = {}


def note_job(job: str, every: timedelta) -> None:
    """There is such a job; nothing it did before is known."""
    _ROUNDS[job] = Rounds(job, every)


def note_round(job: str, *, ended: datetime, failure: BaseException | None = None) -> None:
    """A round ended. Of a failure only its kind is kept: what it says may quote figures, and is in the log."""
    known = replace(_ROUNDS[job], last=ended)
    _ROUNDS[job] = known if failure is None else replace(known, failed=ended, failure=type(failure).__name__)


def rounds() -> tuple[Rounds, ...]:
    """All jobs, in the order in which they were noted; none where no server runs them."""
    return tuple(_ROUNDS.values())


def forget_rounds() -> None:
    """Begin as a new process does."""
    _ROUNDS.clear()
