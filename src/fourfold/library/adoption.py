"""A KPI of the library placed on an objective of a scorecard: the definitions before → the definitions after."""

from __future__ import annotations

from typing import Final

from fourfold.engine.definitions import Definitions, Kpi, KpiUse
from fourfold.errors import Conflict
from fourfold.library.catalogue import kpis
from fourfold.library.kpi import LibraryKpi

#: What a KPI taken from the library is marked with, so that it is known again under any code.
_MARK: Final = "library:"


def adopted(definitions: Definitions, objective: str) -> frozenset[str]:
    """The ids of the library KPIs that an objective has."""
    marked = {kpi.code: mark for kpi in definitions.kpis if (mark := id_of(kpi))}
    return frozenset(marked[use.kpi] for use in definitions.uses if use.objective == objective and use.kpi in marked)


def adopt(definitions: Definitions, objective: str, given: LibraryKpi) -> tuple[Definitions, KpiUse]:
    """The definitions with the KPI on the objective, and its use.

    It is watched and not scored: without a target it has no score, and would only lower the coverage of the objective.
    Where the scorecard has taken it from the library already, that KPI is placed on the objective as well. Its guard is
    named as its pair where the scorecard has it. Raises `Conflict` where the objective has it already.
    """
    if given.id in adopted(definitions, objective):
        raise Conflict(f"The objective has the KPI {given.name} already.")
    kpi = next((kpi for kpi in definitions.kpis if id_of(kpi) == given.id), None)
    added: tuple[Kpi, ...] = ()
    if kpi is None:
        currency = definitions.organisation.currency or ""
        pair = tuple(kpi.code for kpi in definitions.kpis if id_of(kpi) == given.pair)
        kpi = given.definition_of(_free(given.code, definitions), currency).model_copy(update={"paired_with": pair})
        added = (kpi,)
    use = KpiUse(kpi=kpi.code, objective=objective, role=given.role, monitor_only=True)
    after = {"kpis": (*definitions.kpis, *added), "uses": (*definitions.uses, use)}
    return definitions.model_copy(update=after), use


def id_of(kpi: Kpi) -> str:
    """The id of the library KPI that a KPI was taken from; empty for any other."""
    marks = (tag.removeprefix(_MARK) for tag in kpi.tags if tag.startswith(_MARK))
    return next((mark for mark in marks if mark in kpis()), "")


def _free(code: str, definitions: Definitions) -> str:
    """The code, or the first free one made of it by a number."""
    taken = {kpi.code for kpi in definitions.kpis}
    return next(c for c in (code, *(f"{code}_{n}" for n in range(2, len(taken) + 3))) if c not in taken)
