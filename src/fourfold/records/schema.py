"""The schema of the database: what was done to it, and what this version knows."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.loader import MigrationLoader


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
