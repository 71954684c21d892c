"""Rows of figures to revisions and back: what was recorded stays, a correction supersedes it.

Two time axes: the period a figure is about, and when it was recorded. The revisions of a cell (KPI, unit, period)
follow one another without a gap: each is superseded at the moment the next one was recorded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import reduce
from itertools import chain, islice
from operator import or_
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import ExpressionWrapper, F, Q, QuerySet, TextField

from fourfold.connectors.files.safe_cell import safe_table
from fourfold.engine.approvals import needs_approval
from fourfold.engine.cells import Mark, State
from fourfold.engine.measurements import COLUMNS, FIGURES, CheckedRows
from fourfold.engine.measurements.figures import QUALITIES
from fourfold.engine.periods import Period
from fourfold.records.bulk import insert_rows
from fourfold.records.closed_periods import refuse_closed
from fourfold.records.models import Import, Measurement, Organisation, Person
from fourfold.records.ready import Ready

if TYPE_CHECKING:
    import polars as pl

#: Columns of texts, which are made safe for spreadsheets; −5 as a figure is no formula.
TEXTS: Final = tuple(column for column in COLUMNS if column not in FIGURES)
KEYS: Final = ("kpi", "unit", "period")
#: A KPI, unit and period, as ids and the period's canonical text.
Cell = tuple[int, int, str]
_SHORT: Final = 200  # up to so many rows, their cells are looked up one by one
_BATCH: Final = 1_000
_BLOCK: Final = 50_000  # rows that are numbers and texts of Python at once


@dataclass(frozen=True, slots=True)
class Revision:
    """What was recorded for a cell, when, and until when it held; `pk` is None before it is written."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    state: int
    marks: int
    recorded_at: datetime
    source: str = ""
    reason: str = ""
    source_row: int | None = None
    superseded_at: datetime | None = None
    pk: int | None = None

    def corrects(self, before: Revision | None) -> bool:
        """True where it puts a number in the place of one."""
        return before is not None and (before.state, self.state) == (State.NUMBER, State.NUMBER)

    def says(self, other: Revision) -> bool:
        """True when the other one brings no news: the same figure, and no text that is different from this one's."""
        mine = (self.value, self.numerator, self.denominator, self.state, self.marks)
        texts = other.source in ("", self.source) and other.reason in ("", self.reason)
        return texts and mine == (other.value, other.numerator, other.denominator, other.state, other.marks)


@dataclass(frozen=True)
class Written:
    """What writing did: how many rows brought something new, how many did not; of few, what was known before."""

    loaded: int = 0
    unchanged: int = 0
    news: tuple[tuple[Revision | None, Revision], ...] = ()


def write_measurements(
    organisation: Organisation,
    ready: Ready,
    rows: pl.DataFrame,
    *,
    by: Person | None,
    at: datetime,
    import_run: Import | None = None,
    restates: bool = False,
    approved: bool = False,
) -> Written:
    """Record checked rows (see `CheckedRows`), those without `recorded_at` as recorded `at`.

    A row that says what is known already is left out. One recorded earlier than what is known becomes history and
    does not replace it. Call it inside a transaction that holds the lock on the organisation. News of a closed period
    are refused, see `refuse_closed`, but for a restatement (`restates`) that somebody has approved. A figure of a
    person that needs approval is marked so, unless it is `approved`.
    """
    planned = plan_measurements(organisation, ready, rows, by=by, at=at, approved=approved or restates)
    added = planned.added()
    if not restates:
        refuse_closed(organisation, ready, (cell[1:] for cell, _ in added))
    write_planned(organisation, ready, planned, by=by, import_run=import_run)
    is_small = len(rows) <= _SHORT
    news = tuple((planned.known(cell), new) for cell, new in added) if is_small else ()
    return Written(len(added), len(rows) - len(added), news)


def rows_of(checked: Sequence[CheckedRows]) -> pl.DataFrame:
    """The rows of several as one table."""
    import polars as pl

    return checked[0].rows if len(checked) == 1 else pl.concat([each.rows for each in checked])


@dataclass(frozen=True)
class Planned:
    """What is to be written for each cell, the revisions that are new or end earlier, and what was known `before`."""

    changes: dict[Cell, list[Revision]]
    before: dict[Cell, list[Revision]]

    def added(self) -> list[tuple[Cell, Revision]]:
        """The revisions that are new."""
        return [(cell, each) for cell, revisions in self.changes.items() for each in revisions if each.pk is None]

    def known(self, cell: Cell) -> Revision | None:
        """What was known of a cell."""
        return self.before[cell][-1] if cell in self.before else None


