"""The strategy map of a unit: drawn by itself, one objective in focus, the same facts as a list."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse

from fourfold.engine.definitions import Link as Cause
from fourfold.graphics import strategy_map as drawing
from fourfold.graphics.svg import Svg
from fourfold.records.queries.strategy_map import ObjectiveNow, StrategyMap, strategy_map_of
from fourfold.web.address import Here, here_at
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.lede import listed
from fourfold.web.components.numbers import plural, score_change, score_text
from fourfold.web.components.objective import around_of, objective_row
from fourfold.web.components.surroundings import Link
from fourfold.web.requests import Request, signed_in

SHOWS: Final = {"status": "Status", "change": "Change"}


@signed_in
def strategy_map(request: Request, unit: str) -> HttpResponse:
    """The map of one unit; `o` is the objective in focus, `show` what its boxes tell, `as=list` the list alone."""
    here = here_at(request, unit)
    page = strategy_map_of(here.scope)
    shown = request.GET.get("show", "")
    query = {"show": shown if shown in SHOWS else "", "as": "list" if request.GET.get("as") == "list" else ""}
    return show(
        request,
        "web/strategy_map.html",
        here,
        page="map",
        title="Strategy map",
        crumbs=[crumb_of(here)],
        **context_of(here, page, request.GET.get("o"), {key: value for key, value in query.items() if value}),
    )


def context_of(here: Here, page: StrategyMap, asked: str | None, query: dict[str, str]) -> dict[str, Any]:
    """What the template shows, as finished texts and drawings."""
    scope = here.scope
    code = asked if asked in page.nodes else _worst(page)
    chosen = page.chosen(code)
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
        "is_list": "as" in query,
        "map": _drawn(here, page, code, query) if page.nodes else None,
        "rows": [
            {"name": p.name, "objectives": [_listed(here, page, node) for node in nodes]}
            for p, _, nodes in page.perspectives
        ],
        "chosen": around_of(here, chosen, scope.period.shift(-1)) if chosen else None,
    }


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


def _drawn(here: Here, page: StrategyMap, selected: str | None, query: dict[str, str]) -> Svg:
    structure = here.scope.structure
    is_change = query.get("show") == "change"
    return drawing.strategy_map(
        [
            drawing.Perspective(
                p.code, p.name, p.rank or 0, cell.score if cell else None, cell.status if cell else None
            )
            for p, cell, _ in page.perspectives
        ],
        [_box(node, is_change) for node in page.nodes.values()],
        [drawing.Link(x.source, x.target, _arrow_words(page, x)) for x in structure.links],
        selected=selected,
        href=lambda code: here.unit("map", **(query | {"o": code})),
        fmt=score_text,
        hot_below=_trouble(here),
        label=f"Strategy map, {here.scope.unit.name}, {here.scope.period.label}",
    )


def _trouble(here: Here) -> float:
    """Below this score a cause is in trouble: nearer to the cut of off target than to that of on target."""
    strategy = here.scope.structure.strategy
    return (strategy.amber + strategy.green) / 2 if strategy else drawing.HOT_BELOW


def _box(node: ObjectiveNow, is_change: bool) -> drawing.Objective:
    o, now, before = node.objective, node.now, node.before
    change = score_change(now.score if now else None, before.score if before else None)
    return drawing.Objective(
        id=o.code,
        name=o.name,
        perspective=o.perspective,
        score=now.score if now else None,
        status=node.status,
        kpis=[cell.status if cell else None for _, cell in node.kpis],
        slot=o.slot,
        instead=(change or "no change known") if is_change and now and now.score is not None else "",
    )


def _arrow_words(page: StrategyMap, link: Cause) -> str:
    """What a pointer resting on an arrow reads: who drives whom, how strongly, after how long, and why."""
    if link.source not in page.nodes or link.target not in page.nodes:
        return ""
    cause, effect = page.nodes[link.source].objective, page.nodes[link.target].objective
    words = f"{cause.name} {'drives' if link.sign == '+' else 'holds back'} {effect.name}: {link.strength}"
    if link.lag:
        first, last = link.lag
        words += f", after {first} to {plural(last, 'month')}" if first != last else f", after {plural(last, 'month')}"
    return f"{words}. {link.hypothesis}".strip() if link.hypothesis else f"{words}."


def _listed(here: Here, page: StrategyMap, node: ObjectiveNow) -> dict[str, Any]:
    """A line of the list: the objective, its score, and what it drives."""
    code = node.objective.code
    effects = [page.nodes[x.target].objective.name for x in here.scope.structure.links if x.source == code]
    return objective_row(here, node) | {"drives": listed(effects) if effects else ""}
