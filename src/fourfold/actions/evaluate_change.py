"""Evaluate what depends on changed figures, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from fourfold.access.roles import Action
from fourfold.actions._outbox import tell
from fourfold.actions._runs import evaluate_locked, new_run
from fourfold.actions._steps import require
from fourfold.actions.outcome import Outcome
from fourfold.engine.carrying import carries
from fourfold.engine.definitions import Definitions
from fourfold.engine.due import latest_day
from fourfold.engine.evaluate import dependents, judge_figures, nodes_of, roll_up_nodes
from fourfold.engine.groups import reaches_sideways, with_inputs
from fourfold.engine.kpis import Figures, figures
from fourfold.engine.near import figures_near, stays_near, way_up
from fourfold.engine.nodes import nodes_above
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.results import Results, View
from fourfold.engine.rows import locate
from fourfold.records.frames.measurement import is_first, read_measurements
from fourfold.records.frames.result import (
    Asked,
    Changes,
    Row,
    Stored,
    first_since,
    known_scores,
    rows_of_results,
    scores_of,
    stored_figures,
    stored_results,
    stored_span,
)
from fourfold.records.frames.veil import has_groups, write_veils
from fourfold.records.models import Evaluation, Organisation, Person
from fourfold.records.ready import Ready, ready_definitions


class Change(NamedTuple):
    """One changed figure; a correction replaces a number by a number."""

    kpi: str
    unit: str
    period: Period
    is_correction: bool


def evaluate_change(
    *,
    by: Person | None,
    organisation: Organisation,
    changed: Sequence[Change],
    was_evaluated: bool,
    as_of: datetime,
    reason: str,
    outlooks_follow: bool = False,
) -> Outcome[Evaluation]:
    """Compute the KPIs whose figures changed, those computed from them, and the nodes above; store what differs.

    Stored results are then what a full evaluation would give. `organisation` is locked, with the changes counted
    already. Where the stored results were older than the figures before these changes or of an earlier day, on which
    less was due (`was_evaluated`), or begin or end with other periods, everything is evaluated.
    """
    require(by, Action.SEE, organisation)
    ready = ready_definitions(organisation)
    first = min(change.period.start for change in changed)
    shown = _stored_periods(ready, first, as_of) if ready and was_evaluated else None
    if ready is None or shown is None:
        return evaluate_locked(organisation, as_of=as_of, reason=reason)
    run = new_run(organisation, as_of=as_of, reason=reason)
    dirty = dependents(ready.definitions, {change.kpi for change in changed})
    reach = _reach(ready, dirty, changed, first)
    kpi, unit, period, _ = changed[0]
    is_alone = len(changed) == 1 and dirty == {kpi} and reach.since > date.min
    is_near = is_alone and stays_near(ready.definitions, ready.definitions.kpi[kpi])
    changes = Changes(run.input_version)
    late = {view: periods[first_since(periods, reach.since) :] for view, periods in shown.items()}
    if is_near:
        late["month"] = shown["month"]  # the figures of all months are needed
    spots = [(view, p.ordinal) for view, periods in late.items() for p in periods]
    asked: list[Asked] = [(spots, [ready.units[u] for u in reach.units], {f"kpi:{code}" for code in dirty})]
    if is_near:
        way, beside = way_up(ready.definitions, unit)
        asked.append(([("month", period.ordinal)], [ready.units[u] for u in beside], [f"kpi:{kpi}"]))
    stored = stored_results(*asked)
    near = _evaluate_near(organisation, ready, kpi, way, beside, period, shown, stored, as_of) if is_near else None
    found = near or _evaluate(organisation, ready, dirty, shown, as_of)
    different: list[Row] = []
    for view, results in found.items():
        rows = rows_of_results(ready, (view,) * len(results.periods), results, units=reach.units, since=reach.since)
        different += changes.compare(stored, rows)
    if different:
        _roll_up(run, ready, dirty, found, different, changes)
    count = changes.write(run)
    if has_groups(ready.definitions):
        write_veils(organisation, ready)
    tell_changed(organisation, ready, changed, changes, is_held=outlooks_follow)
    return Outcome(f"{count:,} result{'s' if count != 1 else ''} changed", run)


def tell_changed(
    organisation: Organisation, ready: Ready, changed: Sequence[Change], changes: Changes | None = None, *,
    is_held: bool = False,
) -> None:  # fmt: skip
    """Tell open pages of the figures, which some show alone, and of results that are different, where there are some.

    What `is_held` is told with the outlooks that follow.
    """
    rows = (*changes.new, *(row for _, row in changes.changed)) if changes else ()
    tell(
        organisation,
        units={row[0] for row in rows} | {ready.units[change.unit] for change in changed},
        nodes={row[3] for row in rows} | {f"kpi:{change.kpi}" for change in changed},
        periods={change.period.id for change in changed},
        is_held=is_held,
    )


@dataclass(frozen=True)
class _Reach:
    """Where results may be different: in these units, and in periods that end on this day or later."""

    units: frozenset[str]
    since: date


def _reach(ready: Ready, dirty: Collection[str], changed: Sequence[Change], first: date) -> _Reach:
    """The units above those of the changes from the first period on, or all units and periods.

    A new figure reaches all of them where it is the first of its KPI (before it, the KPI is not applicable anywhere),
    and where a KPI is reported less often than a view shows it (all units go over to a new period together).
    """
    everywhere = frozenset(ready.units)
    rare = any(ready.definitions.kpi[code].frequency.rank > Frequency.MONTH.rank for code in dirty)
    places = [(change.kpi, change.unit, change.period) for change in changed]
    for change in changed:
        if not change.is_correction and (rare or is_first(ready, change.kpi, change.period, beside=places)):
            return _Reach(everywhere, date.min)
    if any(reaches_sideways(ready.definitions.kpi[code]) for code in dirty):
        return _Reach(everywhere, first)
    return _Reach(frozenset[str]().union(*(ready.above(change.unit) for change in changed)), first)


def _stored_periods(ready: Ready, since: date, as_of: datetime) -> dict[View, tuple[Period, ...]] | None:
    """The periods of each view, if those stored are the ones that a full evaluation would give."""
    calendar, root = ready.definitions.calendar, ready.units[ready.definitions.root.code]
    span = stored_span(root, "month")
    last = calendar.period(Frequency.MONTH, latest_day(ready.definitions, as_of))
    if span is None or calendar.period(Frequency.MONTH, since).ordinal < span[0] or last.ordinal != span[1]:
        return None
    first = Period(Frequency.MONTH, span[0], calendar)
    months = calendar.range(first, last)
    quarters = calendar.range(first.within(Frequency.QUARTER), last.within(Frequency.QUARTER))
    return {"month": months, "quarter": quarters, "ytd": months}


def _evaluate_near(
    organisation: Organisation,
    ready: Ready,
    kpi: str,
    way: Sequence[str],
    beside: Sequence[str],
    period: Period,
    shown: Mapping[View, tuple[Period, ...]],
    stored: Stored,
    as_of: datetime,
) -> dict[View, Results] | None:
    """The KPI in all views in its unit and those above, from what is stored of others; None where something is not."""
    definitions = ready.definitions
    known = stored_figures(stored, ready, kpi, way, shown["month"])
    given = stored_figures(stored, ready, kpi, beside, (period,))
    if known is None or given is None:
        return None
    rows = locate(read_measurements(organisation, ready, kpis=[kpi], cells=(way, period.id)), definitions)
    found = figures_near(
        definitions, definitions.kpi[kpi], rows, known=known, beside=given, period=period, periods=_longest(shown),
        as_of=as_of,
    )  # fmt: skip
    return None if found is None else _judge(definitions, found, shown, as_of)


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
    found = figures(definitions, rows, as_of=as_of, periods=_longest(shown), only=dirty)
    return _judge(definitions, found, shown, as_of)


def _longest(shown: Mapping[View, tuple[Period, ...]]) -> tuple[Period, ...]:
    """The periods whose blocks reach as far as any view."""
    return max(shown.values(), key=lambda periods: periods[-1].end)


def _judge(
    definitions: Definitions, found: Figures, shown: Mapping[View, tuple[Period, ...]], as_of: datetime
) -> dict[View, Results]:
    """Figures as results of each view."""
    return {
        view: judge_figures(definitions, found, as_of=as_of, view=view, periods=periods)
        for view, periods in shown.items()
    }


def _roll_up(
    run: Evaluation,
    ready: Ready,
    dirty: Collection[str],
    found: Mapping[View, Results],
    different: Sequence[Row],
    changes: Changes,
) -> None:
    """Nodes above the dirty KPIs, in the units and periods where a KPI has changed.

    Where scores are carried forward, a change reaches one period further with each level; as many periods before it
    tell what is carried into it.
    """
    nodes = nodes_above(ready.definitions, dirty)
    children = {child for node in nodes.values() for child in node.children}
    beside = children - nodes.keys() - {f"kpi:{code}" for code in dirty}
    units, changed = {row[0] for row in different}, {(row[1], row[2]) for row in different}
    levels = range(len(nodes_of(ready.definitions)) + 1) if carries(ready.definitions) else range(1)
    reached = {(view, ordinal + later) for view, ordinal in changed for later in levels}
    spots = reached | {(view, ordinal - earlier) for view, ordinal in changed for earlier in levels}
    stored = stored_results((spots, units, nodes.keys() | beside))
    known, views = known_scores([scores_of(stored.rows.values(), beside)], ready, found, units, spots, beside)
    place = {(view, p.ordinal): i for i, (view, p) in enumerate(zip(views, known.periods, strict=True))}
    before = [place.get((view, ordinal - 1), -1) for view, ordinal in place]
    rolled = roll_up_nodes(ready.definitions, known, only=nodes.keys(), before=before)
    rows = rows_of_results(ready, views, rolled)
    changes.compare(stored, (row for row in rows if row[1:3] in reached))
