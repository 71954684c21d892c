"""The checks of rows as one page of calls: columns → keys → figures → rules → twins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from fourfold.engine.definitions import Definitions
from fourfold.engine.measurements import FIGURES, CheckedRows, EachChecked, figures, rules
from fourfold.engine.measurements.columns import as_text
from fourfold.engine.measurements.figures import leave_out_empty, read_figures
from fourfold.engine.measurements.references import APPLIES, refer, reference_rules
from fourfold.engine.measurements.report import Report
from fourfold.engine.measurements.rules import note_shares, with_figure, with_recorded
from fourfold.engine.measurements.twins import note_own_values, settle_twins


def check(tables: Sequence[tuple[str | None, pl.DataFrame]], definitions: Definitions) -> CheckedRows:
    """See `measurements.check_tables`."""
    report = Report()
    rows = _checked(tables, definitions, report)
    read = sum(len(table) for _, table in tables)
    good = pl.DataFrame(schema=SCHEMA) if rows is None else _typed(rows, SCHEMA)
    return CheckedRows(good, report.findings(), read)


def check_all(table: pl.DataFrame, definitions: Definitions, file: str | None) -> EachChecked:
    """See `measurements.check_each`."""
    report = Report(keeps_reasons=True)
    rows = _checked([(file, table)], definitions, report)
    schema = SCHEMA | {"index": pl.Int64()}
    good = pl.DataFrame(schema=schema) if rows is None else _typed(rows, schema)
    return EachChecked(good, tuple(report.reasons), report.findings(), is_usable=rows is not None)


def _checked(
    tables: Sequence[tuple[str | None, pl.DataFrame]], definitions: Definitions, report: Report
) -> pl.DataFrame | None:
    """All rows with what is known of them, those without an error `ok`; None where no table can be used."""
    texts = [as_text(table, definitions, file, report) for file, table in tables]
    usable = [text for text in texts if text is not None]
    if not usable:
        return None
    texts_of = pl.concat(usable).with_row_index("i")
    read_in = read_figures(refer(texts_of, definitions), definitions, texts_of)
    rows = with_recorded(with_figure(read_in), texts_of["recorded_at"]).collect()
    rows = report.refuse(rows, (*reference_rules(definitions), *figures.RULES))
    rows = leave_out_empty(rows, report)
    rows = report.refuse(rows, (APPLIES, *rules.RULES))
    note_shares(rows, report)
    rows = settle_twins(rows, report)
    note_own_values(rows, definitions, report)
    return rows


#: The columns that `CheckedRows` promises.
SCHEMA: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys(("kpi", "unit", "period"), pl.String()),
    **dict.fromkeys(FIGURES, pl.Float64()),
    **dict.fromkeys([f"{figure}_text" for figure in FIGURES], pl.String()),
    **dict.fromkeys(("state", "marks"), pl.UInt8()),
    **dict.fromkeys(("source", "note", "recorded_at", "file"), pl.String()),
    "row": pl.Int64(),
}


def _typed(rows: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Good rows in the columns of the schema, those of `SCHEMA` first; a value that repeats its parts is not kept."""
    repeats = pl.col("numerator").is_not_null()
    keep = [pl.when(repeats).then(None).otherwise(pl.col(c)).alias(c) for c in ("value", "value_number")]
    renamed = rows.lazy().filter(pl.col("ok")).with_columns(keep).select(
        "kpi", "unit", pl.col("id").alias("period"),
        *[pl.col(f"{f}_number").alias(f) for f in FIGURES],
        *[pl.col(f).alias(f"{f}_text") for f in FIGURES],
        pl.col("code").alias("state"), "marks", "source", "note", pl.col("recorded").alias("recorded_at"),
        "file", "row", *[name for name in schema if name not in SCHEMA],
    )  # fmt: skip
    typed = renamed.cast(pl.Schema(schema)).collect()
    if typed["recorded_at"].null_count() == len(typed):
        return typed
    return typed.sort("recorded_at", maintain_order=True)  # the last row of a cell is its newest revision
