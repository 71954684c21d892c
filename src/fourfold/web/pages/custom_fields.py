"""Fields of the organisation's own on KPIs, objectives and initiatives: made, changed, removed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.engine.definitions.custom_field import NOUNS
from fourfold.errors import Conflict, NotFound, Outdated
from fourfold.records.queries.amendment import ready_of, require_define, seen_of
from fourfold.web.address import Here, here_at
from fourfold.web.components.amendment_fields import called
from fourfold.web.components.field_words import all_in_form
from fourfold.web.components.frame import show
from fourfold.web.components.numbers import plural
from fourfold.web.components.surroundings import Link
from fourfold.web.forms.custom_field import KINDS, key_of_field, removed, saved
from fourfold.web.requests import Request, signed_in_form


@signed_in_form
def custom_fields(request: Request, unit: str) -> HttpResponse:
    """GET lists them, with the one in `field` in the form; POST saves one, or removes the one in `remove`."""
    here = here_at(request, unit)
    require_define(here.scope)
    if request.method != "POST":
        return _page(request, here)
    written, given = ready_of(here.scope).written, request.POST.dict()
    code = here.scope.structure.organisation.code
    try:
        wanted = removed(written, given["remove"]) if "remove" in given else saved(written, given)
        outcome = amend_definitions(by=request.user, organisation=code, amendments=wanted)
    except (Conflict, NotFound, Outdated) as refused:
        return _page(request, here, said=(f"{refused.message} {refused.hint or ''}".strip(),), status=409)
    if not outcome.ok:
        return _page(request, here, said=all_in_form(outcome.findings, seen_of(here.scope, written)), status=422)
    messages.success(request, "The field is gone." if "remove" in given else f"Saved: {given['name'].strip()}.")
    return redirect(here.unit("custom_fields"))


def _page(request: Request, here: Here, *, said: tuple[str, ...] = (), status: int = 200) -> HttpResponse:
    written = ready_of(here.scope).written
    fields = written.organisation.custom_fields
    asked = request.POST.get("field") or request.GET.get("field", "")
    chosen = next((f for f in fields if key_of_field(f) == asked), None)
    uses = {
        key_of_field(f): sum(f.code in thing.custom for thing in getattr(written, NOUNS[f.of])) for f in fields
    }
    typed = request.POST if said and "remove" not in request.POST else {}
    return show(
        request,
        "web/custom_fields.html",
        here,
        page="build",
        title="Fields of your own",
        crumbs=[Link("Build", here.unit("build"))],
        status=status,
        said=said,
        rows=[
            {"key": key_of_field(f), "name": f.name, "of": called(f.of), "kind": KINDS[f.kind],
             "required": f.required, "uses": plural(uses[key_of_field(f)], "thing"),
             "url": here.unit("custom_fields", field=key_of_field(f)), "current": f is chosen}
            for f in fields
        ],
        nouns=[(noun, called(noun).capitalize() if noun != "kpi" else "KPI") for noun in NOUNS],
        kinds=list(KINDS.items()),
        chosen=asked if chosen else "",
        name=typed.get("name", chosen.name if chosen else ""),
        of=chosen.of if chosen else typed.get("of", "kpi"),
        kind=typed.get("kind", chosen.kind if chosen else "text"),
        choices=typed.get("choices", "\n".join(chosen.choices) if chosen else ""),
        hint=typed.get("hint", chosen.hint if chosen else ""),
        required=typed.get("required") == "true" if typed else bool(chosen and chosen.required),
        new_url=here.unit("custom_fields"),
        back=here.unit("build"),
    )  # fmt: skip
