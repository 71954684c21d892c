"""Which KPIs a KPI goes together with, by what is defined: its formulas, and the links of the strategy map.

Nothing is looked for in the figures here: what they say about a link is `engine.evidence`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from fourfold.engine.definitions import Definitions
from fourfold.engine.evidence.hypotheses import hypothesis
from fourfold.engine.groups import inputs_of


class Way(StrEnum):
    """What the other KPI is to this one."""

    PART = "part"  # this one is computed from it
    WHOLE = "whole"  # it is computed from this one
    LEADS = "leads"  # the map expects this one to follow it
    FOLLOWS = "follows"  # the map expects it to follow this one


@dataclass(frozen=True, slots=True)
class Related:
    """The other KPI by its code; `lags` is the window of a link in months, None where nobody has said."""

    kpi: str
    way: Way
    lags: tuple[float, float] | None = None


def relations(definitions: Definitions) -> dict[str, tuple[Related, ...]]:
    """For each KPI those it goes together with, each once: parts and wholes first, then what leads, what follows.

    A KPI that goes together with none is not there.
    """
    found = {}
    for kpi, known in _all(definitions).items():
        known.sort(key=lambda one: list(Way).index(one.way))
        found[kpi] = tuple({one.kpi: one for one in reversed(known)}.values())[::-1]
    return found


def _all(definitions: Definitions) -> dict[str, list[Related]]:
    """Both sides of every relation, by KPI."""
    known: dict[str, list[Related]] = {}
    for kpi, one in _each(definitions):
        if one.kpi != kpi and one.kpi in definitions.kpi:
            known.setdefault(kpi, []).append(one)
    return known


def _each(definitions: Definitions) -> Iterator[tuple[str, Related]]:
    for kpi in definitions.kpis:
        for code in sorted(inputs_of(kpi)):
            yield kpi.code, Related(code, Way.PART)
            yield code, Related(kpi.code, Way.WHOLE)
    for link in definitions.links:
        h = hypothesis(definitions, link)
        if h.driver and h.outcome:
            lags = None if link.lag is None else (float(min(link.lag)), float(max(link.lag)))
            yield h.outcome, Related(h.driver, Way.LEADS, lags)
            yield h.driver, Related(h.outcome, Way.FOLLOWS, lags)
