"""A KPI as a row of a short table: of an objective, or of what somebody watches."""

from __future__ import annotations

from typing import Any

from fourfold.records.queries.overview import KpiNow
from fourfold.web.address import Here
from fourfold.web.components.drawings import spark_of, target_text, track_of
from fourfold.web.components.freshness import figure_words
from fourfold.web.components.numbers import score_text


def kpi_row(here: Here, k: KpiNow) -> dict[str, Any]:
    """What the template shows of it, as finished texts and drawings."""
    return {
        "name": k.kpi.name,
        "url": here.kpi(k.kpi),
        "status": k.status,
        "value": figure_words(here.scope, k.kpi, k.cells),
        "target": target_text(k.kpi, k.now),
        "score": score_text(k.now.score if k.now else None),
        "track": track_of(k.kpi, k.now, k.before),
        "spark": spark_of(k.kpi, k.cells),
        "owner": here.scope.structure.people.get(k.kpi.owner or ""),
        "is_due": k.status.mark == "due",
    }
