"""How the signals, the forecast and the chance of a KPI came about (methodology §5, §6, §4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

import numpy as np

from fourfold.engine.blocks import Block
from fourfold.engine.cells import Floats, State
from fourfold.engine.definitions import Definitions
from fourfold.engine.groups import group
from fourfold.engine.kpis import Figures
from fourfold.engine.outlook import Outlook, outlooks
from fourfold.engine.workings.outlook_answer import chance_answer, forecast_answer, signal_answer
from fourfold.engine.workings.outlook_words import chance_words, forecast_words, signal_words
from fourfold.engine.workings.working import Plain, Series, Working, array, series
from fourfold.errors import NotFound

Part = Literal["signal", "forecast", "chance"]


@dataclass(frozen=True)
class OutlookWorking(Working):
    """The figures of a KPI of a unit at its own frequency from period `first` on, and what is defined about it.

    `definitions` are those of the organisation with this KPI alone, its targets and its confirmed steps. `states` are
    words such as `missing` where there is no number, `marks` the codes of `Mark`. `part` is what is asked for; a chance
    needs the forecast, and a forecast the figures, so the inputs are the same.
    """

    kind: ClassVar[str] = "outlook"
    part: Part
    definitions: Definitions
    unit: str
    as_of: datetime
    first: str
    values: Series
    states: tuple[str, ...]
    marks: tuple[int, ...]
    numerators: Series | None = None
    denominators: Series | None = None

    @classmethod
    def of(
        cls, part: Part, definitions: Definitions, found: Figures, kpi: str, unit: str, as_of: datetime
    ) -> OutlookWorking:
        """The working of one series of `found`; raises `NotFound` where it has no such KPI or unit."""
        block, k = next(((b, b.kpis.index(kpi)) for _, b in found.blocks if kpi in b.kpis), (None, -1))
        if block is None or unit not in block.units:
            raise NotFound(f"There are no figures of KPI {kpi} for unit {unit}.")
        u = block.units.index(unit)
        parts = (None if a is None else series(a[k, u]) for a in (block.numerator, block.denominator))
        return cls(
            part, _alone(definitions, kpi), unit, as_of, block.periods[0].id, series(block.value[k, u]),
            tuple(State(code).name.lower() for code in block.state[k, u].tolist()),
            tuple(block.marks[k, u].tolist()), *parts,
        )  # fmt: skip

    def outlook(self) -> Outlook:
        """The outlook, made by the same function that makes those of all KPIs."""
        (kpi,) = self.definitions.kpis
        units = tuple(u.code for u in self.definitions.units)
        begin = self.definitions.calendar.parse(self.first, kpi.frequency)
        periods = self.definitions.calendar.range(begin, begin.shift(len(self.values) - 1))
        u = units.index(self.unit)
        shape = (1, len(units), len(periods))
        state, marks = np.full(shape, State.NOT_APPLICABLE, np.uint8), np.zeros(shape, np.uint8)
        state[0, u] = [State[name.upper()] for name in self.states]
        marks[0, u] = self.marks

        def whole(figures: Series | None) -> Floats | None:
            if figures is None:
                return None
            cells = np.full(shape, np.nan)
            cells[0, u] = array(figures)
            return cells

        value, top, bottom = (whole(figures) for figures in (self.values, self.numerators, self.denominators))
        assert value is not None
        block = Block((kpi.code,), units, periods, value, state, marks, top, bottom)
        found = Figures(((tuple(group([kpi])), block),), {kpi.frequency: periods})
        (one,) = outlooks(self.definitions, found, as_of=self.as_of, units=(self.unit,))
        return one

    def answer(self) -> dict[str, Plain]:
        """The signals, the forecast or the chance as plain data."""
        make = {"signal": signal_answer, "forecast": forecast_answer, "chance": chance_answer}
        return make[self.part](self.outlook())

    def words(self) -> list[str]:
        """The same in sentences."""
        make = {"signal": signal_words, "forecast": forecast_words, "chance": chance_words}
        return make[self.part](self.outlook(), self.definitions.kpis[0])


def _alone(definitions: Definitions, kpi: str) -> Definitions:
    """The definitions with one KPI only, and what is said of it."""
    own = definitions.kpi[kpi]
    return Definitions(
        organisation=definitions.organisation,
        units=definitions.units,
        strategy=definitions.strategy,
        kpis=(own,),
        targets=tuple(definitions.targets_of(kpi)),
        steps=tuple(s for s in definitions.steps if s.kpi == kpi),
    )
