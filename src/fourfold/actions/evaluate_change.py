"""Evaluate what depends on a changed figure, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from fourfold.access.roles import Action
from fourfold.actions._steps import require
from fourfold.actions.evaluate_organisation import evaluate_locked, new_run
from fourfold.actions.outcome import Outcome
from fourfold.engine.evaluate import dependents, evaluate_kpis, roll_up_nodes
from fourfold.engine.groups import with_inputs
from fourfold.engine.nodes import nodes_above
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.results import Results, View
from fourfold.engine.rows import locate
from fourfold.records.frames.measurement import read_measurements
from fourfold.records.frames.result import Changes, Row, known_scores, rows_of_results, stored_results, stored_span
from fourfold.records.models import Evaluation, Organisation, Person
from fourfold.records.ready import Ready, ready_definitions


def evaluate_change(
    *,
    by: Person | None,
    organisation: Organisation,
    kpis: Collection[str],
    since: date,
    as_of: datetime,
    reason: str,
    was_evaluated: bool,
) -> Outcome[Evaluation]:
    """Compute the KPIs whose figures changed, those computed from them, and the nodes above; store what differs.

    Stored results are then what a full evaluation would give. `organisation` is locked, with the change counted
    already; `since` is the first day the new figures are about. Where the stored results were older than the figures
    before this change, or begin or end with other periods, everything is evaluated.
    """
    require(by, Action.SEE, organisation)
    ready = ready_definitions(organisation)
    shown = _stored_periods(organisation, ready, since, as_of) if ready and was_evaluated else None
    if ready is None or shown is None:
        return evaluate_locked(organisation, as_of=as_of, reason=reason)
    run = new_run(organisation, as_of=as_of, reason=reason)
    dirty = dependents(ready.definitions, kpis)
    found = _evaluate(organisation, ready, dirty, shown, as_of)
    changes = Changes()
    ordinals = {p.ordinal for periods in shown.values() for p in periods}
    nodes = {f"kpi:{code}" for code in dirty}
    stored = stored_results(list(shown), ordinals=ordinals, units=ready.unit_codes, nodes=nodes)
    compared = {view: changes.compare(run, stored, rows_of_results(ready, view, r)) for view, r in found.items()}
    if different := {view: rows for view, rows in compared.items() if rows}:
        _roll_up(run, ready, dirty, found, different, changes)
    count = changes.write(run)
    return Outcome(f"{count:,} result{'s' if count != 1 else ''} changed", run)


def _stored_periods(
    organisation: Organisation, ready: Ready, since: date, as_of: datetime
) -> dict[View, tuple[Period, ...]] | None:
    """The periods of each view, if those stored are the ones that a full evaluation would give."""
    calendar, root = ready.definitions.calendar, ready.units[ready.definitions.root.code]
    span = stored_span(organisation, root, "month")
    last = calendar.period(Frequency.MONTH, as_of.date())
    if span is None or calendar.period(Frequency.MONTH, since).ordinal < span[0] or last.ordinal != span[1]:
        return None
    first = Period(Frequency.MONTH, span[0], calendar)
    months = calendar.range(first, last)
    quarters = calendar.range(first.within(Frequency.QUARTER), last.within(Frequency.QUARTER))
    return {"month": months, "quarter": quarters, "ytd": months}


def _evaluate(
    organisation: Organisation,
    ready: Ready,
    dirty: Collection[str],
    shown: Mapping[View, tuple[Period, ...]],
    as_of: datetime,
) -> dict[View, Results]:
    """The dirty KPIs in all views, from the figures of those they are computed from."""
    definitions = ready.definitions
    measured = [k.code for k in with_inputs(definitions, dirty) if not k.is_computed]
    rows = locate(read_measurements(organisation, ready, kpis=measured), definitions)
    return {
        view: evaluate_kpis(definitions, rows, as_of=as_of, view=view, periods=periods, only=dirty)
        for view, periods in shown.items()
    }


def _roll_up(
    run: Evaluation,
    ready: Ready,
    dirty: Collection[str],
    found: Mapping[View, Results],
    different: Mapping[View, Sequence[Row]],
    changes: Changes,
) -> None:
    """Nodes above the dirty KPIs, in the units and periods where a KPI has changed."""
    nodes = nodes_above(ready.definitions, dirty)
    rows = [row for some in different.values() for row in some]
    children = {child for node in nodes.values() for child in node.children} - nodes.keys()
    beside = children - {f"kpi:{code}" for code in dirty}
    places = {"units": {row[0] for row in rows}, "ordinals": {row[2] for row in rows}}
    stored = stored_results(list(different), nodes=beside | nodes.keys(), **places)
    for view, some in different.items():
        known = known_scores(stored, ready, view, found[view], some, beside)
        rolled = roll_up_nodes(ready.definitions, known, only=nodes.keys())
        changes.compare(run, stored, rows_of_results(ready, view, rolled))
