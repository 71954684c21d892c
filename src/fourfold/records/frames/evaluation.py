"""All results of an organisation in place of those that are stored, with a short lock at the end.

What costs most is to compare new results with the stored ones and to hand them over, and neither needs the lock: those
that differ go to a table of this connection's own first, and from there all at once to where they belong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import connection

from fourfold.records.bulk import insert_rows
from fourfold.records.frames.result import KEY, ROW, TABLE, Changes, by_unit, stored_of
from fourfold.records.models import Evaluation, Result
from fourfold.records.own_tables import own_table, own_transaction
from fourfold.records.ready import Ready

if TYPE_CHECKING:
    import polars as pl

_BATCH: Final = 500
#: What is written of a row beside its key.
_WRITTEN: Final = ("evaluation_id", "input_version", *ROW[len(KEY) :])


@dataclass
class Replacement:
    """How new results differ from the stored ones, while the `table` of those that do is there.

    `units` are those, by id, that have results in a view; `gone` are ids of rows that are no more.
    """

    table: str
    units: dict[str, tuple[int, ...]] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)
    count: int = 0

    def read(self, ready: Ready, view: str, frame: pl.DataFrame, version: int) -> None:
        """Compare what a view holds now: all there is to say, with columns as in `engine.results.COLUMNS`."""
        parts = by_unit(ready, view, frame)
        self.units[view] = tuple(parts)
        for unit, part in parts.items():
            stored, rows = stored_of(unit, view), part.rows()
            different = Changes(version).compare(stored, rows)
            self.count += len(different)
            insert_rows(self.table, ROW, different)
            if stored.rows:
                gone = stored.rows.keys() - {row[: len(KEY)] for row in rows}
                self.gone += [pk for pk, known in (stored.about[key] for key in gone) if known <= version]

    def store(self, run: Evaluation) -> int:
        """Write what is different, in the transaction that holds the lock; says how many rows are.

        Rows from newer inputs than those of the run stay.
        """
        older = Result.objects.filter(organisation=run.organisation, input_version__lte=run.input_version)
        for start in range(0, len(self.gone), _BATCH):
            older.filter(pk__in=self.gone[start : start + _BATCH]).delete()
        for view, units in self.units.items():
            older.filter(view=view).exclude(unit__in=units).delete()
        columns = ", ".join(ROW)
        written = ", ".join(f"{name} = excluded.{name}" for name in _WRITTEN)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {TABLE} (organisation_id, evaluation_id, input_version, {columns})"
                f" SELECT %s, %s, %s, {columns} FROM {self.table} WHERE true"
                f" ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {written}"
                f" WHERE {TABLE}.input_version <= excluded.input_version",
                [run.organisation_id, run.pk, run.input_version],
            )
        return self.count + len(self.gone)


@contextmanager
def replacing(ready: Ready, frames: Iterable[tuple[str, pl.DataFrame]], *, version: int) -> Iterator[Replacement]:
    """How results of each view, computed from inputs of this version, differ from what is stored.

    It can be made before the lock is taken. `Replacement.store` writes over what is stored meanwhile, so whoever calls
    it evaluates once more what has changed since.
    """
    with own_table(f"SELECT {', '.join(ROW)} FROM {TABLE}") as table:
        replacement = Replacement(table)
        with own_transaction():
            for view, frame in frames:
                replacement.read(ready, view, frame, version)
        yield replacement
