"""A set of benchmarks: rows of values that others reach, each with its source and date, and what became of each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fourfold.connectors.files.safe_cell import safe_table
from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.checks.rule import targets
from fourfold.engine.definitions import Definitions, Target
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.source_date import cited
from fourfold.scorecard.outlooks import cells
from fourfold.scorecard.sheet import Sheet, Shown

if TYPE_CHECKING:
    import polars as pl

#: The numbers of a row.
NUMBERS: Final = ("value", "low", "high")
#: The target that a finding is about.
_TARGET: Final = re.compile(r"target:.+#\d+")
#: Columns of the frame; one row for each row of the set.
COLUMNS: Final = ("row", "outcome", "kpi", "unit", "since", "value", "low", "high", "source", "date", "was", "reason")


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """A row as texts, empty where it says nothing: numbers as they are recorded, periods as they are parsed.

    `line` is its number where it came from; `wrong` says why it cannot be trusted at all.
    """

    line: int
    kpi: str = ""
    unit: str = ""
    value: str = ""
    low: str = ""
    high: str = ""
    source: str = ""
    date: str = ""
    since: str = ""
    note: str = ""
    wrong: str = ""


class Became(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True)
class SetRow:
    """What became of a row: the `target` it makes, and the version `before` that it changes or comes after.

    `reasons` say why it is rejected, else what is to be looked at.
    """

    row: BenchmarkRow
    became: Became
    target: Target | None = None
    before: Target | None = None
    reasons: tuple[Finding, ...] = ()

    @property
    def word(self) -> str:
        """In words: a later version of what is there is a new version."""
        is_later = self.became is Became.ADDED and self.before is not None
        return "new version" if is_later else "new" if self.became is Became.ADDED else self.became.value

    @property
    def was(self) -> Target | None:
        """The version that is no longer the newest, or no longer says this; None where nothing is different."""
        return None if self.became is Became.UNCHANGED else self.before

    @property
    def amendment(self) -> Amendment | None:
        """What is to be written; nothing of what is the same or rejected."""
        if self.became is Became.CHANGED:
            return Amendment("targets", self.before, self.target)
        return Amendment("targets", None, self.target) if self.became is Became.ADDED else None


@dataclass(frozen=True, repr=False)
class BenchmarkSet(Shown):
    """A set by the name of its file or source, row by row in the order given."""

    name: str
    rows: tuple[SetRow, ...]

    @cached_property
    def amendments(self) -> Amendments:
        """All that is to be written."""
        return tuple(a for each in self.rows if (a := each.amendment) is not None)

    def of(self, became: Became) -> tuple[SetRow, ...]:
        """The rows that became this."""
        return tuple(each for each in self.rows if each.became is became)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be said about rows, in their order."""
        return tuple(finding for each in self.rows for finding in each.reasons)

    @property
    def summary(self) -> str:
        """`2 benchmarks added, 1 changed, 5 unchanged`."""
        counts = [(len(self.of(became)), became.value) for became in Became]
        told = [f"{count:,} {word}" for count, word in counts if count]
        if not told:
            return "no benchmarks"
        first, _, rest = told[0].partition(" ")
        return ", ".join([f"{first} benchmark{'s' if first != '1' else ''} {rest}", *told[1:]])

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One row for each row of the set."""
        heads = ("Line", "Outcome", "KPI", "Unit", "From", "Value", "Before", "Source", "Why")
        rows = tuple(
            (str(each.row.line), each.word, each.row.kpi, each.row.unit, each.target.since if each.target else "",
             level_of(each.target), level_of(each.was),
             cited(each.target.source, each.target.source_date) if each.target else "",
             " ".join(f.words for f in each.reasons))
            for each in self.rows
        )  # fmt: skip
        return (Sheet(f"Benchmarks: {self.name}", heads, rows, frozenset({"Value", "Before"}), (2, 7, 8)),)

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each row of the set, columns `COLUMNS`; numbers as text, so that no digit is lost."""
        import polars as pl

        texts = frozenset(COLUMNS) - {"row"}
        return cells(COLUMNS, map(_cells_of, self.rows), texts).with_columns(pl.col("row").cast(pl.Int64))

    def report(self) -> str:
        """The rejected rows as CSV, each with its reasons and what to do."""
        import polars as pl

        return safe_table(self.frame.filter(pl.col("outcome") == Became.REJECTED.value)).write_csv()

    def told(self, findings: Iterable[Finding], after: Definitions) -> tuple[BenchmarkSet, tuple[Finding, ...]]:
        """The set with what checks of the definitions `after` say about its targets, and errors about anything else.

        A row with an error is rejected.
        """
        own = {id(each.target): i for i, each in enumerate(self.rows) if each.amendment}  # the very same ones are there
        places = {thing: own[id(target)] for thing, target in targets(after) if id(target) in own}
        about: dict[int, list[Finding]] = {}
        others: list[Finding] = []
        for finding in findings:
            named = _TARGET.match(finding.place.thing or "")
            at = places.get(named[0]) if named else None
            if at is None and finding.level is Level.ERROR:
                others.append(finding)
            elif at is not None:
                about.setdefault(at, []).append(replace(finding, place=Place(self.name, self.rows[at].row.line)))
        rows = tuple(_with(each, about.get(i, [])) for i, each in enumerate(self.rows))
        return replace(self, rows=rows), tuple(others)


def level_of(target: Target | None) -> str:
    """The level of a benchmark with every digit, or both edges of its band; empty without one."""
    if target is None:
        return ""
    if target.value is not None:
        return f"{target.value:f}"
    return " to ".join(f"{edge:f}" for edge in (target.low, target.high) if edge is not None)


def _with(each: SetRow, more: list[Finding]) -> SetRow:
    if not more:
        return each
    is_wrong = any(finding.level is Level.ERROR for finding in more)
    became = Became.REJECTED if is_wrong else each.became
    return replace(each, became=became, reasons=(*each.reasons, *more))


def _cells_of(each: SetRow) -> tuple[object, ...]:
    target, row = each.target, each.row
    numbers = (f"{n:f}" if target and (n := getattr(target, name)) is not None else None for name in NUMBERS)
    return (
        row.line, each.became.value, target.kpi if target else row.kpi, target.unit if target else row.unit or None,
        target.since if target else None, *numbers, target.source if target else row.source or None,
        target.source_date if target else row.date or None, level_of(each.was) or None,
        " ".join(f.words for f in each.reasons) or None,
    )  # fmt: skip
