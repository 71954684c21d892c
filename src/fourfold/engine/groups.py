"""KPIs that are computed alike, taken together so that one array operation serves all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fourfold.engine.aggregation import AggTime, AggUnits, MeasureKind, legal
from fourfold.engine.anchors import Polarity
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.formulas import parse, references
from fourfold.engine.periods import Frequency


@dataclass(frozen=True)
class Group:
    """KPIs of one frequency, aggregation, polarity and way of scoring."""

    kpis: tuple[Kpi, ...]
    frequency: Frequency
    over_time: AggTime
    over_units: AggUnits
    polarity: Polarity
    kind: MeasureKind

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the KPIs, in order."""
        return tuple(k.code for k in self.kpis)


def group(kpis: Iterable[Kpi]) -> list[Group]:
    """The KPIs in groups, each in the order given; an ordinal KPI is alone because its levels are its own."""
    rows: dict[tuple[object, ...], list[Kpi]] = {}
    for kpi in kpis:
        own = kpi.code if kpi.kind is MeasureKind.ORDINAL else kpi.kind is MeasureKind.BOOLEAN
        rows.setdefault((kpi.frequency, over_time(kpi), over_units(kpi), kpi.polarity, own), []).append(kpi)
    return [
        Group(tuple(k), k[0].frequency, over_time(k[0]), over_units(k[0]), k[0].polarity, k[0].kind)
        for k in rows.values()
    ]


def over_time(kpi: Kpi) -> AggTime:
    """How the KPI aggregates over time: as defined, else what its kind does by nature."""
    return kpi.aggregate_time or legal(kpi.kind).agg_time[0]


def over_units(kpi: Kpi) -> AggUnits:
    """How the KPI aggregates over units: as defined, else what its kind does by nature."""
    return kpi.aggregate_units or legal(kpi.kind).agg_units[0]


def formulas_of(kpi: Kpi) -> tuple[str, ...]:
    """The formula of a computed KPI, or those of its numerator and denominator; empty for a measured one."""
    if kpi.formula is not None:
        return (kpi.formula,)
    if kpi.numerator is not None and kpi.denominator is not None:
        return (kpi.numerator, kpi.denominator)
    return ()


def inputs_of(kpi: Kpi) -> frozenset[str]:
    """The codes of the KPIs its formulas use."""
    return frozenset().union(*(references(parse(text)) for text in formulas_of(kpi)))


def with_inputs(definitions: Definitions, codes: Iterable[str]) -> list[Kpi]:
    """These KPIs and all they are computed from, in the order of the definitions."""
    wanted, todo = set[str](), list(codes)
    while todo:
        code = todo.pop()
        if code not in wanted:
            wanted.add(code)
            todo.extend(inputs_of(definitions.kpi[code]))
    return [k for k in definitions.kpis if k.code in wanted]


def dependents(definitions: Definitions, codes: Iterable[str]) -> frozenset[str]:
    """These KPIs and all that are computed from them, directly or through others."""
    used_by: dict[str, set[str]] = {}
    for kpi in definitions.kpis:
        for code in inputs_of(kpi):
            used_by.setdefault(code, set()).add(kpi.code)
    found, todo = set[str](), list(codes)
    while todo:
        code = todo.pop()
        if code not in found:
            found.add(code)
            todo.extend(used_by.get(code, ()))
    return frozenset(found)
