"""What the figures of one row must be to one another, and to the KPI they are for."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.findings import Level
from fourfold.engine.measurements.report import Report, Row, Say, cell
from fourfold.engine.words import show

#: A value may differ from factor · N/D by this share of itself.
AGREE = 1e-6
#: Longest text of a source and of a note.
LONGEST = {"source": 500, "note": 1000}

_VALUE, _N, _D = pl.col("value_number"), pl.col("numerator_number"), pl.col("denominator_number")
_DERIVED = pl.col("factor") * _N / _D
_WEIGHTED = (MeasureKind.RATIO, MeasureKind.INDEX, MeasureKind.SURVEY)


def apply_rules(rows: pl.DataFrame, report: Report) -> pl.DataFrame:
    """Parts of a ratio, agreement of value and parts, limits, texts and times of recording."""
    has_n, has_d = pl.col("numerator").is_not_null(), pl.col("denominator").is_not_null()
    has_value = pl.col("value").is_not_null()
    rows = report.refuse(rows, has_n & ~has_d, "ROW-PARTS", _no_denominator)
    weight = has_value & pl.col("kind").is_in([k.value for k in _WEIGHTED])
    rows = report.refuse(rows, has_d & ~has_n & ~weight, "ROW-PARTS", _no_numerator)
    rows = report.refuse(rows, _D <= 0, "ROW-DENOMINATOR", _denominator)
    rows = rows.with_columns(pl.when(_D > 0).then(_DERIVED).alias("derived"))
    apart = (_VALUE - pl.col("derived")).abs() > AGREE * pl.max_horizontal(_VALUE.abs(), pl.col("derived").abs())
    rows = report.refuse(rows, apart, "ROW-DISAGREE", _disagree)
    rows = report.refuse(rows, pl.col("derived").is_infinite(), "ROW-SIZE", _quotient_too_large)
    rows = rows.with_columns(pl.coalesce("derived", "value_number").alias("figure"))
    figure = pl.col("figure")
    rows = report.refuse(rows, figure < pl.col("low"), "ROW-LIMIT", _limit("below", "least", "valid_min", "low"))
    rows = report.refuse(rows, figure > pl.col("high"), "ROW-LIMIT", _limit("above", "most", "valid_max", "high"))
    over = rows.filter(pl.col("ok") & pl.col("is_share") & (_N > _D) & pl.col("high").is_null())
    report.add(over, "ROW-SHARE", _over_100, by=["file", "kpi"], level=Level.WARNING)
    return _recorded(_texts(rows, report), report)


def _texts(rows: pl.DataFrame, report: Report) -> pl.DataFrame:
    for column, longest in LONGEST.items():
        if rows[column].null_count() < len(rows):
            bad = (pl.col(column).str.len_chars() > longest) | pl.col(column).str.contains("[\\x00-\\x08\\x0e-\\x1f]")
            rows = report.refuse(rows, bad, "ROW-TEXT", _bad_note(column, longest))
    return rows


def _recorded(rows: pl.DataFrame, report: Report) -> pl.DataFrame:
    """Times of recording as ISO text in UTC; each distinct text is read once, without an offset as UTC."""
    texts = rows["recorded_at"].drop_nulls().unique()
    times = {str(text): _utc(str(text)) for text in texts}
    time = pl.col("recorded_at").replace_strict(times, default=None, return_dtype=pl.String)
    rows = rows.with_columns(time.alias("recorded"))
    bad = pl.col("recorded_at").is_not_null() & pl.col("recorded").is_null()
    return report.refuse(rows, bad, "ROW-RECORDED", _bad_time, by=["file", "recorded_at"])


def _utc(text: str) -> str | None:
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return None


def _no_denominator(row: Row) -> tuple[str, str]:
    message = f"{cell(row)}: numerator {show(row['numerator'])} has no denominator."
    return message, "Give both, or only the value."


def _no_numerator(row: Row) -> tuple[str, str]:
    message = f"{cell(row)}: denominator {show(row['denominator'])} has no numerator."
    return message, "Give both, or only the value."


def _denominator(row: Row) -> tuple[str, str]:
    sign = "negative" if row["denominator_number"] else "zero"
    message = f"{cell(row)}: denominator {show(row['denominator'])} is {sign}."
    return message, "Leave the row out where there was nothing to count, or correct the denominator."


def _disagree(row: Row) -> tuple[str, str]:
    factor = row["factor"]
    times = "" if factor == 1 else f"{factor:g} × "
    message = (f"{cell(row)}: value {row['value']} is not {times}{row['numerator']} / {row['denominator']}, "
               f"which is {row['derived']:.10g}.")  # fmt: skip
    return message, "Keep numerator and denominator and leave the value empty, or correct one of them."


def _quotient_too_large(row: Row) -> tuple[str, str]:
    message = f"{cell(row)}: {row['numerator']} / {row['denominator']} is too large to calculate with."
    return message, "Look for a slip in the exponents."


def _limit(side: str, most: str, key: str, bound: str) -> Say:
    def say(row: Row) -> tuple[str, str]:
        message = f"{cell(row)}: the figure {row['figure']:.10g} is {side} {row[bound]:g}, the {most} it can be."
        return message, f"Correct the figure, or {key} of the KPI."

    return say


def _over_100(row: Row) -> tuple[str, str]:
    message = f"{cell(row)}: numerator {row['numerator']} is larger than denominator {row['denominator']}."
    return message, "Is it really more than 100 %? If it cannot be, set valid_max of the KPI to 100."


def _bad_note(column: str, longest: int) -> Say:
    def say(row: Row) -> tuple[str, str]:
        message = f"{cell(row)}: the {column} {show(row[column])} is too long or holds control characters."
        return message, f"Keep it under {longest:,} plain characters."

    return say


def _bad_time(row: Row) -> tuple[str, str]:
    message = f"{cell(row)}: recorded_at {show(row['recorded_at'])} is not a time."
    return message, "Write it like 2026-04-03T14:05:00+00:00."
