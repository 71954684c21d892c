"""Ugly rows in every table of the oldest schema there is data of, and what is to be left of them after all migrations.

Each call is a process of its own, on the database of its DATABASE_URL. `fill FILE` makes the schema as the first
migration left it, fills it and writes down what is there. `migrate [N]` brings it up to date; it is killed at statement
N, or at the first that has N among its values. `compare FILE` says what is different. `examples N` does all of it N
times.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from hypothesis import HealthCheck, Phase, given, settings, strategies

OLDEST = ("records", "0001_initial")
#: What people write and machines send: nothing, much, both ways, what looks like code, what looks like nothing.
TEXTS = (
    "", " ", "None", "\u202eOlé", "🥖" * 40, "x" * 10_000, "'\"; DROP TABLE x --", "<b>{{ x }}</b>", "=1+1", "\u200b",
    "Ⅷ", "a\nb\tc\r\n", "\x7f\ufeff", "e\u0301", "\U0010ffff",
)  # fmt: skip
DECIMALS = ("0", "-0", "0.000", "1e-30", "-99999999999999999999999999.99", "1e40", "1.50", "0.1")
FLOATS = (0.0, -0.0, 5e-324, 1.7976931348623157e308, 0.1, -1e-7, 1e22, 100.0)
WHOLE = (0, 1, 5, 2**31 - 1, 2**63 - 1)
DAYS = (datetime(1900, 1, 1), datetime(2100, 12, 31, 23, 59, 59, 999999), datetime(2024, 2, 29, 12, 0, 0, 1))
#: Columns that a migration writes anew, as it says; a membership's role becomes grants.
WRITTEN_ANEW = {"records_event": {"before", "after"}}

Rows = dict[str, dict[str, dict[str, str]]]


def text(draw: Random) -> str:
    """One of the texts, or any letters there are."""
    codes = (draw.choice((draw.randrange(32, 0xD800), draw.randrange(0xE000, 0x110000))) for _ in range(9))
    letters = "".join(map(chr, codes))
    return draw.choice((*TEXTS, letters, letters))


def odd_json(draw: Random, depth: int = 3) -> Any:
    """Anything that JSON can say."""
    if depth and draw.random() < 0.4:
        inner = [odd_json(draw, depth - 1) for _ in range(draw.randrange(4))]
        return inner if draw.random() < 0.5 else {text(draw): each for each in inner}
    return draw.choice((None, True, False, -1, 10**30, "\0", draw.choice(FLOATS), text(draw)))


def value_of(field: models.Field[Any, Any], draw: Random) -> Any:
    """Whatever the column can hold."""
    name = type(field).__name__
    if field.null and draw.random() < 0.3:
        return None
    if field.choices:
        return draw.choice([value for value, _ in field.choices])
    if name == "SpecField":
        return {text(draw): odd_json(draw) for _ in range(draw.randrange(4))}
    if name == "ExactDecimalField":
        return Decimal(draw.choice(DECIMALS))
    if isinstance(field, models.FloatField):
        return draw.choice(FLOATS)
    if isinstance(field, models.BooleanField):
        return draw.random() < 0.5
    if isinstance(field, models.DateField):  # those with times are too
        moment = draw.choice(DAYS).replace(tzinfo=UTC)
        return moment if isinstance(field, models.DateTimeField) else moment.date()
    if isinstance(field, models.IntegerField):
        _, most = connection.ops.integer_field_range(field.get_internal_type())
        return min(draw.choice(WHOLE), most or 2**63 - 1)
    letters = text(draw)[: field.max_length]
    return letters.lower() if isinstance(field, models.EmailField) else letters  # as they have always been kept


def fill(seed: int, count: int = 8) -> None:
    """Rows of every table, each row's parents among those of tables before it."""
    draw = Random(seed)
    made: dict[type[models.Model], list[models.Model]] = {}
    for model in ordered(old_models()):
        made[model] = []
        for number in range(count):
            row: dict[str, Any] = {"seq": number + 1} if model.__name__ == "Event" else {}
            for field in model._meta.concrete_fields:
                if isinstance(field, models.ForeignKey):
                    above = made.get(field.related_model, [])
                    row[field.name] = draw.choice([*above, *([None] if field.null else [])])
                elif not field.primary_key and field.name not in row:
                    row[field.name] = value_of(field, draw)
            try:
                with transaction.atomic():
                    made[model].append(model._default_manager.create(**row))
            except IntegrityError:  # twice what may be there once
                continue
    events = next(model for model in made if model.__name__ == "Event")
    for pk in events._default_manager.values_list("organisation", flat=True).distinct():
        for seq, event in enumerate(events._default_manager.filter(organisation=pk).order_by("-seq"), 1):
            events._default_manager.filter(pk=event.pk).update(seq=10_000 + seq)  # by the organisation, without a gap
        for event in events._default_manager.filter(organisation=pk):
            events._default_manager.filter(pk=event.pk).update(seq=event.seq - 10_000)


