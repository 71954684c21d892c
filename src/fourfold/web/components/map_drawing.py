"""The strategy map of a unit as a drawing: boxes with their scores, arrows with their words."""

from __future__ import annotations

from collections.abc import Callable

from fourfold.engine.definitions import Link as Cause
from fourfold.graphics import strategy_map as drawing
from fourfold.graphics.map_plan import Plan
from fourfold.graphics.svg import Svg
from fourfold.records.queries.strategy_map import ObjectiveNow, StrategyMap
from fourfold.web.address import Here
from fourfold.web.components.numbers import plural, score_change, score_text


def map_of(
    here: Here,
    page: StrategyMap,
    href: Callable[[str], str],
    *,
    selected: str | None = None,
    is_change: bool = False,
    drawn: Plan | None = None,
    has_bands: bool = False,
) -> Svg:
    """The drawing; `href` gives the address of an objective, `is_change` writes changes of scores in the boxes.

    `drawn` is the plan of a map that is being edited. With `has_bands` themes are bands.
    """
    perspectives, objectives, links = parts_of(here, page, is_change=is_change)
    return drawing.strategy_map(
        perspectives,
        objectives,
        links,
        selected=selected,
        href=href,
        fmt=score_text,
        hot_below=_trouble(here),
        label=f"Strategy map, {here.scope.unit.name}, {here.scope.period.label}",
        is_edited=drawn is not None,
        drawn=drawn,
        themes=themes_of(here) if has_bands else (),
    )


def themes_of(here: Here) -> list[drawing.Theme]:
    """The themes of the strategy, in order."""
    return [drawing.Theme(theme.code, theme.name) for theme in here.scope.structure.whole.themes]


def parts_of(
    here: Here, page: StrategyMap, *, is_change: bool = False
) -> tuple[list[drawing.Perspective], list[drawing.Objective], list[drawing.Link]]:
    """What the map is drawn from."""
    perspectives = [
        drawing.Perspective(p.code, p.name, p.rank or 0, cell.score if cell else None, cell.status if cell else None)
        for p, cell, _ in page.perspectives
    ]
    links = [drawing.Link(x.source, x.target, _arrow_words(page, x)) for x in here.scope.structure.links]
    return perspectives, [_box(node, is_change) for node in page.nodes.values()], links


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
        theme=o.themes[0] if o.themes else "",
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
