"""Reading a PostgreSQL database and nothing else, in three ways at once.

The transaction is read-only and cannot be made anything else once it has begun; the statement is declared as a cursor,
which takes a SELECT only; and it is sent by the extended protocol, which takes one statement only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from fourfold.connectors.sql.database import (
    Answer,
    Refused,
    Unreadable,
    none_there,
    not_reading,
    several,
    too_many,
    too_slow,
    wrong,
)

if TYPE_CHECKING:
    import psycopg

_WAIT: Final = 10  # seconds until a server that does not answer counts as away


@contextmanager
def opened(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that can only read, closed at the end. Raises `Unreadable`; no message holds the password."""
    try:
        import psycopg
    except ImportError:
        hint = "Install it: pip install 'fourfold[postgres]'."
        raise Unreadable("PostgreSQL can be asked where psycopg is installed.", hint=hint) from None
    try:
        connection = psycopg.connect(url, connect_timeout=_WAIT)
    except (psycopg.Error, UnicodeError) as error:
        raise Unreadable(f"{_name(url)} cannot be opened: {_first_line(error, url)}.", hint="Is it running?") from None
    try:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SELECT 1")  # from here on all statements see the same state
        yield connection
    finally:
        connection.close()


def run(connection: psycopg.Connection[Any], statement: str, *, timeout: int, row_limit: int) -> Answer:
    """Column names and rows of one SELECT. Raises `Refused` with what is wrong with it."""
    import psycopg

    if not statement.strip():
        raise none_there()
    try:
        with connection.transaction():  # a savepoint: one wrong statement does not spoil the next
            connection.execute("SELECT set_config('statement_timeout', %s, true)", (str(timeout * 1000),))
            with connection.cursor(name="feed") as cursor:
                cursor.execute(statement.rstrip().rstrip(";").encode())
                rows = cursor.fetchmany(row_limit + 1)
                names = tuple(column.name for column in cursor.description or ())
    except psycopg.Error as error:
        raise _said(error, timeout) from None
    if len(rows) > row_limit:
        raise too_many(row_limit)
    return names, rows


def _said(error: psycopg.Error, timeout: int) -> Refused:
    from psycopg import errors

    said = _first_line(error)
    if isinstance(error, errors.QueryCanceled):
        return too_slow(timeout)
    if "multiple commands" in said:
        return several()
    if isinstance(error, errors.ReadOnlySqlTransaction | errors.FeatureNotSupported):
        return not_reading()
    return wrong(said)


def _first_line(error: Exception, url: str = "") -> str:
    """The first line of what the server says, without the password of the address."""
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    password = urlsplit(url).password if url else None
    return (said.replace(password, "…") if password else said).rstrip(".")


def _name(url: str) -> str:
    """The server and database of an address, without user and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
