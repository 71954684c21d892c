"""Rows of a set of benchmarks, read against the definitions: what each would add or change, or why it is rejected.

Source: methodology §4.1 and §4.2. A row becomes a target of the kind `benchmark`, which begins in the period of its
date unless the row says another one. What begins later is a new version, and the older ones stay; where a newer date
falls into the period in which a version begins, the new one is told apart by when it became known, as any target is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from fourfold.connectors.files.benchmark_columns import BenchmarkColumns
from fourfold.connectors.files.benchmark_rows import benchmark_rows
from fourfold.connectors.files.grid import Grid
from fourfold.connectors.files.propose import Codes, codes_of
from fourfold.engine.anchors import Polarity
from fourfold.engine.benchmarks import begin_of
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.measurements.numbers import NO_FIGURE, PATTERN, explain, sentence
from fourfold.engine.periods import Period, PeriodError
from fourfold.engine.source_date import date_words, first_day
from fourfold.engine.target_versions import became_known
from fourfold.engine.words import did_you_mean, show
from fourfold.scorecard.benchmark_set import NUMBERS, Became, BenchmarkRow, BenchmarkSet, SetRow

#: What is the same where a row says nothing new.
_SAID: Final = ("value", "low", "high", "source", "source_date", "note")
_NUMBER: Final = re.compile(PATTERN)


def rows_of(grid: Grid, columns: BenchmarkColumns, kpis: Iterable[Kpi]) -> tuple[BenchmarkRow, ...]:
    """The rows of a table that is read this way; numbers may have beside them what these KPIs are counted in."""
    some = list(kpis)
    units = {k.code: k.unit or "" for k in some}
    measured_in = {name: units[code] for name, code in codes_of(some, ())["kpi"].items()}
    rows = benchmark_rows(grid, columns, measured_in)
    return tuple(BenchmarkRow(line, **said, wrong=wrong) for line, said, wrong in rows)


def read_set(
    name: str, rows: Iterable[BenchmarkRow], definitions: Definitions, *, today: date, at: datetime,
    hidden: frozenset[str] = frozenset(), author: str | None = None,
) -> BenchmarkSet:  # fmt: skip
    """What becomes of each row in these definitions, completed; nothing of KPIs that are `hidden` is told.

    `today` decides what has not come yet, `at` when a version became known that begins with another one.
    """
    kpis = [k for k in definitions.kpis if k.code not in hidden]
    reader = _Reader(name, definitions, codes_of(kpis, definitions.units), [k.name for k in kpis], today, at, author)
    return BenchmarkSet(name, tuple(reader.read(row) for row in rows))


class _Rejected(Exception):
    """Why a row cannot be taken."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.code, self.message, self.fix = code, message, fix


