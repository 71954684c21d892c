"""One KPI of the library: what it means, how it is computed, how it misleads, and what it is evidence for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from fourfold.engine.aggregation import AggTime, AggUnits, MeasureKind
from fourfold.engine.definitions import Kpi
from fourfold.engine.periods import Frequency
from fourfold.engine.scoring import Polarity

#: Kinds whose zero does not mean "none".
_INTERVAL: Final = (MeasureKind.SURVEY, MeasureKind.INDEX)
#: A sum or difference, which needs brackets before it is divided.
_SUM: Final = re.compile(r" [+-] ")


class Input(NamedTuple):
    """A figure that a formula takes: what it is, and where it is usually found."""

    what: str
    source: str


@dataclass(frozen=True, slots=True)
class LibraryKpi:
    """A KPI as the library describes it; nothing in it belongs to one organisation.

    A ratio has `numerator` and `denominator`, and is `factor`·N/D; any other has `formula`. Both are written in the
    formula language over the names in `inputs`. `unit` is as KPIs take it, but for money, where it is "currency".
    `about` and `qualities` are concepts of the lexicon. `pair` is the id of its guard: the KPI that would show if this
    one were bought at the price of something else.
    """

    id: str
    code: str
    name: str
    synonyms: tuple[str, ...]
    perspective: str
    function: str
    industry: str
    definition: str
    purpose: str
    kind: MeasureKind
    unit: str
    polarity: Polarity
    frequency: Frequency
    role: Literal["lead", "lag"]
    aggregate_time: AggTime
    aggregate_units: AggUnits
    inputs: Mapping[str, Input]
    scope: str
    pitfalls: tuple[str, ...]
    gaming: str
    pair: str
    goals: tuple[str, ...]
    about: tuple[str, ...]
    qualities: tuple[str, ...]
    formula: str = ""
    numerator: str = ""
    denominator: str = ""
    factor: int = 1

    @property
    def expression(self) -> str:
        """The whole formula on one line, for people and for the formula language alike."""
        if not self.denominator:
            return self.formula
        factor = f"{self.factor} * " if self.factor != 1 else ""
        above = f"({self.numerator})" if _SUM.search(self.numerator) else self.numerator
        below = self.denominator if self.denominator.isidentifier() else f"({self.denominator})"
        return f"{factor}{above} / {below}"

    @property
    def sources(self) -> tuple[str, ...]:
        """Where its inputs are usually found, each named once."""
        return tuple(dict.fromkeys(given.source for given in self.inputs.values()))

    def definition_of(self, code: str, currency: str = "") -> Kpi:
        """The KPI as a scorecard takes it: measured, with the parts of the formula said in words.

        `currency` (ISO 4217) takes the place of money in general; without one such a KPI has no unit yet. It has no
        formula, because its inputs are no KPIs of the scorecard: figures, or numerators and denominators, are entered.
        """
        parts = "; ".join(f"{name}: {given.what}" for name, given in self.inputs.items())
        return Kpi(
            code=code, name=self.name, definition=f"{self.definition}\nFormula: {self.expression}, with {parts}.",
            purpose=self.purpose, population=self.scope, category=self.function, synonyms=self.synonyms,
            kind=self.kind, unit=currency if self.unit == "currency" else self.unit, polarity=self.polarity,
            aggregate_time=self.aggregate_time, aggregate_units=self.aggregate_units, factor=Decimal(self.factor),
            ratio_scale=self.kind not in _INTERVAL, frequency=self.frequency,
            source=", ".join(self.sources), state="draft", tags=(f"library:{self.id}",),
        )  # fmt: skip
