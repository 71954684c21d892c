"""The figures of a spreadsheet of KPIs: from which columns and periods they are read, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

import polars as pl

from fourfold.connectors.files.detect import Header, body_of, header_of
from fourfold.connectors.files.grid import Grid
from fourfold.connectors.files.layout import WRONG, lay_out
from fourfold.connectors.files.mapping import Mapping as Reading
from fourfold.connectors.files.mapping import words_of
from fourfold.connectors.files.propose import Codes, propose
from fourfold.connectors.files.scorecard_columns import Finds, ScorecardColumns
from fourfold.connectors.files.scorecard_periods import (
    in_year,
    is_short,
    period_over,
    read_over,
    target_over,
    two_years,
    year_above,
    year_column,
    year_of,
    yearly,
)
from fourfold.connectors.files.scorecard_unread import Unread
from fourfold.engine.definitions import Definitions
from fourfold.engine.measurements import FIGURES, check_each
from fourfold.engine.periods import Calendar, Frequency, Period

_EMPTY: Final = pl.DataFrame(schema=dict.fromkeys(("kpi", "unit", "period", *FIGURES), pl.String))
_PLACES: Final = ("unit", "units")  # of the organisation, or what a KPI is counted in
_ZERO: Final = r"^0+(?:[.,]0+)?$"
_FEW: Final = 3  # figures of a KPI from which on zeros among them are looked at
_AGREE: Final = 0.9  # of the rows of a KPI
_NONE: Final = "It is left empty here: say so where figures are entered."
_YEAR_IN: Final = "Say which year it is, or which column says it."


class Figures(NamedTuple):
    """Rows of `kpi`, `unit`, `period` and `FIGURES`, how the columns were read, and what is to be said of others."""

    rows: pl.DataFrame
    reading: Reading
    unread: list[Unread]


def find_periods(
    columns: ScorecardColumns, grid: Grid, header: Header, calendar: Calendar, finds: Finds
) -> ScorecardColumns:  # fmt: skip
    """The columns with those of figures and targets that a period is named over, their year, and the rhythm of KPIs.

    Where columns are remembered it finds only those that name the year too: which of the others are read is known.
    """
    body, names = body_of(grid, header), list(header.names.values())
    columns = _with_unit(columns, body, names)
    taken = {*columns.columns.values(), *columns.figures.columns.values(), *columns.figures.cells, *columns.targets}
    free = [name for name in names if name not in taken]
    in_rows = {"period", "value", "numerator"} & {*columns.figures.columns, *columns.figures.fixed}
    year = "" if in_rows or finds != "all" else year_column(body, free, calendar)
    cells, targets = dict(columns.figures.cells), dict(columns.targets)
    aims = {} if finds != "all" else {target_over(columns.columns.get("target", "")): ""}
    for name in () if in_rows else free:
        figure, target = period_over(name), target_over(name)
        if name != year and _is_period(figure, calendar) and (finds == "all" or not is_short(figure)):
            cells[name] = {"period": figure}
        elif _is_period(target, calendar) and target not in aims and (finds == "all" or not is_short(target)):
            targets[name] = aims[target] = target
    short = any(is_short(text) for text in (*(said.get("period", "") for said in cells.values()), *targets.values()))
    fixed, own = dict(columns.fixed), dict(columns.columns)
    if short and year:
        own.setdefault("year", year)
    if short and not {*own, *fixed} & {"year"}:
        above = grid.cells.head(header.start - 1).drop("row", "width").iter_columns()
        titles = [text for column in above for text in column.drop_nulls()]
        found = year_above(titles) or year_above([grid.sheet]) or year_above([grid.file])
        fixed |= {"year": found} if found else {}
    figures = columns.figures.changed(cells=cells)
    found_all = columns.changed(columns=own, fixed=fixed, figures=figures, targets=targets)
    if "frequency" not in {*own, *fixed} and (each := _frequency(found_all, body, names, calendar)):
        found_all = found_all.changed(fixed={**fixed, "frequency": each})
    return found_all


def _is_period(text: str, calendar: Calendar) -> bool:
    return bool(text) and (is_short(text) or read_over(text, calendar) is not None)


def _with_unit(columns: ScorecardColumns, body: pl.DataFrame, names: Sequence[str]) -> ScorecardColumns:
    """A column called unit: what KPIs are counted in where each has one row, elsewhere units of the organisation."""
    name = next((n for n in names if words_of(n) in _PLACES), "")
    key = columns.columns.get("code", columns.columns.get("kpi", ""))
    taken = {*columns.columns.values(), *columns.figures.columns.values(), *columns.figures.cells}
    if not name or name in taken or not key:
        return columns
    rows = body[f"={key}"].drop_nulls()
    if rows.n_unique() < len(rows):
        if "unit" in {*columns.figures.columns, *columns.figures.fixed}:
            return columns
        return columns.changed(figures=columns.figures.changed(columns={**columns.figures.columns, "unit": name}))
    if "measured_in" in {*columns.columns, *columns.fixed}:
        return columns
    return columns.changed(columns={**columns.columns, "measured_in": name})


def _frequency(columns: ScorecardColumns, body: pl.DataFrame, names: Sequence[str], calendar: Calendar) -> str:
    """How often KPIs are measured where all periods say it; "" where they do not, or it is every month."""
    filled = {name for name in names if body[f"={name}"].null_count() < len(body)}
    cells = [said.get("period", "") for name, said in columns.figures.cells.items() if name in filled]
    if cells:
        year = calendar.parse("2000", Frequency.YEAR)
        periods = {p.frequency for text in cells if (p := in_year(text, year) or read_over(text, calendar)) is not None}
        found = next(iter(periods)).value if len(periods) == 1 else ""
        return found if found in ("quarter", "year") else ""
    name = columns.figures.columns.get("period") or next((n for n in names if words_of(n) in ("year", "period")), "")
    return "year" if name in names and yearly(body[f"={name}"].drop_nulls().to_list()) else ""


def read_figures(
    grid: Grid, columns: ScorecardColumns, key: str, definitions: Definitions, codes: Codes, there: Collection[str],
    today: date | None, *, finds_columns: bool,
) -> Figures:  # fmt: skip
    """The figures that can be read; `key` is the column by which KPIs are known, those of KPIs `there` stay out."""
    reading, header = columns.figures, header_of(grid, columns.figures.header)
    fixed = dict(reading.fixed)
    if "unit" not in reading.columns:
        fixed.setdefault("unit", definitions.root.code)
    given = reading.changed(columns={**reading.columns, "kpi": key}, fixed=fixed)
    proposal = propose(grid, definitions, codes, given, finds_columns=finds_columns)
    kept = proposal.reading.changed(fixed=reading.fixed)
    if proposal.open:
        text = " ".join(proposal.open.values())
        fix = "Name the columns of unit, period and figures, or what they are in all rows."
        return Figures(_EMPTY, kept, [Unread("SHEET-FIGURES", grid.file, f"No figures were read. {text}", fix)])
    readings, said = _in_years(proposal.reading, columns, body_of(grid, header), definitions.calendar)
    tables = [lay_out(grid, each, definitions, codes) for each in readings]
    if not tables:
        return Figures(_EMPTY, kept, said)
    rows = pl.concat(tables).filter(~pl.col("kpi").is_in(sorted(there))).sort("row", maintain_order=True)
    rows = _one_kind(_of_years(rows, definitions), definitions)
    if columns.fixed.get("zeros") == "missing" and "value" in rows.columns:
        rows = rows.filter(~_is_zero(pl.col("value")))
    rows, beside = _of_rhythm(rows, definitions) if proposal.reading.cells else (rows, [])
    plain = rows.filter(pl.col(WRONG).is_null()).drop(WRONG)
    checked = check_each(plain, definitions, file=grid.file)
    said += [*_moved(rows.filter(pl.col(WRONG).is_not_null())), *beside]
    said += [Unread(r.code, f"line {plain['row'][r.at]}", r.message, r.fix) for r in checked.reasons]
    periods = {text: definitions.calendar.parse(text) for text in checked.rows["period"].unique()}
    late = [text for text, p in periods.items() if today is not None and p.start > today]
    early = checked.rows.filter(pl.col("period").is_in(late))
    said += [
        Unread("RECORD-EARLY", f"line {line}", f"{periods[text].label} is still to come.", "Import it later.")
        for line, text in early.select("row", "period").iter_rows()
    ]
    good = checked.rows.filter(~pl.col("period").is_in(late))
    none = pl.all_horizontal(pl.col(f"{figure}_text").is_null() for figure in FIGURES)
    said += [
        Unread("SHEET-NOT-APPLICABLE", f"line {line}", f"{kpi} in {periods[text].label} is not applicable.", _NONE)
        for line, kpi, text in good.filter(none).select("row", "kpi", "period").iter_rows()
    ]
    good = good.filter(~none)
    said += _doubtful_zeros(good, periods)
    good = good.select("kpi", "unit", "period", *(pl.col(f"{figure}_text").alias(figure) for figure in FIGURES))
    return Figures(good, kept, said)


def years_of(columns: ScorecardColumns, body: pl.DataFrame, calendar: Calendar) -> dict[str, Period]:
    """The fiscal years that the rows, or the person, say, by what is written there."""
    name = columns.columns.get("year")
    texts = body[f"={name}"].drop_nulls().unique(maintain_order=True) if name else [columns.fixed.get("year", "")]
    return {text: year for text in texts if (year := year_of(text, calendar)) is not None}


def period_in(text: str, year: Period | None, calendar: Calendar) -> Period | None:
    """The period that a column is about, in this fiscal year where it does not say its own."""
    if is_short(text):
        return in_year(text, year) if year is not None else None
    return read_over(text, calendar)


def _in_years(
    reading: Reading, columns: ScorecardColumns, body: pl.DataFrame, calendar: Calendar
) -> tuple[list[Reading], list[Unread]]:  # fmt: skip
    """A reading for each year of which there are rows, with whole periods, and the columns that have none."""
    short = [name for name, said in reading.cells.items() if is_short(said.get("period", ""))]
    if not short:
        return [reading], []
    years, name = years_of(columns, body, calendar), columns.columns.get("year")
    found = []
    for text, year in years.items():
        cells = {}
        for column, said in reading.cells.items():
            period = period_in(said.get("period", ""), year, calendar)
            cells[column] = {**said, "period": period.id} if period is not None else said
        found.append(reading.changed(cells=cells, where={**reading.where, **({name: text} if name else {})}))
    if not years:
        whole = {column: said for column, said in reading.cells.items() if column not in short}
        message = "The column names a period and no year, so that its figures were not read."
        said_of = [Unread("SHEET-YEAR", column, message, _YEAR_IN) for column in short]
        return [reading.changed(cells=whole)] if whole else [], said_of
    lost = body.filter(~pl.col(f"={name}").is_in(list(years)) | pl.col(f"={name}").is_null()) if name else body.head(0)
    message = f"The row says no year in the column {name}, so that its figures were not read."
    return found, [Unread("SHEET-YEAR", f"line {line}", message, _YEAR_IN) for line in lost["row"]]


def _of_years(rows: pl.DataFrame, definitions: Definitions) -> pl.DataFrame:
    """`2010-11` of a KPI that is measured every year is the year that ends in 2011."""
    of_years = [kpi.code for kpi in definitions.kpis if kpi.frequency is Frequency.YEAR]
    period = pl.col("period").map_elements(lambda text: two_years(text) or text, pl.String)
    return rows.with_columns(pl.when(pl.col("kpi").is_in(of_years)).then(period).otherwise(pl.col("period")))


def _one_kind(rows: pl.DataFrame, definitions: Definitions) -> pl.DataFrame:
    """Where a value stands beside a numerator and a denominator, ratios are read from those, others from the value."""
    if not {"value", "numerator", "denominator"} <= {*rows.columns}:
        return rows
    is_ratio = pl.col("kpi").is_in([kpi.code for kpi in definitions.kpis if kpi.kind == "ratio"])
    none = pl.lit(None, pl.String)
    return rows.with_columns(
        pl.when(is_ratio).then(none).otherwise(pl.col("value")).alias("value"),
        *(pl.when(is_ratio).then(pl.col(part)).otherwise(none).alias(part) for part in ("numerator", "denominator")),
    )


def _is_zero(value: pl.Expr) -> pl.Expr:
    return value.str.contains(_ZERO).fill_null(False)


def _doubtful_zeros(rows: pl.DataFrame, periods: Mapping[str, Period]) -> Iterator[Unread]:
    """KPIs of which all figures are zero, or the last one alone: sheets are filled with zeros before one is known."""
    start = pl.col("period").replace_strict({text: period.start for text, period in periods.items()}, default=None)
    told = rows.select("kpi", "unit", "row", start.alias("start"), _is_zero(pl.col("value_text")).alias("zero"))
    each = told.sort("start", maintain_order=True).group_by("kpi", "unit", maintain_order=True)
    zero = pl.col("zero")
    counts = (pl.len().alias("count"), zero.sum().alias("zeros"), zero.last().alias("last"))
    alike = each.agg(pl.col("row").last(), *counts)
    fix = "Where that means that nothing was reported, say that a zero is no figure."
    for kpi, line, count, zeros, last in alike.select("kpi", "row", "count", "zeros", "last").sort("row").iter_rows():
        if count >= _FEW and zeros == count:
            yield Unread("SHEET-ZEROS", f"line {line}", f"All {count} figures of {kpi} are 0.", fix)
        elif count >= _FEW and last and zeros == 1:
            yield Unread("SHEET-ZEROS", f"line {line}", f"The last figure of {kpi} is 0, and no other is.", fix)


def _of_rhythm(rows: pl.DataFrame, definitions: Definitions) -> tuple[pl.DataFrame, list[Unread]]:
    """Without figures of months where a KPI is measured every year, and the like; said once for each line and rhythm.

    Zeros among them are passed over in silence: sheets fill with them what a row has no figures for.
    """
    calendar, wanted = definitions.calendar, {kpi.code: kpi.frequency for kpi in definitions.kpis}
    texts = rows["period"].drop_nulls().unique()
    rhythm = {text: period.frequency for text in texts if (period := read_over(text, calendar)) is not None}
    pairs = rows.select("kpi", "period").unique()
    other = [
        (kpi, text, rhythm[text].value)
        for kpi, text in pairs.iter_rows()
        if kpi in wanted and text in rhythm and rhythm[text] is not wanted[kpi]
    ]
    table = pl.DataFrame(other, schema={"kpi": pl.String, "period": pl.String, "rhythm": pl.String}, orient="row")
    marked = rows.join(table, on=["kpi", "period"], how="left", maintain_order="left")
    out = marked.filter(pl.col("rhythm").is_not_null())
    if "value" in out.columns:
        out = out.filter(~_is_zero(pl.col("value")))
    counted = out.group_by("row", "kpi", "rhythm", maintain_order=True).len()
    fix = "Change how often the KPI is measured, or import these figures into a KPI of their own."
    said = [
        Unread("SHEET-RHYTHM", f"line {line}", _beside(count, rhythm, wanted[kpi]), fix)
        for line, kpi, rhythm, count in counted.iter_rows()
    ]
    return marked.filter(pl.col("rhythm").is_null()).drop("rhythm"), said


def _beside(count: int, rhythm: str, wanted: Frequency) -> str:
    some = f"{count} figures of {rhythm}s stay" if count > 1 else f"One figure of a {rhythm} stays"
    return f"{some} out: the KPI is measured every {wanted.value}."


def _moved(rows: pl.DataFrame) -> Iterator[Unread]:
    fix = "Look at these lines: a separator is missing or too many."
    for line, wrong in rows.select("row", WRONG).unique(maintain_order=True).iter_rows():
        yield Unread("SHEET-ROWS", f"line {line}", wrong, fix)


def factors_of(body: pl.DataFrame, key: str, reading: Reading) -> Mapping[str, int]:
    """What numerator by denominator is multiplied with so that it is the value beside it, by KPI as it is written.

    Only 10, 100 and the like, and where nearly all rows of the KPI agree; KPIs in which they do not are left out.
    """
    parts = ("value", "numerator", "denominator")
    if not {*parts} <= {*reading.columns}:
        return {}
    found: dict[str, list[int]] = {}
    columns = [f"={reading.columns[part]}" for part in parts]
    for kpi, *texts in body.select(f"={key}", *columns).drop_nulls().iter_rows():
        try:
            value, above, below = map(Decimal, texts)
            found.setdefault(kpi, []).append(round((value * below / above).log10()))
        except (ArithmeticError, ValueError):  # no numbers, nothing to divide by, or of other signs
            continue
    usual = {kpi: max(set(powers), key=powers.count) for kpi, powers in found.items()}
    return {k: 10**power for k, power in usual.items() if power > 0 and found[k].count(power) >= _AGREE * len(found[k])}
