"""The pipeline: select → compute → aggregate → attach targets → score → roll up → findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from fourfold.engine.carrying import carries
from fourfold.engine.cascade_findings import cascade_findings
from fourfold.engine.cells import ERROR, Reason
from fourfold.engine.definitions import Definitions
from fourfold.engine.due import latest_day
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.groups import dependents
from fourfold.engine.judging import join, judge, no_results
from fourfold.engine.kpis import Figures, figures
from fourfold.engine.nodes import effective_weights, nodes_of, roll_up_nodes
from fourfold.engine.older import older_figures
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.results import Evaluation, Results, View
from fourfold.engine.rows import Rows, locate, unit_tree
from fourfold.engine.views import Window

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "Evaluation", "dependents", "effective_weights", "evaluate", "evaluate_kpis", "judge_figures", "nodes_of",
    "periods_of", "roll_up_nodes",
]  # fmt: skip

#: At most this many computed errors are listed one by one.
LISTED = 100


def evaluate(
    definitions: Definitions,
    rows: pl.DataFrame | Rows,
    *,
    as_of: datetime,
    view: View = "month",
    periods: Sequence[Period] | None = None,
) -> Evaluation:
    """Evaluate a scorecard for every unit over the periods of a view.

    `rows` are checked measurements: `kpi, unit, period` and any of `value, numerator, denominator, state, marks`
    (see `measurements.check_rows`). `periods` are consecutive and of the view's frequency (months for `ytd`); without
    them the view covers everything from the first figure to the last period begun by `as_of`. Nothing that begins
    after `as_of` is read. Bad numbers become error cells and findings, never exceptions.
    """
    located = locate(rows, definitions)
    shown = tuple(periods) if periods is not None else periods_of(definitions, located, view=view, as_of=as_of)
    early = _carried_into(definitions, located, shown) if carries(definitions) else 0
    wide = definitions.calendar.range(shown[0].shift(-early), shown[-1]) if early else shown
    found, lanes = figures(definitions, located, as_of=as_of, periods=wide), located.lanes
    del located  # the places of tens of millions of figures are not needed any more when memory is scarcest
    kpis = judge_figures(definitions, found, as_of=as_of, view=view, periods=wide)
    nodes = roll_up_nodes(definitions, kpis)
    before = None
    if early:
        before = kpis.part(slice(early - 1, early)), nodes.part(slice(early - 1, early))
        kpis, nodes = kpis.part(slice(early, len(wide))), nodes.part(slice(early, len(wide)))
    findings = (*_errors(kpis), *cascade_findings(definitions, lanes, kpis, nodes))
    return Evaluation(definitions, view, as_of, kpis, nodes, findings, before)


def _carried_into(definitions: Definitions, rows: Rows, shown: Sequence[Period]) -> int:
    """How many periods before the first one tell what is carried into it; there are none before the first figure.

    A carried score reaches up a level a period.
    """
    first = min((p.start for p in rows.first.values()), default=shown[0].start)
    known = definitions.calendar.period(shown[0].frequency, first)
    return min(len(nodes_of(definitions)), max(shown[0].ordinal - known.ordinal, 0))


def evaluate_kpis(
    definitions: Definitions,
    rows: pl.DataFrame | Rows,
    *,
    as_of: datetime,
    view: View,
    periods: Sequence[Period],
    only: Iterable[str] | None = None,
) -> Results:
    """Results of some KPIs (all without `only`), for every unit and period; see `evaluate`."""
    found = figures(definitions, rows, as_of=as_of, periods=periods, only=only)
    return judge_figures(definitions, found, as_of=as_of, view=view, periods=periods)


def judge_figures(
    definitions: Definitions, found: Figures, *, as_of: datetime, view: View, periods: Sequence[Period]
) -> Results:
    """Results of figures that are blocks already: fold, attach targets, score."""
    shown = tuple(periods)
    parts = []
    for groups, block in found.blocks:
        if not groups:
            continue
        window = Window(found.spans[groups[0].frequency], shown, view)
        older = older_figures(block, groups, window, definitions, as_of) if window.is_finer else None
        results = judge(older.block if older else block, groups, window, definitions, as_of=as_of)
        if older:
            older.note(results, window)
        parts.append(results)
    return join(parts) if parts else no_results(unit_tree(definitions).codes, shown)


def periods_of(
    definitions: Definitions, rows: pl.DataFrame | Rows, *, view: View, as_of: datetime
) -> tuple[Period, ...]:
    """The periods of a view from the first figure to the last one that has begun by `as_of`."""
    frequency = Frequency.MONTH if view == "ytd" else Frequency(view)
    calendar = definitions.calendar
    last = calendar.period(frequency, latest_day(definitions, as_of))
    starts = [p.start for p in locate(rows, definitions).first.values()]
    first = calendar.period(frequency, min([*starts, last.start]))
    return calendar.range(first, last)


def _errors(kpis: Results) -> Iterable[Finding]:
    """One finding for each KPI and unit in which something could not be computed, with its first period."""
    if kpis.state is None or kpis.reason is None:
        return
    if kpis.state.max(initial=0) < ERROR:  # the greatest code
        return
    wrong = kpis.state == ERROR
    for count, (k, u) in enumerate(np.argwhere(wrong.any(axis=-1))):
        if count == LISTED:
            return
        p = int(np.argmax(wrong[k, u]))
        code = Reason(int(kpis.reason[k, u, p]))
        reason = code.sentence or "It could not be computed."
        thing = f"{kpis.nodes[k]}, unit {kpis.units[u]}, {kpis.periods[p].label}"
        fix = "Correct the figure it divides by, or write if(b = 0, …) into the formula."
        if code is Reason.NO_RATE:
            fix = "Add the rate of that period to `rates` of the organisation: it is never taken for 1."
        yield Finding("EVAL-ERROR", Level.WARNING, Place(thing=thing), reason, fix)
