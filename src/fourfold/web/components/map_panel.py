"""The objective in focus beside the map that is being edited: its name, its place, and what it drives and why."""

from __future__ import annotations

from typing import Any

from fourfold.engine.map_moves import Place
from fourfold.graphics.map_plan import Plan, plan
from fourfold.records.queries.map_editor import MapEditor
from fourfold.records.queries.strategy_map import StrategyMap
from fourfold.web.address import Here
from fourfold.web.components.amendment import form_of
from fourfold.web.components.map_drawing import parts_of, themes_of
from fourfold.web.forms.link import months_text


def plan_of(here: Here, page: StrategyMap, *, has_bands: bool = False) -> Plan:
    """The plan of the map that is being edited; it takes longer than all else on the page, so it is made once."""
    return plan(*parts_of(here, page), spare=1, themes=themes_of(here) if has_bands else ())


def places_of(drawn: Plan) -> dict[str, Place]:
    """Where each objective is."""
    return {taken: Place(place.perspective, place.slot) for taken, place in drawn.places if taken is not None}


def panel_of(here: Here, page: MapEditor, drawn: Plan, code: str) -> dict[str, Any]:
    """What the template shows of one objective."""
    written, node = page.definitions, page.map.nodes[code]
    place = places_of(drawn)[code]
    name = {o.code: o.name for o in written.objectives if o.code in page.map.nodes}
    out = [link for link in written.links if link.source == code and link.target in name]
    driven = {link.target for link in out} | {code}
    return {
        "code": code,
        "name": node.objective.name,
        "url": form_of(here, "objective", node.objective),
        "was": f"{place.perspective}:{place.slot}",
        "number": place.slot + 1,
        "perspectives": [(p.code, p.name, p.code == place.perspective) for p in written.perspectives],
        "drives": [
            {"target": link.target, "name": name[link.target], "hypothesis": link.hypothesis,
             "months": months_text(link.lag),
             "words": _words(link.sign, link.strength), "url": form_of(here, "link", link)}
            for link in out
        ],
        "driven_by": [(name[link.source], here.unit("map_editor", o=link.source))
                      for link in written.links if link.target == code and link.source in name],
        "others": [(each, words) for each, words in name.items() if each not in driven],
    }  # fmt: skip


def _words(sign: str, strength: str) -> str:
    return f"{'drives' if sign == '+' else 'holds back'}, {strength}"
