"""What another figure would change in the results of a month."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from fourfold.engine.periods import Period
from fourfold.engine.scenarios import replaced
from fourfold.engine.statuses import Status
from fourfold.records.frames.scorecard import scorecard_now
from fourfold.records.models import Organisation
from fourfold.records.ready import Ready
from fourfold.scorecard import Scorecard

if TYPE_CHECKING:
    import polars as pl

#: A change of so many points is material, and so is any of a status (methodology §9.3).
MATERIAL: Final = 5.0


def effect_of(
    organisation: Organisation, ready: Ready, figure: pl.DataFrame, unit: str, month: Period, as_of: datetime
) -> list[dict[str, Any]]:
    """The KPIs and nodes of the unit and of those above it that get another score or status in the month.

    Scores are points with one decimal, None where there is none; the KPIs come last.
    """
    before = scorecard_now(organisation, ready)
    after = Scorecard(before.definitions, replaced(before.rows, figure, before.definitions))
    known, new = (_scores(card, ready.above(unit), month, as_of) for card in (before, after))
    changed = [
        {"unit": key[0], "node": key[1], "before": _told(known.get(key)), "after": _told(new[key])}
        for key in sorted(new, key=lambda key: (key[1].startswith("kpi:"), key))
        if _told(known.get(key)) != _told(new[key])
    ]
    return changed


def is_material(effect: list[dict[str, Any]]) -> bool:
    """True where a status is another one, or a score by five points or more."""
    return any(
        e["before"]["status"] != e["after"]["status"]
        or abs((e["after"]["score"] or 0) - (e["before"]["score"] or 0)) >= MATERIAL
        for e in effect
    )


def _scores(
    card: Scorecard, units: frozenset[str], month: Period, as_of: datetime
) -> dict[tuple[str, str], tuple[float | None, int]]:
    found = card.evaluate(as_of=as_of, first=month.id, last=month.id).evaluation.frame()
    rows = found.select("unit", "node", "ordinal", "score", "status").iter_rows()
    return {(u, node): (score, status) for u, node, n, score, status in rows if u in units and n == month.ordinal}


def _told(found: tuple[float | None, int] | None) -> dict[str, Any]:
    score, status = found or (None, Status.NO_DATA)
    return {"score": None if score is None else round(score, 1), "status": Status(status).word}
