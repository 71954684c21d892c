"""Texts → numbers and states; what cannot be read is refused with what it may have been meant to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.cells import Mark, State
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.measurements import FIGURES
from fourfold.engine.measurements.numbers import DIGITS, NOT_APPLICABLE, PATTERN, explain, sentence
from fourfold.engine.measurements.report import Report, Row, Rule, Say, cell, is_given
from fourfold.engine.once import once
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


def read_figures(rows: pl.LazyFrame, definitions: Definitions, texts: pl.DataFrame) -> pl.LazyFrame:
    """Add `value_number`, `numerator_number`, `denominator_number`, `code` (a `State`) and `marks`.

    `texts` has the columns of the rows. What cannot be read is null, and `RULES` say so; a figure that says that the
    unit does not have the KPI becomes null itself, and `absent` is true.
    """
    given = [f for f in FIGURES if is_given(texts[f])]
    rows = _states(_words(rows, definitions), given, is_given(texts["state"]))
    plain = [pl.when(pl.col(f).str.contains(PATTERN)).then(pl.col(f)).cast(pl.Float64, strict=False) for f in given]
    rows = rows.with_columns(
        *[
            pl.when(number.is_finite()).then(number).alias(f"{f}_number")
            for number, f in zip(plain, given, strict=True)
        ],
        *[pl.lit(None, pl.Float64).alias(f"{f}_number") for f in FIGURES if f not in given],
    )
    return _marks(rows, texts["quality"])


def leave_out_empty(rows: pl.DataFrame, report: Report) -> pl.DataFrame:
    """The rows with a figure or a state; the others are counted in one finding for each file."""
    empty = rows.select(_EMPTY.alias("empty")).to_series()
    if not empty.any():
        return rows
    report.add(rows.filter(empty & rows["ok"]), "ROW-EMPTY", _empty, by=["file"], level=Level.INFO)
    return rows.filter(~empty)


def _words(rows: pl.LazyFrame, definitions: Definitions) -> pl.LazyFrame:
    """Yes and no of boolean KPIs become 1 and 0, levels of ordinal KPIs their number from 1 on."""
    words = _meanings(definitions)
    if words is None:
        return rows
    rows = rows.with_columns(pl.col("value").str.to_lowercase().alias("word"))
    rows = rows.join(words, on=["kpi", "word"], how="left", maintain_order="left")
    return rows.with_columns(pl.coalesce("meant", "value").alias("value")).drop("word", "meant")


@once
def _meanings(definitions: Definitions) -> pl.LazyFrame | None:
    """What words mean as the value of which KPI; None where no KPI takes words."""
    table: dict[tuple[str, str], str] = {}
    for kpi in definitions.kpis:
        if kpi.kind is MeasureKind.BOOLEAN:
            table |= {(kpi.code, word): str(i) for i, words in enumerate(_NO_AND_YES) for word in words}
        elif kpi.kind is MeasureKind.ORDINAL:
            table |= {(kpi.code, level.casefold()): str(i) for i, level in reversed([*enumerate(kpi.levels, start=1)])}
    schema = {"kpi": pl.String, "word": pl.String, "meant": pl.String}
    return pl.LazyFrame([(*key, meant) for key, meant in table.items()], schema=schema, orient="row") if table else None


_NO_AND_YES = (("false", "no"), ("true", "yes"))


def _states(rows: pl.LazyFrame, given: Sequence[str], has_states: bool) -> pl.LazyFrame:
    """`code` from the column state, or from n/a in place of one of the figures `given`."""
    absent = [pl.col(f).str.to_lowercase().is_in(NOT_APPLICABLE).fill_null(False) for f in given]
    not_here = pl.any_horizontal(pl.lit(False), *absent)
    codes = pl.lit(int(State.NUMBER), pl.UInt8)
    if has_states:
        known = {said: int(state) for said, state in STATES.items()}
        codes = _SAID.replace_strict(known, default=None, return_dtype=pl.UInt8).fill_null(codes)
    return rows.with_columns(
        pl.when(not_here).then(pl.lit(int(State.NOT_APPLICABLE), pl.UInt8)).otherwise(codes).alias("code"),
        not_here.alias("absent"),
        *[pl.when(~a).then(pl.col(f)) for a, f in zip(absent, given, strict=True)],
    )


def _marks(rows: pl.LazyFrame, qualities: pl.Series) -> pl.LazyFrame:
    """`marks` from the distinct texts of the column quality."""
    if not is_given(qualities):
        return rows.with_columns(pl.lit(0, pl.UInt8).alias("marks"))
    marks: dict[str, int | None] = {}
    for text in qualities.drop_nulls().unique():
        words = [word.strip().casefold() for word in str(text).split("+")]
        known = [QUALITIES.get(word) for word in words]
        marks[str(text)] = None if None in known else sum({int(mark) for mark in known if mark is not None})
    code = pl.col("quality").replace_strict(marks, default=None, return_dtype=pl.UInt8)
    none = pl.when(pl.col("quality").is_null()).then(pl.lit(0, pl.UInt8))
    return rows.with_columns(none.otherwise(code).alias("marks"))


class _BadTexts(Rule):
    """A text that is no number, under the code that says what is wrong with it."""

    def cases(self, rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
        """Each distinct text is looked at once."""
        _, figure = self.by
        said = {text: explain(text)[0] for text in rows[figure].unique(maintain_order=True)}
        codes = rows[figure].replace_strict(said, return_dtype=pl.String)
        for code in codes.unique(maintain_order=True):
            yield code, rows.filter(codes == code)


def _number_rules(figure: str) -> Iterator[Rule]:
    """What a text must be to be a number that can be kept and calculated with."""
    text, number = pl.col(figure), pl.col(f"{figure}_number")
    unread = pl.when(number.is_null()).then(text)
    looks_like_one = unread.str.contains(PATTERN)
    yield _BadTexts("ROW-NUMBER", ~looks_like_one, _bad_text(figure), ("file", figure), given=figure)
    long = pl.when(text.str.len_bytes() > DIGITS).then(text)
    digits = long.str.replace(r"[eE].*$", "").str.replace_all(r"[^0-9]", "").str.strip_chars_start("0")
    is_long = (digits.str.len_bytes() > DIGITS) & long.str.contains(PATTERN)
    yield Rule("ROW-DIGITS", is_long, _too_many_digits(figure), given=figure)
    yield Rule("ROW-SIZE", looks_like_one, _too_large(figure), given=figure)
    vanished = pl.when(number == 0).then(text).str.contains(r"^[^eE]*[1-9]")
    yield Rule("ROW-SIZE", vanished, _too_small(figure), given=figure)


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


_SAID = pl.col("state").str.to_lowercase()
_EMPTY = ~_ANY & (pl.col("code") == State.NUMBER)
#: States, figures and qualities must be ones that can be read, and a state stands in place of a figure.
RULES: Final = (
    Rule("ROW-STATE", ~_SAID.is_in(list(STATES)), _bad_state, ("file", "state"), given="state"),
    Rule("ROW-STATE", _ANY & (pl.col("code") != State.NUMBER), _state_and_figure),
    Rule("ROW-STATE", ~_ANY & ~pl.col("absent") & (_SAID == "number"), _no_figure, given="state"),
    *(rule for figure in FIGURES for rule in _number_rules(figure)),
    Rule("ROW-QUALITY", pl.col("quality").is_not_null() & pl.col("marks").is_null(), _bad_quality,
         ("file", "quality"), given="quality"),
)  # fmt: skip
