"""Run the feeds that are due, one after the other; each run belongs to one process, whoever else looks at the clock."""

from __future__ import annotations

import logging
from datetime import datetime

from fourfold.actions.run_feed import run_feed
from fourfold.errors import Conflict
from fourfold.records.queries.feeds import due_feeds
from fourfold.records.read_only import is_read_only

_log = logging.getLogger(__name__)


def run_due_feeds(*, now: datetime) -> int:
    """How many ran without a failure; what went wrong stands with the run, and one feed does not stop the others."""
    if is_read_only():
        return 0
    count = 0
    for organisation, code, due_at in due_feeds(now):
        try:
            outcome = run_feed(by=None, organisation=organisation, feed=code, due_at=due_at)
        except Conflict:
            continue  # another process has it
        except Exception:
            _log.exception("The feed %s of %s failed inside", code, organisation)
            continue
        count += outcome.ok
        for finding in outcome.findings:
            _log.warning("The feed %s of %s failed: %s", code, organisation, finding.message)
    return count
