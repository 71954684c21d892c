"""The signals of KPIs: their usual range, what lies outside it, and what the target has to do with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.outlook import Outlook
from fourfold.engine.results import View
from fourfold.engine.signals import Assurance, Reading, Variation
from fourfold.engine.signals.wording import day_number
from fourfold.engine.workings.outlook_answer import last
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.outlooks import Outlooks, cells
from fourfold.scorecard.sheet import Sheet
from fourfold.table import Row, Table, number

if TYPE_CHECKING:
    import polars as pl

#: The two icons as text: high or low with + for better and ! for worse, a wave for usual; P, F or ? for the target.
VARIATIONS: Final = {
    Variation.NONE: "", Variation.TRIAL: "·", Variation.USUAL: "∿",
    Variation.IMPROVEMENT_HIGH: "H+", Variation.IMPROVEMENT_LOW: "L+", Variation.CONCERN_HIGH: "H!",
    Variation.CONCERN_LOW: "L!", Variation.NEUTRAL_HIGH: "H", Variation.NEUTRAL_LOW: "L", Variation.PATTERN: "~",
}  # fmt: skip
ASSURANCES: Final = {
    Assurance.NONE: "", Assurance.PASSES: "P", Assurance.HIT_AND_MISS: "?", Assurance.FAILS: "F",
}  # fmt: skip
LEGEND: Final = (
    "∿ usual variation, H or L a signal on the high or low side (+ better, ! worse), · trial limits; "
    "P passes the target consistently, F fails it, ? hit and miss"
)
#: Columns of the frame; one row for each series. Where `chart` is the days between events, limits are in days.
COLUMNS: Final = (
    "kpi", "unit", "period", "value", "lower", "centre", "upper", "sigma", "count", "phase", "chart", "variation",
    "assurance", "headline", "signals", "newest_signal", "newest_period", "suggested_step", "sentences",
)  # fmt: skip
_TEXTS: Final = frozenset(COLUMNS) - {"value", "lower", "centre", "upper", "sigma", "count", "signals"}


def icons(reading: Reading | None) -> str:
    """The two icons as text, such as `L+ ?`; nothing without a reading."""
    if reading is None:
        return ""
    return f"{VARIATIONS[reading.variation]:<2} {ASSURANCES[reading.assurance]}".rstrip()


@dataclass(frozen=True, repr=False)
class Signals(Outlooks):
    """The signals of KPIs in units; see `Outlooks`."""

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One row for each KPI or unit with figures."""
        heads = ("", "Unit" if self.kpi else "KPI", "Period", "Actual", "Usual range", "What it says")
        rows = tuple(self._row(kpi, o) for kpi, o in self.shown)
        notes = (LEGEND, *self.gap_note) if rows else self.gap_note
        return (Sheet(f"Signals: {self.title}", heads, rows, frozenset({"Actual", "Usual range"}), (1, 5), notes),)

    def _row(self, kpi: Kpi, o: Outlook) -> tuple[str, ...]:
        r, period = o.reading, "" if o.origin is None else o.origin.label
        value = number(_value(self, o), kpi)
        if r is None:
            return "", self.name(kpi, o), period, value, "", "no usual range: levels, or yes and no"
        low, high = last(r.lower), last(r.upper)
        usual = "–" if low is None or high is None else f"{number(low, kpi)} to {number(high, kpi)}"
        if r.between is not None and (days := r.between.usual) is not None:
            usual = f"{day_number(days[0])} to {day_number(days[2])} days between"
        return icons(r), self.name(kpi, o), period, value, usual, r.headline

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each series, columns `COLUMNS`; `sentences` in one text, `signals` counts them."""
        return cells(COLUMNS, self._cells(), _TEXTS)

    def _cells(self) -> Iterator[tuple[object, ...]]:
        for o in self.items:
            r, period = o.reading, None if o.origin is None else o.origin.id
            if r is None:
                yield (o.kpi, o.unit, period, _value(self, o), *[None] * 10, 0.0, None, None, None, None)
                continue
            new = r.signals[-1] if r.signals else None
            step = None if r.suggestion is None else o.periods[r.suggestion.start].id
            lines = r if r.between is None else r.between
            yield (
                o.kpi, o.unit, period, _value(self, o), last(lines.lower), last(lines.centre), last(lines.upper),
                last(r.sigma), r.count, r.phase.name.lower(), r.chart, r.variation.name.lower(),
                r.assurance.name.lower(), r.headline, len(r.signals), None if new is None else new.rule.name.lower(),
                None if new is None else o.periods[new.at].id, step, str(self.explain(o.kpi, o.unit)),
            )  # fmt: skip

    @property
    def points(self) -> pl.DataFrame:
        """One row for each series and period: the figure, its limits, and the rule it belongs to."""
        names = ("kpi", "unit", "period", "value", "lower", "centre", "upper", "rule", "side")
        return cells(names, self._points(), frozenset({"kpi", "unit", "period", "rule", "side"}))

    def _points(self) -> Iterator[tuple[object, ...]]:
        for o in self.items:
            if (r := o.reading) is None:
                continue
            rules = {p: (s.rule.name.lower(), "high" if s.side > 0 else "low" if s.side < 0 else "") for s in r.signals
                     for p in s.points}  # fmt: skip
            figures = _figures(self, o)
            for p, period in enumerate(o.periods):
                rule, side = rules.get(p, (None, None))
                limits = (None if np.isnan(a[p]) else float(a[p]) for a in (r.lower, r.centre, r.upper))
                yield o.kpi, o.unit, period.id, None if np.isnan(figures[p]) else figures[p], *limits, rule, side

    def explain(self, kpi: str, unit: str | None = None) -> WorkingExplanation:
        """The signals of one series in sentences, with all inputs; the root unit without one."""
        return self.working("signal", kpi, unit)


def _figures(found: Outlooks, o: Outlook) -> list[float]:
    """The figures of a series over the periods of its outlook."""
    block = next(block for _, block in found.figures.blocks if o.kpi in block.kpis)
    row: list[float] = block.value[block.kpis.index(o.kpi), block.units.index(o.unit)].tolist()
    return row[: len(o.periods)]


def _value(found: Outlooks, o: Outlook) -> float | None:
    """The newest figure."""
    if o.origin is None:
        return None
    return _figures(found, o)[o.origin.ordinal - o.periods[0].ordinal]


def with_outlook(shown: Table, found: Sequence[Outlook], definitions: Definitions, view: View) -> Table:
    """A scorecard's table with the icons of each KPI of its unit, and the forecast of the KPI's next period.

    A KPI whose own periods are not those of the view has none: next week's figure is nothing to lay beside a month's.
    """
    own = {f"kpi:{o.kpi}": o for o in found if o.unit == shown.unit}

    def row(r: Row) -> Row:
        if (o := own.get(r.node)) is None or definitions.kpi[o.kpi].frequency.value != view:
            return r
        kpi, mean = definitions.kpi[o.kpi], o.forecast.mean
        return replace(r, signal=icons(o.reading), forecast=number(mean[0], kpi) if mean else "")

    rows = tuple(map(row, shown.rows))
    return replace(shown, rows=rows, legend=LEGEND if any(r.signal for r in rows) else "")
