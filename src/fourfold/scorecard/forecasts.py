"""The forecasts of KPIs, with intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fourfold.engine.definitions import Kpi
from fourfold.engine.forecasts import forecast_findings
from fourfold.engine.outlook import Outlook
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.outlooks import Outlooks, cells
from fourfold.scorecard.sheet import Sheet
from fourfold.table import number

if TYPE_CHECKING:
    import polars as pl

#: Columns of the frame; one row for each series and period ahead.
COLUMNS: Final = (
    "kpi", "unit", "origin", "period", "ahead", "mean", "lower80", "upper80", "lower95", "upper95", "naive", "method",
    "count", "lack",
)  # fmt: skip
_TEXTS: Final = frozenset({"kpi", "unit", "origin", "period", "method", "lack"})


@dataclass(frozen=True, repr=False)
class Forecasts(Outlooks):
    """The forecasts of KPIs in units; see `Outlooks`."""

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One row for each KPI or unit: the next period and the last one the forecast reaches."""
        heads = ("Unit" if self.kpi else "KPI", "From", "Next", "4 in 5", "By", "Then", "4 in 5 then")
        rows = tuple(self._row(kpi, o) for kpi, o in self.shown)
        far = forecast_findings(o.forecast for _, o in self.shown)
        said = tuple(f"{f.place.thing}: {f.message} {f.fix}" for f in far)
        notes = ("4 in 5: the interval that holds four outcomes of five", *said) if rows else ()
        return (
            Sheet(
                f"Forecasts: {self.title}", heads, rows, frozenset(heads[2:4]) | frozenset(heads[5:]), (0, 3, 6),
                (*notes, *self.gap_note),
            ),
        )

    def _row(self, kpi: Kpi, o: Outlook) -> tuple[str, ...]:
        f, name = o.forecast, self.name(kpi, o)
        origin = "" if f.origin is None else f.origin.label
        if not f.mean:
            return name, origin, "–", "–", "", "–", "–"
        first, end = ((number(f.mean[h], kpi), _interval(o, h, kpi)) for h in (0, f.horizon - 1))
        return name, origin, *first, f.period(f.horizon).label, *end

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each series and period ahead, columns `COLUMNS`; one row with its `lack` where there is none."""
        return cells(COLUMNS, self._cells(), _TEXTS)

    def _cells(self) -> Iterator[tuple[object, ...]]:
        for o in self.items:
            f, origin = o.forecast, None if o.origin is None else o.origin.id
            tail = (f.method.value, f.count, f.lack.value or None)
            if not f.mean:
                yield (o.kpi, o.unit, origin, *[None] * 8, *tail)
            for h in range(f.horizon):
                bounds = (a[h] if a else None for a in (f.lower80, f.upper80, f.lower95, f.upper95, f.naive))
                yield (o.kpi, o.unit, origin, f.period(h + 1).id, h + 1, f.mean[h], *bounds, *tail)

    def explain(self, kpi: str, unit: str | None = None) -> WorkingExplanation:
        """The forecast of one series in sentences, with all inputs; the root unit without one."""
        return self.working("forecast", kpi, unit)


def _interval(o: Outlook, h: int, kpi: Kpi) -> str:
    f = o.forecast
    return f"{number(f.lower80[h], kpi)} to {number(f.upper80[h], kpi)}" if f.lower80 else "–"
