"""Evaluate what depends on a changed figure, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from fourfold.access.roles import Action
from fourfold.actions._steps import require
from fourfold.actions.evaluate_organisation import VIEWS, evaluate_locked, new_run
from fourfold.actions.outcome import Outcome
from fourfold.engine.definitions import Definitions
from fourfold.engine.evaluate import dependents, evaluate_kpis, roll_up_nodes
from fourfold.engine.groups import with_inputs
from fourfold.engine.nodes import nodes_above
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.results import Results, View
from fourfold.records.frames.definition import completed_definitions
from fourfold.records.frames.measurement import read_measurements
from fourfold.records.frames.result import Replaced, read_scores, stored_span, update_results
from fourfold.records.models import Evaluation, Organisation, Person


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
    definitions = completed_definitions(organisation)
    shown = _stored_periods(organisation, definitions, since, as_of) if definitions and was_evaluated else None
    if definitions is None or shown is None:
        return evaluate_locked(organisation, as_of=as_of, reason=reason)
    dirty = dependents(definitions, kpis)
    rows = read_measurements(organisation, kpis={k.code for k in with_inputs(definitions, dirty) if not k.is_computed})
    run = new_run(organisation, as_of=as_of, reason=reason)
    changed = 0
    for view, periods in shown.items():
        found = evaluate_kpis(definitions, rows, as_of=as_of, view=view, periods=periods, only=dirty)
        replaced = update_results(run, view, found.frame())
        changed += replaced.rows + _roll_up(run, definitions, dirty, view, found, replaced)
    return Outcome(f"{changed:,} result{'s' if changed != 1 else ''} changed", run)


def _stored_periods(
    organisation: Organisation, definitions: Definitions, since: date, as_of: datetime
) -> dict[View, tuple[Period, ...]] | None:
    """The periods of each view, if those stored are the ones that a full evaluation would give."""
    shown: dict[View, tuple[Period, ...]] = {}
    calendar = definitions.calendar
    for view in VIEWS:
        span = stored_span(organisation, definitions.root.code, view)
        frequency = Frequency.MONTH if view == "ytd" else Frequency(view)
        first, last = calendar.period(frequency, since), calendar.period(frequency, as_of.date())
        if span is None or first.ordinal < span[0] or last.ordinal != span[1]:
            return None
        shown[view] = calendar.range(Period(frequency, span[0], calendar), last)
    return shown


def _roll_up(
    run: Evaluation, definitions: Definitions, dirty: Collection[str], view: View, found: Results, replaced: Replaced
) -> int:
    """Nodes above the dirty KPIs, in the units and periods where a KPI has changed."""
    nodes = nodes_above(definitions, dirty)
    if not nodes or not replaced.rows:
        return 0
    units = [code for code in found.units if code in replaced.units]
    periods: Sequence[Period] = [p for p in found.periods if p.ordinal in replaced.ordinals]
    children = {child for node in nodes.values() for child in node.children} - nodes.keys()
    known = read_scores(run.organisation, view, children, units, periods)
    return update_results(run, view, roll_up_nodes(definitions, known, only=nodes.keys()).frame()).rows
