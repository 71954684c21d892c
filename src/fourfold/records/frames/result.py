"""Results of an evaluation to rows, and stored results back to arrays.

Stored rows are compared with new ones, and only those that differ are written, in bulk. A row that was computed from
newer inputs than the new one stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from django.db import connection

from fourfold.engine.results import COLUMNS, Results
from fourfold.engine.statuses import Status
from fourfold.records.models import Evaluation, Organisation, Result
from fourfold.records.ready import Ready

if TYPE_CHECKING:
    import polars as pl

#: Which row, in the order of the index in which rows are written.
_KEY: Final = ("unit_id", "view", "ordinal", "node")
#: What the long table of the engine and the table of the database share beside that.
_FIGURES: Final = ("period", *COLUMNS[4:])
_COLUMNS: Final = (*_KEY, *_FIGURES)
_SCORES: Final = tuple(_COLUMNS.index(c) for c in ("score", "status", "coverage", "confidence"))
_BATCH: Final = 500

#: A stored or new result, as `_COLUMNS`.
Row = tuple[Any, ...]
Key = tuple[int, str, int, str]


@dataclass
class Stored:
    """Results as they are stored: rows by key, with the id and the version of the inputs of each."""

    rows: dict[Key, Row]
    about: dict[Key, tuple[int, int]]

    @classmethod
    def read(cls, **where: Any) -> Stored:
        """Those that match."""
        found = list(Result.objects.filter(**where).values_list(*_COLUMNS, "pk", "input_version"))
        return cls({row[:4]: row[:-2] for row in found}, {row[:4]: row[-2:] for row in found})


@dataclass
class Changes:
    """Rows to be written, and the ids of those they replace."""

    new: list[Row] = field(default_factory=list)
    outdated: list[int] = field(default_factory=list)

    def compare(self, run: Evaluation, stored: Stored, rows: Iterable[Row]) -> list[Row]:
        """Note the rows that differ from the stored ones, and give them back."""
        different = []
        for row in rows:
            key = row[:4]
            if stored.rows.get(key) == row:
                continue
            pk, version = stored.about.get(key, (None, 0))
            if version > run.input_version:
                continue
            if pk is not None:
                self.outdated.append(pk)
            different.append(row)
        self.new += different
        return different

    def write(self, run: Evaluation) -> int:
        """Write all at once; says how many rows are different from before."""
        for start in range(0, len(self.outdated), _BATCH):
            Result.objects.filter(pk__in=self.outdated[start : start + _BATCH]).delete()
        _insert((run.organisation_id, run.pk, run.input_version), self.new)
        return max(len(self.new), len(self.outdated))


def replace_results(run: Evaluation, ready: Ready, view: str, frame: pl.DataFrame) -> int:
    """Make the stored results of a view those of `frame`, which holds everything there is to say.

    Columns as in `engine.results.COLUMNS`. Stored rows that the frame does not have are removed. Says how many rows
    are different from before.
    """
    import polars as pl

    changed = 0
    units = pl.DataFrame({"unit": list(ready.units), "unit_id": list(ready.units.values())})
    ordered = frame.join(units, on="unit").with_columns(pl.lit(view).alias("view")).select(_COLUMNS).sort(_KEY)
    parts = ordered.partition_by("unit_id", as_dict=True)
    for (unit,), part in parts.items():
        stored, changes = Stored.read(unit=unit, view=view), Changes()
        rows = part.rows()
        changes.compare(run, stored, rows)
        gone = stored.rows.keys() - {row[:4] for row in rows}
        changes.outdated += [pk for pk, version in map(stored.about.get, gone) if version <= run.input_version]  # type: ignore[misc]
        changed += changes.write(run)
    gone_units = Result.objects.filter(organisation=run.organisation, view=view, input_version__lte=run.input_version)
    gone_units.exclude(unit__in=[unit for unit, in parts]).delete()
    return changed


def rows_of_results(ready: Ready, view: str, results: Results) -> Iterator[Row]:
    """Results as rows."""
    for node, unit, period, ordinal, *figures in results.frame().iter_rows():
        yield (ready.units[unit], view, ordinal, node, period, *figures)


def known_scores(
    stored: Stored, ready: Ready, view: str, found: Results, rows: Sequence[Row], nodes: Collection[str]
) -> Results:
    """Scores to roll up, in the units and periods of these rows: those just found, and of `nodes` the stored ones."""
    units, ordinals = {row[0] for row in rows}, {row[2] for row in rows}
    u = [i for i, code in enumerate(found.units) if ready.units[code] in units]
    p = [i for i, period in enumerate(found.periods) if period.ordinal in ordinals]
    beside = sorted(set(nodes) - set(found.nodes))
    shape = (len(beside), len(u), len(p))
    score, status = np.full(shape, np.nan), np.full(shape, Status.NO_DATA, dtype=np.uint8)
    coverage, confidence = np.zeros(shape), np.zeros(shape)
    for a, b, c in np.ndindex(shape):
        key = (ready.units[found.units[u[b]]], view, found.periods[p[c]].ordinal, beside[a])
        if (row := stored.rows.get(key)) is not None:
            known, status[a, b, c], coverage[a, b, c], confidence[a, b, c] = (row[i] for i in _SCORES)
            score[a, b, c] = np.nan if known is None else known
    part = np.ix_(range(len(found.nodes)), u, p)
    return Results(
        (*found.nodes, *beside), tuple(found.units[i] for i in u), tuple(found.periods[i] for i in p),
        score=np.concatenate([found.score[part], score]),
        status=np.concatenate([found.status[part], status]),
        coverage=np.concatenate([found.coverage[part], coverage]),
        confidence=np.concatenate([found.confidence[part], confidence]),
        marks=np.zeros((len(found.nodes) + len(beside), len(u), len(p)), np.uint8),
    )  # fmt: skip


def stored_results(
    views: Collection[str], *, ordinals: Collection[int], units: Collection[int], nodes: Collection[str]
) -> Stored:
    """Stored results of some nodes, in some periods (by ordinal, of all these views together) of units (by id)."""
    return Stored.read(view__in=views, ordinal__in=ordinals, unit__in=units, node__in=nodes)


def stored_span(organisation: Organisation, unit: int, view: str) -> tuple[int, int] | None:
    """First and last ordinal of the periods whose results are stored; None without any."""
    ordinals = Result.objects.filter(unit=unit, view=view, organisation=organisation).values_list("ordinal", flat=True)
    first, last = ordinals.order_by("ordinal").first(), ordinals.order_by("-ordinal").first()
    return None if first is None or last is None else (first, last)


def _insert(common: Row, rows: Sequence[Row]) -> None:
    """Rows as fast as the database takes them."""
    if not rows:
        return
    columns = ", ".join(("organisation_id", "evaluation_id", "input_version", *_COLUMNS))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) > _BATCH:
            with cursor.copy(f"COPY records_result ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*common, *row))
            return
        marks = ", ".join(["%s"] * (len(common) + len(_COLUMNS)))
        cursor.executemany(f"INSERT INTO records_result ({columns}) VALUES ({marks})", [(*common, *r) for r in rows])
