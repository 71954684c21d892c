"""The overview of a scorecard: one sentence, one score, perspectives, exceptions, changes, what comes next."""

from __future__ import annotations

import math
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localdate, now

from fourfold.access.sight import sights_of
from fourfold.engine.statuses import Status
from fourfold.graphics.scoreline import scoreline, shared_scale
from fourfold.graphics.svg import Svg
from fourfold.records.queries.amendment import may_define
from fourfold.records.queries.due_updates import Urgency, due_in
from fourfold.records.queries.overview import KpiNow, NodeNow, Overview, PerspectiveNow, overview_of
from fourfold.records.queries.window import Cell, scores
from fourfold.records.scope import principal_of
from fourfold.web.address import Here, here_at
from fourfold.web.components.dates import day_text
from fourfold.web.components.drawings import (
    format_of,
    spark_of,
    target_text,
    track_of,
    value_text,
)
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.freshness import figure_words, freshness_of, score_note
from fourfold.web.components.initiative import day_of
from fourfold.web.components.lede import lede_of, listed, move_words
from fourfold.web.components.numbers import plural, score_change, score_text
from fourfold.web.components.period import full_name, month_name, periods_noun
from fourfold.web.components.piece import Piece
from fourfold.web.components.ready import ready
from fourfold.web.components.set_up import set_up_of
from fourfold.web.pages.errors import nothing_here
from fourfold.web.requests import Request, signed_in

_BESIDE: Final = 5  # perspectives that stand beside one another


@signed_in
def home(request: Request) -> HttpResponse:
    """The first scorecard the person can see; without any, a page that says so, or how to start one."""
    if not sights_of(principal_of(request.user)):
        return nothing_here(request)
    here = here_at(request)
    is_new = not here.scope.structure.perspectives and may_define(here.scope)
    return redirect(here.unit("start" if is_new else "overview"))


@signed_in
def overview(request: Request, unit: str) -> HttpResponse:
    """The overview of one unit."""
    here = here_at(request, unit)
    title = f"Overview, {full_name(here.scope.period)}"

    def content() -> tuple[str]:
        shown = {"title": title, **context_of(here, overview_of(here.scope))}
        return (Piece(render_to_string("parts/overview.html", shown)),)

    (made,) = ready(here.scope, "overview", content)
    due = [] if here.scope.then else due_in(here.scope, now())
    count = sum(len(group.figures) for group in due if group.urgency is not Urgency.COMING)
    return show(
        request, "web/overview.html", here, page="overview", title=title, crumbs=[crumb_of(here)], content=made,
        due=f"{plural(count, 'figure')} due from you" if count else "",
        due_url=here.at(reverse("my_updates"), here.place()),
        set_up=None if here.scope.then else set_up_of(here), can_hide=True,
    )  # fmt: skip


def context_of(here: Here, page: Overview) -> dict[str, Any]:
    """What the template shows, as finished texts and drawings."""
    scope = here.scope
    cuts = _cuts(here)
    scale = shared_scale([scores(p.node.cells) for p in page.perspectives], cuts=cuts)
    earlier = scope.period.shift(-1)
    return {
        "lede": lede_of(page),
        "overall": _node(page.scorecard, month_name(earlier), _overall_line(page.scorecard, cuts)),
        "perspectives": _rows([_perspective(here, p, cuts, scale) for p in page.perspectives]),
        "attention": [_exception(here, k) for k in page.attention],
        "changes": [_change(here, k) for k in page.changed[:6]],
        "more_changes": max(0, len(page.changed) - 6),
        "facts": _facts(here, page),
        "period_name": scope.period.short_label,
        "period_noun": periods_noun(scope),
        "since": month_name(earlier),
        "kpi_count": plural(len(page.kpis), "KPI"),
        "no_attention": "No KPI is off or near target." if page.kpis else "There are no KPIs yet.",
        "scorecard_url": here.unit("scorecard"),
        "changed_url": here.unit("scorecard", st="changed"),
    }


