"""The strategy map of a unit: drawn by itself, one objective in focus, the same facts as a list."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse

from fourfold.access.roles import Action
from fourfold.graphics.strategy_map import WIDE
from fourfold.records.queries.strategy_map import ObjectiveNow, StrategyMap, strategy_map_of
from fourfold.records.queries.structure import slug
from fourfold.reports.drawing import pdf_of, picture_of
from fourfold.web.address import Here, here_at
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.lede import listed
from fourfold.web.components.map_drawing import map_of
from fourfold.web.components.objective import around_of, objective_row
from fourfold.web.components.standalone import fonts, size_of, standalone
from fourfold.web.components.surroundings import Link
from fourfold.web.requests import Request, counted, signed_in

SHOWS: Final = {"status": "Status", "change": "Change"}
#: The map as a file: what it is called by, and its type.
FILES: Final = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


@signed_in
def strategy_map(request: Request, unit: str) -> HttpResponse:
    """The map of one unit; `o` is the objective in focus, `show` what its boxes tell, `as=list` the list alone."""
    here = here_at(request, unit)
    page = strategy_map_of(here.scope)
    shown = request.GET.get("show", "")
    query = {"show": shown if shown in SHOWS else "", "as": "list" if request.GET.get("as") == "list" else "",
             "bands": "themes" if request.GET.get("bands") == "themes" else ""}  # fmt: skip
    return show(
        request,
        "web/strategy_map.html",
        here,
        page="map",
        title="Strategy map",
        crumbs=[crumb_of(here)],
        **context_of(here, page, request.GET.get("o"), {key: value for key, value in query.items() if value}),
    )


@signed_in
@counted
def map_file(request: Request, unit: str, kind: str) -> HttpResponse:
    """The drawing alone as a file, for whoever may take figures out: SVG, PDF on one page, or a picture."""
    here = here_at(request, unit)
    here.scope.require(Action.EXPORT)
    page = strategy_map_of(here.scope)
    is_change = request.GET.get("show") == "change"
    has_bands = request.GET.get("bands") == "themes"
    drawing = map_of(here, page, lambda code: f"#map-{code}", is_change=is_change, has_bands=has_bands)
    title = f"Strategy map, {here.scope.unit.name}, {here.scope.period.label}"
    body: str | bytes = standalone(drawing)
    if kind != "svg":
        body = pdf_of(standalone(drawing), size_of(drawing), title=title, fonts=fonts())
        body = picture_of(body) if kind == "png" else body
    disposition = {"Content-Disposition": f'attachment; filename="{slug(title)}.{kind}"'}
    return HttpResponse(body, content_type=FILES[kind], headers=disposition)


def context_of(here: Here, page: StrategyMap, asked: str | None, query: dict[str, str]) -> dict[str, Any]:
    """What the template shows, as finished texts and drawings."""
    scope = here.scope
    code = asked if asked in page.nodes else _worst(page)
    chosen = page.chosen(code)
    drawn = map_of(
        here,
        page,
        lambda each: here.unit("map", **(query | {"o": each})),
        selected=code,
        is_change=query.get("show") == "change",
        has_bands="bands" in query,
    ) if page.nodes else None
    return {
        "summary": f"{scope.unit.name}, {scope.period.label}. Arrows point to what each objective drives.",
        "shows": [
            Link(name, here.unit("map", **(query | {"show": key} | _focus(asked))), key == query.get("show", "status"))
            for key, name in SHOWS.items()
        ],
        "forms": [
            Link(name, here.unit("map", **(_without(query, "as") | value | _focus(asked))), value == _form(query))
            for name, value in (("Map", {}), ("List", {"as": "list"}))
        ],
        "bands": _bands(here, query, asked),
        "is_list": "as" in query,
        "files": [Link(kind.upper(), here.unit(f"map_{kind}", **_without(query, "as"))) for kind in FILES]
        if scope.may(Action.EXPORT) else [],
        "edit_url": here.unit("map_editor", **_focus(asked), **{k: v for k, v in query.items() if k == "bands"}),
        "map": drawn,
        "is_wide": "bands" in query or (drawn is not None and size_of(drawn)[0] >= WIDE),
        "rows": [
            {"name": p.name, "objectives": [_listed(here, page, node) for node in nodes]}
            for p, _, nodes in page.perspectives
        ],
        "chosen": around_of(here, chosen, scope.period.shift(-1)) if chosen else None,
    }


def _bands(here: Here, query: dict[str, str], asked: str | None) -> Link | None:
    """The way to the map with its themes as bands, and back; none where no objective on it serves a theme."""
    if "as" in query or not any(o.themes for o in here.scope.objectives):
        return None
    other = _without(query, "bands") if "bands" in query else query | {"bands": "themes"}
    return Link("Themes", here.unit("map", **(other | _focus(asked))), "bands" in query)


def _form(query: dict[str, str]) -> dict[str, str]:
    return {"as": "list"} if "as" in query else {}


def _focus(asked: str | None) -> dict[str, str]:
    return {"o": asked} if asked else {}


def _without(query: dict[str, str], key: str) -> dict[str, str]:
    return {k: v for k, v in query.items() if k != key}


def _worst(page: StrategyMap) -> str | None:
    """In focus when nobody chose: the objective with the lowest score."""
    scored = [(n.now.score, code) for code, n in page.nodes.items() if n.now is not None and n.now.score is not None]
    return min(scored)[1] if scored else next(iter(page.nodes), None)


def _listed(here: Here, page: StrategyMap, node: ObjectiveNow) -> dict[str, Any]:
    """A line of the list: the objective, its score, and what it drives."""
    code = node.objective.code
    effects = [page.nodes[x.target].objective.name for x in here.scope.structure.links
               if x.source == code and x.target in page.nodes]  # fmt: skip
    return objective_row(here, node) | {"drives": listed(effects) if effects else ""}
