"""Finding things and pages: a page with a form, and the same as JSON for the command palette."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers

from fourfold.records.queries.search import LIMIT, Found, found_in
from fourfold.web.address import Here, here_at
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.numbers import plural
from fourfold.web.components.surroundings import NAV, Link
from fourfold.web.requests import Request, counted, signed_in

NOUNS: Final = {"kpi": "KPI", "objective": "Objective", "unit": "Unit", "initiative": "Initiative", "page": "Page"}
ON_PAGE: Final = 60


@signed_in
@counted
def search(request: Request) -> HttpResponse:
    """What `q` finds from where `u` is; JSON for whoever accepts nothing else."""
    here = here_at(request, request.GET.get("u") or None)
    words = request.GET.get("q", "").strip()[:200]
    wants_json = not request.accepts("text/html")
    found = results_of(here, words, LIMIT if wants_json else ON_PAGE)
    if wants_json:
        results = [{"name": link.name, "kind": link.key, "url": link.url} for link in found]
        return _private(JsonResponse({"results": results}))
    return _private(
        show(
            request,
            "web/search.html",
            here,
            page="search",
            title=f"Results for “{words}”" if words else "Find or go to",
            crumbs=[crumb_of(here)],
            words=words,
            results=found,
            count=plural(len(found), "result"),
            kept=[("u", here.key()), *here.state.items()],
        )
    )


def results_of(here: Here, words: str, limit: int) -> list[Link]:
    """Pages first, as they are few; without words the pages alone."""
    asked = words.lower().split()
    pages = [
        Link(name, here.unit(page), key=NOUNS["page"])
        for page, name, _ in NAV
        if all(word in name.lower() for word in asked)
    ]
    things = found_in(here.scope, words, limit=limit)
    return (pages + [Link(thing.name, _address(here, thing), key=NOUNS[thing.noun]) for thing in things])[:limit]


def _address(here: Here, thing: Found) -> str:
    structure = here.scope.structure
    if thing.noun == "kpi":
        return here.kpi(structure.kpi[thing.code], thing.unit)
    if thing.noun == "objective":
        return here.objective(structure.objective[thing.code], thing.unit)
    if thing.noun == "initiative":
        return f"{here.unit('initiatives')}#{thing.code}"
    return here.unit("overview", thing.unit)


def _private(response: HttpResponse) -> HttpResponse:
    """One address, two forms: caches must keep them apart."""
    patch_vary_headers(response, ["Accept", "Cookie"])
    return response
