"""Texts → numbers and states; what cannot be read is refused with what it may have been meant to be."""

from __future__ import annotations

import polars as pl

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.cells import Mark, State
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.measurements import FIGURES
from fourfold.engine.measurements.numbers import DIGITS, NOT_APPLICABLE, PATTERN, explain, sentence
from fourfold.engine.measurements.report import Report, Row, Say, cell
from fourfold.engine.words import choices, did_you_mean, show

#: What a row may say instead of a figure.
STATES = {
    "number": State.NUMBER,
    "missing": State.MISSING,
    "not due": State.NOT_DUE,
    "not due yet": State.NOT_DUE,
    "not_due": State.NOT_DUE,
} | dict.fromkeys(NOT_APPLICABLE, State.NOT_APPLICABLE)
#: What a row may say about the quality of its figure; several are joined by a plus.
QUALITIES = {
    "approved": Mark.NONE,
    "unapproved": Mark.UNAPPROVED,
    "estimate": Mark.ESTIMATE,
    "provisional": Mark.PROVISIONAL,
}
_ANY = pl.any_horizontal(pl.col(*FIGURES).is_not_null())


def read_figures(rows: pl.DataFrame, definitions: Definitions, report: Report) -> pl.DataFrame:
    """Add `value_number`, `numerator_number`, `denominator_number`, `code` (a `State`) and `marks`.

    Rows without a figure and without a state are left out, and counted in one finding.
    """
    rows = _words(rows, definitions)
    rows = _states(rows, report)
    rows = _numbers(rows, report)
    rows = _marks(rows, report)
    empty = ~_ANY & (pl.col("code") == State.NUMBER)
    report.add(rows.filter(empty & pl.col("ok")), "ROW-EMPTY", _empty, by=["file"], level=Level.INFO)
    return rows.filter(~empty)


def _words(rows: pl.DataFrame, definitions: Definitions) -> pl.DataFrame:
    """Yes and no of boolean KPIs become 1 and 0, levels of ordinal KPIs their number from 1 on."""
    table: list[tuple[str, str, str]] = []
    for kpi in definitions.kpis:
        if kpi.kind is MeasureKind.BOOLEAN:
            table += [(kpi.code, word, "1") for word in ("true", "yes")]
            table += [(kpi.code, word, "0") for word in ("false", "no")]
        elif kpi.kind is MeasureKind.ORDINAL:
            table += [(kpi.code, level.casefold(), str(i)) for i, level in enumerate(kpi.levels, start=1)]
    if not table:
        return rows
    words = pl.DataFrame(table, schema={"kpi": pl.String, "word": pl.String, "meant": pl.String}, orient="row")
    words = words.unique(["kpi", "word"], keep="first", maintain_order=True)
    rows = rows.with_columns(pl.col("value").str.to_lowercase().alias("word"))
    rows = rows.join(words, on=["kpi", "word"], how="left", maintain_order="left")
    return rows.with_columns(pl.coalesce("meant", "value").alias("value")).drop("word", "meant")


def _states(rows: pl.DataFrame, report: Report) -> pl.DataFrame:
    """`code` from the column state, or from n/a in place of a figure."""
    absent = [pl.col(f).str.to_lowercase().is_in(NOT_APPLICABLE) for f in FIGURES]
    said = pl.col("state").str.to_lowercase()
    rows = rows.with_columns(
        said.replace_strict({s: int(c) for s, c in STATES.items()}, default=None, return_dtype=pl.UInt8).alias("code"),
        pl.any_horizontal(*absent).fill_null(False).alias("absent"),
        *[pl.when(a).then(None).otherwise(pl.col(f)).alias(f) for a, f in zip(absent, FIGURES, strict=True)],
    )
    unknown = pl.col("state").is_not_null() & pl.col("code").is_null()
    rows = report.refuse(rows, unknown, "ROW-STATE", _bad_state, by=["file", "state"])
    code = pl.when(pl.col("absent")).then(pl.lit(int(State.NOT_APPLICABLE), pl.UInt8)).otherwise(pl.col("code"))
    rows = rows.with_columns(code.fill_null(int(State.NUMBER)).alias("code"))
    rows = report.refuse(rows, _ANY & (pl.col("code") != State.NUMBER), "ROW-STATE", _state_and_figure)
    nothing = ~_ANY & ~pl.col("absent") & (said == "number")
    return report.refuse(rows, nothing, "ROW-STATE", _no_figure).drop("absent")


