"""Results of an evaluation to rows, and the stored scores that nodes are rolled up from back to arrays.

Stored rows are compared with new ones, and only those that differ are written, in bulk. A row that was computed from
newer inputs than the new one stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from django.db import connection
from django.db.models import QuerySet

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
_COMMON: Final = ("organisation_id", "evaluation_id", "input_version", "view", "unit_id")
_BATCH: Final = 500

#: A row of one unit, as `_KEY` and `_FIGURES`.
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Replaced:
    """What was different from before: how many rows, of which units (by code) and periods (by ordinal)."""

    rows: int = 0
    units: frozenset[str] = frozenset()
    ordinals: frozenset[int] = frozenset()


def replace_results(run: Evaluation, view: str, frame: pl.DataFrame) -> Replaced:
    """Make the stored results of a view those of `frame`, which holds everything there is to say.

    Columns as in `engine.results.COLUMNS`. Stored rows that the frame does not have are removed.
    """
    pks = dict(rows_of(Unit, run.organisation).values_list("code", "pk"))
    found = []
    parts = _by_unit(frame)
    for code, part in parts.items():
        stored = Result.objects.filter(unit=pks[code], view=view)
        found.append(_replace(run, view, {pks[code]: part.rows()}, stored, whole=True))
    kept = [pk for code, pk in pks.items() if code in parts]
    gone = rows_of(Result, run.organisation).filter(view=view, input_version__lte=run.input_version)
    gone.exclude(unit__in=kept).delete()
    return _joined(found, {pk: code for code, pk in pks.items()})


def update_results(run: Evaluation, view: str, frame: pl.DataFrame) -> Replaced:
    """The same for a frame of some nodes, units and periods; all else that is stored is left alone."""
    codes = frame["unit"].unique().to_list()
    pks = dict(rows_of(Unit, run.organisation).filter(code__in=codes).values_list("code", "pk"))
    stored = Result.objects.filter(
        unit__in=pks.values(), view=view,
        ordinal__in=frame["ordinal"].unique().to_list(), node__in=frame["node"].unique().to_list(),
    )  # fmt: skip
    rows = {pks[code]: part.rows() for code, part in _by_unit(frame).items()}
    return _joined([_replace(run, view, rows, stored, whole=False)], {pk: code for code, pk in pks.items()})


def _by_unit(frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Rows in the order of the index, in which they are written."""
    ordered = frame.select("unit", *_KEY, *_FIGURES).sort("unit", "ordinal", "node")
    parts = ordered.partition_by("unit", as_dict=True, include_key=False, maintain_order=True)
    return {str(code): part for (code,), part in parts.items()}


#: Of which unit and period a row was different.
_Spot = tuple[int, int]


def _replace(
    run: Evaluation, view: str, rows: Mapping[int, Sequence[Row]], stored: QuerySet[Result], *, whole: bool
) -> list[_Spot]:
    """Write the rows of some units that differ from the stored ones; where one is newer than this run it stays."""
    columns = ("unit_id", "pk", "input_version", *_KEY, *_FIGURES)
    before = {(row[0], *row[3:5]): row for row in stored.values_list(*columns)}
    outdated: list[int] = []
    new: list[Row] = []
    changed: list[_Spot] = []
    for unit, those in rows.items():
        for row in those:
            known = before.pop((unit, *row[:2]), None)
            if known is not None and (known[3:] == row or known[2] > run.input_version):
                continue
            if known is not None:
                outdated.append(known[1])
            new.append((unit, *row))
            changed.append((unit, row[0]))
    if whole:
        gone = [row for row in before.values() if row[2] <= run.input_version]
        outdated += [row[1] for row in gone]
        changed += [(row[0], row[3]) for row in gone]
    for start in range(0, len(outdated), _BATCH):
        Result.objects.filter(pk__in=outdated[start : start + _BATCH]).delete()
    _insert((run.organisation_id, run.pk, run.input_version, view), new)
    return changed


def _joined(found: Sequence[Sequence[_Spot]], codes: Mapping[int, str]) -> Replaced:
    spots = [spot for part in found for spot in part]
    units, ordinals = {unit for unit, _ in spots}, frozenset(ordinal for _, ordinal in spots)
    return Replaced(len(spots), frozenset(codes[unit] for unit in units), ordinals)


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
        marks = ", ".join(["%s"] * (len(common) + len(rows[0])))
        cursor.executemany(f"INSERT INTO records_result ({columns}) VALUES ({marks})", [(*common, *r) for r in rows])


def stored_span(organisation: Organisation, unit: str, view: str) -> tuple[int, int] | None:
    """First and last ordinal of the periods whose results are stored; None without any."""
    stored = Result.objects.filter(unit__organisation=organisation, unit__code=unit, view=view).order_by("ordinal")
    ordinals = stored.values_list("ordinal", flat=True)
    first, last = ordinals.first(), ordinals.reverse().first()
    return None if first is None or last is None else (first, last)


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
