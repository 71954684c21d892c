"""Rows of an import to revisions, many at once: each row is loaded, unchanged or rejected, and says why.

The rows are taken in parts of neighbouring KPIs and units, so that a million of them take little memory, and all rows
about one cell are in the same part. What is plainly new goes to the table in bulk, what is known is left out in bulk,
and only the rest (corrections, revisions with their own times) is settled one by one as `frames.measurement` does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias

import polars as pl
from django.db.models import TextField
from django.db.models.functions import Cast

from fourfold.connectors.legible import WRONG
from fourfold.engine.approvals import needs_approval
from fourfold.engine.cells import Mark, State
from fourfold.engine.due import day_at, to_come
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.engine.measurements import COLUMNS, FIGURES, LISTED, Reason, check_each
from fourfold.engine.measurements.events import AT, Summed, is_events, sum_up
from fourfold.engine.progress import Progress
from fourfold.records.bulk import insert_table, time_text
from fourfold.records.closed_periods import closed_places
from fourfold.records.frames.measurement import (
    Cell,
    Planned,
    Revision,
    plan_measurements,
    read_table,
    text_of,
    write_planned,
)
from fourfold.records.frames.row_outcome import ImportResult
from fourfold.records.models import Import, Measurement, Organisation, Person
from fourfold.records.ready import Ready

#: Rows as they come: columns of `engine.measurements.COLUMNS` as text, and `row`, the number that findings name.
Rows: TypeAlias = pl.DataFrame
#: A KPI and a unit as a row names them.
Pair: TypeAlias = tuple[str, str]
_AGAIN: Final = "Mend the row in the file, or leave it out."
_PART: Final = 50_000
_PLAIN: Final = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"  # digits that the database gives back as they are
_CELL: Final = ("k", "u", "period")


class NewFigure(NamedTuple):
    """A figure that is about to be recorded: codes, the canonical period, what it is, and the words with it."""

    cell: Cell
    kpi: str
    unit: str
    period: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    note: str


#: Says of figures which are refused although their rows are right, and why.
Refuse: TypeAlias = Callable[[Iterable[NewFigure]], Mapping[Cell, Finding]]


class Moved(NamedTuple):
    """A cell that got another figure; a correction replaces a number by a number."""

    kpi: str
    unit: str
    period: str
    is_correction: bool


@dataclass(frozen=True)
class Checked:
    """Rows that can be loaded, in `parts`, and the `reasons` why others cannot; not usable without needed columns.

    The parts go as they are written, so that what is done holds no memory.
    """

    rows: Rows
    parts: list[pl.DataFrame] = field(default_factory=list)
    reasons: tuple[Reason, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_usable: bool = True
    members: pl.DataFrame | None = None  # where rows are events: the `index` of each, and of the `figure` it is part of

    def has_any(self, places: Collection[tuple[str, str, str]]) -> bool:
        """True where a row is about one of these KPIs, units and periods."""
        keys = ("kpi", "unit", "period")
        asked = pl.DataFrame(list(places), schema=dict.fromkeys(keys, pl.String), orient="row")
        return any(len(part.join(asked, on=keys, how="semi")) for part in self.parts)


def pairs_of(rows: Rows) -> list[Pair]:
    """The different KPIs and units that rows name."""
    if not {"kpi", "unit"} <= set(rows.columns):
        return []
    if WRONG in rows.columns:
        rows = rows.filter(pl.col(WRONG).is_null())
    return rows.select(*_keys()).unique(maintain_order=True).rows()


def digest_of_rows(rows: Rows) -> str:
    """The SHA-256 of rows, in their order."""
    digest = hashlib.sha256()
    for part in rows.iter_slices(_PART):
        digest.update(part.write_csv(include_header=False).encode())
    return digest.hexdigest()


def check_import(
    rows: Rows, ready: Ready, refused: Mapping[Pair, Finding], *, file: str | None, at: datetime,
    summed: Summed | None = None, tell: Progress | None = None,
) -> Checked:  # fmt: skip
    """Check every row but those that are `wrong` already; those of the pairs in `refused` are rejected unseen.

    `summed` says what rows that are events add up to, where somebody knows already.
    Nobody who may not see a KPI or unit is told whether it is there.
    """
    if "row" not in rows.columns:
        rows = rows.with_row_index("row", offset=1)
    rows = rows.with_columns(pl.col("row").cast(pl.Int64))
    if not {"kpi", "unit"} <= set(rows.columns):
        checked = check_each(rows, ready.definitions, file=file)
        return Checked(rows, findings=checked.findings, is_usable=False)
    keys = rows.select(*_keys()).with_row_index("at").cast({"at": pl.Int64})
    reasons: list[Reason] = []
    findings: list[Finding] = []
    if WRONG in rows.columns:
        wrong = keys.with_columns(rows[WRONG], rows["row"]).filter(pl.col(WRONG).is_not_null())
        reasons, findings = _of_wrong(wrong, file)
        keys = keys.join(wrong, on="at", how="anti", maintain_order="left")
        rows = rows.drop(WRONG)
    if refused:
        reasons += _refused(keys, refused)
        findings += refused.values()
        keys = keys.join(_pairs(refused), on=["kpi", "unit"], how="anti", maintain_order="left")
    parts: list[pl.DataFrame] = []
    figures, members, of_figures = rows, None, reasons
    if is_events(rows.columns):
        if summed is None or len(keys) < len(rows):
            summed = sum_up(rows[keys["at"]].with_columns(keys["at"].alias("index")), ready.definitions, file)
        figures, members, of_figures = summed.figures, summed.members, []
        reasons, findings = [*reasons, *summed.reasons], [*findings, *summed.findings]
        keys = figures.select(*_keys()).with_row_index("at").cast({"at": pl.Int64})
    done = 0
    for places in _cut(keys.sort("kpi", "unit", maintain_order=True)):
        checked = check_each(figures[places], ready.definitions, file=file)
        if not checked.is_usable:
            return Checked(rows, findings=checked.findings, is_usable=False)
        findings += checked.findings
        numbers = places.to_list() if checked.reasons else []
        of_figures += (reason._replace(at=numbers[reason.at]) for reason in checked.reasons)
        good = checked.rows.with_columns(pl.Series("at", places).gather(checked.rows["index"]).alias("at"))
        early = _early(good, ready, at)
        of_figures += early
        findings += (Finding(r.code, Level.ERROR, Place(thing="period"), r.message, r.fix) for r in early)
        done += len(places)
        if tell:
            tell("Checked", done, len(figures))
        good = good.rename({"row": "source_row"}).drop("value", "numerator", "denominator", "file", "index")
        parts.append(_without(good, early))
    if members is not None:
        reasons += _of_events(of_figures, members)
    return Checked(rows, parts, tuple(reasons), tuple(dict.fromkeys(findings))[:LISTED], members=members)


@dataclass
class Settled:
    """What importing comes to, part by part."""

    reasons: list[Reason] = field(default_factory=list)
    loaded: list[pl.Series] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    older: int = 0  # revisions from before what was known, which are history and do not count

    @property
    def count(self) -> int:
        """How many rows bring something new."""
        return sum(map(len, self.loaded))

    def result(self, checked: Checked, *, done: bool, run: Import | None = None) -> ImportResult:
        """Both together."""
        reasons: dict[int, tuple[Reason, ...]] = {}
        late, loaded = self.reasons, pl.concat([pl.Series("at", [], pl.Int64), *self.loaded])
        if checked.members is not None:
            late = list(_of_events(late, checked.members))
            loaded = checked.members.filter(pl.col("figure").is_in(loaded.implode()))["index"]
        for reason in (*checked.reasons, *late):
            reasons[reason.at] = (*reasons.get(reason.at, ()), reason)
        if not checked.is_usable:
            reasons = dict.fromkeys(range(len(checked.rows)), tuple(_reason(f) for f in errors(checked.findings)))
        given = [c for c in (*COLUMNS, AT, "row") if c in checked.rows.columns]
        refused = checked.rows.select(given)[sorted(reasons)]
        noun = "figure" if checked.members is None else "event"
        return ImportResult(checked.rows["row"], loaded, reasons, refused, done, run, noun)


def write_import(
    organisation: Organisation,
    ready: Ready,
    checked: Checked,
    *,
    by: Person | None,
    at: datetime,
    run: Import | None,
    quarantine: bool = False,
    few: int = 0,
    refuse: Refuse | None = None,
    tell: Progress | None = None,
) -> Settled:
    """Record what is new, in the transaction that holds the lock; without a `run` only say what would be.

    Figures of closed periods are rejected, and so is what `refuse` refuses. Without `quarantine` nothing more is
    written once a row is rejected, and the caller undoes the rest. Up to `few` cells are told of by name.
    """
    settled, done, total = Settled(), 0, sum(map(len, checked.parts))
    while checked.parts:
        part = checked.parts.pop(0)
        if tell:
            tell("Recorded" if run else "Compared", done, total)
        done += len(part)
        if not len(part):
            continue
        fresh, planned = settle_part(organisation, ready, part, settled, by=by, at=at, few=few, refuse=refuse)
        if run is not None and (quarantine or not settled.reasons):
            insert_fresh(organisation, ready, fresh, by=by, at=at, run=run)
            write_planned(organisation, ready, planned, by=by, import_run=run)
    return settled


def settle_part(
    organisation: Organisation, ready: Ready, part: pl.DataFrame, settled: Settled, *,
    by: Person | None, at: datetime, few: int, refuse: Refuse | None,
) -> tuple[pl.DataFrame, Planned]:  # fmt: skip
    """What is to be written of one part: rows of fresh cells, and what is planned for those of which more is known."""
    part = part.with_columns(_ids("kpi", ready.kpis).alias("k"), _ids("unit", ready.units).alias("u"))
    compared = part.join(_known(organisation, part, ready), on=_CELL, how="left", maintain_order="left")
    compared = compared.with_columns(pl.struct(_CELL).is_duplicated().alias("twice"))
    fresh = compared.filter(~pl.col("twice") & pl.col("was_state").is_null())
    rest = compared.filter((pl.col("twice") | pl.col("was_state").is_not_null()) & ~(_SAME & ~pl.col("twice")))
    planned = Planned({}, {})
    if len(rest):
        rows = rest.select(part.columns)
        planned = plan_measurements(organisation, ready, rows, by=by, at=at, approved=False)
    news = {cell for cell, revisions in planned.changes.items() if any(r.pk is None for r in revisions)}
    asked = {*fresh.select("u", "period").unique().rows(), *(cell[1:] for cell in news)}
    if closed := closed_places(organisation, ready, asked):
        shut = [(u, period, place.message, place.hint) for (u, period), place in closed.items()]
        late = pl.DataFrame(shut, schema={"u": pl.Int64, "period": pl.String, "said": pl.String, "fix": pl.String},
                            orient="row")  # fmt: skip
        told = pl.concat([fresh, _of_cells(rest, news)]).join(late, on=["u", "period"]).select("at", "said", "fix")
        settled.reasons += (Reason(place, "IMPORT-CLOSED", said, fix) for place, said, fix in told.iter_rows())
        fresh = fresh.join(late, on=["u", "period"], how="anti", maintain_order="left")
        planned = Planned({c: r for c, r in planned.changes.items() if c[1:] not in closed}, planned.before)
    if refuse is not None:
        added = pl.concat([fresh, _of_cells(rest, {cell for cell, _ in planned.added()})])
        refused = refuse(_new_figures(added))
        told = _of_cells(added, set(refused)).select("at", *_CELL)
        for place, *cell in told.iter_rows():
            found = refused[cell[0], cell[1], cell[2]]
            settled.reasons.append(Reason(place, found.code, found.message, found.fix))
        fresh = fresh.filter(~pl.col("at").is_in(told["at"].implode()))
        planned = Planned({c: r for c, r in planned.changes.items() if c not in refused}, planned.before)
    settled.loaded += [fresh["at"], _loaded(rest, planned)]
    settled.older += sum(_is_older(planned.known(cell), new) for cell, new in planned.added())
    if few:
        settled.moved += _moved(ready, fresh, planned, few - len(settled.moved))
    return fresh, planned


def _of_cells(rows: pl.DataFrame, cells: set[Cell]) -> pl.DataFrame:
    return rows.filter(pl.struct(_CELL).is_in([dict(zip(_CELL, cell, strict=True)) for cell in cells]))


def _new_figures(rows: pl.DataFrame) -> Iterator[NewFigure]:
    """Those of the rows that are numbers; the last row of a cell counts."""
    numbers = rows.filter(pl.col("state") == int(State.NUMBER))
    columns = (*_CELL, "kpi", "unit", *(f"{figure}_text" for figure in FIGURES), "note")
    for k, u, period, kpi, unit, *figures, note in numbers.select(columns).iter_rows():
        value, top, bottom = (None if text is None else Decimal(text) for text in figures)
        yield NewFigure((k, u, period), kpi, unit, period, value, top, bottom, note or "")


def _is_older(known: Revision | None, new: Revision) -> bool:
    return known is not None and new.recorded_at < known.recorded_at


def _of_events(reasons: Iterable[Reason], members: pl.DataFrame) -> Iterator[Reason]:
    """What is said of a figure is said of each event that it is made of."""
    said: dict[int, list[Reason]] = {}
    for reason in reasons:
        said.setdefault(reason.at, []).append(reason)
    for index, figure in members.filter(pl.col("figure").is_in(list(said))).iter_rows():
        yield from (reason._replace(at=index) for reason in said[figure])


def _of_wrong(wrong: pl.DataFrame, file: str | None) -> tuple[list[Reason], list[Finding]]:
    """What is said of rows that whoever read them could not take."""
    told = wrong.select("at", "row", WRONG).rows()
    findings = [Finding("IMPORT-ROW", Level.ERROR, _place(file, row), said, _AGAIN) for _, row, said in told]
    return [Reason(place, "IMPORT-ROW", said, _AGAIN) for place, _, said in told], findings


def _place(file: str | None, row: int) -> Place:
    return Place(file, row) if file else Place(thing=f"row {row}")


def _keys() -> tuple[pl.Expr, pl.Expr]:
    """KPI and unit without blanks around them; empty where there is none."""
    kpi, unit = (pl.col(c).cast(pl.String).str.strip_chars().fill_null("") for c in ("kpi", "unit"))
    return kpi, unit


def _pairs(refused: Mapping[Pair, Finding]) -> pl.DataFrame:
    columns = ("kpi", "unit", "code", "message", "fix")
    rows = [(*pair, f.code, f.message, f.fix) for pair, f in refused.items()]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _refused(keys: pl.DataFrame, refused: Mapping[Pair, Finding]) -> Iterator[Reason]:
    found = keys.join(_pairs(refused), on=["kpi", "unit"], maintain_order="left")
    return (Reason(*row) for row in found.select("at", "code", "message", "fix").iter_rows())


def _reason(finding: Finding) -> Reason:
    return Reason(0, finding.code, finding.message, finding.fix)


def _cut(keys: pl.DataFrame) -> Iterator[pl.Series]:
    """The places of rows, sorted by KPI and unit, in parts that leave all rows of a KPI and unit together."""
    ends = keys.select((pl.struct("kpi", "unit") != pl.struct("kpi", "unit").shift(-1)).fill_null(True)).to_series()
    begin = 0
    for end in (ends.arg_true() + 1).to_list():
        if end - begin >= _PART or end == len(keys):
            yield keys["at"].slice(begin, end - begin)
            begin = end


def _without(rows: pl.DataFrame, reasons: Iterable[Reason]) -> pl.DataFrame:
    gone = [reason.at for reason in reasons]
    return rows.filter(~pl.col("at").is_in(gone)) if gone else rows


def _early(rows: pl.DataFrame, ready: Ready, at: datetime) -> list[Reason]:
    """A figure cannot be about a period that has not begun where the unit is."""
    calendar = ready.definitions.calendar
    days: dict[str, date] = {}
    starts = {text: calendar.parse(text) for text in rows["period"].unique()}
    found = []
    for unit, text in rows.select("unit", "period").unique().iter_rows():
        day = days.get(unit) or days.setdefault(unit, day_at(ready.definitions, unit, at))
        if starts[text].start > day:
            found.append((unit, text))
    if not found:
        return []
    early = pl.DataFrame(found, schema={"unit": pl.String, "period": pl.String}, orient="row")
    reasons = []
    for place, text in rows.join(early, on=["unit", "period"]).select("at", "period").iter_rows():
        reasons.append(Reason(place, "RECORD-EARLY", *to_come(starts[text])))
    return reasons


def _ids(column: str, ids: Mapping[str, int]) -> pl.Expr:
    return pl.col(column).replace_strict(ids, return_dtype=pl.Int64)


def _known(organisation: Organisation, part: pl.DataFrame, ready: Ready) -> pl.DataFrame:
    """What is known now of the KPIs, units and periods of a part, its columns named `was_…`."""
    kpis, units = part["k"].unique().to_list(), part["u"].unique().to_list()
    starts = [ready.definitions.calendar.parse(text).start for text in part["period"].unique()]
    found = Measurement.objects.filter(
        organisation=organisation, kpi__in=kpis, start__gte=min(starts), start__lte=max(starts)
    ).current()
    if len(units) < len(ready.units) // 2:
        found = found.filter(unit__in=units)
    figures = (text_of(figure) for figure in FIGURES)
    rows = found.values_list(
        "kpi_id", "unit_id", "period", *figures, "state", "marks", "source", "reason", Cast("recorded_at", TextField())
    )
    return read_table(rows, _WAS).with_columns(
        pl.col("was_recorded").str.replace(r"\+00$", "").str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us")
    )


_WAS: Final[dict[str, pl.DataType]] = {
    "k": pl.Int64(), "u": pl.Int64(), "period": pl.String(), **{f"was_{f}": pl.String() for f in FIGURES},
    "was_state": pl.UInt8(), "was_marks": pl.UInt8(), "was_source": pl.String(), "was_note": pl.String(),
    "was_recorded": pl.String(),
}  # fmt: skip
_RECORDED: Final = pl.col("recorded_at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", time_zone="UTC")
#: A row that says what is known, digit by digit, and no other text; of another form it may still say the same.
_SAME: Final = pl.all_horizontal(
    *(pl.col(f"{f}_text").eq_missing(pl.col(f"was_{f}")) for f in FIGURES),
    pl.col("state") == pl.col("was_state"), pl.col("marks") == pl.col("was_marks"),
    *((pl.col(text).is_null() | (pl.col(text) == pl.col(f"was_{text}"))) for text in ("source", "note")),
    pl.col("recorded_at").is_null() | (_RECORDED.dt.replace_time_zone(None) >= pl.col("was_recorded")),
).fill_null(False)  # fmt: skip


def _loaded(rest: pl.DataFrame, planned: Planned) -> pl.Series:
    """The places of those of the rest that bring news: the last of a cell, as many as it has new revisions."""
    counts = [(*cell, sum(r.pk is None for r in revisions)) for cell, revisions in planned.changes.items()]
    if not counts:
        return pl.Series("at", [], pl.Int64)
    new = pl.DataFrame(counts, schema={"k": pl.Int64, "u": pl.Int64, "period": pl.String, "new": pl.Int64},
                       orient="row")  # fmt: skip
    back = pl.int_range(pl.len()).reverse().over(_CELL)
    return rest.join(new, on=_CELL, maintain_order="left").filter(back < pl.col("new"))["at"]


def _moved(ready: Ready, fresh: pl.DataFrame, planned: Planned, room: int) -> list[Moved]:
    first = fresh.select("kpi", "unit", "period").head(max(0, room))
    found = [Moved(kpi, unit, period, is_correction=False) for kpi, unit, period in first.iter_rows()]
    for cell, new in planned.added()[: max(0, room)]:
        correction = new.corrects(planned.known(cell))
        found.append(Moved(ready.kpi_codes[cell[0]], ready.unit_codes[cell[1]], cell[2], correction))
    return found


def insert_fresh(
    organisation: Organisation, ready: Ready, fresh: pl.DataFrame, *, by: Person | None, at: datetime,
    run: Import | None, table: str = "records_measurement",
) -> None:  # fmt: skip
    """The rows of cells of which nothing was known, into their table or one like it."""
    if fresh.is_empty():
        return
    periods = {text: ready.definitions.calendar.parse(text) for text in fresh["period"].unique()}
    frequencies = {text: period.frequency.value for text, period in periods.items()}
    starts = {text: period.start.isoformat() for text, period in periods.items()}
    times = {text: time_text(datetime.fromisoformat(text)) for text in fresh["recorded_at"].drop_nulls().unique()}
    rows = fresh.select(
        pl.lit(organisation.pk).alias("organisation_id"),
        pl.lit(by and by.pk, pl.Int64).alias("recorded_by_id"),
        pl.lit(run and run.pk, pl.Int64).alias("import_run_id"),
        pl.col("k").alias("kpi_id"), pl.col("u").alias("unit_id"), "period",
        pl.col("period").replace_strict(frequencies, return_dtype=pl.String).alias("frequency"),
        pl.col("period").replace_strict(starts, return_dtype=pl.String).alias("start"),
        *(_digits(f"{figure}_text").alias(figure) for figure in FIGURES),
        "state", _marks(fresh, ready, by).alias("marks"),
        _times(times).fill_null(time_text(at)).alias("recorded_at"),
        pl.col("source").fill_null(""), pl.col("note").fill_null("").alias("reason"), "source_row",
    )  # fmt: skip
    insert_table(table, rows)


def _times(times: Mapping[str, str]) -> pl.Expr:
    if not times:
        return pl.lit(None, pl.String)
    return pl.col("recorded_at").replace_strict(times, default=None, return_dtype=pl.String)


def _digits(column: str) -> pl.Expr:
    """Figures in plain notation, as the database keeps them."""
    text = pl.col(column)
    strange = text.map_elements(lambda figure: format(Decimal(figure), "f"), return_dtype=pl.String)
    return pl.when(text.str.contains(_PLAIN) | text.is_null()).then(text).otherwise(strange)


def _marks(fresh: pl.DataFrame, ready: Ready, by: Person | None) -> pl.Expr:
    """The marks of rows, and that the figure is not approved where it needs to be."""
    if by is None:
        return pl.col("marks")
    pairs = fresh.select("kpi", "unit").unique().rows()
    asking = [{"kpi": kpi, "unit": unit} for kpi, unit in pairs if needs_approval(ready.definitions, kpi, unit)]
    if not asking:
        return pl.col("marks")
    is_asked = pl.struct("kpi", "unit").is_in(asking) & (pl.col("state") == int(State.NUMBER))
    return pl.when(is_asked).then(pl.col("marks") | int(Mark.UNAPPROVED)).otherwise(pl.col("marks"))
