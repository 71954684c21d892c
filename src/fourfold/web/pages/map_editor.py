"""The strategy map while it is being edited: boxes moved, links drawn, names and hypotheses written in place.

Every change is saved at once and can be taken back. What somebody else changed meanwhile is said, with a choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.undo_amendment import undo_amendment
from fourfold.engine.amendments import Amendments
from fourfold.engine.definitions import Link as Cause
from fourfold.errors import Conflict, NotFound, Outdated
from fourfold.graphics.map_plan import Plan
from fourfold.records.queries.amendment import require_define, seen_of
from fourfold.records.queries.map_editor import MapEditor, Step, map_editor_of
from fourfold.web.address import Here, here_at
from fourfold.web.components.amendment import form_of
from fourfold.web.components.field_words import all_in_form, in_form, names_of
from fourfold.web.components.frame import show
from fourfold.web.components.map_drawing import map_of
from fourfold.web.components.map_panel import panel_of, places_of, plan_of
from fourfold.web.components.surroundings import Link
from fourfold.web.forms.objective import CHANGES, Stale, into_band
from fourfold.web.forms.waiver import can_waive, key_of_finding
from fourfold.web.requests import Request, signed_in_form

_LISTED: Final = 12  # findings that are shown at once
_DONE: Final = {
    "move": "Moved", "rename": "Renamed", "link": "Linked", "unlink": "Removed", "explain": "Saved why",
    "undo": "Taken back", "redo": "Done again",
}  # fmt: skip


@signed_in_form
def map_editor(request: Request, unit: str) -> HttpResponse:
    """GET shows the map with the objective `o` in focus; POST makes one change (`do`) and shows the map again."""
    here = here_at(request, unit)
    require_define(here.scope)
    page = map_editor_of(here.scope)
    drawn = plan_of(here, page.map, has_bands=_has_bands(request))
    if request.method != "POST":
        return _page(request, here, page, drawn)
    code = here.scope.structure.organisation.code
    try:
        if request.POST.get("do") in ("undo", "redo"):
            outcome = undo_amendment(by=request.user, organisation=code, number=_number(request, page))
        else:
            wanted = _wanted(request, page, drawn)
            outcome = amend_definitions(by=request.user, organisation=code, amendments=wanted)
    except Stale as stale:
        return _page(request, here, page, drawn, said=(str(stale),), again=stale.again, status=409)
    except (Conflict, NotFound, Outdated) as refused:
        return _page(request, here, page, drawn, said=(str(refused),), status=409)
    if not outcome.ok:
        said = all_in_form(outcome.findings, seen_of(here.scope, page.definitions))
        return _page(request, here, page, drawn, said=said, status=422)
    messages.success(request, _done(request.POST["do"], page, outcome.value or ()))
    if request.POST["do"] == "link":  # the form beside the map asks why
        return redirect(here.unit("map_editor", o=request.POST["source"], **_kept(request)))
    return redirect(request.get_full_path())


def _done(do: str, page: MapEditor, amendments: Amendments) -> str:
    """What was done, with the names that people gave things."""
    if not amendments:
        return "Nothing was different."
    if do == "tidy":
        return "Tidied: the map finds the places again."
    thing = amendments[0].thing
    if isinstance(thing, Cause):
        names = {o.code: o.name for o in page.definitions.objectives}
        asks = " Say why, and after how many months." if do == "link" else ""
        return f"{_DONE[do]}: {names.get(thing.source)} → {names.get(thing.target)}.{asks}"
    return f"{_DONE[do]}: {getattr(thing, 'name', '')}."


def _wanted(request: Request, page: MapEditor, drawn: Plan) -> Amendments:
    change = CHANGES.get(request.POST.get("do", ""))
    if change is None:
        raise NotFound("There is no such change of a map.")
    wanted = change(page.definitions, places_of(drawn), request.POST)
    moves = request.POST.get("do") == "move" and drawn.theme_of
    return into_band(page.definitions, wanted, request.POST, drawn.theme_of) if moves else wanted


def _has_bands(request: Request) -> bool:
    return request.GET.get("bands") == "themes"


def _named(step: Step | None, names: Mapping[str, str]) -> str:
    """What was changed, with objectives by their names."""
    return " ".join(names.get(f"objective:{word}", word) for word in step.name.split()) if step else ""


def _kept(request: Request) -> dict[str, str]:
    """What stays in the address."""
    return {"bands": "themes"} if _has_bands(request) else {}


def _number(request: Request, page: MapEditor) -> int:
    """The change to take back or redo, as the page named it: pressing twice does not go two steps."""
    step = page.undo if request.POST.get("do") == "undo" else page.redo
    if step is None or str(step.number) != request.POST.get("number"):
        raise Conflict("This is not your newest change of the map any more.", hint="Look at the map as it is now.")
    return step.number


def _page(
    request: Request,
    here: Here,
    page: MapEditor,
    drawn: Plan,
    *,
    said: tuple[str, ...] = (),
    again: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    asked = request.GET.get("o", "")
    kept = _kept(request)
    chosen = asked if asked in page.map.nodes else next(iter(page.map.nodes), None)
    names = names_of(seen_of(here.scope, page.definitions))
    missing: list[dict[str, Any]] = [
        {
            "text": in_form(finding, names),
            "url": here.unit("build", waive=key_of_finding(finding)) if can_waive(finding) else "",
        }
        for finding in page.missing[:_LISTED]
    ]
    return show(
        request,
        "web/map_editor.html",
        here,
        page="map",
        title="Edit the strategy map",
        crumbs=[Link("Strategy map", here.unit("map"))],
        status=status,
        said=said,
        again=again,
        map=map_of(here, page.map, lambda each: here.unit("map_editor", o=each, **kept), selected=chosen, drawn=drawn)
        if page.map.nodes
        else None,
        panel=panel_of(here, page, drawn, chosen) if chosen else None,
        objectives=[
            (node.objective.name, here.unit("map_editor", o=code, **kept), code == chosen)
            for code, node in page.map.nodes.items()
        ],
        undo=page.undo,
        redo=page.redo,
        undo_name=_named(page.undo, names),
        redo_name=_named(page.redo, names),
        missing=missing,
        missing_count=len(page.missing),
        new_objective=form_of(here, "objective"),
        back=here.unit("map", **({"o": asked} if asked in page.map.nodes else {}), **kept),
    )
