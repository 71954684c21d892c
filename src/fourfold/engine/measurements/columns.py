"""Any table → the known columns as trimmed text, with the number of each row; events as the figures they add up to."""

from __future__ import annotations

import re

import polars as pl

from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.measurements import COLUMNS, FIGURES
from fourfold.engine.measurements.events import AT, figures_of, is_events
from fourfold.engine.measurements.report import Report, is_given
from fourfold.engine.words import choices, did_you_mean, nearest, show

_KEYS = ("kpi", "unit", "period")


def as_text(
    table: pl.DataFrame, definitions: Definitions, file: str | None, report: Report
) -> pl.DataFrame | None:
    """The columns of `COLUMNS` as text (null where empty), `file`, `row` and `index`, the place in the table.

    None when the columns cannot be used. Rows in which nothing at all is written are left out.
    """
    named = _named(table, file, report)
    if named is None:
        return None
    has_numbers = "row" in named.columns and named["row"].dtype.is_integer()
    numbers = pl.col("row") if has_numbers else pl.int_range(1, pl.len() + 1)
    if is_events(named.columns):
        texts = [_text(named[column]) for column in named.columns if column != "row"]
        named = figures_of(named.select(*texts, numbers.cast(pl.Int64).alias("row")), definitions, file, report)
        numbers = pl.col("row")
    given = [c for c in named.columns if is_given(named[c])]
    rows = named.lazy().select(
        pl.lit(file, pl.String).alias("file"),
        *[_text(named[c]) if c in given else pl.lit(None, pl.String).alias(c) for c in COLUMNS],
        numbers.cast(pl.Int64).alias("row"),
        pl.int_range(pl.len(), dtype=pl.Int64).alias("index"),
    )
    return rows.filter(pl.any_horizontal(pl.col(*COLUMNS).is_not_null())).collect()


def _named(table: pl.DataFrame, file: str | None, report: Report) -> pl.DataFrame | None:
    """The table under the known names, or None with the findings that say why not."""
    before = Place(file) if file else Place(thing="the table")
    found: list[Finding] = []
    names: dict[str, str] = {}
    called = [re.sub(r"[\s\-]+", "_", c.removeprefix("\ufeff").strip().casefold()) for c in table.columns]
    for written, name in zip(table.columns, called, strict=True):
        known = name in COLUMNS or name == "row" or (name == AT and is_events(called))
        if known and name in names.values():
            found.append(_column(before, f"There are two columns {show(name)}.", "Keep one of them."))
        elif known and not _is_plain(table[written].dtype):
            message = f"The column {show(name)} holds {table[written].dtype}, not text or numbers."
            found.append(_column(before, message, "Write one plain value in each cell."))
            names[written] = name
        elif known:
            names[written] = name
        elif nearest(name, COLUMNS):
            found.append(_column(before, f"There is no column {show(written)}.", did_you_mean(name, COLUMNS, "column")))
        elif table[written].null_count() < len(table):
            fix = f"The columns are {choices(COLUMNS, 'and')}."
            found.append(_column(before, f"The column {show(written)} is not used.", fix, Level.WARNING))
    found += _missing(before, set(names.values()))
    for finding in found:
        report.note(finding)
    if any(f.level is Level.ERROR for f in found):
        return None
    return pl.DataFrame([table[written].alias(name) for written, name in names.items()])


def _is_plain(dtype: pl.DataType) -> bool:
    return not dtype.is_nested() and dtype not in (pl.Binary, pl.Object)


def _missing(before: Place, there: set[str]) -> list[Finding]:
    keys = _KEYS if AT not in there else tuple(key for key in _KEYS if key != "period")
    found = [
        _column(before, f"There is no column {show(key)}.", "Name it in the first row; every row needs it.")
        for key in keys
        if key not in there
    ]
    if AT not in there and not ("value" in there or "state" in there or {"numerator", "denominator"} <= there):
        fix = "Write a row for each KPI, unit and period, with a value, or with numerator and denominator."
        found.append(_column(before, "No column holds figures.", fix))
    return found


def _column(before: Place, message: str, fix: str, level: Level = Level.ERROR) -> Finding:
    return Finding("ROW-COLUMN", level, before, message, fix)


def _text(column: pl.Series) -> pl.Expr:
    """Trimmed text, null where empty; a number becomes the shortest text that gives it back exactly."""
    cells = pl.col(column.name)
    if isinstance(column.dtype, pl.Datetime):
        cells = cells.dt.convert_time_zone("UTC") if column.dtype.time_zone else cells
        form = "%Y-%m-%dT%H:%M:%S%.f" if column.name == "recorded_at" else "%Y-%m-%d %H:%M:%S%.f"
        cells = cells.dt.strftime(form)
    elif column.dtype.is_float() and column.name not in FIGURES:
        # A year, or a unit's number, that became a float because another row was empty: 2026.0 means 2026.
        whole = column.is_finite() & (column == column.floor()) & (column.abs() < 2**53)
        if whole.fill_null(True).all():
            cells = cells.cast(pl.Int64)
    cells = cells if column.dtype == pl.String else cells.cast(pl.String)
    text = cells.str.strip_chars()
    return pl.when(text != "").then(text).alias(column.name)
