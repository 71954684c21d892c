"""The database itself refuses to change or remove an event: triggers on SQLite and PostgreSQL.

They keep programs and people from mistakes. Whoever owns the database can remove them, and the chain shows what was
done then.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE: Final = "records_event"
_REFUSAL: Final = "events are never changed or removed"
_SET: Final = {
    "sqlite": (
        f"CREATE TRIGGER event_refuses_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
        f"CREATE TRIGGER event_refuses_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION event_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER event_refuses_update BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION event_refuses()",
        f"CREATE TRIGGER event_refuses_delete BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION event_refuses()",
    ),
}
_NAMES: Final = ("event_refuses_update", "event_refuses_delete")
_KNOWN: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled <> 'D'",
}


def set_guard(connection: BaseDatabaseWrapper) -> None:
    """Refuse changes from now on."""
    with connection.cursor() as cursor:
        for statement in _SET[connection.vendor]:
            cursor.execute(statement)


def lift_guard(connection: BaseDatabaseWrapper) -> None:
    """Allow changes: for a migration that must rewrite the table, and for tests that play somebody who did."""
    with connection.cursor() as cursor:
        for name in _NAMES:
            on = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def is_guarded(connection: BaseDatabaseWrapper) -> bool:
    """True when the database refuses changes of events."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN[connection.vendor], [TABLE])
        return set(_NAMES) <= {name for (name,) in cursor.fetchall()}


def guard_in_migration(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """For `RunPython`: anew where it was, as a table that SQLite rebuilds loses it."""
    lift_guard(editor.connection)
    set_guard(editor.connection)


def lift_in_migration(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """For `RunPython`, the other way."""
    lift_guard(editor.connection)
