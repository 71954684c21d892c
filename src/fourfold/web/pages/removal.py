"""Taking a thing of the definitions away: what goes with it is shown first, and nothing of the history is lost."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.engine.amendments import Amendment, Amendments, removal
from fourfold.engine.definitions import Kpi
from fourfold.engine.definitions.base import Definition
from fourfold.errors import Conflict, NotFound
from fourfold.records.queries.amendment import effect_of, ready_of, require_define, seen_of, thing_of
from fourfold.records.ready import Ready
from fourfold.web.address import Here, here_at
from fourfold.web.components.amendment import done, effect_shown, form_of, name_of_thing
from fourfold.web.components.amendment_fields import NOUNS, called, noun_of
from fourfold.web.components.field_words import all_in_form
from fourfold.web.components.frame import show
from fourfold.web.components.surroundings import Link
from fourfold.web.forms.amendment import AmendmentForm
from fourfold.web.requests import Request, signed_in_form


@signed_in_form
def removed(request: Request, unit: str, noun: str, key: str) -> HttpResponse:
    """GET shows what would go; POST removes the thing, or with `archive` retires the KPI."""
    here = here_at(request, unit)
    require_define(here.scope)
    if noun not in NOUNS or noun in ("strategy", "organisation"):
        raise NotFound("There is nothing of this kind to remove.")
    ready = ready_of(here.scope)
    thing = thing_of(here.scope, ready.written, NOUNS[noun], key)
    wanted = _wanted(ready, noun, thing, archive="archive" in request.POST)
    if request.method != "POST":
        return _page(request, here, ready, noun, thing, wanted)
    try:
        code = here.scope.structure.organisation.code
        outcome = amend_definitions(by=request.user, organisation=code, amendments=wanted)
    except Conflict as refused:
        why = f"{refused.message} {refused.hint or ''}".strip()
        return _page(request, here, ready, noun, thing, wanted, (why,), status=409)
    if not outcome.ok:
        said = all_in_form(outcome.findings, seen_of(here.scope, ready.written))
        return _page(request, here, ready, noun, thing, wanted, said, status=422)
    word = "Archived" if "archive" in request.POST else "Removed"
    name = name_of_thing(ready.written, noun, thing)
    gone = f"{word}: {name}. It is in the list of changes, where it can be taken back."
    messages.success(request, done(gone, outcome))
    return redirect(here.unit("build"))


def _wanted(ready: Ready, noun: str, thing: Definition, *, archive: bool) -> Amendments:
    if archive and isinstance(thing, Kpi):
        return (Amendment("kpis", thing, thing.model_copy(update={"state": "retired"})),)
    return removal(ready.written, NOUNS[noun], thing)


def _page(
    request: Request,
    here: Here,
    ready: Ready,
    noun: str,
    thing: Definition,
    wanted: Amendments,
    said: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    name = name_of_thing(ready.written, noun, thing)
    form = AmendmentForm(noun, thing, {})
    with_it = [
        f"{called(noun_of(each.noun))} {name_of_thing(ready.written, noun_of(each.noun), each.thing)}"
        + ("" if each.after is None else " stays, without it")
        for each in wanted[:-1]
        if each.noun in NOUNS.values()
    ]
    effect = effect_of(here.scope, ready, wanted)
    return show(
        request,
        "web/removal.html",
        here,
        page="build",
        title=f"Remove {name}",
        crumbs=[Link("Build", here.unit("build")), Link(name, form_of(here, noun, thing))],
        status=status,
        said=said,
        called=called(noun),
        with_it=with_it,
        more=len([each for each in wanted if each.noun not in NOUNS.values()]),
        effect={**effect_shown(here, ready, effect, [form]), "smart": None},
        may_archive=isinstance(thing, Kpi) and thing.state != "retired",
        back=form_of(here, noun, thing),
    )
