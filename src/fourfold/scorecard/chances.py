"""The chances of KPIs to reach their targets at the end of the fiscal year."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from fourfold.engine.ambition import Mix, Portfolio, portfolio
from fourfold.engine.definitions import Kpi
from fourfold.engine.hindsight import Hindsight, hindsight
from fourfold.engine.outlook import Chance, Outlook, Way
from fourfold.engine.words import counted
from fourfold.engine.workings.working import plain
from fourfold.scorecard.explanation import WorkingExplanation
from fourfold.scorecard.outlooks import Outlooks, cells
from fourfold.scorecard.sheet import Sheet
from fourfold.table import number

if TYPE_CHECKING:
    import polars as pl

#: Columns of the frame; one row for each series. `probability` is exact, `shown` in % as printed, `needed` what the
#: next period must bring.
COLUMNS: Final = ("kpi", "unit", "end", "way", "low", "high", "expected", "probability", "shown", "word", "needed")
_TEXTS: Final = frozenset({"kpi", "unit", "end", "way", "word"})
#: What a mix of chances says, in words.
MIXES: Final = {
    Mix.NONE: "", Mix.SANDBAGGING: "all targets are nearly certain", Mix.FANTASY: "most targets are nearly hopeless",
    Mix.HEALTHY: "a healthy mix", Mix.EASY: "together rather easy", Mix.HARD: "together rather hard",
}  # fmt: skip
_WAYS: Final = {Way.LEVEL: "", Way.SUM: " (sum)", Way.MEAN: " (mean)"}


@dataclass(frozen=True, repr=False)
class Chances(Outlooks):
    """The chances of KPIs in units; see `Outlooks`."""

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One row for each KPI or unit that has a chance, the least likely first."""
        heads = ("Unit" if self.kpi else "KPI", "By", "Wanted", "Expected", "Chance", "", "Next must be")
        known = [(kpi, o, o.chance) for kpi, o in self.shown if o.chance is not None]
        rows = tuple(self._row(kpi, o, c) for kpi, o, c in sorted(known, key=lambda found: found[2].p))
        right = frozenset((*heads[2:5], heads[6]))
        return (Sheet(f"Chances: {self.title}", heads, rows, right, (0,), self._notes(len(rows))),)

    def _notes(self, count: int) -> tuple[str, ...]:
        without = len(self.shown) - count
        more, a = list(self.gap_note), self.ambition
        if without:
            more.insert(0, f"{without} without a target for the end of the year, or without an interval")
        if a.known:
            spread = f"{a.expected:.1f} of {a.known}, give or take {a.deviation:.1f}"
            more.insert(0, f"Expected hits: {spread}; {MIXES[a.mix]}")
        if (past := self.hindsight) is not None:
            more.append(hindsight_words(past))
        return tuple(more)

    @property
    def ambition(self) -> Portfolio:
        """How ambitious the targets shown are together (§4.4)."""
        return portfolio(np.array([math.nan if o.chance is None else o.chance.p for _, o in self.shown]))

    @cached_property
    def hindsight(self) -> Hindsight | None:
        """What became of the targets of the last fiscal year, of what is shown."""
        kpis, units = ({getattr(o, name) for _, o in self.shown} for name in ("kpi", "unit"))
        return hindsight(self.definitions, self.figures, as_of=self.as_of, kpis=kpis, units=units)

    def _row(self, kpi: Kpi, o: Outlook, c: Chance) -> tuple[str, ...]:
        expected = f"{number(c.expected, kpi)}{_WAYS[c.way]}"
        needed = "" if c.needed is None else number(c.needed, kpi)
        return self.name(kpi, o), c.end.label, goal(c, kpi), expected, f"{c.percent} %", c.word, needed

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each series, columns `COLUMNS`; null where there is no chance to tell or a side is open."""
        return cells(COLUMNS, self._cells(), _TEXTS)

    def _cells(self) -> Iterator[tuple[object, ...]]:
        for o in self.items:
            if (c := o.chance) is None:
                yield (o.kpi, o.unit, *[None] * 9)
            else:
                numbers = (plain(c.low), plain(c.high), c.expected, c.p, c.percent)
                yield (o.kpi, o.unit, c.end.id, c.way.value, *numbers, c.word, c.needed)

    def explain(self, kpi: str, unit: str | None = None) -> WorkingExplanation:
        """The chance of one series in sentences, with all inputs; the root unit without one."""
        return self.working("chance", kpi, unit)


def hindsight_words(past: Hindsight) -> str:
    """How many targets of the last year were met, beside how many were expected, as a sentence."""
    j = past.judged
    met = f"{j.hits} {'was' if j.hits == 1 else 'were'} met"
    return (
        f"Of {counted(j.known, 'target')} of {past.year.label} {met}; "
        f"half-way {j.expected:.1f} were expected (Brier score {j.brier:.2f}, where a coin has 0.25)"
    )


def goal(c: Chance, kpi: Kpi) -> str:
    """What is wanted, such as `≥ 95.0%`."""
    if math.isinf(c.high):
        return f"≥ {number(c.low, kpi)}"
    if math.isinf(c.low):
        return f"≤ {number(c.high, kpi)}"
    return f"{number(c.low, kpi)} to {number(c.high, kpi)}"
