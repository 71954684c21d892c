"""Work that one process at a time does: by a lock of PostgreSQL, or of a file beside the SQLite database.

A process that ends, in whatever way, has it no longer.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final

from django.db import connection

#: Any number that nobody else takes, for each kind of work.
_NUMBERS: Final = {"schema": 4_434_001, "evaluation": 4_434_002}
_LOOK: Final = 0.1  # seconds between two looks at whether it is free


class Turn(Enum):
    """Whether it is one's turn: at once, after others were done, or not now."""

    FREE = auto()
    WAITED = auto()
    TAKEN = auto()


@contextmanager
def in_turn(work: str, on: int = 0, *, waits: bool = True) -> Iterator[Turn]:
    """Nobody else does this work, on the organisation of this id, while it lasts; but where it is `TAKEN`.

    That it is where somebody does it and one does not wait (`waits`). Within a transaction nobody waits: it holds
    locks that the other may need. A database in memory has one process.
    """
    if connection.in_atomic_block or _is_in_memory():
        yield Turn.FREE
        return
    with _lock(work, on) as take:
        turn = Turn.FREE
        while not take():
            if not waits:
                turn = Turn.TAKEN
                break
            turn = Turn.WAITED
            time.sleep(_LOOK)
        yield turn


def _is_in_memory() -> bool:
    return connection.vendor == "sqlite" and "mode=memory" in str(connection.settings_dict["NAME"])


def _lock(work: str, on: int) -> AbstractContextManager[Callable[[], bool]]:
    """What takes the lock if it is free, and lets it go at the end."""
    if connection.vendor == "postgresql":
        return _by_server(_NUMBERS[work], on)
    place = Path(connection.settings_dict["NAME"])
    return _by_file(place.with_name(f".{place.name}.{work}-{on}.lock"))


@contextmanager
def _by_server(*numbers: int) -> Iterator[Callable[[], bool]]:
    is_mine = False

    def said(function: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, %s)", numbers)
            row: tuple[Any, ...] = cursor.fetchone()
        return bool(row[0])

    def take() -> bool:
        nonlocal is_mine
        is_mine = said("pg_try_advisory_lock")
        return is_mine

    try:
        yield take
    finally:
        if is_mine:
            said("pg_advisory_unlock")


@contextmanager
def _by_file(place: Path) -> Iterator[Callable[[], bool]]:
    with place.open("w") as file:

        def take() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield take
