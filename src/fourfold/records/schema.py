"""The schema of the database: what was done to it, what this version knows, and who may change it now."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

#: Any number that nobody else takes: all processes of Fourfold that change a schema wait for one another by it.
_LOCK: Final = 4_434_001


def applied_migrations() -> tuple[str, ...]:
    """Every migration that was done to the database, as `app.name`, in the order of their names."""
    return tuple(sorted(".".join(key) for key in MigrationLoader(connection).applied_migrations or ()))


def unknown_migrations(applied: tuple[str, ...]) -> list[str]:
    """Those that this version does not know, of the apps it has: the database, or a backup, is newer."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {".".join(key) for key in known_migrations(loader)}
    return [name for name in applied if name not in known and name.partition(".")[0] in loader.migrated_apps]


def known_migrations(loader: MigrationLoader) -> set[tuple[str, str]]:
    """Those of this version, and those that they replace."""
    return set(loader.disk_migrations).union(*(each.replaces for each in loader.disk_migrations.values()))


def missing_migrations() -> list[str]:
    """Those that this version knows and that were not done yet."""
    loader = MigrationLoader(connection)
    return sorted(".".join(key) for key in loader.graph.nodes if key not in (loader.applied_migrations or ()))


def is_new() -> bool:
    """True when nothing was ever done to the database."""
    return not applied_migrations()


@contextmanager
def held() -> Iterator[None]:
    """Whoever changes the schema holds this; another process waits here until the first is done."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return
    place = Path(settings.DATABASES["default"]["NAME"])
    with place.with_name(f".{place.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
