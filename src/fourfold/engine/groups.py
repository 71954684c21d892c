"""KPIs that are computed alike, taken together so that one array operation serves all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from fourfold.engine.aggregation import AggTime, AggUnits, MeasureKind, legal
from fourfold.engine.anchors import Polarity
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.formulas import figures_of, looks_at_other_units, lookups, parse, references
from fourfold.engine.once import once
from fourfold.engine.periods import Frequency


@dataclass(frozen=True)
class Group:
    """KPIs of one frequency, aggregation, polarity and way of scoring, all measured or all computed."""

    kpis: tuple[Kpi, ...]
    frequency: Frequency
    over_time: AggTime
    over_units: AggUnits
    polarity: Polarity
    kind: MeasureKind
    is_computed: bool = False
    is_weighed: bool = False  # by another KPI, which must be there first

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the KPIs, in order."""
        return tuple(k.code for k in self.kpis)

    @property
    def rolls_up(self) -> bool:
        """True where a unit's figure comes from the units below it."""
        return not self.is_computed and self.over_units not in (AggUnits.NONE, AggUnits.RECOMPUTE)

    @property
    def scored(self) -> tuple[object, ...]:
        """Groups that are alike in this are scored by the same operations on arrays of the same shape."""
        adds_up = self.over_units is AggUnits.SUM
        if self.kind is MeasureKind.ORDINAL:
            return "ordinal", self.codes
        if self.kind is MeasureKind.BOOLEAN or self.polarity in (Polarity.IN_RANGE, Polarity.NEUTRAL):
            return self.polarity, self.kind is MeasureKind.BOOLEAN, self.kpis[0].scoring, adds_up
        first = self.kpis[0]
        return first.scoring, first.curve_values, first.curve_scores, adds_up

    def part(self, some: slice[int, int, None]) -> Group:
        """Some KPIs of the group."""
        return replace(self, kpis=self.kpis[some])


def group(kpis: Iterable[Kpi]) -> list[Group]:
    """The KPIs in groups, those that are scored alike one after another.

    An ordinal KPI is alone because its levels are its own.
    """
    rows: dict[tuple[object, ...], list[Kpi]] = {}
    for kpi in kpis:
        own = kpi.code if kpi.kind is MeasureKind.ORDINAL else kpi.kind is MeasureKind.BOOLEAN
        weighed = weight_of(kpi) is not None
        way = kpi.scoring, kpi.curve_values, kpi.curve_scores
        key = (kpi.frequency, over_time(kpi), over_units(kpi), kpi.polarity, own, way, kpi.is_computed, weighed)
        rows.setdefault(key, []).append(kpi)
    groups = [
        Group(
            tuple(k), k[0].frequency, over_time(k[0]), over_units(k[0]), k[0].polarity, k[0].kind, k[0].is_computed,
            weight_of(k[0]) is not None,
        )
        for k in rows.values()
    ]  # fmt: skip
    order = {scored: i for i, scored in reversed(list(enumerate(g.scored for g in groups)))}
    return sorted(groups, key=lambda g: order[g.scored])


def groups_of(definitions: Definitions, codes: Collection[str]) -> list[Group]:
    """These KPIs in groups, then in groups of their own the KPIs they are computed from."""
    kpis = with_inputs(definitions, codes)
    return group(k for k in kpis if k.code in codes) + group(k for k in kpis if k.code not in codes)


@once
def all_groups(definitions: Definitions) -> list[Group]:
    """All KPIs in groups."""
    return group(definitions.kpis)


def merged(groups: Iterable[Group]) -> list[Group]:
    """Neighbours that are scored alike as one group; its aggregation and polarity are those of the first."""
    return [
        replace(first, kpis=tuple(k for g in (first, *rest) for k in g.kpis))
        for _, (first, *rest) in groupby(groups, key=lambda g: g.scored)
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
    """The codes of the KPIs its formulas name."""
    return frozenset().union(*(references(parse(text)) for text in formulas_of(kpi)))


def inputs_with_figures(kpi: Kpi) -> frozenset[str]:
    """Those whose figures its formulas use, and not only their targets."""
    return frozenset().union(*(figures_of(parse(text)) for text in formulas_of(kpi)))


def lookups_of(kpi: Kpi) -> frozenset[tuple[str, str]]:
    """What its formulas ask of KPIs besides figures: (function, code), such as ("target", "revenue")."""
    return frozenset().union(*(lookups(parse(text)) for text in formulas_of(kpi)))


def reaches_sideways(kpi: Kpi) -> bool:
    """True when a figure of one unit changes the KPI in units beside or below it."""
    return any(looks_at_other_units(parse(text)) for text in formulas_of(kpi))


def weight_of(kpi: Kpi) -> str | None:
    """The code of the KPI whose value weights its means over units or time; None where that is its denominator."""
    if kpi.weighted_by in (None, kpi.code) or len(formulas_of(kpi)) == 2:
        return None
    is_mean = over_time(kpi) is AggTime.WEIGHTED_MEAN or over_units(kpi) is AggUnits.WEIGHTED_MEAN
    return kpi.weighted_by if is_mean else None


def needs(kpi: Kpi) -> frozenset[str]:
    """The codes of the KPIs that must be there before it: those its formulas use, and the one that weights it."""
    weight = weight_of(kpi)
    return inputs_of(kpi) if weight is None else inputs_of(kpi) | {weight}


def with_inputs(definitions: Definitions, codes: Iterable[str]) -> list[Kpi]:
    """These KPIs and all they are computed from or weighted by, in the order of the definitions."""
    wanted, todo = set[str](), list(codes)
    while todo:
        code = todo.pop()
        if code not in wanted:
            wanted.add(code)
            todo.extend(needs(definitions.kpi[code]))
    return [k for k in definitions.kpis if k.code in wanted]


def users_of(definitions: Definitions, codes: Iterable[str]) -> frozenset[str]:
    """The KPIs that need any of these themselves: computed from, weighted by, or asking for their targets."""
    used_by = _used_by(definitions)
    return frozenset(user for code in codes for user in used_by.get(code, ()))


@once
def _used_by(definitions: Definitions) -> dict[str, set[str]]:
    """The KPIs that need each KPI themselves."""
    used_by: dict[str, set[str]] = {}
    for kpi in definitions.kpis:
        for code in needs(kpi):
            used_by.setdefault(code, set()).add(kpi.code)
    return used_by


def dependents(definitions: Definitions, codes: Iterable[str]) -> frozenset[str]:
    """These KPIs and all that are computed from or weighted by them, directly or through others."""
    used_by = _used_by(definitions)
    found, todo = set[str](), list(codes)
    while todo:
        code = todo.pop()
        if code not in found:
            found.add(code)
            todo.extend(used_by.get(code, ()))
    return frozenset(found)
