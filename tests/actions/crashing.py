"""Ending an action at a statement of its own, as a crash or a failing database does, and telling what is left of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.apps import apps
from django.db import OperationalError, connection, transaction

Act = Callable[[], object]
#: Rows of each table, in order.
State = dict[str, tuple[tuple[Any, ...], ...]]


class Ending(Enum):
    """How it ends: the process is gone and sends no other statement, or one statement fails and the process goes on."""

    KILLED = "killed"
    FAILED = "failed"


class Crash(OperationalError):
    """What was asked for at this statement."""


@dataclass
class Crashing:
    """Stands before the database and counts; raises at the statement number `at`.

    Beginning and undoing a transaction are not counted: the database undoes what was not committed, and drops a table
    of a connection that is gone. `committed` is called with each commit: the end of the outermost transaction, and
    each statement that writes outside of one, but to a table that is gone with its connection.
    """

    at: int | None = None
    ending: Ending = Ending.KILLED
    committed: Callable[[], None] = lambda: None
    count: int = 0
    crashed: bool = False
    writes: list[int] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _looks: bool = False
    _undone: bool = False

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if self._looks:
            return execute(sql, params, many, context)
        text = sql if isinstance(sql, str) else sql.as_string(None)
        verb = text.split(None, 1)[0].upper()
        if verb == "DROP":
            return execute(sql, params, many, context)
        if verb in ("SAVEPOINT", "ROLLBACK"):
            self._open += [sql] if verb == "SAVEPOINT" else []
            self._undone = verb == "ROLLBACK"
            return execute(sql, params, many, context)
        if verb == "RELEASE" and self._undone:  # the end of what was undone
            self._open.pop()
            self._undone = False
            return execute(sql, params, many, context)
        self.count += 1
        stays = verb in ("INSERT", "UPDATE", "DELETE") and not text.startswith("INSERT INTO own_")
        writes = stays or (verb == "RELEASE" and len(self._open) == 1)
        self.writes += [self.count] if writes else []
        if self.count == self.at or (self.crashed and self.ending is Ending.KILLED):
            self.crashed = True
            raise Crash(f"statement {self.count}: {sql}")
        result = execute(sql, params, many, context)
        if verb == "RELEASE":
            self._open.pop()
        if writes and not self._open:
            self._looks = True
            self.committed()
            self._looks = False
        return result


def state() -> State:
    """Everything the database holds."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            found[model._meta.db_table] = tuple(cursor.fetchall())
    return found


def shape(of: State) -> dict[str, int]:
    """How many rows there are of what, and how far the chains go; the same each time, as ids and keys are not."""
    return {table: len(rows) for table, rows in of.items() if rows}


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """What is done inside never was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def clean_run(act: Act) -> tuple[Crashing, list[dict[str, int]]]:
    """Let it go through: the statements, and the shape after each commit.

    It went through once before, so that what a process keeps of what it read is kept, as in each run that follows.
    """
    with undone():
        act()
    shapes: list[dict[str, int]] = []
    run = Crashing(committed=lambda: shapes.append(shape(state())))
    with undone(), connection.execute_wrapper(run):
        act()
    return run, shapes
