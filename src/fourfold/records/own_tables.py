"""Tables of a connection's own, in which rows are made ready before the lock is taken.

Whoever holds the lock of an organisation, or SQLite's of the whole database, makes others wait. Nobody sees these
tables or waits for them, and from there rows go to where they belong in one statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Final

from django.db import DatabaseError, connection

_NUMBERS: Final = count(1)


@contextmanager
def own_table(query: str) -> Iterator[str]:
    """The name of an empty table with the columns of this query, which has no condition, while it lasts."""
    name = f"own_{next(_NUMBERS)}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {name} AS {query} WHERE false")
    try:
        yield name
    except BaseException:
        with suppress(DatabaseError):  # a transaction that failed has undone it
            _drop(name)
        raise
    _drop(name)


def _drop(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {name}")


@contextmanager
def own_transaction() -> Iterator[None]:
    """One that takes no lock on SQLite, as Django's do, since it writes to such tables alone; none within another."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            yield
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
