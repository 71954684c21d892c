"""KPIs suggested for an objective, each of which can be added to it in one step."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.actions.add_library_kpi import add_library_kpi
from fourfold.engine.definitions import Objective
from fourfold.errors import Conflict, NotFound
from fourfold.library import UnknownKpi, choices, suggest
from fourfold.library.adoption import id_of
from fourfold.library.perspectives import likest
from fourfold.records.queries.objective import find_objective
from fourfold.records.scope import principal_of
from fourfold.web.address import Here, here_in
from fourfold.web.components.field_words import in_form
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.library import suggested
from fourfold.web.components.surroundings import Link
from fourfold.web.requests import Request, signed_in_form


@signed_in_form
def suggestions(request: Request, pk: int, name: str) -> HttpResponse:
    """GET suggests KPIs for the objective; POST adds the one in `kpi` to it, for whoever may change definitions."""
    record = find_objective(request.user, pk)
    here = here_in(request, record.organisation)
    objective = here.scope.structure.objective.get(record.code)
    if objective is None:
        raise NotFound("There is no such objective, or you may not see it.")
    if request.method != "POST":
        return _page(request, here, objective)
    given, said = request.POST.get("kpi", ""), ""
    try:
        organisation = here.scope.structure.organisation.code
        outcome = add_library_kpi(by=request.user, organisation=organisation, objective=record.code, kpi=given)
        if outcome.ok:
            messages.success(request, f"Added: {outcome.summary}.")
            return redirect(here.objective(objective))
        said = " ".join(map(in_form, outcome.findings))
    except (Conflict, UnknownKpi) as refused:
        said = str(refused)
    return _page(request, here, objective, said=said, status=422)


def _page(request: Request, here: Here, objective: Objective, *, said: str = "", status: int = 200) -> HttpResponse:
    structure = here.scope.structure
    perspective = next((p for p in structure.perspectives if p.code == objective.perspective), None)
    place = likest(perspective) if perspective else ""
    industry = request.GET.get("industry", "")
    industry = industry if industry in choices()["industry"] else ""
    found = suggest(objective.name, perspective=place, industry=industry, present=_present(here, objective))
    return show(
        request,
        "web/suggestions.html",
        here,
        page="map",
        title=f"KPIs for “{objective.name}”",
        crumbs=[crumb_of(here), Link(objective.name, here.objective(objective))],
        status=status,
        said=said,
        objective_url=here.objective(objective),
        library_url=here.unit("library"),
        place=place,
        industry=industry,
        industries=choices()["industry"],
        kept=[*here.place().items(), *here.state.items()],
        may_add=can(principal_of(request.user), Action.DEFINE, Thing(structure.pk, None)),
        form_url=here.suggestions(objective),
        suggestions=[suggested(here, s) for s in found],
    )


def _present(here: Here, objective: Objective) -> frozenset[str]:
    """The ids of the library KPIs that the objective has."""
    structure = here.scope.structure
    used = (structure.kpi.get(use.kpi) for use in structure.uses_of.get(objective.code, []))
    return frozenset(id_of(kpi) for kpi in used if kpi is not None)
