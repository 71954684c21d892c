"""Signals, forecasts and chances of KPIs: what is common to the three views of one outlook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.evaluate import periods_of
from fourfold.engine.kpis import Figures, figures
from fourfold.engine.outlook import Outlook, outlooks
from fourfold.engine.words import did_you_mean, show
from fourfold.engine.workings import OutlookWorking
from fourfold.errors import NotFound
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.sheet import Shown

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, repr=False)
class Outlooks(Shown):
    """The outlook of KPIs in units, as asked for; every figure at the KPI's own frequency.

    `items` are by KPI, then unit. Sheets show all of them where a KPI or unit was asked for, else those of the root
    unit; the frame always has all.
    """

    definitions: Definitions
    figures: Figures
    as_of: datetime
    items: tuple[Outlook, ...]
    kpi: str | None = None
    unit: str | None = None

    @cached_property
    def shown(self) -> tuple[tuple[Kpi, Outlook], ...]:
        """What sheets show: outlooks with figures, each with its KPI."""
        root = self.definitions.root.code
        some = (o for o in self.items if self.kpi or self.unit or o.unit == root)
        return tuple((self.definitions.kpi[o.kpi], o) for o in some if o.origin is not None)

    def at(self, kpi: str, unit: str | None = None) -> Outlook:
        """The outlook of one KPI in a unit (the root, or the one asked for); raises `NotFound`."""
        where = unit or self.unit or self.definitions.root.code
        found = next((o for o in self.items if (o.kpi, o.unit) == (kpi, where)), None)
        if found is None:
            known = list(dict.fromkeys(o.kpi for o in self.items))
            raise NotFound(f"There is no {show(kpi)} of unit {where} here.", hint=did_you_mean(kpi, known, "KPI"))
        return found

    def name(self, kpi: Kpi, outlook: Outlook) -> str:
        """The KPI, or where one was asked for the unit."""
        unit = self.definitions.unit[outlook.unit].name
        return unit if self.kpi else kpi.name

    @property
    def title(self) -> str:
        """Whose outlook this is."""
        d = self.definitions
        what = d.kpi[self.kpi].name if self.kpi else d.unit[self.unit or d.root.code].name
        where = f", {d.unit[self.unit].name}" if self.kpi and self.unit else ""
        return f"{d.organisation.name}, {what}{where}"

    @property
    def gap_note(self) -> tuple[str, ...]:
        """The KPIs without any figure, in words."""
        root = self.definitions.root.code
        some = (o for o in self.items if self.kpi or self.unit or o.unit == root)
        without = [self.name(self.definitions.kpi[o.kpi], o) for o in some if o.origin is None]
        return (f"Without figures: {', '.join(without)}",) if without else ()

    def working(self, part: str, kpi: str, unit: str | None) -> WorkingExplanation:
        """The working of one outlook's part."""
        o = self.at(kpi, unit)
        if part not in ("signal", "forecast", "chance"):
            raise NotFound(f"An outlook has no {show(part)}.")
        return WorkingExplanation(
            OutlookWorking.of(part, self.definitions, self.figures, o.kpi, o.unit, self.as_of)  # type: ignore[arg-type]
        )


def look(
    definitions: Definitions,
    rows: pl.DataFrame,
    as_of: datetime,
    kpi: str | None = None,
    unit: str | None = None,
    until: date | None = None,
) -> tuple[Figures, tuple[Outlook, ...]]:
    """Figures at their own frequencies, and the outlooks asked for; of periods that end by `until`, where it is given.

    Raises `NotFound` for an unknown KPI or unit.
    """
    for code, known, noun in ((kpi, definitions.kpi, "KPI"), (unit, definitions.unit, "unit")):
        if code is not None and code not in known:
            raise NotFound(f"There is no {noun} {show(code)}.", hint=did_you_mean(code, list(known), noun))
    periods = periods_of(definitions, rows, view="month", as_of=as_of)
    found = figures(definitions, rows, as_of=as_of, periods=periods, only=None if kpi is None else [kpi])
    items = outlooks(
        definitions, found, as_of=as_of, kpis=None if kpi is None else (kpi,), units=None if unit is None else (unit,),
        until=until,
    )  # fmt: skip
    order = {k.code: i for i, k in enumerate(definitions.kpis)}
    return found, tuple(sorted(items, key=lambda o: order[o.kpi]))


def cells(names: tuple[str, ...], rows: Iterator[tuple[object, ...]], texts: frozenset[str]) -> pl.DataFrame:
    """A frame of rows; columns are numbers unless they are texts."""
    import polars as pl

    schema = {name: pl.String if name in texts else pl.Float64 for name in names}
    return pl.DataFrame(list(rows), schema=schema, orient="row", strict=False)
