"""What the figures of one row must be to one another, and to the KPI they are for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import polars as pl

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.findings import Level
from fourfold.engine.measurements.report import Report, Row, Rule, Say, cell, is_given
from fourfold.engine.words import show

#: A value may differ from factor · N/D by this share of itself.
AGREE = 1e-6
#: Longest text of a source and of a note.
LONGEST = {"source": 500, "note": 1000}

_VALUE, _N, _D = pl.col("value_number"), pl.col("numerator_number"), pl.col("denominator_number")
_WEIGHTED = (MeasureKind.RATIO, MeasureKind.INDEX, MeasureKind.SURVEY)


def with_figure(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add `derived`, what the parts of a ratio give, and `figure`, which is that or the value."""
    rows = rows.with_columns(pl.when(_D > 0).then(pl.col("factor") * _N / _D).alias("derived"))
    return rows.with_columns(pl.coalesce("derived", "value_number").alias("figure"))


def with_recorded(rows: pl.LazyFrame, texts: pl.Series) -> pl.LazyFrame:
    """Add `recorded`: times as ISO text in UTC; each distinct text is read once, without an offset as UTC."""
    if not is_given(texts):
        return rows.with_columns(pl.lit(None, pl.String).alias("recorded"))
    times = {str(text): _utc(str(text)) for text in texts.drop_nulls().unique()}
    time = pl.col("recorded_at").replace_strict(times, default=None, return_dtype=pl.String)
    return rows.with_columns(time.alias("recorded"))


def note_shares(rows: pl.DataFrame, report: Report) -> None:
    """Ask about shares of more than 100 % that the KPI does not rule out."""
    if not is_given(rows["derived"]):
        return
    over = rows.filter(pl.col("ok") & pl.col("is_share") & (_N > _D) & pl.col("high").is_null())
    report.add(over, "ROW-SHARE", _over_100, by=["file", "kpi"], level=Level.WARNING)


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
        return message, f"Correct the figure, or `{key}` of the KPI."

    return say


def _over_100(row: Row) -> tuple[str, str]:
    message = f"{cell(row)}: numerator {row['numerator']} is larger than denominator {row['denominator']}."
    return message, "If it cannot be more than 100 %, set `valid_max` of the KPI to 100; else to the most it can be."


def _bad_note(column: str, longest: int) -> Say:
    def say(row: Row) -> tuple[str, str]:
        message = f"{cell(row)}: the {column} {show(row[column])} is too long or holds control characters."
        return message, f"Keep it under {longest:,} plain characters."

    return say


def _bad_time(row: Row) -> tuple[str, str]:
    message = f"{cell(row)}: recorded_at {show(row['recorded_at'])} is not a time."
    return message, "Write it like 2026-04-03T14:05:00+00:00."


def _text_rules() -> Iterator[Rule]:
    for column, longest in LONGEST.items():
        bad = (pl.col(column).str.len_chars() > longest) | pl.col(column).str.contains("[\\x00-\\x08\\x0e-\\x1f]")
        yield Rule("ROW-TEXT", bad, _bad_note(column, longest), given=column)


_HAS_N, _HAS_D, _HAS_VALUE = (pl.col(c).is_not_null() for c in ("numerator", "denominator", "value"))
_IS_WEIGHT = _HAS_VALUE & pl.col("kind").is_in([k.value for k in _WEIGHTED])
_DERIVED, _FIGURE, _LEAST, _MOST = (pl.col(c) for c in ("derived", "figure", "low", "high"))
_APART = (_VALUE - _DERIVED).abs() > AGREE * pl.max_horizontal(_VALUE.abs(), _DERIVED.abs())
#: Parts of a ratio, agreement of value and parts, limits, texts and times of recording.
RULES: Final = (
    Rule("ROW-PARTS", _HAS_N & ~_HAS_D, _no_denominator, given="numerator"),
    Rule("ROW-PARTS", _HAS_D & ~_HAS_N & ~_IS_WEIGHT, _no_numerator, given="denominator"),
    Rule("ROW-DENOMINATOR", _D <= 0, _denominator, given="denominator"),
    Rule("ROW-DISAGREE", _APART, _disagree, given="derived"),
    Rule("ROW-SIZE", _DERIVED.is_infinite(), _quotient_too_large, given="derived"),
    Rule("ROW-LIMIT", pl.col("low") > _FIGURE, _limit("below", "least", "valid_min", "low"), given="low"),
    Rule("ROW-LIMIT", pl.col("high") < _FIGURE, _limit("above", "most", "valid_max", "high"), given="high"),
    *_text_rules(),
    Rule("ROW-RECORDED", pl.col("recorded_at").is_not_null() & pl.col("recorded").is_null(), _bad_time,
         ("file", "recorded_at"), given="recorded_at"),
)  # fmt: skip