def old_models() -> list[type[models.Model]]:
    """The tables as the first migration knows them."""
    from django.db.migrations.loader import MigrationLoader

    state = MigrationLoader(None, replace_migrations=False).project_state([OLDEST])
    return list(state.apps.get_app_config("records").get_models())


def ordered(found: list[type[models.Model]]) -> Iterator[type[models.Model]]:
    """Those that others point to come first."""
    done: set[type[models.Model]] = set()
    while len(done) < len(found):
        for model in found:
            above = {f.related_model for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey)}
            if model not in done and above - {model} <= done:
                done.add(model)
                yield model


def rows(tables: dict[str, list[str]]) -> Rows:
    """What stands in these columns, by table and id."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for table, columns in tables.items():
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
            listed = [dict(zip(columns, map(repr, row), strict=True)) for row in cursor.fetchall()]
            found[table] = {row["id"]: row for row in listed}
    return found


def look() -> Rows:
    """All that is there in the oldest schema."""
    return rows({m._meta.db_table: [f.column for f in m._meta.concrete_fields] for m in old_models()})


def differences(before: Rows) -> list[str]:
    """What is not as it was, in the newest schema: columns that went away, a row, a value."""
    with connection.cursor() as cursor:
        columns = {t: {c.name for c in connection.introspection.get_table_description(cursor, t)} for t in before}
    kept = {t: [c for c in next(iter(b.values()), {}) if c in columns[t]] for t, b in before.items() if b}
    gone = {f"{t}.{c}" for t, b in before.items() for c in next(iter(b.values()), {}) if c not in columns[t]}
    found = [f"{name} is gone" for name in sorted(gone - {"records_membership.role", "records_membership.unit_id"})]
    for table, now in rows(kept).items():
        if lost := before[table].keys() ^ now.keys():
            found.append(f"{table}: rows {sorted(lost)} came or went")
        for pk, row in now.items():
            was = before[table][pk]
            same = set(row) - WRITTEN_ANEW.get(table, set())
            found += [f"{table} {pk} {c}: {was[c]} → {row[c]}" for c in sorted(same) if row[c] != was[c]]
    return [*found, *_events(before), *_grants(before), *_chains()]


def _events(before: Rows) -> Iterator[str]:
    """Before and after of events say the same, floats and very large numbers as texts."""
    from fourfold.records.models import Event

    for event in Event.objects.all():
        for name in ("before", "after"):
            was = eval(before["records_event"][str(event.pk)][name])  # the repr of a text, or None
            told = None if was is None else json.loads(was, parse_float=lambda n: repr(float(n)), parse_int=_whole)
            if getattr(event, name) != told:
                yield f"event {event.pk} {name}: {told!r} → {getattr(event, name)!r}"


def _whole(number: str) -> int | str:
    return int(number) if abs(int(number)) < 2**53 else number


def _grants(before: Rows) -> Iterator[str]:
    """Everybody may do in their unit what their membership let them do."""
    from fourfold.records.models import Grant

    lead = {"viewer": "viewer", "contributor": "contributor", "editor": "editor", "admin": "organisation_admin"}
    for row in before.get("records_membership", {}).values():
        unit = None if row["unit_id"] == "None" else int(row["unit_id"])
        role = lead[row["role"].strip("'")]
        of = {"organisation": int(row["organisation_id"]), "person": int(row["person_id"]), "unit": unit}
        if not Grant.objects.filter(role=role, **of).exists():
            yield f"{row} has no grant"


def _chains() -> Iterator[str]:
    from fourfold.actions.verify_chains import verify_chains

    found = verify_chains(by=None).value
    assert found is not None
    yield from (f"{verdict.name}: {verdict.wrong}" for verdict in found.verdicts if verdict.wrong)


def oldest() -> None:
    """The schema as the first migration left it, in a database without any."""
    from tests.records.steps import migrate_by_steps

    connection.close()
    if connection.vendor == "sqlite":
        for name in ("", "-wal", "-shm"):
            Path(str(connection.settings_dict["NAME"]) + name).unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    migrate_by_steps(OLDEST[1])


def migrate(killed_at: str = "") -> int:
    """Up to the newest; how many statements that took."""
    from fourfold.actions.migrate_database import migrate_database

    said = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal said
        said += 1
        if killed_at and (str(said) == killed_at or killed_at in (params or ())):
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        migrate_database(by=None)
    return said


def round_trip(seed: int) -> None:
    """Nothing is different after all migrations."""
    oldest()
    fill(seed)
    before = look()
    migrate()
    found = differences(before)
    assert not found, "\n".join(found)


def main() -> None:
    import django

    django.setup()
    command, *arguments = sys.argv[1:]
    if command == "fill":
        oldest()
        fill(0, 20)
        Path(arguments[0]).write_text(json.dumps(look()))
    elif command == "migrate":
        print(migrate(*arguments))
    elif command == "compare":
        print("\n".join(differences(json.loads(Path(arguments[0]).read_text()))), end="")
    else:
        count = int(arguments[0])
        settings(
            max_examples=count, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given(strategies.integers(0, 2**32))(round_trip))()  # fmt: skip


if __name__ == "__main__":
    main()