def _rows(perspectives: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Up to five perspectives beside one another; more in rows that are about as long."""
    count = len(perspectives)
    each = count if count <= _BESIDE else math.ceil(count / math.ceil(count / (_BESIDE - 1)))
    return [perspectives[i : i + each] for i in range(0, count, each or 1)]


def _cuts(here: Here) -> tuple[float, float]:
    strategy = here.scope.structure.strategy
    return (strategy.amber, strategy.green) if strategy else (50.0, 90.0)


def _overall_line(node: NodeNow, cuts: tuple[float, float]) -> Svg:
    lo, hi = shared_scale([scores(node.cells)], cuts=cuts)
    return _line(node, "Overall score", cuts, (lo, hi), (300, 48))


def _line(
    node: NodeNow,
    name: str,
    cuts: tuple[float, float],
    scale: tuple[float, float],
    size: tuple[int, int] = (272, 54),
) -> Svg:
    series = scores(node.cells)
    lo, hi = scale
    known = [s for s in series if s is not None]
    ends = f": from {score_text(known[0])} to {score_text(known[-1])}" if known else ""
    status = node.now.status if node.now else None
    label = f"{name}, {len(series)} periods{ends}"
    return scoreline(series, status, lo=lo, hi=hi, cuts=cuts, width=size[0], height=size[1], label=label)


def _node(node: NodeNow, since: str, line: Svg, *, if_weak: bool = False) -> dict[str, Any]:
    now, before = node.now, node.before
    change = score_change(now.score if now else None, before.score if before else None)
    coverage = now.coverage if now else None
    return {
        "score": score_text(now.score if now else None),
        "status": now.status if now else Status.NO_DATA,
        "note": score_note(now, if_weak=if_weak),
        "change": f"{change} since {since}" if change else "",
        "coverage": coverage if coverage is not None and coverage < 0.9995 else None,
        "line": line,
    }


def _perspective(
    here: Here, p: PerspectiveNow, cuts: tuple[float, float], scale: tuple[float, float]
) -> dict[str, Any]:
    since = here.scope.period.shift(-1).short_label
    objectives = [
        {
            "name": o.name,
            "url": here.objective(o),
            "status": cell.status if cell else Status.NO_DATA,
            "score": score_text(cell.score) if cell and cell.score is not None else _no_score(cell, has_kpis),
            "note": score_note(cell, if_weak=True),
        }
        for o, cell, has_kpis in p.objectives
    ]
    return _node(p.node, since, _line(p.node, p.perspective.name, cuts, scale), if_weak=True) | {
        "code": p.perspective.code,
        "name": p.perspective.name,
        "url": here.unit("scorecard") + f"#{p.perspective.code}",
        "objectives": objectives,
        "count": plural(len(objectives), "objective"),
    }


def _no_score(cell: Cell | None, has_kpis: bool) -> str:
    if not has_kpis:
        return "no KPIs"
    return cell.status.word.lower() if cell else "no data"


def _exception(here: Here, k: KpiNow) -> dict[str, Any]:
    scope, fmt = here.scope, format_of(k.kpi)
    step = fmt.change(k.now.value - k.before.value) if _both(k) else ""  # type: ignore[union-attr, operator]
    owner = scope.structure.people.get(k.kpi.owner or "")
    return {
        "name": k.kpi.name,
        "url": here.kpi(k.kpi),
        "status": k.status,
        "why": first_sentence(k.why) or move_words(k, step, scope.period.shift(-1).short_label),
        "value": figure_words(scope, k.kpi, k.cells),
        "target": target_text(k.kpi, k.now),
        "track": track_of(k.kpi, k.now, k.before, width=150),
        "spark": spark_of(k.kpi, k.cells, width=76),
        "owner": owner,
    }


def _change(here: Here, k: KpiNow) -> dict[str, Any]:
    value, age = value_text(k.kpi, k.now), freshness_of(here.scope, k.kpi, k.cells)
    return {
        "name": k.kpi.name,
        "url": here.kpi(k.kpi),
        "before": k.before.status if k.before else Status.NO_DATA,
        "now": k.status,
        "value": f"overdue{f', {age.word}' if age else ''}" if k.status is Status.OVERDUE else value,
    }


def _both(k: KpiNow) -> bool:
    return k.now is not None and k.before is not None and k.now.value is not None and k.before.value is not None


def _facts(here: Here, page: Overview) -> list[tuple[str, str, str]]:
    """What comes next: (name, text, address)."""
    there = sum(1 for k in page.due if k.now is not None and k.now.value is not None)
    reporting = f"{there} of {plural(len(page.due), 'KPI')} in."
    if page.missing:
        names = [k.kpi.name for k in page.missing[:2]]
        verb = "is" if len(page.missing) == 1 else "are"
        rest = f" and {len(page.missing) - 2} more" if len(page.missing) > 2 else ""
        reporting += f" {listed(names) if not rest else ', '.join(names)}{rest} {verb} overdue."
    facts = [("Reporting", reporting, here.unit("scorecard", st="due") if page.missing else "")]
    coming = _next_milestone(here)
    if coming:
        facts.append(("Milestone", coming, here.unit("initiatives")))
    if page.running:
        facts.append(("Initiatives", f"{len(page.late)} of {page.running} are behind plan", here.unit("initiatives")))
    return facts


def _next_milestone(here: Here) -> str:
    """The earliest milestone that is not done, of an initiative that runs."""
    milestones = [
        (m.due, m.name, i.name)
        for i in here.scope.structure.initiatives
        if i.state == "active"
        for m in i.milestones
        if not m.done
    ]
    if not milestones:
        return ""
    due, name, initiative = min(milestones)
    day = day_of(due)
    is_over = day is not None and day < localdate(here.scope.run.as_of)  # the day of the results beside it
    return f"{initiative}: {name}, {'was due ' if is_over else ''}{day_text(due)}"


def first_sentence(text: str) -> str:
    """The first sentence, without its full stop."""
    head, stop, _ = text.strip().partition(". ")
    return head if stop else head.rstrip(".")
