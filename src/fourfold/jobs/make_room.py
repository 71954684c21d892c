"""Make room: what has ended (sessions, memos, job runs, keys of requests, reminders, feeds that brought nothing) goes,
and so does what all know or nobody asks for any more (looks)."""

from __future__ import annotations

from datetime import datetime

from fourfold.actions.remove_feed_runs import remove_feed_runs
from fourfold.actions.remove_looks import remove_looks
from fourfold.actions.remove_memos import remove_memos
from fourfold.actions.remove_outbox import remove_outbox
from fourfold.actions.remove_reminders import remove_reminders
from fourfold.actions.remove_request_keys import remove_request_keys
from fourfold.actions.remove_sessions import remove_sessions


def make_room(*, now: datetime) -> int:
    """How many rows were removed."""
    every = (
        remove_sessions, remove_memos, remove_request_keys, remove_feed_runs, remove_reminders, remove_outbox,
        remove_looks,
    )  # fmt: skip
    return sum(remove(by=None, at=now).value or 0 for remove in every)
