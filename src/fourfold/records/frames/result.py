"""Results of an evaluation to rows, and stored results back to arrays.

Stored rows are compared with new ones, and only those that differ are written, in bulk. A row that was computed from
newer inputs than the new one stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fourfold.engine.results import COLUMNS, Results, View
from fourfold.engine.statuses import Status
from fourfold.records.bulk import insert_rows
from fourfold.records.models import Evaluation, Organisation, Result
from fourfold.records.ready import Ready

if TYPE_CHECKING:
    import polars as pl

#: Which row, in the order of the index in which rows are written.
_KEY: Final = ("unit_id", "view", "ordinal", "node")
#: What the long table of the engine and the table of the database share beside that.
_FIGURES: Final = ("period", *COLUMNS[4:])
_COLUMNS: Final = (*_KEY, *_FIGURES)
_SCORES: Final = tuple(_COLUMNS.index(c) for c in ("score", "status", "confidence", "marks"))
_CODES: Final = ("state", "marks", "reason", "status")
ANCHORS: Final = ("target", "red_line", "low", "high")
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
        common = (run.organisation_id, run.pk, run.input_version)
        columns = ("organisation_id", "evaluation_id", "input_version", *_COLUMNS)
        insert_rows("records_result", columns, ((*common, *row) for row in self.new))
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


def rows_of_results(
    ready: Ready, views: Sequence[str], results: Results, *, units: Collection[str] = (), since: date | None = None
) -> Iterator[Row]:
    """Results as rows: those of some units (all without `units`), in the periods that end on `since` or later.

    `views` names the view of each period. For a few rows this is faster than by way of a table.
    """
    u = [i for i, code in enumerate(results.units) if not units or code in units]
    p = [i for i, period in enumerate(results.periods) if since is None or period.last_day >= since]
    part = np.ix_(range(len(results.nodes)), u, p)
    columns = [_values(results, name, part) for name in _FIGURES[1:-1]]
    pks = [ready.units[results.units[i]] for i in u]
    periods = [(i, views[i], results.periods[i].ordinal, results.periods[i].id) for i in p]
    none = ("",) * len(results.periods)
    cells = product([(node, results.data_period.get(node, none)) for node in results.nodes], pks, periods)
    for ((node, own), pk, (i, view, ordinal, text)), *figures in zip(cells, *columns, strict=True):
        yield (pk, view, ordinal, node, text, *figures, own[i])


def _values(results: Results, name: str, part: Any) -> Iterable[Any]:
    """One column: None where there is no number."""
    array = results.anchor(name) if name in ANCHORS else getattr(results, name)
    if array is None:
        array = np.zeros(results.shape, np.uint8) if name in _CODES else np.full(results.shape, np.nan)
    flat = np.broadcast_to(array, results.shape)[part].reshape(-1)
    return flat.tolist() if name in _CODES else [None if x != x else x for x in flat.tolist()]


def known_scores(
    stored: Stored,
    ready: Ready,
    found: Mapping[View, Results],
    units: Collection[int],
    spots: Collection[tuple[str, int]],
    nodes: Collection[str],
) -> tuple[Results, tuple[str, ...]]:
    """Scores to roll up, in these units (by id) and spots: those just found, and of `nodes` the stored ones.

    A spot is a view and the ordinal of one of its periods. The periods of all views stand beside one another; the
    second part names the view of each.
    """
    first = next(iter(found.values()))
    u = [i for i, code in enumerate(first.units) if ready.units[code] in units]
    shown = [(v, i, p) for v, r in found.items() for i, p in enumerate(r.periods) if (v, p.ordinal) in spots]
    beside = sorted(nodes)
    shape = (len(beside), len(u), len(shown))
    score, status = np.full(shape, np.nan), np.full(shape, Status.NO_DATA, dtype=np.uint8)
    confidence, marks = np.zeros(shape), np.zeros(shape, np.uint8)
    pks = [ready.units[first.units[i]] for i in u]
    for (a, node), (b, pk), (c, (view, _, period)) in product(enumerate(beside), enumerate(pks), enumerate(shown)):
        if (row := stored.rows.get((pk, view, period.ordinal, node))) is not None:
            known, status[a, b, c], confidence[a, b, c], marks[a, b, c] = (row[i] for i in _SCORES)
            score[a, b, c] = np.nan if known is None else known

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
