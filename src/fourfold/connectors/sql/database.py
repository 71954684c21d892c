"""What can be asked: a SQLite file or a PostgreSQL server, each with its own way to make sure that it is only read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from fourfold.errors import FourfoldError

#: What a column of a row can hold.
Cell = str | int | float | Decimal | date | datetime | bytes | None
#: Column names and rows.
Answer = tuple[tuple[str, ...], list[tuple[Cell, ...]]]

POSTGRES: Final = ("postgresql://", "postgres://")


class Unreadable(FourfoldError):
    """The database cannot be read."""


class Refused(FourfoldError):
    """The statement cannot be run."""


class Ask(Protocol):
    """Runs one statement that reads. Raises `Refused` with what is wrong with it."""

    def __call__(self, statement: str, *, timeout: int, row_limit: int) -> Answer:
        """Column names and rows."""


def is_address(text: str) -> bool:
    """Whether a text is the address of a server rather than the path of a file."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text) is not None


@contextmanager
def opened(where: str) -> Iterator[Ask]:
    """Ask a database, closed at the end; all statements see the same state of it. Raises `Unreadable`."""
    if where.startswith(POSTGRES):
        from fourfold.connectors.sql import postgres

        with postgres.opened(where) as connection:
            yield partial(postgres.run, connection)
    elif is_address(where):
        scheme = where.partition("://")[0]
        raise Unreadable(f"Databases at {scheme}:// cannot be asked.", hint="Name a SQLite file or postgresql://….")
    else:
        from fourfold.connectors.sql import sqlite

        with sqlite.opened(Path(where)) as file:
            yield partial(sqlite.run, file)


def too_many(row_limit: int) -> Refused:
    """More rows than the feed allows."""
    fix = "Sum up in the statement, or raise row_limit of the feed."
    return Refused(f"The statement gives more than {row_limit:,} rows.", hint=fix)


def too_slow(timeout: int) -> Refused:
    """More time than the feed allows."""
    return Refused(f"The statement was stopped after {timeout} seconds.", hint="Make it faster, or raise timeout.")


def not_reading() -> Refused:
    """A statement that would change something."""
    return Refused("The statement does something else than read.", hint="Write one SELECT; feeds only ever read.")


def several() -> Refused:
    """A second statement behind the first."""
    return Refused("The file holds more than one statement.", hint="Keep one SELECT; put the others into feeds.")


def none_there() -> Refused:
    """Nothing but comments."""
    return Refused("There is no statement in the file.", hint="Write one SELECT.")


def wrong(said: str) -> Refused:
    """What the database says about a statement that it does not understand."""
    fix = "Correct it; a SQL tool on the same database helps."
    return Refused(f"The statement cannot be run: {said.rstrip('.')}.", hint=fix)
