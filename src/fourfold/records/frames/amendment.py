"""What an amendment does to results: computed from figures and stored results, of those it reaches alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from itertools import chain

from fourfold.engine.amendment_reach import Reach
from fourfold.engine.carrying import carries
from fourfold.engine.due import latest_day
from fourfold.engine.evaluate import judge_figures, nodes_of, roll_up_nodes
from fourfold.engine.groups import with_inputs
from fourfold.engine.judging import no_results
from fourfold.engine.kpis import figures
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.results import Results, View
from fourfold.engine.rows import locate, unit_tree
from fourfold.records.frames.measurement import read_measurements
from fourfold.records.frames.result import (
    Asked,
    Row,
    Spot,
    known_scores,
    rows_of_results,
    scores_of,
    stored_scores,
    stored_span,
)
from fourfold.records.models import Organisation
from fourfold.records.ready import Ready

#: The periods of each view.
Shown = Mapping[View, tuple[Period, ...]]


def stored_periods(ready: Ready, as_of: datetime) -> Shown | None:
    """The periods of each stored view; None where others are due by now, so that all is to be computed anew."""
    calendar = ready.definitions.calendar
    span = stored_span(ready.units[ready.definitions.root.code], "month")
    last = calendar.period(Frequency.MONTH, latest_day(ready.definitions, as_of))
    if span is None or last.ordinal != span[1]:
        return None
    months = calendar.range(Period(Frequency.MONTH, span[0], calendar), last)
    quarters = calendar.range(months[0].within(Frequency.QUARTER), last.within(Frequency.QUARTER))
    return {"month": months, "quarter": quarters, "ytd": months}


def kpi_results(
    organisation: Organisation, ready: Ready, kpis: Collection[str], shown: Shown, as_of: datetime
) -> dict[View, Results]:
    """These KPIs in all units and the periods shown, from the figures of those they are computed from."""
    definitions = ready.definitions
    if not kpis:
        return {view: no_results(unit_tree(definitions).codes, periods) for view, periods in shown.items()}
    measured = [k.code for k in with_inputs(definitions, kpis) if not k.is_computed and k.code in ready.kpis]
    rows = locate(read_measurements(organisation, ready, kpis=measured), definitions)
    longest = max(shown.values(), key=lambda periods: periods[-1].end)
    found = figures(definitions, rows, as_of=as_of, periods=longest, only=kpis)
    return {
        view: judge_figures(definitions, found, as_of=as_of, view=view, periods=periods)
        for view, periods in shown.items()
    }


def rolled_up(
    ready: Ready,
    reach: Reach,
    found: Mapping[View, Results],
    kpis: Iterable[Row],
    differing: Callable[[Iterable[Row]], Sequence[Row]],
    units: Collection[int] | None = None,
) -> list[Row]:
    """Rows of the nodes that are reached and that are `differing`: of some, which are not as they were before.

    Level by level, the lowest first: what is not rebuilt is rolled up where something below it differs, and nowhere
    else. `kpis` are the rows of the KPIs `found` that differ. `units` (by id) are all without any.
    """
    everywhere = ready.units.values() if units is None else units
    always: set[Spot] = {(view, p.ordinal) for view, results in found.items() for p in results.periods}
    rows = list(kpis)
    first = len(rows)
    for level in nodes_of(ready.definitions):
        nodes = [node for node in level if node.name in reach.nodes]
        below = {child for node in nodes for child in node.children}
        moved = [row for row in rows if row[3] in below]
        at: Asked = {(row[1], row[2]) for row in moved}, {row[0] for row in moved}, {node.name for node in nodes}
        if any(node.name in reach.rebuilt for node in nodes):
            at = always, everywhere, at[2]
        elif moved and carries(ready.definitions):
            at = always, *at[1:]  # a score may be carried into a later period
        elif not moved:
            continue
        rows += differing(_node_rows(ready, reach, found, rows, below, at))
    return rows[first:]


def _node_rows(
    ready: Ready, reach: Reach, found: Mapping[View, Results], newer: Iterable[Row], below: Set[str], at: Asked
) -> Iterator[Row]:
    """Nodes `at` some places over what is `below`: KPIs just found, and the rest as stored but for what is `newer`."""
    spots, units, nodes = at
    beside = below - {f"kpi:{code}" for code in reach.kpis}
    scores = chain(stored_scores((spots, units, beside)), [scores_of(newer, beside)])
    known, views = known_scores(scores, ready, found, units, spots, beside)
    before = None
    if carries(ready.definitions):
        place = {(view, p.ordinal): i for i, (view, p) in enumerate(zip(views, known.periods, strict=True))}
        before = [place.get((view, ordinal - 1), -1) for view, ordinal in place]
    return rows_of_results(ready, views, roll_up_nodes(ready.definitions, known, only=nodes, before=before))
