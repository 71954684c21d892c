"""How far a unit pulls in one direction with those around it, and what does not add up or is not answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from fourfold.engine.aggregation import AggUnits
from fourfold.engine.alignment import Alignment, alignment, objectives_of
from fourfold.engine.definitions import Kpi
from fourfold.engine.findings import Finding
from fourfold.engine.reconciliation import reconcile_targets, reconcile_values
from fourfold.engine.results import Results
from fourfold.engine.unanswered import unanswered
from fourfold.records import models
from fourfold.records.frames.cascade import COLUMNS, compared_results, judged_results
from fourfold.records.queries.kept import kept
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.window import statuses, window_of

#: Results read to compare a unit with those below it; where there are more, nothing is compared on a page.
MOST: Final = 20_000


class Together(NamedTuple):
    """The four shares of a unit, and findings of the period shown; `compared` is False where too much is below it or
    not all of that is shown."""

    shares: Alignment
    findings: tuple[Finding, ...]
    compared: bool


def together_of(scope: Scope) -> Together | None:
    """Two statements: results of the unit and those directly below, and those of its objectives. None where nothing is
    defined yet."""
    definitions = scope.structure.whole
    if scope.structure.strategy is None or scope.unit.code not in definitions.unit or not scope.sees_all or scope.then:
        return None
    below = scope.structure.children.get(scope.unit.pk, [])
    asked = [k for k in definitions.kpis if k.aggregate_units in (AggUnits.SUM, AggUnits.WEIGHTED_RATIO)]
    hidden, _ = scope.hidden_below()  # what does not add up would tell what the units not shown have
    compared = not hidden and (len(below) + 1) * len(asked) <= MOST
    found = _findings(scope, asked) if below and asked and compared else ()
    return Together(alignment(definitions, scope.unit.code), (*found, *_unanswered(scope)), compared)


def _findings(scope: Scope, kpis: Sequence[Kpi]) -> tuple[Finding, ...]:
    """What of the unit is not what those below make together, in the period shown."""
    definitions = scope.structure.whole
    key = ("together", scope.unit.pk, scope.view, scope.period.ordinal)
    results = kept(scope.run, key, lambda: _results(scope, kpis), size=lambda r: r.shape[0] * r.shape[1])
    only = {(k.code, scope.unit.code) for k in kpis}
    return reconcile_values(definitions, results, only=only) + reconcile_targets(definitions, results, only=only)


def _results(scope: Scope, kpis: Sequence[Kpi]) -> Results:
    structure = scope.structure
    below = structure.children.get(scope.unit.pk, [])
    code = {u.pk: u.code for u in (scope.unit, *below)}
    rows = models.Result.objects.visible_to(scope.person).filter(
        unit__in=list(code), view=scope.view, ordinal=scope.period.ordinal, node__startswith="kpi:"
    )
    found = ((code[unit], *rest) for unit, *rest in rows.values_list("unit", "node", *COLUMNS))
    return compared_results(structure.whole, [k.code for k in kpis], scope.period, found)


def _unanswered(scope: Scope) -> tuple[Finding, ...]:
    """Objectives of the unit that stay off target and nobody works on; it looks back over the periods of a window."""
    window, definitions = window_of(scope, node="objective:"), scope.structure.whole
    nodes = [f"objective:{o.code}" for o in objectives_of(definitions, scope.unit.code)]
    if not nodes:
        return ()
    judged = judged_results(nodes, scope.unit.code, scope.period, [statuses(window.row(node)) for node in nodes])
    return unanswered(definitions, judged, scope.unit.code)
