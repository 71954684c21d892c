"""One objective of a unit: its score over time, its KPIs, what drives it and what it drives."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from fourfold.engine.anchors import Polarity
from fourfold.engine.custom_fields import filled
from fourfold.engine.periods import Period
from fourfold.graphics.scoreline import scoreline, shared_scale
from fourfold.graphics.svg import Svg
from fourfold.records.queries.objective import ObjectivePage, find_objective, objective_of
from fourfold.records.queries.window import scores, statuses
from fourfold.web.address import Here, here_in
from fourfold.web.components.amendment import form_of, history_url
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.freshness import score_note
from fourfold.web.components.kpi_row import kpi_row
from fourfold.web.components.numbers import score_text, share_text
from fourfold.web.components.objective import around_of
from fourfold.web.components.surroundings import Link
from fourfold.web.requests import Request, signed_in


@signed_in
def objective(request: Request, pk: int, name: str) -> HttpResponse:
    """The page of an objective, for the unit in `u`."""
    record = find_objective(request.user, pk)
    here = here_in(request, record.organisation)
    page = objective_of(here.scope, record.code)
    return show(
        request,
        "web/objective.html",
        here,
        page="map",
        title=page.node.objective.name,
        history_url=history_url(here, "objective", record.code),
        edit_url=form_of(here, "objective", page.node.objective),
        unaimed=_unaimed(here, record.code),
        crumbs=[crumb_of(here), Link("Strategy map", here.unit("map", o=record.code))],
        **context_of(here, page),
    )


def _unaimed(here: Here, objective: str) -> list[tuple[str, str]]:
    """The KPIs of an objective that are only watched because they have no target yet, each with the form of one."""
    structure = here.scope.structure
    kpis = [structure.kpi[use.kpi] for use in structure.uses_of.get(objective, ())
            if use.monitor_only and use.kpi in structure.kpi and not structure.whole.targets_of(use.kpi)]  # fmt: skip
    return [(kpi.name, form_of(here, "target", kpi=kpi.code)) for kpi in kpis if kpi.polarity is not Polarity.NEUTRAL]


def context_of(here: Here, page: ObjectivePage) -> dict[str, Any]:
    """What the template shows, as finished texts and drawings."""
    scope, o, now = here.scope, page.node.objective, page.node.now
    periods = _periods(page)
    place = [page.perspective.name] if page.perspective else []
    coverage = now.coverage if now else None
    return {
        "summary": ", ".join([*place, scope.unit.name, scope.period.label]),
        "around": around_of(here, page.around, scope.period.shift(-1)),
        "score": score_text(now.score if now else None),
        "standing": page.node.status,
        "note": score_note(now),
        "coverage": share_text(coverage) if page.kpis and coverage is not None and coverage < 0.9995 else "",
        "line": _line(here, page, periods) if any(s is not None for s in scores(page.cells)) else None,
        "first": periods[0].short_label,
        "description": o.description,
        "result": o.result,
        "custom": [(field.name, text) for field, text in filled(here.scope.structure.definitions, o)],
        "kpis": [kpi_row(here, k) for k in page.kpis],
        "period_name": scope.period.short_label,
        "history": [
            {"name": period.label, "score": score_text(score), "status": status}
            for period, score, status in zip(periods, scores(page.cells), statuses(page.cells), strict=True)
        ][::-1],
        "map_url": here.unit("map", o=o.code),
        "suggestions_url": here.suggestions(o),
    }


def _periods(page: ObjectivePage) -> list[Period]:
    last = page.scope.period
    return [last.shift(i - len(page.cells) + 1) for i in range(len(page.cells))]


def _line(here: Here, page: ObjectivePage, periods: list[Period]) -> Svg:
    strategy = here.scope.structure.strategy
    cuts = (strategy.amber, strategy.green) if strategy else (50.0, 90.0)
    series = scores(page.cells)
    known = [(score_text(s), p.label) for s, p in zip(series, periods, strict=True) if s is not None]
    (first, since), (last, until) = known[0], known[-1]
    label = f"Scores of {len(known)} periods, from {first} in {since} to {last} in {until}"
    lo, hi = shared_scale([series], cuts=cuts)
    return scoreline(series, page.node.status, lo=lo, hi=hi, cuts=cuts, width=360, height=84, label=label)
