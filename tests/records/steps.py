"""Migrations one after the other, as databases of earlier versions had them: `python -m tests.records.steps [NAME]`."""

from __future__ import annotations

import sys

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


def migrate_by_steps(name: str | None = None) -> None:
    """Up to this one of ours, or all of them and everybody else's, without what is squashed for empty databases."""
    executor = MigrationExecutor(connection)
    executor.loader = loader = MigrationLoader(connection, replace_migrations=False)
    ends = [key for key in loader.graph.leaf_nodes() if not loader.disk_migrations[key].replaces]
    executor.migrate([("records", name)] if name else ends)


if __name__ == "__main__":
    import django

    django.setup()
    migrate_by_steps(*sys.argv[1:])
