"""Something tells early how a result will turn out."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.link_graph import LinkGraph

#: A leading KPI may sit so many links below the objective.
LINKS = 2


@rule("LEAD-MISSING", "Nothing tells early how an upper objective will turn out (V12)")
def lead_missing(d: Definitions) -> Iterator[Said]:
    """An objective of the two top rows needs a KPI with the role `lead`, its own or one of an objective that drives it
    over at most two links; else its result is known only when it is too late. Said of objectives that have KPIs.
    """
    graph = LinkGraph.of(d)
    leading = {u.objective for u in d.uses if u.role == "lead"}
    measured = {u.objective for u in d.uses}
    upper = sorted(set(graph.rank.values()))[:2]
    for o in d.objectives:
        if o.code not in measured or graph.rank[o.code] not in upper or graph.rank[o.code] == graph.bottom:
            continue
        if not leading & ({o.code} | graph.drivers_within(o.code, LINKS)):
            message = f"Objective {o.code} has no leading KPI, nor has what drives it over {LINKS} links (V12)."
            fix = "Write `role: lead` at a KPI that moves first, or link an objective that has one."
            yield Said(f"objective:{o.code}", message, fix, Level.WARNING)