def plan_measurements(
    organisation: Organisation, ready: Ready, rows: pl.DataFrame, *, by: Person | None, at: datetime, approved: bool
) -> Planned:
    """What `write_measurements` would write of checked rows, whether or not a period is closed; writes nothing."""
    incoming: dict[Cell, list[tuple[Revision, bool]]] = {}
    for row in rows.iter_rows(named=True):
        cell = (ready.kpis[row["kpi"]], ready.units[row["unit"]], row["period"])
        incoming.setdefault(cell, []).append(_revision(row, at))
    before = _revisions(organisation, incoming, small=len(rows) <= _SHORT)
    changes: dict[Cell, list[Revision]] = {}
    for cell, given in incoming.items():
        if by is not None and not approved:
            given = _unapproved(ready, cell, before.get(cell, []), given)
        changes[cell] = list(_settle(before.get(cell, []), given, at))
    return Planned(changes, before)


def write_planned(
    organisation: Organisation, ready: Ready, planned: Planned, *, by: Person | None, import_run: Import | None
) -> None:
    """Write it, inside the transaction in which it was planned under the lock on the organisation."""
    moved: dict[datetime, list[int]] = {}
    for revision in chain.from_iterable(planned.changes.values()):
        if revision.pk is not None and revision.superseded_at is not None:
            moved.setdefault(revision.superseded_at, []).append(revision.pk)
    for moment, pks in moved.items():
        for start in range(0, len(pks), _BATCH):
            Measurement.objects.filter(pk__in=pks[start : start + _BATCH]).update(superseded_at=moment)
    place = _Places(organisation, ready, by, import_run)
    rows = (place(cell, revision) for cell, revision in planned.added())
    insert_rows("records_measurement", place.columns, rows, exact=True)


def read_measurements(
    organisation: Organisation,
    ready: Ready,
    *,
    kpis: Iterable[str] | None = None,
    cells: tuple[Iterable[str], str] | None = None,
    as_of: datetime | None = None,
) -> pl.DataFrame:
    """The figures of some KPIs (all without `kpis`) as the engine takes them: as known now, or as known at `as_of`.

    With `cells`, those of some units in one period alone.

    Columns `kpi, unit, period` (canonical id), `value, numerator, denominator` (Float64), `state`, `marks` (UInt8).
    """
    import polars as pl

    found = Measurement.objects.filter(organisation=organisation)
    if cells is not None:  # units name the organisation already; said again, SQLite would search all it has
        found = Measurement.objects.filter(unit__in=[ready.units[code] for code in cells[0]], period=cells[1])
    found = found.current() if as_of is None else found.as_of(as_of)
    if kpis is not None:
        found = found.filter(kpi__in=[ready.kpis[code] for code in kpis])
    schema = {
        **dict.fromkeys(KEYS, pl.String()), **dict.fromkeys(FIGURES, pl.Float64()),
        **dict.fromkeys(("state", "marks"), pl.UInt8()),
    }  # fmt: skip
    codes = (ready.kpi_codes.__getitem__, ready.unit_codes.__getitem__)
    rows = found.values_list("kpi_id", "unit_id", "period", *_UNREAD, "state", "marks").iterator(_BLOCK)
    blocks = [pl.DataFrame(schema=schema)]
    while block := [*zip(*islice(rows, _BLOCK), strict=True)]:
        keys = (*(map(code, column) for code, column in zip(codes, block, strict=False)), block[2])
        figures = (map(_float, column) for column in block[3:6])
        columns = zip(schema.items(), (*keys, *figures, *block[6:]), strict=True)
        blocks.append(pl.DataFrame([pl.Series(name, list(column), kind) for (name, kind), column in columns]))
    return pl.concat(blocks)


def _float(figure: str | Decimal | None) -> float | None:
    return None if figure is None else float(figure)


