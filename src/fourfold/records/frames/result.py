"""Results of an evaluation to rows, and stored results back to arrays.

Stored rows are compared with new ones, and only those that differ are written, in bulk. A row that was computed from
newer inputs than the new one stays.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product, repeat
from math import isclose, prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from django.db import connection

from fourfold.engine.blocks import Block
from fourfold.engine.cells import Mark
from fourfold.engine.periods import Period
from fourfold.engine.results import COLUMNS, Results, View
from fourfold.engine.statuses import Status
from fourfold.records.bulk import insert_rows, update_rows
from fourfold.records.models import Evaluation, Result
from fourfold.records.ready import Ready

if TYPE_CHECKING:
    import polars as pl

#: Which row, in the order of the index in which rows are written.
KEY: Final = ("unit_id", "view", "ordinal", "node")
#: What the long table of the engine and the table of the database share beside that.
_FIGURES: Final = ("period", *COLUMNS[4:])
#: The columns of a row.
ROW: Final = (*KEY, *_FIGURES)
#: Where in a row they stand.
SCORE, STATUS = (ROW.index(name) for name in ("score", "status"))
#: What is rolled up of a child.
_SCORES: Final = ("score", "status", "confidence", "marks")
#: Numbers of a figure, beside its state, marks and reason.
_FLOATS: Final = ("value", "numerator", "denominator", "coverage")
_CODES: Final = ("state", "marks", "reason", "status")
ANCHORS: Final = ("target", "red_line", "low", "high")
_BATCH: Final = 500
TABLE: Final = Result._meta.db_table

#: A stored or new result, as `ROW`.
Row = tuple[Any, ...]
Key = tuple[int, str, int, str]
#: A view and the ordinal of one of its periods.
Spot = tuple[str, int]


@dataclass
class Stored:
    """Results as they are stored: rows by key, with the id and the version of the inputs of each."""

    rows: dict[Key, Row]
    about: dict[Key, tuple[int, int]]

    @classmethod
    def of(cls, found: Iterable[Row]) -> Stored:
        """Rows of `ROW`, id and version."""
        known = {row[:4]: row for row in found}
        return cls({key: row[:-2] for key, row in known.items()}, {key: row[-2:] for key, row in known.items()})


@dataclass
class Changes:
    """Rows to be added, and rows to be changed with their ids; they come from inputs of this `version`."""

    version: int
    new: list[Row] = field(default_factory=list)
    changed: list[tuple[int, Row]] = field(default_factory=list)

    def compare(self, stored: Stored, rows: Iterable[Row]) -> list[Row]:
        """Note the rows that differ from the stored ones, and give them back."""
        if not stored.rows:
            different = list(rows)
            self.new += different
            return different
        different = []
        for row in rows:
            key = row[:4]
            if stored.rows.get(key) == row:
                continue
            pk, known = stored.about.get(key, (None, 0))
            if known > self.version:
                continue
            if pk is None:
                self.new.append(row)
            else:
                self.changed.append((pk, row))
            different.append(row)
        return different

    def write(self, run: Evaluation) -> int:
        """Write all at once; says how many rows are different from before."""
        run_of = ("evaluation_id", "input_version")
        common = (run.pk, run.input_version)
        changed = ((*common, *row[len(KEY) :], pk) for pk, row in self.changed)
        update_rows(TABLE, (*run_of, *_FIGURES), changed)
        new = ((run.organisation_id, *common, *row) for row in self.new)
        insert_rows(TABLE, ("organisation_id", *run_of, *ROW), new)
        return len(self.new) + len(self.changed)


def differing_results(ready: Ready, view: str, frame: pl.DataFrame) -> int:
    """How many stored results of a view are not those of `frame`, or are in only one of the two; writes nothing.

    Numbers are the same when nine digits agree: another processor may add in another order.
    """
    different = 0
    for unit, part in by_unit(ready, view, frame).items():
        stored, found = stored_of(unit, view).rows, {row[:4]: row for row in part.rows()}
        different += len(stored.keys() ^ found.keys())
        different += sum(not _same(stored[key], found[key]) for key in stored.keys() & found.keys())
    return different


def _same(one: Row, other: Row) -> bool:
    return all(
        isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) if isinstance(a, float) and isinstance(b, float) else a == b
        for a, b in zip(one, other, strict=True)
    )


def by_unit(ready: Ready, view: str, frame: pl.DataFrame) -> dict[int, pl.DataFrame]:
    """The rows of a long table by the id of their unit, in the order of the index."""
    import polars as pl

    units = pl.DataFrame({"unit": list(ready.units), "unit_id": list(ready.units.values())})
    ordered = frame.join(units, on="unit").with_columns(pl.lit(view).alias("view")).select(ROW).sort(KEY)
    return {unit: part for (unit,), part in ordered.partition_by("unit_id", as_dict=True).items()}


def stored_of(unit: int, view: str) -> Stored:
    """All results that are stored of a unit (by its id) in a view."""
    there = Result.objects.filter(unit=unit, view=view).values_list(*ROW, "pk", "input_version")
    return Stored.of(there.iterator(_BATCH))


def rows_of_results(
    ready: Ready, views: Sequence[str], results: Results, *, units: Collection[str] = (), since: date | None = None
) -> Iterator[Row]:
    """Results as rows: those of some units (all without `units`), in the periods that end on `since` or later.

    `views` names the view of each period. For a few rows this is faster than by way of a table.
    """
    u = [i for i, code in enumerate(results.units) if not units or code in units]
    p = range(0 if since is None else first_since(results.periods, since), len(results.periods))
    part = np.ix_(range(len(results.nodes)), u, p)
    columns = [_values(results, name, part) for name in _FIGURES[1:-1]]
    periods = [(i, views[i], results.periods[i].ordinal, results.periods[i].id) for i in p]
    places = [(ready.units[results.units[i]], results.units[i]) for i in u]
    cells = product(results.nodes, places, periods)
    for (node, (pk, code), (i, view, ordinal, text)), *figures in zip(cells, *columns, strict=True):
        yield (pk, view, ordinal, node, text, *figures, results.shown_from(node, code, i))


def first_since(periods: Sequence[Period], day: date) -> int:
    """The index of the first of these consecutive periods that ends on the day or later."""
    return bisect_left(periods, day, key=lambda p: p.last_day)


def _values(results: Results, name: str, part: Any) -> Iterable[Any]:
    """One column: None where there is no number."""
    array = results.anchor(name) if name in ANCHORS else getattr(results, name)
    if array is None:
        return repeat(0 if name in _CODES else None, prod(map(np.size, part)))
    if array.shape != results.shape:
        array = np.broadcast_to(array, results.shape)
    flat = array[part].reshape(-1)
    return flat.tolist() if name in _CODES else [None if x != x else x for x in flat.tolist()]


def known_scores(
    scores: Iterable[Sequence[Row]],
    ready: Ready,
    found: Mapping[View, Results],
    units: Collection[int],
    spots: Collection[Spot],
    nodes: Collection[str],
) -> tuple[Results, tuple[str, ...]]:
    """Scores to roll up, in these units (by id) and spots: those just found, and of `nodes` the `stored_scores`.

    `scores` come some at a time; of two of one place the later counts. Periods of all views stand beside one another:
    the second part names the view of each.
    """
    first = next(iter(found.values()))
    u = [i for i, code in enumerate(first.units) if ready.units[code] in units]
    shown = [(v, i, p) for v, r in found.items() for i, p in enumerate(r.periods) if (v, p.ordinal) in spots]
    beside = sorted(nodes)
    shape = (len(beside), len(u), len(shown))
    score, status = np.full(shape, np.nan), np.full(shape, Status.NO_DATA, dtype=np.uint8)
    confidence, marks = np.zeros(shape), np.zeros(shape, np.uint8)
    at_node = {node: a for a, node in enumerate(beside)}
    at_unit = {ready.units[first.units[i]]: b for b, i in enumerate(u)}
    at_spot = defaultdict[str, dict[int, int]](dict)
    for place, (v, _, period) in enumerate(shown):
        at_spot[v][period.ordinal] = place
    for some in filter(None, scores):  # column by column: there are tens of thousands after a change of a weight
        pk, view, ordinal, node, *columns = zip(*some, strict=True)
        places = np.array([
            [at_node.get(each, -1) for each in node],
            [at_unit.get(each, -1) for each in pk],
            [at_spot[v].get(each, -1) for v, each in zip(view, ordinal, strict=True)],
        ])  # fmt: skip
        known = np.all(places >= 0, axis=0)
        at, arrays = tuple(places[:, known]), list[Any]((score, status, confidence, marks))
        for array, column in zip(arrays, columns, strict=True):
            array[at] = np.array(column, dtype=array.dtype)[known]  # None becomes NaN

    def joined(name: str, below: Any) -> Any:
        every = range(len(first.nodes))
        parts = [getattr(r, name)[np.ix_(every, u, [i for v, i, _ in shown if v == view])] for view, r in found.items()]
        return np.concatenate([np.concatenate(parts, axis=2), below])

    blank = np.zeros((len(first.nodes) + len(beside), *shape[1:]))
    results = Results(
        (*first.nodes, *beside), tuple(first.units[i] for i in u), tuple(p for _, _, p in shown),
        joined("score", score), joined("status", status), blank, joined("confidence", confidence),
        joined("marks", marks),
    )  # fmt: skip
    return results, tuple(view for view, _, _ in shown)


def stored_figures(
    stored: Stored, ready: Ready, kpi: str, units: Sequence[str], periods: Sequence[Period]
) -> Block | None:
    """The figures of a monthly KPI in some units and months, as results of them tell; None where one is not stored."""
    keys = product((ready.units[code] for code in units), ("month",), (p.ordinal for p in periods), (f"kpi:{kpi}",))
    rows = [stored.rows.get(key) for key in keys]
    if not all(rows):
        return None
    shape = (1, len(units), len(periods))

    def column(name: str, kind: type[np.float64 | np.uint8]) -> Any:
        place = ROW.index(name)
        return np.array([row[place] for row in rows if row], dtype=kind).reshape(shape)

    value, numerator, denominator, coverage = (column(name, np.float64) for name in _FLOATS)
    state, marks, reason = (column(name, np.uint8) for name in _CODES[:3])
    marks &= 0xFF - Mark.BORDERLINE  # that is said of a result, not of a figure
    return Block((kpi,), tuple(units), tuple(periods), value, state, marks, numerator, denominator, reason, coverage)


#: Spots, units by id; and nodes.
Asked = tuple[Collection[Spot], Collection[int], Collection[str]]


def stored_results(*asked: Asked) -> Stored:
    """Stored results of some nodes in some units and spots; of several such in one statement."""
    return Stored.of(_select((*ROW, "id", "input_version"), *asked))


def stored_at(rows: Iterable[Row]) -> Stored:
    """What is stored in the places of these rows."""
    some = list(rows)
    spots, units, nodes = {(row[1], row[2]) for row in some}, {row[0] for row in some}, {row[3] for row in some}
    return stored_results((spots, units, nodes))


def stored_scores(*asked: Asked) -> Iterator[list[Row]]:
    """Key, score, status, confidence and marks of `stored_results`, some at a time."""
    return _batches((*KEY, *_SCORES), *asked)


def scores_of(rows: Iterable[Row], nodes: Collection[str]) -> list[Row]:
    """Of results of these nodes what `stored_scores` gives."""
    places = [ROW.index(name) for name in _SCORES]
    return [(*row[:4], *(row[place] for place in places)) for row in rows if row[3] in nodes]


def stored_goals(*asked: Asked) -> list[Row]:
    """Key, target, red line, lower and upper bound of `stored_results`."""
    return _select((*KEY, *ANCHORS), *asked)


def _select(columns: Sequence[str], *asked: Asked) -> list[Row]:
    """Some columns of stored results."""
    return [row for some in _batches(columns, *asked) for row in some]


def _batches(columns: Sequence[str], *asked: Asked) -> Iterator[list[Row]]:
    """Some columns of stored results, some at a time: what was read of many need not stay until the last is there."""
    parts: list[str] = []
    given: list[Any] = []
    for spots, units, nodes in asked:
        ordinals: dict[str, list[int]] = {}
        for view, ordinal in sorted(set(spots)) if units and nodes else ():
            ordinals.setdefault(view, []).append(ordinal)
        for view, some in ordinals.items():
            lists = [(name, list(each)) for name, each in (("unit_id", units), ("ordinal", some), ("node", nodes))]
            among = " AND ".join(f"{name} IN ({', '.join(['%s'] * len(each))})" for name, each in lists)
            parts.append(f"SELECT {', '.join(columns)} FROM {TABLE} WHERE view = %s AND {among}")
            given += [view, *(value for _, each in lists for value in each)]
    if not parts:
        return
    with connection.cursor() as cursor:  # one statement by hand: the work of making it is most of its time
        cursor.execute(" UNION ALL ".join(parts), given)
        while some := cursor.fetchmany(_BATCH):
            yield some


def stored_span(unit: int, view: str) -> tuple[int, int] | None:
    """First and last ordinal of the periods whose results are stored for a unit; None without any."""
    end = f"SELECT ordinal FROM {TABLE} WHERE unit_id = %s AND view = %s ORDER BY ordinal"
    with connection.cursor() as cursor:  # both ends are found in the index; min and max would read all between them
        cursor.execute(f"SELECT ({end} LIMIT 1), ({end} DESC LIMIT 1)", [unit, view, unit, view])
        first, last = cursor.fetchone()
    return None if first is None else (first, last)


def rows_in(
    frame: pl.DataFrame, units: Sequence[str], first: int, last: int, node: str | tuple[str, ...] | None
) -> Iterator[dict[str, Any]]:
    """The rows of a frame of results about these units from ordinal `first` to `last`, oldest first.

    `node` is one, some, or a beginning that ends in a colon.
    """
    import polars as pl

    found = frame.filter(pl.col("unit").is_in(list(units)), pl.col("ordinal").is_between(first, last))
    if isinstance(node, tuple):
        found = found.filter(pl.col("node").is_in(list(node)))
    elif node is not None:
        found = found.filter(pl.col("node").str.starts_with(node) if node.endswith(":") else pl.col("node") == node)
    return found.sort("ordinal", maintain_order=True).iter_rows(named=True)
