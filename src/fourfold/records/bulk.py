"""Many rows of a table at once, as fast as the database takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, Final, Protocol, Self

from django.db import connection

_BATCH: Final = 5_000
_FEW: Final = 100  # COPY costs PostgreSQL a round trip more than it saves below this


def insert_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, exact: bool = False) -> None:
    """Insert rows of texts, whole numbers and doubles; `exact` ones hold Decimals, dates and aware times as well.

    Nothing is checked here.
    """
    names = ", ".join(columns)
    marks = ", ".join(["%s"] * len(columns))
    remaining = iter(rows)
    with connection.cursor() as cursor:
        while batch := list(islice(remaining, _BATCH)):
            if connection.vendor == "postgresql" and len(batch) > _FEW:
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in batch:
                        copy.write_row(row)
            elif connection.vendor == "postgresql":
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", batch)
            else:
                plain = [tuple(map(_plain, row)) for row in batch] if exact else batch
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", plain)


class Table(Protocol):
    """A table of columns, as Polars has them."""

    columns: list[str]

    def write_csv(self, *, include_header: bool) -> str:
        """As CSV, with nothing for null and two quotes for an empty text."""

    def iter_slices(self, n_rows: int) -> Iterator[Self]:
        """In parts of so many rows."""

    def iter_rows(self) -> Iterator[tuple[Any, ...]]:
        """Row by row."""


def insert_table(table: str, rows: Table) -> None:
    """Insert a table of texts, whole numbers and doubles; PostgreSQL is given it as a whole. Nothing is checked."""
    if connection.vendor != "postgresql":
        insert_rows(table, rows.columns, rows.iter_rows())
        return
    command = f"COPY {table} ({', '.join(rows.columns)}) FROM STDIN (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for part in rows.iter_slices(_BATCH):
            copy.write(part.write_csv(include_header=False))


def update_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Change rows, in these columns and by their ids, which come last; see `insert_rows`."""
    if not (some := list(rows)):
        return
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {', '.join(f'{name} = %s' for name in columns)} WHERE id = %s", some)


def _plain(value: Any) -> Any:
    """What SQLite keeps without losing a digit."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return time_text(value)
    return value.isoformat() if isinstance(value, date) else value


@lru_cache(maxsize=1024)
def time_text(value: datetime) -> str:
    """An aware time as the database takes it as a text."""
    return str(connection.ops.adapt_datetimefield_value(value))