def read_table(found: QuerySet[Any, Any], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """What a query of values finds, under the names and types of `schema`: texts and whole numbers, null where none.

    No field passes through what makes objects of Django's of it: figures and moments are asked for as texts.
    """
    import polars as pl

    sql, values = found.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)", values) as copy:
                content = b"".join(copy)
            kinds = dict(schema)
            return pl.read_csv(content, has_header=False, schema=kinds) if content else pl.DataFrame(schema=kinds)
        cursor.execute(sql, values)
        blocks = [pl.DataFrame(schema=schema)]
        while block := cursor.fetchmany(_BLOCK):
            columns = zip(schema.items(), zip(*block, strict=True), strict=True)
            blocks.append(pl.DataFrame([pl.Series(name, column, kind) for (name, kind), column in columns]))
    return pl.concat(blocks)


def text_of(field: str) -> ExpressionWrapper[F]:
    """A figure without making a decimal of it: the digits on SQLite, what the driver makes of them on PostgreSQL."""
    return ExpressionWrapper(F(field), output_field=TextField())


_UNREAD: Final = tuple(text_of(figure) for figure in FIGURES)


def current_revision(organisation: Organisation, ready: Ready, kpi: str, unit: str, period: str) -> Revision | None:
    """What is known now about one cell, `period` as its canonical id."""
    cell = (ready.kpis[kpi], ready.units[unit], period)
    known = _revisions(organisation, [cell], small=True).get(cell)
    return known[-1] if known else None


def newest_row(organisation: Organisation) -> int:
    """The id of the newest figure; those that are recorded later have larger ones, as they wait for the lock."""
    found = Measurement.objects.filter(organisation=organisation).order_by("-pk").values_list("pk", flat=True)
    return found.first() or 0


def places_since(organisation: Organisation, ready: Ready, row: int, *, most: int) -> list[tuple[str, str, str]]:
    """KPI, unit and period of the figures after that row, each once; at most so many."""
    found = Measurement.objects.filter(organisation=organisation, pk__gt=row).order_by()
    places = found.values_list("kpi_id", "unit_id", "period").distinct()[:most]
    return [(ready.kpi_codes[kpi], ready.unit_codes[unit], period) for kpi, unit, period in places]


def is_first(ready: Ready, kpi: str, period: Period, *, beside: Iterable[tuple[str, str, Period]]) -> bool:
    """True when no unit has a figure of the KPI for this period or an earlier one, but for these places."""
    known = Measurement.objects.filter(kpi=ready.kpis[kpi], start__lte=period.start, superseded_at__isnull=True)
    mine = [Q(unit=ready.units[unit], period=own.id) for code, unit, own in beside if code == kpi]
    return not known.exclude(reduce(or_, mine, Q(pk=None))).exists()


def _unapproved(
    ready: Ready, cell: Cell, known: Sequence[Revision], given: Sequence[tuple[Revision, bool]]
) -> list[tuple[Revision, bool]]:
    """The figures as not approved where they need it, and bring news: what was approved once stays so."""
    if not needs_approval(ready.definitions, ready.kpi_codes[cell[0]], ready.unit_codes[cell[1]]):
        return list(given)
    return [
        (new if (known and known[-1].says(new)) or new.state != State.NUMBER
         else replace(new, marks=new.marks | Mark.UNAPPROVED), dated)
        for new, dated in given
    ]  # fmt: skip


_REVISION: Final = (
    "value", "numerator", "denominator", "state", "marks", "recorded_at", "source", "reason", "source_row",
    "superseded_at", "pk",
)  # fmt: skip


def _revision(row: dict[str, Any], at: datetime) -> tuple[Revision, bool]:
    """A checked row as a revision, and whether it says itself when it was recorded."""
    value, top, bottom = (None if row[f"{f}_text"] is None else Decimal(row[f"{f}_text"]) for f in FIGURES)
    said = row["recorded_at"]
    moment = at if said is None else datetime.fromisoformat(said)
    source, reason = row["source"] or "", row["note"] or ""
    figure = Revision(value, top, bottom, row["state"], row["marks"], moment, source, reason, row.get("source_row"))
    return figure, said is not None


def revision_of(checked: CheckedRows, at: datetime) -> Revision:
    """The one checked row as the revision it would be."""
    return _revision(checked.rows.row(0, named=True), at)[0]


def _revisions(organisation: Organisation, cells: Iterable[Cell], *, small: bool) -> dict[Cell, list[Revision]]:
    """The revisions of these cells, oldest first."""
    wanted = set(cells)
    rows = Measurement.objects.filter(organisation=organisation, kpi__in={cell[0] for cell in wanted})
    if small:
        rows = rows.filter(unit__in={cell[1] for cell in wanted}, period__in={cell[2] for cell in wanted})
    found: dict[Cell, list[Revision]] = {}
    for kpi, unit, period, *rest in rows.order_by("recorded_at", "pk").values_list(
        "kpi_id", "unit_id", "period", *_REVISION
    ):
        if (kpi, unit, period) in wanted:
            found.setdefault((kpi, unit, period), []).append(Revision(*rest))
    return found


