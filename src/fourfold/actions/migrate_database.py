"""Bring the database up to the schema of this version."""

from __future__ import annotations

from django.core.management import call_command

from fourfold.actions.outcome import Outcome
from fourfold.errors import ConfigurationError
from fourfold.records.models import Person
from fourfold.records.schema import is_new, missing_migrations
from fourfold.records.turns import in_turn


def migrate_database(*, by: Person | None = None) -> Outcome[int]:
    """Apply what is missing; several processes that start together wait for the first. For the machine's administrator.

    The value is how many migrations were applied.
    """
    if by is not None:
        raise ConfigurationError("Only the administrator of the machine can change the schema.")
    with in_turn("schema"):
        missing = missing_migrations()
        if missing:
            call_command("migrate", verbosity=0, interactive=False)
    count = len(missing)
    return Outcome(f"{count} migration{'s' if count != 1 else ''} applied" if count else "nothing to migrate", count)


def require_schema() -> None:
    """Make the tables of a database that has none; refuse one that an earlier version of Fourfold left."""
    if is_new():
        migrate_database()
    elif missing := missing_migrations():
        message = f"The database was made by an earlier version of Fourfold: {missing[-1]} is missing."
        raise ConfigurationError(message, hint="Back it up, then: fourfold migrate (`fourfold serve` does it, too)")
