"""What waits for somebody's word: figures to approve, many in one go, and restatements to decide."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from fourfold.actions.approve_measurement import approve_measurement
from fourfold.actions.decide_restatement import decide_restatement
from fourfold.errors import Conflict
from fourfold.records.chain import stamp
from fourfold.records.models import Measurement
from fourfold.records.queries.approvals import restatements_of, waiting_figures
from fourfold.web.address import Here, here_at, path
from fourfold.web.components.approvals import restatement_row, waiting_row
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.numbers import plural
from fourfold.web.requests import Request, signed_in_form

MOST = 200


@signed_in_form
def approvals(request: Request, unit: str) -> HttpResponse:
    """GET lists what waits in the unit and below; POST approves or returns figures, or decides a restatement."""
    here = here_at(request, unit)
    if request.method != "POST":
        return _page(request, here)
    if (asked := request.POST.get("restatement", "")).isdigit():
        errors, done = _decide(request, int(asked[:18]))
    else:
        errors, done = _approve(request, here)
    if done:
        messages.success(request, done)
    if errors:
        return _page(request, here, errors, status=409 if done or request.POST.get("note") else 422)
    return redirect(here.at(path("approvals", here.key())))


def _approve(request: Request, here: Here) -> tuple[list[str], str]:
    """Each figure for itself: one that was corrected meanwhile stops no other."""
    chosen = [int(pk[:18]) for pk in request.POST.getlist("figure")[:MOST] if pk.isdigit()]
    if not chosen:
        return ["Choose the figures that you looked at."], ""
    returns, note = request.POST.get("do") == "return", request.POST.get("note", "")
    rows = Measurement.objects.visible_to(request.user).filter(pk__in=chosen, organisation=here.scope.structure.pk)
    errors, count = [], 0
    for row in rows.select_related("kpi", "unit").order_by("start", "pk"):
        try:
            outcome = approve_measurement(
                by=request.user, organisation=here.scope.structure.organisation.code, kpi=row.kpi.code,
                unit=row.unit.code, period=row.period, version=stamp(row.recorded_at), returns=returns, note=note,
            )  # fmt: skip
        except Conflict as error:
            errors.append(f"{row.kpi.name}, {row.unit.name}: {error.message}")
            continue
        errors += [finding.words for finding in outcome.findings if not outcome.ok]
        count += outcome.ok
    word = "returned" if returns else "approved"
    return list(dict.fromkeys(errors)), f"{plural(count, 'figure')} {word}." if count else ""


def _decide(request: Request, pk: int) -> tuple[list[str], str]:
    approves = request.POST.get("do") == "approve"
    try:
        outcome = decide_restatement(
            by=request.user, restatement=pk, approves=approves, note=request.POST.get("note", "")
        )
    except Conflict as error:
        return [str(error)], ""
    if not outcome.ok:
        return [finding.words for finding in outcome.findings], ""
    return [], "The restatement counts now." if approves else "The restatement is declined."


def _page(request: Request, here: Here, errors: list[str] | None = None, status: int = 200) -> HttpResponse:
    waiting = waiting_figures(here.scope, timezone.now())
    return show(
        request, "web/approvals.html", here, page="approvals", title="Approvals", crumbs=[crumb_of(here, "scorecard")],
        status=status, errors=errors or [], form_url=here.at(path("approvals", here.key())),
        mine=[waiting_row(here, found) for found in waiting if found.mine],
        others=[waiting_row(here, found) for found in waiting if not found.mine],
        restatements=[restatement_row(here, asked) for asked in restatements_of(here.scope)],
    )  # fmt: skip
