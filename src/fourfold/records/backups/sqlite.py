"""A SQLite database to a file and back: never a copy of a file that somebody may be writing to."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.db import connection, connections

from fourfold.errors import Conflict
from fourfold.records.backups.manifest import LEFT_OUT, Manifest, NotABackup, differing_counts


def server() -> str:
    """The version of SQLite."""
    return sqlite3.sqlite_version


def is_empty() -> bool:
    """True when there is no table yet."""
    path = _place()
    if not path.exists() or not path.stat().st_size:
        return True
    with closing(sqlite3.connect(path)) as database:
        return not _tables(database)


def dump(to: Path) -> dict[str, int]:
    """Write the database as of one moment, while others read and write; rows per table of what was written."""
    try:
        with closing(sqlite3.connect(_place(), timeout=60)) as database:
            database.execute("VACUUM INTO ?", (str(to),))
    except sqlite3.OperationalError as error:
        raise Conflict(f"SQLite could not write the backup: {error}.", hint="Earlier backups are untouched.") from error
    with closing(sqlite3.connect(to, isolation_level=None)) as copy:
        copy.execute("PRAGMA secure_delete=ON")  # a session that is left out is not to stay on a free page
        for table in set(LEFT_OUT) & set(_tables(copy)):
            copy.execute(f'DELETE FROM "{table}"')
        _sound(copy, to)
        return _counts(copy)


def workplace() -> Path:
    """A folder on the file system of the database."""
    return _place().parent


def load(source: Path, manifest: Manifest, *, now: datetime) -> str:
    """Put a dump, which lies in the `workplace`, in the place of the database; says what became of what was there."""
    place, said = _place(), ""
    with closing(sqlite3.connect(source)) as copy:
        _sound(copy, source)
        if wrong := differing_counts(manifest.counts, _counts(copy)):
            raise NotABackup("The backup does not hold what its manifest says: " + "; ".join(wrong))
    if place.exists():
        aside = place.with_name(f"{place.name}.before-{now:%Y%m%dT%H%M%SZ}")
        _close(place)
        os.link(place, aside)
        said = f"the database that was there is {aside} now"
    os.replace(source, place)
    return said


def _close(place: Path) -> None:
    """Bring the write-ahead log home; refuse where somebody else still has the database open."""
    connections.close_all()
    with closing(sqlite3.connect(place, timeout=5)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    # Who closes last removes the log; a log that stays belongs to somebody who would write it over the new database.
    if place.with_name(f"{place.name}-wal").exists():
        raise Conflict(f"{place} is in use.", hint="Stop the server, then restore.")


def _sound(database: sqlite3.Connection, path: Path) -> None:
    try:
        (answer,) = database.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.DatabaseError as error:
        answer = str(error)
    if answer != "ok":
        raise NotABackup(f"SQLite says of {path.name}: {answer}.", hint="Take an earlier backup.")


def _tables(database: sqlite3.Connection) -> list[str]:
    found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return sorted(name for (name,) in found)


def _counts(database: sqlite3.Connection) -> dict[str, int]:
    return {t: database.execute(f'SELECT count(*) FROM "{t}"').fetchone()[0] for t in _tables(database)}


def _place() -> Path:
    return Path(connection.settings_dict["NAME"])