def _numbers(rows: pl.DataFrame, report: Report) -> pl.DataFrame:
    for figure in FIGURES:
        text, number = pl.col(figure), f"{figure}_number"
        if rows[figure].null_count() == len(rows):
            rows = rows.with_columns(pl.lit(None, pl.Float64).alias(number))
            continue
        is_number = text.str.contains(PATTERN)
        rows = rows.with_columns(pl.when(is_number).then(text).cast(pl.Float64, strict=False).alias(number))
        rows = _refuse_texts(rows, text.is_not_null() & ~is_number, figure, report)
        digits = text.str.replace(r"[eE].*$", "").str.replace_all(r"[^0-9]", "").str.strip_chars_start("0")
        is_long = (text.str.len_bytes() > DIGITS) & (digits.str.len_bytes() > DIGITS)
        rows = report.refuse(rows, is_number & is_long, "ROW-DIGITS", _too_many_digits(figure))
        rows = report.refuse(rows, pl.col(number).is_infinite(), "ROW-SIZE", _too_large(figure))
        rows = rows.with_columns(pl.when(pl.col(number).is_finite()).then(pl.col(number)).alias(number))
        vanished = (pl.col(number) == 0) & text.str.contains(r"^[^eE]*[1-9]")
        rows = report.refuse(rows, vanished, "ROW-SIZE", _too_small(figure))
    return rows


def _refuse_texts(rows: pl.DataFrame, bad: pl.Expr, figure: str, report: Report) -> pl.DataFrame:
    """One finding for each distinct text, under the code that says what is wrong with it."""
    wrong = rows.select(bad.fill_null(False).alias("bad")).to_series()
    if not wrong.any():
        return rows
    texts = rows[figure].filter(wrong).unique(maintain_order=True)
    said = {text: explain(text)[0] for text in texts}
    codes = rows[figure].filter(wrong).replace_strict(said, return_dtype=pl.String)
    for code in codes.unique(maintain_order=True):
        report.add(rows.filter(wrong).filter(codes == code), code, _bad_text(figure), by=["file", figure])
    return rows.with_columns((pl.col("ok") & ~wrong).alias("ok"))


def _marks(rows: pl.DataFrame, report: Report) -> pl.DataFrame:
    """`marks` from the distinct texts of the column quality."""
    marks: dict[str, int | None] = {}
    for text in rows["quality"].drop_nulls().unique():
        words = [word.strip().casefold() for word in str(text).split("+")]
        known = [QUALITIES.get(word) for word in words]
        marks[str(text)] = None if None in known else sum({int(mark) for mark in known if mark is not None})
    code = pl.col("quality").replace_strict(marks, default=None, return_dtype=pl.UInt8)
    rows = rows.with_columns(code.alias("marks"))
    bad = pl.col("quality").is_not_null() & pl.col("marks").is_null()
    rows = report.refuse(rows, bad, "ROW-QUALITY", _bad_quality, by=["file", "quality"])
    return rows.with_columns(pl.col("marks").fill_null(0))


def _bad_text(figure: str) -> Say:
    def say(row: Row) -> tuple[str, str]:
        _, said, fix = explain(str(row[figure]))
        return f"{cell(row)}: {sentence(figure, str(row[figure]), said)}", fix

    return say


def _too_many_digits(figure: str) -> Say:
    def say(row: Row) -> tuple[str, str]:
        return (f"{cell(row)}: {figure} {show(row[figure])} has more than {DIGITS} digits.",
                f"Give at most {DIGITS} significant digits.")  # fmt: skip

    return say


def _too_large(figure: str) -> Say:
    def say(row: Row) -> tuple[str, str]:
        message = f"{cell(row)}: {figure} {show(row[figure])} is too large to calculate with."
        return message, "Numbers may go up to about 1.8e308; look for a slip in the exponent."

    return say


def _too_small(figure: str) -> Say:
    def say(row: Row) -> tuple[str, str]:
        message = f"{cell(row)}: {figure} {show(row[figure])} is too small to be told from zero."
        return message, "Write 0, or look for a slip in the exponent."

    return say


def _empty(row: Row) -> tuple[str, str]:
    fix = "Nothing needs to be done; write missing in the column state where a figure is known to be lost."
    return f"{cell(row)}: the row has no figure and is left out.", fix


def _bad_state(row: Row) -> tuple[str, str]:
    message = f"{cell(row)}: state {show(row['state'])} is not known."
    return message, did_you_mean(str(row["state"]), ["missing", "n/a", "not due"], "state")


def _state_and_figure(row: Row) -> tuple[str, str]:
    figures = choices([f"{f} {show(row[f])}" for f in FIGURES if row[f] is not None], "and")
    word = State(int(str(row["code"]))).word
    return f"{cell(row)}: the row says {show(word)} and gives {figures}.", "Keep one of the two."


def _no_figure(row: Row) -> tuple[str, str]:
    return f"{cell(row)}: the state is number, and there is no figure.", "Give the figure, or clear the state."


def _bad_quality(row: Row) -> tuple[str, str]:
    message = f"{cell(row)}: quality {show(row['quality'])} is not known."
    return message, did_you_mean(str(row["quality"]), list(QUALITIES), "quality")