class _Reader:
    """Reads row by row, and remembers which benchmark each one was about."""

    def __init__(
        self, name: str, definitions: Definitions, codes: Codes, names: list[str], today: date, at: datetime,
        author: str | None,
    ) -> None:  # fmt: skip
        self.name, self.definitions, self.codes, self.names = name, definitions, codes, names
        self.today, self.at, self.author = today, at, author
        self.lines: dict[tuple[str, str | None, int], int] = {}

    def read(self, row: BenchmarkRow) -> SetRow:
        """What becomes of a row: each thing that is wrong with it is said."""
        found: dict[str, Any] = {}
        wrong: list[Finding] = []
        steps = (self._trust, self._kpi, self._unit, self._levels, self._source, self._date, self._begin)
        for step in steps:
            try:
                found |= step(row, found)
            except _Rejected as why:
                place = Place(self.name, row.line)
                wrong.append(Finding(why.code, Level.ERROR, place, why.message, why.fix))
                if step in (self._trust, self._kpi):
                    break  # without it nothing else can be told
        if not wrong:
            try:
                return self._placed(row, found)
            except _Rejected as why:
                wrong.append(Finding(why.code, Level.ERROR, Place(self.name, row.line), why.message, why.fix))
        return SetRow(row, Became.REJECTED, reasons=tuple(wrong))

    def _trust(self, row: BenchmarkRow, found: Mapping[str, Any]) -> dict[str, Any]:
        if row.wrong:
            raise _Rejected("BENCHMARK-ROW", row.wrong, "Mend the row in the file: one of its cells may have moved.")
        return {}

    def _kpi(self, row: BenchmarkRow, found: Mapping[str, Any]) -> dict[str, Any]:
        code = self.codes["kpi"].get(row.kpi.casefold())
        if not row.kpi:
            raise _Rejected("BENCHMARK-KPI", "The row names no KPI.", "Write the name or the code of the KPI.")
        if code is None:
            message = f"{show(row.kpi)} is no KPI here, or the name of several."
            raise _Rejected("BENCHMARK-KPI", message, did_you_mean(row.kpi, self.names, "KPI"))
        return {"kpi": self.definitions.kpi[code]}

    def _unit(self, row: BenchmarkRow, found: Mapping[str, Any]) -> dict[str, Any]:
        if not row.unit:
            return {"unit": None}
        code = self.codes["unit"].get(row.unit.casefold())
        if code is None:
            message = f"{show(row.unit)} is no unit here, or the name of several."
            fix = did_you_mean(row.unit, [u.name for u in self.definitions.units], "unit")
            raise _Rejected("BENCHMARK-UNIT", message, f"{fix} Leave it empty where the benchmark is for all units.")
        return {"unit": code}

    def _levels(self, row: BenchmarkRow, found: Mapping[str, Any]) -> dict[str, Any]:
        """The value, or for a KPI that should stay in a range both edges of the band."""
        kpi: Kpi = found["kpi"]
        numbers = {name: _number(name, text) for name in NUMBERS if (text := getattr(row, name))}
        if kpi.polarity is Polarity.IN_RANGE:
            if numbers.keys() != {"low", "high"}:
                message = f"{kpi.name} is best inside a band, and the row does not give just the two edges of one."
                raise _Rejected("BENCHMARK-VALUE", message, "Write both edges, in the columns low and high.")
            if numbers["low"] >= numbers["high"]:
                message = f"The lower edge, {numbers['low']:f}, is not below the upper one, {numbers['high']:f}."
                raise _Rejected("BENCHMARK-VALUE", message, "Swap them, or correct one.")
        elif "value" not in numbers or len(numbers) > 1:
            has_both = "value" in numbers
            message = "The row has a value and an edge of a band." if has_both else "The row has no value."
            fix = "Write what others reach as a number, in the column value and in the unit of the KPI."
            raise _Rejected("BENCHMARK-VALUE", message, fix)
        return numbers

    def _source(self, row: BenchmarkRow, found: Mapping[str, Any]) -> dict[str, Any]:
        if not row.source:
            fix = "Write who published it in the column source, or give one source for the whole set."
            raise _Rejected("BENCHMARK-SOURCE", "The row names no source.", fix)
        return {"source": row.source}

    def _date(self, row: BenchmarkRow, found: Mapping[str, Any]) -> dict[str, Any]:
        if not row.date:
            fix = "Write when it was published in the column date (2026-03-31, 2026-03 or 2026), or give one date for "
            raise _Rejected("BENCHMARK-DATE", "The row has no date.", fix + "the whole set.")
        day = first_day(row.date)
        if day is None:
            message = f"The date {show(row.date)} is no day, month or year."
            raise _Rejected("BENCHMARK-DATE", message, "Write it as 2026-03-31, 2026-03 or 2026.")
        if day > self.today:
            message = f"The date, {date_words(row.date)}, has not come yet."
            fix = "Write when the source was published; from when it holds stands in the column since."
            raise _Rejected("BENCHMARK-DATE", message, fix)
        return {"source_date": row.date, "day": day}

    def _begin(self, row: BenchmarkRow, found: Mapping[str, Any]) -> dict[str, Any]:
        """The period in which it begins: that of its date where the row names none."""
        calendar, kpi = self.definitions.calendar, found["kpi"]
        if not row.since:
            return {"begin": calendar.period(kpi.frequency, found["day"])} if "day" in found else {}
        try:
            return {"begin": calendar.parse(row.since, kpi.frequency)}
        except PeriodError as error:
            fix = error.hint or f"{kpi.name} has periods of one {kpi.frequency}."
            raise _Rejected("BENCHMARK-PERIOD", f"From when it holds: {error.message}", fix) from None

    def _placed(self, row: BenchmarkRow, found: Mapping[str, Any]) -> SetRow:
        """Beside the versions that are there, and the rows before it."""
        kpi, unit, begin = found["kpi"], found["unit"], found["begin"]
        key = (kpi.code, unit, begin.ordinal)
        if key in self.lines:
            message = f"Line {self.lines[key]} has a benchmark of the same KPI that begins in {begin.label} too."
            fix = "Keep one of them, or say in the column since when each begins."
            raise _Rejected("BENCHMARK-TWICE", message, fix)
        versions = list(self._versions(kpi, unit))
        is_first = not versions and not any(known[:2] == key[:2] for known in self.lines)
        self.lines[key] = row.line
        together = [t for b, t in versions if b.ordinal == begin.ordinal]
        said = {name: found[name] for name in _SAID if name in found} | ({"note": row.note} if row.note else {})
        if (same := next((t for t in together if _is_same(t, said)), None)) is not None:
            return SetRow(row, Became.UNCHANGED, same, same)
        last = together[-1] if together else None
        is_later = last is not None and self._is_later(last, found["day"], begin)
        if last is not None and not is_later:
            return SetRow(row, Became.CHANGED, _made(last, said), last)
        more: dict[str, Any] = {"author": self.author, "reason": "initial" if is_first else "new_information"}
        if is_later:
            more["recorded_at"] = self.at.astimezone(UTC).isoformat(timespec="seconds")
        start = {"kpi": kpi.code, "unit": unit, "kind": "benchmark", "since": begin.short_id}
        given = {name: each for name, each in (start | said | more).items() if each is not None}
        earlier = [t for b, t in versions if b.ordinal <= begin.ordinal]
        return SetRow(row, Became.ADDED, _made(None, given), earlier[-1] if earlier else None)

    def _versions(self, kpi: Kpi, unit: str | None) -> Iterator[tuple[Period, Target]]:
        """Those of the KPI that name this unit, as they begin and became known."""
        some = [t for t in self.definitions.targets_of(kpi.code) if t.kind == "benchmark" and t.unit == unit]
        begun = [(begin, t) for t in some if (begin := begin_of(self.definitions, kpi, t)) is not None]
        yield from sorted(begun, key=lambda each: (each[0].ordinal, became_known(each[1])))

    def _is_later(self, last: Target, day: date, begin: Period) -> bool:
        """True where the row is newer than the version that begins with it; an older one is refused."""
        known = None if last.source_date is None else first_day(last.source_date)
        if known is not None and day < known:
            message = f"A newer one, of {date_words(last.source_date or '')}, begins in {begin.label} already."
            fix = "Leave the row out, or say in the column since from which period it holds."
            raise _Rejected("BENCHMARK-OLDER", message, fix)
        return known is not None and day > known


def _number(name: str, text: str) -> Decimal:
    if _NUMBER.match(text):
        return Decimal(text)
    _, said, fix = explain(text)
    if fix == NO_FIGURE:
        fix = "Write what others reach as a number, in the unit of the KPI."
    raise _Rejected("BENCHMARK-VALUE", sentence(name, text, said), fix)


def _is_same(target: Target, said: Mapping[str, Any]) -> bool:
    """True where the target says all of this already; a note that nobody gives is left as it is."""
    return all(getattr(target, name) == said.get(name) for name in _SAID if name != "note" or name in said)


def _made(before: Target | None, said: Mapping[str, Any]) -> Target:
    given = {} if before is None else {n: getattr(before, n) for n in before.model_fields_set - set(NUMBERS)}
    try:
        return Target.model_validate({**given, **said})
    except ValidationError as error:
        first = error.errors()[0]
        message = f"{str(first['loc'][0]).replace('_', ' ').capitalize()}: {first['msg'].lower()}."
        raise _Rejected("BENCHMARK-VALUE", message, "Correct it in the file.") from None
