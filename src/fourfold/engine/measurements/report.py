"""Collects what the rules of rows have to say, without drowning the reader or the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import polars as pl

from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.measurements import LISTED, Reason
from fourfold.engine.words import choices, show

#: One row by column name.
Row: TypeAlias = Mapping[str, object]
#: What is wrong with a row, and how to mend it.
Say: TypeAlias = Callable[[Row], tuple[str, str]]

_NAMED: Final = 4  # further rows with the same mistake that a finding names one by one


@dataclass(frozen=True, eq=False)
class Rule:
    """A row is refused where `bad` is true (null counts as false); with `by`, rows that share it are one finding.

    Without anything in the column `given`, the rule cannot be broken.
    """

    code: str
    bad: pl.Expr
    say: Say
    by: tuple[str, ...] = ()
    given: str = ""

    def cases(self, rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
        """The rows that break the rule, under the codes they are reported with."""
        yield self.code, rows


class Report:
    """Findings about rows of one check, in the order of files and rows."""

    def __init__(self, *, keeps_reasons: bool = False) -> None:
        """With `keeps_reasons`, every single row that is refused is told of in `reasons`, however many there are."""
        self.reasons: list[Reason] = []
        self._keeps_reasons = keeps_reasons
        self._found: list[tuple[tuple[str, int], Finding]] = []
        self._left_out = 0
        self._worst = Level.INFO

    def add(self, rows: pl.DataFrame, code: str, say: Say, by: Sequence[str] = (), level: Level = Level.ERROR) -> None:
        """One finding for each row, or with `by` one for all rows that share it, at the first of them."""
        if self._keeps_reasons and level is Level.ERROR:
            self.reasons += _reasons(rows, code, say, by)
        if by and len(rows):
            rows = rows.group_by(by, maintain_order=True).agg(
                pl.exclude("row").first(), pl.col("row").first(), pl.col("row").slice(1, _NAMED).alias("_next"),
                pl.len().alias("_count"),
            )  # fmt: skip
        for row in rows.head(LISTED).iter_rows(named=True):
            message, fix = say(row)
            self._put(row, Finding(code, level, place(row), message + _others(row), fix))
        if len(rows) > LISTED:
            self._left_out += len(rows) - LISTED
            self._worst = max(self._worst, level)

    def refuse(self, rows: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
        """Report the rows that break rules, rule by rule, and take `ok` away from them.

        All rules are looked at in one pass, for one row as for millions.
        """
        asked = [r for r in rules if not r.given or is_given(rows[r.given])]
        flags = rows.select(rule.bad.alias(str(i)) for i, rule in enumerate(asked))
        broken = [(rule, flag) for rule, flag in zip(asked, flags, strict=True) if flag.any()]
        for rule, flag in broken:
            for code, some in rule.cases(rows.filter(flag)):
                self.add(some, code, rule.say, rule.by)
        if not broken:
            return rows
        wrong = pl.any_horizontal(*(pl.lit(flag).fill_null(False) for _, flag in broken))
        return rows.with_columns((pl.col("ok") & ~wrong).alias("ok"))

    def note(self, finding: Finding) -> None:
        """A finding that is not about one row."""
        self._found.append(((finding.place.file or "", 0), finding))

    def findings(self) -> tuple[Finding, ...]:
        """The findings by file and row, errors before the rest where there are too many."""
        found = self._found
        if len(found) > LISTED:
            found = sorted(found, key=lambda f: (-f[1].level, *f[0]))
            self._left_out += len(found) - LISTED
            self._worst = max([self._worst, *(f.level for _, f in found[LISTED:])])
            found = found[:LISTED]
        listed = [f for _, f in sorted(found, key=lambda f: f[0])]
        if self._left_out:
            message = f"There are {self._left_out:,} more findings, which are not listed."
            listed.append(Finding("ROW-MORE", self._worst, Place(), message, "Mend the ones above and check again."))
        return tuple(listed)

    def _put(self, row: Row, finding: Finding) -> None:
        number = row["row"]
        self._found.append(((str(row["file"] or ""), number if isinstance(number, int) else 0), finding))


def _reasons(rows: pl.DataFrame, code: str, say: Say, by: Sequence[str]) -> Iterator[Reason]:
    """Each row with what is wrong with it; `indexes` of a row stands for several rows of which the same is said."""
    said: dict[tuple[object, ...], tuple[str, str]] = {}
    for row in rows.iter_rows(named=True):
        key = tuple(row[name] for name in by)
        if not by or key not in said:
            said[key] = say(row)
        several = row.get("indexes")
        for index in several if isinstance(several, list) else (row["index"],):
            yield Reason(int(str(index)), code, *said[key])


def is_given(column: pl.Series) -> bool:
    """True when anything stands in a column."""
    return column.null_count() < len(column)


def place(row: Row) -> Place:
    """Where a row stands: line of its file, or its number in a table that came without a file."""
    number = row["row"]
    line = number if isinstance(number, int) else None
    return Place(str(row["file"]), line) if row["file"] else Place(thing=f"row {line}")


def cell(row: Row) -> str:
    """How a message begins: which KPI, unit and period it is about."""
    kpi, unit, period = (show(row[key])[1:-1] for key in ("kpi", "unit", "period"))  # it may be anything at all
    return f"KPI {kpi}, unit {unit}, period {period}"


def _others(row: Row) -> str:
    """Where else the same mistake is."""
    following, count = row.get("_next"), row.get("_count")
    if not isinstance(following, list) or not isinstance(count, int) or not following:
        return ""
    noun = "line" if row["file"] else "row"
    rest = count - 1 - len(following)
    named = [str(n) for n in following] + ([f"{rest:,} more"] if rest else [])
    return f" The same in {noun}{'s' if count > 2 else ''} {choices(named, 'and')}."
