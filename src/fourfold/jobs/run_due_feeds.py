"""Run the feeds that are due, some side by side; each run belongs to one process, whoever else looks at the clock."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection

from fourfold.actions.run_feed import run_feed
from fourfold.errors import Conflict
from fourfold.records.queries.feeds import due_feeds
from fourfold.records.read_only import is_read_only

#: So many at once of one connection, whose server has others to serve.
_OF_ONE: Final = 2
_log = logging.getLogger(__name__)


def run_due_feeds(*, now: datetime) -> int:
    """How many ran without a failure; what went wrong stands with the run, and one feed does not stop the others."""
    if is_read_only():
        return 0
    due = due_feeds(now)
    if settings.FEEDS_AT_ONCE == 1 or len(due) < 2:
        return sum(_run(*feed) for feed, _ in due)
    free: dict[object, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(_OF_ONE))
    places = [(feed, free[source]) for feed, source in due]
    with ThreadPoolExecutor(settings.FEEDS_AT_ONCE, thread_name_prefix="feed") as pool:
        return sum(pool.map(lambda place: _beside(*place), places))


def _beside(feed: tuple[str, str, datetime], free: threading.Semaphore) -> bool:
    """In a thread, which has a connection of its own to the database."""
    try:
        with free:
            return _run(*feed)
    finally:
        connection.close()


def _run(organisation: str, code: str, due_at: datetime) -> bool:
    """Whether it ran without a failure."""
    try:
        outcome = run_feed(by=None, organisation=organisation, feed=code, due_at=due_at)
    except Conflict:
        return False  # another process has it
    except Exception:
        _log.exception("The feed %s of %s failed inside", code, organisation)
        return False
    for finding in outcome.findings:
        _log.warning("The feed %s of %s failed: %s", code, organisation, finding.message)
    return outcome.ok
