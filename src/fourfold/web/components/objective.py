"""An objective on a page: its line, and what stands around it: its KPIs, causes, effects and initiatives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fourfold.engine.periods import Period
from fourfold.records.queries.strategy_map import Chosen, ObjectiveNow
from fourfold.web.address import Here
from fourfold.web.components.drawings import value_text
from fourfold.web.components.initiative import initiative_row
from fourfold.web.components.numbers import score_change, score_text
from fourfold.web.components.period import month_name


def objective_row(here: Here, node: ObjectiveNow) -> dict[str, Any]:
    """A line of a list of objectives."""
    return {
        "name": node.objective.name,
        "url": here.objective(node.objective),
        "status": node.status,
        "score": state_text(node),
    }


def state_text(node: ObjectiveNow) -> str:
    """The score, or why there is none: "overdue", "no KPIs"."""
    if node.now is not None and node.now.score is not None:
        return score_text(node.now.score)
    return node.status.word.lower() if node.kpis else "no KPIs"


def change_text(node: ObjectiveNow, earlier: Period) -> str:
    """How its score moved: "Down 5.3 since September"; empty when either score is missing."""
    change = score_change(node.now.score if node.now else None, node.before.score if node.before else None)
    if not change:
        return ""
    way = {"+": "Up", "±": "Unchanged"}.get(change[0], "Down")
    return f"{way}{'' if way == 'Unchanged' else ' ' + change[1:]} since {month_name(earlier)}"


def around_of(here: Here, chosen: Chosen, earlier: Period) -> dict[str, Any]:
    """An objective with its neighbours, as the side of a page shows them."""
    node = chosen.node
    owner = here.scope.structure.people.get(node.objective.owner or "")
    has_score = node.now is not None and node.now.score is not None
    return objective_row(here, node) | {
        "code": node.objective.code,
        "words": f"{state_text(node)}, {node.status.word.lower()}" if has_score else node.status.word,
        "change": change_text(node, earlier),
        "owner": owner.name if owner else "",
        "kpis": [
            {
                "name": kpi.name,
                "url": here.kpi(kpi),
                "status": cell.status if cell else None,
                "value": value_text(kpi, cell),
            }
            for kpi, cell in node.kpis
        ],
        "driven_by": _rows(here, chosen.driven_by),
        "drives": _rows(here, chosen.drives),
        "initiatives": [initiative_row(here, initiative) for initiative in chosen.initiatives],
    }


def _rows(here: Here, nodes: Iterable[ObjectiveNow]) -> list[dict[str, Any]]:
    return [objective_row(here, node) for node in nodes]
