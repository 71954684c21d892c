"""The first page of an administrator whose organisation has no scorecard: from an industry, or empty."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from fourfold.access.roles import Action
from fourfold.actions.hide_set_up import hide_set_up
from fourfold.actions.outcome import Outcome
from fourfold.actions.remove_examples import remove_examples
from fourfold.actions.start_scorecard import start_scorecard
from fourfold.errors import Conflict
from fourfold.graphics import strategy_map as drawing
from fourfold.graphics.svg import Svg
from fourfold.library.template import Template, find_template, templates
from fourfold.library.template_start import is_empty
from fourfold.records.closed_periods import PeriodClosed
from fourfold.records.models import Organisation
from fourfold.records.queries.amendment import require_define
from fourfold.records.queries.set_up import hides_set_up
from fourfold.web.address import Here, here_at
from fourfold.web.components.field_words import in_form
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.numbers import plural
from fourfold.web.components.set_up import steps_of
from fourfold.web.components.upload import asked_for_file
from fourfold.web.requests import Request, signed_in_form


@signed_in_form
def start(request: Request, unit: str) -> HttpResponse:
    """GET shows what there is to begin with, `template` one of them; POST starts from it, removes `examples`, or hides
    the set-up on the overview, or shows it again."""
    here = here_at(request, unit)
    require_define(here.scope)
    if request.method != "POST":
        return _page(request, here)
    try:
        outcome = _done(request, here)
    except (Conflict, PeriodClosed) as refused:
        return _page(request, here, said=(str(refused),), status=409)
    if not outcome.ok:
        return _page(request, here, said=tuple(map(in_form, outcome.findings)), status=422)
    messages.success(request, f"{outcome.summary[:1].upper()}{outcome.summary[1:]}.")
    return redirect(here_at(request, unit).unit("overview"))


def _done(request: Request, here: Here) -> Outcome[Organisation] | Outcome[bool]:
    code = here.scope.structure.organisation.code
    if request.POST.get("set_up") in ("hidden", "shown"):
        return hide_set_up(by=request.user, organisation=code, hidden=request.POST["set_up"] == "hidden")
    if request.POST.get("examples") == "removed":
        return remove_examples(by=request.user, organisation=code)
    with_figures = request.POST.get("figures") == "yes"
    template = request.POST.get("template", "")
    return start_scorecard(by=request.user, organisation=code, template=template, examples=with_figures)


def _page(request: Request, here: Here, *, said: tuple[str, ...] = (), status: int = 200) -> HttpResponse:
    structure = here.scope.structure
    empty = is_empty(structure.whole)
    asked = request.POST.get("template") or request.GET.get("template")
    chosen = find_template(asked) if asked and empty else None
    return show(
        request, "web/start.html", here, page="build", title="Start the scorecard", crumbs=[crumb_of(here)],
        status=status, said=said, is_empty=empty,
        templates=[(t.name, t.words, here.unit("start", template=t.code), t is chosen) for t in templates().values()],
        chosen=_shown(chosen) if chosen else None,
        may_take=here.scope.may(Action.MANAGE),
        examples=find_template(structure.examples).name if structure.examples else "",
        set_up=None if chosen else steps_of(here),
        is_hidden=hides_set_up(here.scope),
        build_url=here.unit("build"),
        start_url=here.unit("start"),
        spreadsheets_url=here.unit("spreadsheets"),
        **asked_for_file(),
    )  # fmt: skip


def _shown(template: Template) -> dict[str, Any]:
    """What is in a template: its map, and objectives with their KPIs under each perspective."""
    made = template.definitions(timezone.localdate())
    kpis = {kpi.code: kpi.name for kpi in made.kpis}
    used = {o.code: [kpis[use.kpi] for use in made.uses if use.objective == o.code] for o in made.objectives}
    objectives = [
        drawing.Objective(
            id=o.code, name=o.name, perspective=o.perspective, kpis=[None for _ in used[o.code]], slot=o.slot,
            instead=plural(len(used[o.code]), "KPI"),
        )
        for o in made.objectives
    ]  # fmt: skip
    perspectives = [drawing.Perspective(p.code, p.name, p.rank or 0, None, None) for p in made.perspectives]
    links = [drawing.Link(link.source, link.target, link.hypothesis) for link in made.links]
    label = f"Strategy map of the template {template.name}"
    sizes = (len(made.objectives), "objective"), (len(made.kpis), "KPI"), (len(made.units), "unit")
    return {
        "code": template.code,
        "name": template.name,
        "organisation": made.organisation.name,
        "story": template.story,
        "vision": made.strategy.vision,
        "size": ", ".join(plural(count, noun) for count, noun in sizes),
        "map": _map(perspectives, objectives, links, label),
        "perspectives": [
            (p.name, p.question, [(o.id, o.name, ", ".join(used[o.id])) for o in objectives if o.perspective == p.code])
            for p in made.perspectives
        ],
    }


def _map(
    perspectives: list[drawing.Perspective], objectives: list[drawing.Objective], links: list[drawing.Link], label: str
) -> Svg:
    return drawing.strategy_map(
        perspectives, objectives, links, href=lambda code: f"#o-{code}", label=label, words=drawing.Words(no_kpis="")
    )