def _settle(before: list[Revision], given: list[tuple[Revision, bool]], at: datetime) -> Iterator[Revision]:
    """The revisions that are new or end at another moment than before, those known already first."""
    if not before and len(given) == 1:
        yield given[0][0]
        return
    timeline = list(before)
    for revision, dated in given:
        same_moment = next((r for r in timeline if r.recorded_at == revision.recorded_at), None)
        if dated and same_moment is not None and not same_moment.says(revision):
            revision, dated = replace(revision, recorded_at=at), False  # another figure of the same moment: news
        if not dated and timeline and timeline[-1].recorded_at >= revision.recorded_at:
            revision = replace(revision, recorded_at=timeline[-1].recorded_at + timedelta(microseconds=1))
        earlier = [r for r in timeline if r.recorded_at <= revision.recorded_at]
        if not earlier or not earlier[-1].says(revision):
            timeline.insert(len(earlier), revision)
    until = [r.recorded_at for r in timeline[1:]]
    settled = [replace(r, superseded_at=end) for r, end in zip(timeline, [*until, None], strict=True)]
    known = {r.pk: r.superseded_at for r in before}
    changed = [r for r in settled if r.pk is None or known[r.pk] != r.superseded_at]
    yield from sorted(changed, key=lambda r: r.pk is None)


class _Places:
    """Makes rows of revisions; each period is read once."""

    columns = ("organisation_id", "recorded_by_id", "import_run_id", "kpi_id", "unit_id", "period", "frequency",
               "start", *_REVISION[:-1])  # fmt: skip

    def __init__(self, organisation: Organisation, ready: Ready, by: Person | None, import_run: Import | None) -> None:
        self._given = (organisation.pk, by and by.pk, import_run and import_run.pk)
        self._ready = ready
        self._periods: dict[str, Period] = {}

    def __call__(self, cell: Cell, revision: Revision) -> tuple[Any, ...]:
        kpi, unit, text = cell
        if (period := self._periods.get(text)) is None:
            definitions = self._ready.definitions
            frequency = definitions.kpi[self._ready.kpi_codes[kpi]].frequency
            period = self._periods[text] = definitions.calendar.parse(text, frequency)
        place = (kpi, unit, text, period.frequency.value, period.start)
        return (*self._given, *place, *(getattr(revision, name) for name in _REVISION[:-1]))


def digest_of(rows: pl.DataFrame) -> str:
    """The SHA-256 of checked rows, wherever in which file they stood."""
    return hashlib.sha256(rows.drop("file", "row").write_csv().encode()).hexdigest()


def measurements_csv(organisation: Organisation, *, as_of: datetime | None = None) -> tuple[str, int]:
    """The figures of now, or as known at `as_of`, as a table that can be loaded again, and how many there are.

    Columns in which nothing stands are left out.
    """
    import polars as pl

    columns = ("kpi__code", "unit__code", "period", *FIGURES, "state", "marks", "source", "reason", "recorded_at")
    rows_here = Measurement.objects.filter(organisation=organisation)
    found = rows_here.current() if as_of is None else rows_here.as_of(as_of)
    found = found.order_by("kpi__position", "kpi_id", "start", "period", "unit__position", "unit_id")
    rows = [_texts(row) for row in found.values_list(*columns)]
    table = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String()), orient="row")
    needed = [c for c in COLUMNS if c in KEYS or table[c].null_count() < len(table)]
    return safe_table(table.select(needed), TEXTS).write_csv(), len(table)


def _texts(row: Sequence[Any]) -> tuple[str | None, ...]:
    """One figure in the order of `COLUMNS`: exact digits, words for state and quality."""
    kpi, unit, period, value, top, bottom, state, marks, source, reason, recorded_at = row
    figures = (None if v is None else format(v, "f") for v in (value, top, bottom))
    said = None if state == State.NUMBER else State(state).word
    quality = "+".join(word for word, mark in QUALITIES.items() if mark and marks & mark) or None
    moment = recorded_at.astimezone(UTC).isoformat()
    return (kpi, unit, period, *figures, said, quality, source or None, reason or None, moment)
