"""What could be the next target of a KPI in a unit, and a target shared out over the units below, set where asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.engine.aggregation import AggUnits
from fourfold.engine.definitions import Kpi
from fourfold.engine.periods import Frequency
from fourfold.errors import FourfoldError
from fourfold.records.queries.amendment import may_define, ready_of, require_define, seen_of
from fourfold.records.queries.questions import drivers_of, has_drivers, may_share_out, proposals_of, shared_out_of
from fourfold.scorecard.allocated_targets import WAYS, AllocatedTargets
from fourfold.scorecard.driver_targets import DriverTargets
from fourfold.scorecard.shared_targets import shared_targets, target_above
from fourfold.web.address import Here, here_of_kpi
from fourfold.web.components.amendment import form_of
from fourfold.web.components.field_words import all_in_form
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.numbers import plural
from fourfold.web.components.sheet import sheet_of
from fourfold.web.components.surroundings import Link
from fourfold.web.forms.target import OWN, TargetForm, number_of
from fourfold.web.requests import Request, counted, signed_in_form


@signed_in_form
@counted
def proposals(request: Request, pk: int, name: str) -> HttpResponse:
    """Values a year ahead, each with its reason, for the unit in `u`; `target` is shared out, `goal` set to drivers.

    POST sets the targets that are shared out, from the period `since` on.
    """
    here, kpi = here_of_kpi(request, pk)
    return _set(request, here, kpi) if request.method == "POST" else _page(request, here, kpi)


def _set(request: Request, here: Here, kpi: Kpi) -> HttpResponse:
    require_define(here.scope)
    form = TargetForm.of(request.GET.dict())
    try:
        if not may_share_out(here.scope, kpi):
            raise FourfoldError(f"No target of {kpi.name} is shared out below {here.scope.unit.name}.")
        found = shared_out_of(here.scope, kpi, form.target, form.sharing())
        if found is None:
            raise FourfoldError("Nothing was evaluated yet.")
        written, since = ready_of(here.scope).written, request.POST.get("since", "").strip()
        wanted = shared_targets(found, written, since, author=here.scope.member_code)
        code = here.scope.structure.organisation.code
        outcome = amend_definitions(by=request.user, organisation=code, amendments=wanted)
    except FourfoldError as refused:
        return _page(request, here, kpi, said=(f"{refused.message} {refused.hint or ''}".strip(),), status=422)
    if not outcome.ok:
        return _page(request, here, kpi, said=all_in_form(outcome.findings, seen_of(here.scope, written)), status=422)
    messages.success(request, f"Set: {plural(len(wanted), 'target')} of {kpi.name}." if wanted else "It is so already.")
    return redirect(request.get_full_path() + "#share")


def _page(
    request: Request, here: Here, kpi: Kpi, *, said: tuple[str, ...] = (), status: int = 200
) -> HttpResponse:
    has_kpi = here.scope.structure.applies(kpi, here.scope.unit.code)
    found = proposals_of(here.scope, kpi) if has_kpi else None
    sheet = None if found is None else found.sheets[0]
    return show(
        request,
        "web/proposals.html",
        here,
        page="scorecard",
        title=f"The next target of {kpi.name}",
        crumbs=[crumb_of(here, "scorecard"), Link(kpi.name, here.kpi(kpi))],
        status=status,
        said=said,
        kpi=kpi,
        new_url=form_of(here, "target", kpi=kpi.code),
        benchmarks_url=here.unit("benchmarks"),
        has_kpi=has_kpi,
        sheet=sheet_of(sheet) if sheet is not None and sheet.rows else None,
        notes=sheet.notes if sheet is not None else (),
        kept=[*here.state.items(), *here.place().items()],
        **(_shared(request, here, kpi) | _driven(request, here, kpi) if has_kpi else {}),
    )


def _shared(request: Request, here: Here, kpi: Kpi) -> dict[str, Any]:
    """The form that shares a target out over the units below, and the answer where one was typed."""
    if not may_share_out(here.scope, kpi):
        return {}
    form, found = TargetForm.of(request.GET.dict()), None
    if form.target:
        try:
            found = shared_out_of(here.scope, kpi, form.target, form.sharing())
        except FourfoldError as error:
            form = form.wrong(error)
    calendar, month = here.scope.structure.calendar, here.scope.month.start
    begin = calendar.period(kpi.frequency, calendar.period(Frequency.YEAR, month).start).short_id
    now = calendar.period(kpi.frequency, month).ordinal
    above = target_above(here.scope.structure.whole, kpi, here.scope.unit.code, now)
    if not form.target and not form.error and above is not None and above.value is not None:
        form = replace(form, target=f"{above.value:f}")
    return {"share": {
        "form": form, "counted_in": " ".join(filter(None, (kpi.unit, kpi.scale))),
        "is_ratio": kpi.aggregate_units is AggUnits.WEIGHTED_RATIO,
        "ways": [*((w, w.replace("-", " ")) for w in WAYS), (OWN, "keys of my own")],
        "units": [(u.code, u.name, form.own.get(u.code, "")) for u in here.scope.below()
                  if here.scope.structure.applies(kpi, u.code)],
        "may_set": found is not None and may_define(here.scope), "since": request.POST.get("since", begin),
        **_answer(found),
    }}  # fmt: skip


def _driven(request: Request, here: Here, kpi: Kpi) -> dict[str, Any]:
    """The form that asks what the drivers of a KPI must become, and the answer where a goal was typed."""
    if not has_drivers(here.scope, kpi):
        return {}
    form, found = TargetForm.of(request.GET.dict()), None
    if form.goal:
        try:
            found = drivers_of(here.scope, kpi, number_of(form.goal, "goal"))
        except FourfoldError as error:
            form = form.wrong(error)
    return {"drive": {"form": form, **_answer(found)}}


def _answer(found: AllocatedTargets | DriverTargets | None) -> dict[str, Any]:
    """A sheet with its notes, and how it came about."""
    if found is None:
        return {}
    (sheet,) = found.sheets
    return {"sheet": sheet_of(sheet), "notes": sheet.notes, "why": str(found.explain()).splitlines()}
