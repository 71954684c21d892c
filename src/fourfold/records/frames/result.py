"""Results of an evaluation to rows, and the stored scores that nodes are rolled up from back to arrays.

Stored rows are compared with new ones, and only those that differ are written, in bulk. A row that was computed from
newer inputs than the new one stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from django.db import connection

from fourfold.engine.periods import Period
from fourfold.engine.results import COLUMNS, Results
from fourfold.engine.statuses import Status
from fourfold.records.models import Evaluation, Organisation, Result, Unit
from fourfold.records.tables import rows_of

if TYPE_CHECKING:
    import polars as pl

#: What the long table of the engine and the table of the database share, beside unit and place.
_FIGURES: Final = tuple(c for c in COLUMNS if c not in ("node", "unit", "period", "ordinal"))
_KEY: Final = ("ordinal", "node", "period")
_COMMON: Final = ("organisation_id", "evaluation_id", "input_version", "unit_id", "view")
_BATCH: Final = 500

#: A row of one unit: its ordinal and node, then everything that may change.
Row = tuple[Any, ...]


def replace_results(run: Evaluation, view: str, frame: pl.DataFrame, *, whole: bool = True) -> int:
    """Make the stored results of a view those of `frame` (columns as `engine.results.COLUMNS`); says how many changed.

    A `whole` frame holds everything there is, so rows it does not have are removed; otherwise it holds some nodes,
    units and periods, each for each of the others, and the rest is left alone.
    """
    units = dict(rows_of(Unit, run.organisation).values_list("code", "pk"))
    changed = 0
    parts = frame.select("unit", *_KEY, *_FIGURES).partition_by("unit", as_dict=True, include_key=False)
    for (code,), part in parts.items():
        changed += _replace_unit(run, view, units[code], part.sort("ordinal", "node").rows(), whole)
    if whole:
        kept = [pk for code, pk in units.items() if (code,) in parts]
        gone = rows_of(Result, run.organisation).filter(view=view, input_version__lte=run.input_version)
        gone.exclude(unit__in=kept).delete()
    return changed


def _replace_unit(run: Evaluation, view: str, unit: int, rows: Sequence[Row], whole: bool) -> int:
    stored = Result.objects.filter(unit=unit, view=view)  # a unit belongs to one organisation
    if not whole and rows:
        stored = stored.filter(ordinal__in={row[0] for row in rows}, node__in={row[1] for row in rows})
    before = {row[2:4]: row for row in stored.values_list("pk", "input_version", *_KEY, *_FIGURES)}
    outdated, new = [], []
    for row in rows:
        known = before.pop(row[:2], None)
        if known is None:
            new.append(row)
        elif known[2:] != row and known[1] <= run.input_version:
            outdated.append(known[0])
            new.append(row)
    if whole:
        outdated += [row[0] for row in before.values() if row[1] <= run.input_version]
    for start in range(0, len(outdated), _BATCH):
        Result.objects.filter(pk__in=outdated[start : start + _BATCH]).delete()
    _insert((run.organisation_id, run.pk, run.input_version, unit, view), new)
    return max(len(new), len(outdated))


def _insert(common: Row, rows: Sequence[Row]) -> None:
    """Rows as fast as the database takes them."""
    if not rows:
        return
    columns = ", ".join((*_COMMON, *_KEY, *_FIGURES))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY records_result ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*common, *row))
            return
        marks = ", ".join(["%s"] * (len(_COMMON) + len(_KEY) + len(_FIGURES)))
        cursor.executemany(f"INSERT INTO records_result ({columns}) VALUES ({marks})", [(*common, *r) for r in rows])


def read_scores(
    organisation: Organisation, view: str, nodes: Collection[str], units: Sequence[str], periods: Sequence[Period]
) -> Results:
    """Score, status and confidence of stored nodes, shape (node, unit, period), as `roll_up_nodes` takes them."""
    pks = dict(rows_of(Unit, organisation).filter(code__in=units).values_list("pk", "code"))
    known = sorted(nodes)
    shape = (len(known), len(units), len(periods))
    score, status = np.full(shape, np.nan), np.full(shape, Status.NO_DATA, dtype=np.uint8)
    coverage, confidence = np.zeros(shape), np.zeros(shape)
    row, column = _places(known), _places(units)
    place = {p.ordinal: i for i, p in enumerate(periods)}
    stored = Result.objects.filter(unit__in=pks, view=view, ordinal__in=place, node__in=known)
    for unit, ordinal, node, s, st, cov, conf in stored.values_list(
        "unit_id", "ordinal", "node", "score", "status", "coverage", "confidence"
    ):
        at = row[node], column[pks[unit]], place[ordinal]
        status[at], coverage[at], confidence[at] = st, cov, conf
        if s is not None:
            score[at] = s
    marks = np.zeros(shape, np.uint8)
    return Results(tuple(known), tuple(units), tuple(periods), score, status, coverage, confidence, marks)


def _places(names: Iterable[str]) -> dict[str, int]:
    return {name: i for i, name in enumerate(names)}
