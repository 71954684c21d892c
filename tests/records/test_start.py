"""An empty database starts with one migration; those before it go on by steps; what comes out is the same."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from tests.house.source import ROOT
from tests.project.installations import Installation, New, new

__all__ = ["new"]  # fixtures
pytestmark = pytest.mark.django_db

#: Everything that a schema is, a row for each thing.
SCHEMA = {
    "sqlite": ("SELECT type, name, tbl_name, sql FROM sqlite_master",),
    "postgresql": (
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,"
        " a.attcollation, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
        "SELECT relkind, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    ),
}
#: Where the next column or constraint begins: SQLite puts a column last that it changed.
NEXT = re.compile(r', (?="\w+" \w|CONSTRAINT)')


def schema(made: Installation) -> list[str]:
    """Everything there is in a database, in the order of the alphabet."""
    rows = [row for statement in SCHEMA[connection.vendor] for row in made.sql(statement)]
    if connection.vendor == "sqlite":
        rows = [(*row[:3], sorted(NEXT.split((row[3] or "").removesuffix(")")))) for row in rows]
    return sorted(map(repr, rows))


def script(module: str, made: Installation, *arguments: str) -> int:
    """The code with which a module of the tests ends that works on this installation."""
    settings = {"DJANGO_SETTINGS_MODULE": "fourfold.project.settings", "PYTHONPATH": str(ROOT)}
    environment = {**os.environ, **settings, "FOURFOLD_DATA": str(made.data), "DATABASE_URL": made.url}
    return subprocess.run([sys.executable, "-m", module, *arguments], env=environment, cwd=ROOT).returncode


def test_a_database_that_was_half_way_is_brought_to_the_same_schema_as_an_empty_one(new: New) -> None:
    empty, half_way = new("empty"), new("half_way")
    assert empty.run("migrate").returncode == 0
    assert script("tests.records.steps", half_way, "0017_veil") == 0
    assert schema(empty) != schema(half_way)
    done = half_way.run("migrate")
    assert done.returncode == 0, done.stderr
    assert schema(half_way) == schema(empty)
    noted = "SELECT app, name FROM django_migrations ORDER BY app, name"
    assert half_way.sql(noted) == empty.sql(noted)
    assert empty.run("migrate").stdout == half_way.run("migrate").stdout == "nothing to migrate\n"


def test_a_start_that_was_killed_left_nothing_and_is_begun_again(new: New) -> None:
    made = new("killed")
    assert script("tests.project.ugly", made, "migrate", "0017_veil") == -signal.SIGKILL
    assert not made.has("records_kpi")
    assert made.run("migrate").returncode == 0 and made.has("records_kpi")


def test_the_migrations_are_what_the_models_say() -> None:
    said = StringIO()
    call_command("makemigrations", check=True, dry_run=True, verbosity=1, stdout=said)
    assert "No changes detected" in said.getvalue()
