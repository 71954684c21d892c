"""What forecasts were worth: how many figures came within their intervals, and how far off they were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding
from fourfold.engine.forecasts import (
    Coverage,
    Forecast,
    Scored,
    TrackRecord,
    actuals_of,
    coverage_findings,
    first_of_each_origin,
    record,
    records_by_length,
    records_by_period,
    score,
)
from fourfold.engine.kpis import Figures
from fourfold.engine.outlook import outlooks
from fourfold.engine.periods import Frequency
from fourfold.engine.workings import RecordWorking
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.outlooks import cells
from fourfold.scorecard.sheet import Sheet, Shown, rounded

if TYPE_CHECKING:
    import polars as pl

#: So many months back forecasts are made again where none were kept.
MONTHS: Final = 12
#: Columns of the frame; one row for the whole, each period and each length of history.
COLUMNS: Final = (
    "part", "name", "series", "forecasts", "figures", "inside80", "coverage80", "inside95", "coverage95", "mase",
    "value_added", "bias", "msis",
)  # fmt: skip
_HEADS: Final = ("Figures", "Within 80%", "Within 95%", "Error", "Better than naive")


@dataclass(frozen=True, repr=False)
class ForecastRecord(Shown):
    """Forecasts beside the figures that came, of one unit.

    `is_kept` says that they were kept when they were made; else they were made again from the figures before. Errors
    are in units of the past error of the naive forecast.
    """

    definitions: Definitions
    unit: str
    scored: Scored
    is_kept: bool

    @cached_property
    def whole(self) -> TrackRecord:
        """The record of all of them."""
        return record(self.scored)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """A finding where 80 % intervals hold fewer than 70 or more than 90 % of figures, beyond chance."""
        return tuple(coverage_findings(self.whole))

    @property
    def by_period(self) -> Sheet:
        """One row for each period of which a figure has come: the coverage report."""
        found = records_by_period(self.scored)
        rows = tuple((period.label, *_cells(one)) for period, one in found.items())
        return Sheet("By period", ("Period", *_HEADS), rows, frozenset(_HEADS))

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The whole by length of history, then each period."""
        lengths = records_by_length(self.scored)
        rows = tuple((_length(bucket), *_cells(one)) for bucket, one in lengths.items())
        rows += (("all", *_cells(self.whole)),) if rows else ()
        d = self.definitions
        how = "forecasts that were kept" if self.is_kept else "forecasts made again as of earlier months"
        notes = (f"From {how}.", *(f.words for f in self.findings))
        title = f"What forecasts were worth: {d.organisation.name}, {d.unit[self.unit].name}"
        whole = Sheet(title, ("History", *_HEADS), rows, frozenset(_HEADS), (0,), notes if rows else ("None yet.",))
        return (whole, self.by_period) if rows else (whole,)

    @property
    def frame(self) -> pl.DataFrame:
        """One row for the whole, each length of history and each period, columns `COLUMNS`."""
        return cells(COLUMNS, self._rows(), frozenset({"part", "name"}))

    def explain(self) -> WorkingExplanation:
        """Each forecast beside what came, and what the record makes of them."""
        return WorkingExplanation(RecordWorking.of(self.scored, is_kept=self.is_kept))

    def _rows(self) -> Iterator[tuple[object, ...]]:
        yield "all", "", *_numbers(self.whole)
        yield from (("length", _length(b), *_numbers(r)) for b, r in records_by_length(self.scored).items())
        yield from (("period", p.id, *_numbers(r)) for p, r in records_by_period(self.scored).items())


def forecast_record(
    definitions: Definitions,
    found: Figures,
    as_of: datetime,
    unit: str,
    kpi: str | None = None,
    kept: Iterable[Forecast] = (),
) -> ForecastRecord:
    """The record of forecasts that were kept, or where there are none of which anything has come, of those that would
    have been made at the end of each of the last twelve months."""
    actual = actuals_of(found)
    scored = score(first_of_each_origin(kept), actual)
    if scored.forecasts:
        return ForecastRecord(definitions, unit, scored, True)
    made = first_of_each_origin(_again(definitions, found, as_of, unit, kpi))
    return ForecastRecord(definitions, unit, score(made, actual), False)


def _again(definitions: Definitions, found: Figures, as_of: datetime, unit: str, kpi: str | None) -> Iterator[Forecast]:
    """Forecasts from the figures up to the end of earlier months, each month's in the order of the KPIs."""
    now = definitions.calendar.period(Frequency.MONTH, as_of.date())
    for back in range(MONTHS + 1, 1, -1):
        items = outlooks(
            definitions, found, as_of=as_of, units=(unit,), kpis=None if kpi is None else (kpi,),
            until=now.shift(-back).last_day,
        )  # fmt: skip
        yield from (o.forecast for o in items)


def _length(bucket: tuple[int, int]) -> str:
    low, high = bucket
    return f"{low} to {high}" if high < 10**6 else f"{low} and more"


def _cells(r: TrackRecord) -> tuple[str, ...]:
    error, added = rounded(r.mase_mean, 2), rounded(r.value_added, 2, sign=True)
    return f"{r.figures:,}", _share(r.coverage80), _share(r.coverage95), error, added


def _share(held: Coverage) -> str:
    return f"{held.share:.0%}" if held.outcomes else "–"


def _numbers(r: TrackRecord) -> tuple[float | None, ...]:
    held = (r.coverage80.inside, r.coverage80.share, r.coverage95.inside, r.coverage95.share)
    rest = (r.mase_mean, r.value_added, r.bias, r.msis)
    return tuple(None if x != x else float(x) for x in (r.series, r.forecasts, r.figures, *held, *rest))
