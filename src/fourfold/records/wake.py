"""Waking whoever waits for the outbox, as soon as a transaction is committed.

In the process that wrote it is a call. Others are woken by PostgreSQL; where there is none they look again and again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event
from typing import Final

from django.db import DatabaseError, connection, transaction

CHANNEL: Final = "fourfold_outbox"
_PATIENCE: Final = 2  # seconds until a lost connection is tried again
_SLEEPERS: Final[set[Callable[[], None]]] = set()
_log: Final = logging.getLogger(__name__)


def when_told(call: Callable[[], None]) -> None:
    """Call this, in whatever thread, after each commit that put something into the outbox."""
    _SLEEPERS.add(call)


def no_longer(call: Callable[[], None]) -> None:
    """Do not call it any more."""
    _SLEEPERS.discard(call)


def wake() -> None:
    """Wake everybody once the transaction that runs is committed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
    transaction.on_commit(_wake_here)


def _wake_here() -> None:
    for call in tuple(_SLEEPERS):
        call()


def listen(stopped: Event) -> None:
    """Wake those of this process whenever another has told something; PostgreSQL only, in a thread of its own.

    It keeps one connection. Where that is lost nobody is woken until it is back, so whoever waits looks once in a
    while too.
    """
    while not stopped.is_set():
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            with connection.wrap_database_errors:
                while not stopped.is_set():
                    for _ in connection.connection.notifies(timeout=1, stop_after=1):
                        _wake_here()
        except DatabaseError:
            _log.warning("the connection that listens for changes was lost; trying again", exc_info=True)
            stopped.wait(_PATIENCE)
        finally:
            connection.close()
