"""A PostgreSQL database to a file and back, by its own pg_dump, pg_restore and psql."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

from fourfold.errors import ConfigurationError, Conflict, FourfoldError, Kind
from fourfold.records.backups.manifest import LEFT_OUT, Manifest, NotABackup, differing_counts

_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


class Refused(FourfoldError):
    """PostgreSQL refused."""

    kind = Kind.UNAVAILABLE


def server() -> str:
    """The version of the server."""
    with _connect() as database:
        return str(database.execute("SHOW server_version").fetchone()[0])


def is_empty() -> bool:
    """True when there is no table yet."""
    with _connect() as database:
        return database.execute(_TABLES).fetchone() is None


def dump(to: Path) -> dict[str, int]:
    """Write the database as of one moment, while others read and write; rows per table at that moment."""
    with _connect() as database:
        database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        (snapshot,) = database.execute("SELECT pg_export_snapshot()").fetchone()
        without = [f"--exclude-table-data=public.{table}" for table in LEFT_OUT]
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={to}"]
        _run(["pg_dump", *options, *without, f"--dbname={_address()}"])
        return _counts(database) | dict.fromkeys(set(LEFT_OUT) & set(_tables(database)), 0)


def workplace() -> Path:
    """A folder with room."""
    return Path(settings.DATA_DIR)


def load(source: Path, manifest: Manifest, *, now: datetime) -> str:
    """Put a dump into the database, in one transaction that first drops what is there; says what it dropped."""
    said, commands = "", list[str]()
    if not is_empty():
        _alone()
        commands = ["--command=DROP SCHEMA public CASCADE", "--command=CREATE SCHEMA public"]
        said = "the tables that were there are gone"
    script = source.with_suffix(".sql")
    # By way of a file: psql could not tell a script that ends from one that was cut off, and would commit both.
    _run(["pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source)])
    connection.close()
    stop = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    _run(["psql", *stop, *commands, f"--file={script}", f"--dbname={_address()}"])
    script.unlink()
    with _connect() as database:
        if wrong := differing_counts(manifest.counts, _counts(database)):
            raise NotABackup("The database does not hold what the manifest says: " + "; ".join(wrong))
    return said


@contextmanager
def throw_away() -> Iterator[str]:
    """The address of a new database on the same server, which is dropped at the end."""
    from psycopg import sql
    from psycopg.errors import InsufficientPrivilege

    name, given = f"fourfold_drill_{secrets.token_hex(4)}", connection.settings_dict
    with _connect() as database:
        database.autocommit = True
        try:
            database.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except InsufficientPrivilege:
            message = f"The role {given['USER']} may not make the database that a backup is tried out in."
            raise ConfigurationError(message, hint=f"On the server: ALTER ROLE {given['USER']} CREATEDB;") from None
        try:
            query = f"?{urlencode(given['OPTIONS'])}" if given["OPTIONS"] else ""
            account = ":".join(quote(part, safe="") for part in (given["USER"], given["PASSWORD"]) if part)
            yield f"postgresql://{account}@{given['HOST']}:{given['PORT']}/{name}{query}"
        finally:
            database.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _alone() -> None:
    """Refuse where others are connected to the database: they would go on with tables that are gone."""
    connection.close()
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with _connect() as database:
        (count,) = database.execute(others).fetchone()
    if count:
        raise Conflict(f"{count} others are connected to this database.", hint="Stop the server, then restore.")


def _tables(database: Any) -> list[str]:
    return [name for (name,) in database.execute(_TABLES)]


def _counts(database: Any) -> dict[str, int]:
    return {t: database.execute(f'SELECT count(*) FROM public."{t}"').fetchone()[0] for t in _tables(database)}


def _connect() -> Any:
    """A connection of our own, beside Django's and its transaction."""
    import psycopg

    return psycopg.connect(_address(), password=connection.settings_dict["PASSWORD"] or None)


def _address() -> str:
    """How to connect, without the password: command lines are seen by everybody on a machine."""
    from psycopg.conninfo import make_conninfo

    given = connection.settings_dict
    parts = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "dbname": given["NAME"]}
    return make_conninfo("", **{k: str(v) for k, v in parts.items() if v}, **given["OPTIONS"])


def _run(command: Sequence[str]) -> None:
    """Run a program of PostgreSQL; its first complaint becomes the message."""
    password = connection.settings_dict["PASSWORD"]
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    program, *arguments = command
    done = subprocess.run([_program(program), *arguments], env=environment, capture_output=True, text=True)
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if line.strip()), f"exit code {done.returncode}")
        raise Refused(f"{program} failed: {said.strip()}", hint="Nothing was changed.")


def _program(name: str) -> str:
    """Where it is; Debian keeps those of the newest version off the PATH where there is no wrapper."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        message = f"{name}, a program of PostgreSQL, is not on this machine."
        raise ConfigurationError(message, hint="Install it: apt install postgresql-client")
    return path
