"""Reading a SQLite file and nothing else: what may be done is decided by SQLite itself, not by looking at the text.

The file is opened with `mode=ro`, `query_only` is on, and an authoriser allows reading columns and calling functions;
everything else (writing, ATTACH, PRAGMA, transactions, loading extensions) is refused when the statement is prepared.
"""

from __future__ import annotations

import gzip
import sqlite3
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

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

#: A packed database may have this many bytes once it is unpacked in memory.
LARGEST: Final = 1_000_000_000
#: A text, a row and a statement may have this many bytes.
LONGEST: Final = 50_000_000
LONGEST_STATEMENT: Final = 1_000_000
_MAGIC: Final = b"SQLite format 3\x00"
_READING: Final = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
_STEPS: Final = 10_000  # instructions of SQLite's machine between two looks at the clock


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can only read, closed at the end; all its statements see the same state of the database.

    Raises `Unreadable` where there is no file, it is no SQLite database, or its packing is damaged.
    """
    connection = _connect(path)
    try:
        try:
            connection.executescript("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            raise Unreadable(f"{path} cannot be read: {error}.", hint="Is it complete, and a SQLite file?") from None
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
        connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, LONGEST_STATEMENT)
        connection.set_authorizer(_authorise)
        yield connection
    finally:
        connection.close()


def run(
    connection: sqlite3.Connection,
    statement: str,
    *,
    timeout: int,
    row_limit: int,
    parameters: Mapping[str, str] | None = None,
) -> Answer:
    """Column names and rows of one SELECT, which may name `:parameters`. Raises `Refused` with what is wrong."""
    until = time.monotonic() + timeout
    connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    try:
        cursor = connection.execute(statement, dict(parameters or {}))
        names = tuple(column[0] for column in cursor.description or ())
        rows = cursor.fetchmany(row_limit + 1)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise _said(error, timeout) from None
    finally:
        connection.set_progress_handler(None, 0)
    if not names:
        raise none_there()
    if len(rows) > row_limit:
        raise too_many(row_limit)
    return names, rows


def _authorise(action: int, first: str | None, second: str | None, *_: object) -> int:
    """Allow reading; a function only while it cannot bring code in."""
    if action == sqlite3.SQLITE_FUNCTION and (second or "").casefold() == "load_extension":
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


def _connect(path: Path) -> sqlite3.Connection:
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise Unreadable(f"{path} cannot be opened: {error.strerror}.", hint="Name the file that is meant.") from None
    packed = start.startswith(b"\x1f\x8b")
    if packed:
        return _unpacked(path)
    if start != _MAGIC:
        raise Unreadable(f"{path} is not a SQLite database.", hint="Name a SQLite file, packed by gzip or not.")
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _unpacked(path: Path) -> sqlite3.Connection:
    """A packed database, unpacked into memory: nothing is written to the disk."""
    try:
        with gzip.open(path) as file:
            content = bytearray(file.read(LARGEST + 1))
    except (OSError, EOFError, zlib.error):
        raise Unreadable(f"{path} is damaged: it cannot be unpacked.", hint="Copy it again from its origin.") from None
    if len(content) > LARGEST:
        raise Unreadable(f"{path} is larger than {LARGEST:,} bytes once unpacked.", hint="Unpack it and name the file.")
    if not content.startswith(_MAGIC):
        raise Unreadable(f"{path} holds something else than a SQLite database.", hint="Pack the SQLite file itself.")
    content[18:20] = b"\x01\x01"  # a database in memory has no write-ahead log beside it
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(bytes(content))
    return connection


def _said(error: Exception, timeout: int) -> Refused:
    said = str(error)
    if said == "interrupted":
        return too_slow(timeout)
    if "one statement at a time" in said:
        return several()
    return not_reading() if "not authorized" in said or "prohibited" in said else wrong(said)
