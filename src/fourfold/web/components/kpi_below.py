"""A KPI in the units below, as small multiples on one scale; where units are many, those that matter."""

from __future__ import annotations

import math
from typing import Any, Final

from fourfold.engine.change import paradox
from fourfold.engine.statuses import Status
from fourfold.graphics.multiples import Panel, multiples
from fourfold.records.queries.kpi import KpiPage
from fourfold.records.queries.kpi_below import Below
from fourfold.records.queries.window import LENGTH, Cell, values
from fourfold.web.address import Here
from fourfold.web.components.drawings import format_of, value_text
from fourfold.web.components.hidden import hidden_then_words
from fourfold.web.components.lede import listed
from fourfold.web.components.numbers import plural

_NAMED: Final = 4  # units without the KPI that are named; more are counted


def units_below(here: Here, page: KpiPage) -> dict[str, Any]:
    """The panels, and the words beside their heading."""
    below = page.below
    return {
        "panels": _panels(here, page),
        "below_words": "; ".join(filter(None, (_choice(below), _without(page), hidden_then_words(page.scope)))),
        "hidden_words": hidden_then_words(page.scope),
        "all_units": "" if below.is_all else f"All {below.count:,} units",
        "all_units_url": here.unit("alignment"),
        "mix_words": _mix_words(page),
    }


def _mix_words(page: KpiPage) -> str:
    """Where the units moved one way and the whole another: what they did, and what their shares did (§2.2)."""
    ends = [[_parts(row.cells[i]) for row in page.below.rows] for i in (-2, -1)]
    wholes = [_parts(page.before), _parts(page.now)]
    parts = [[p for p in end if p is not None] for end in ends]
    if page.below.count < 2 or not page.below.is_all or any(len(some) != page.below.count for some in parts):
        return ""
    for some, whole in zip(parts, wholes, strict=True):
        sums = [math.fsum(side) for side in zip(*some, strict=True)]
        if whole is None or not all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(sums, whole, strict=True)):
            return ""
    if (found := paradox(*parts)) is None:
        return ""
    within, mix = (format_of(page.kpi).change(float(page.kpi.factor) * x) for x in found)
    return f"The units moved one way and the whole another: {within} inside them, {mix} because their shares changed."


def _parts(cell: Cell | None) -> tuple[float, float] | None:
    if cell is None or cell.numerator is None or cell.denominator is None:
        return None
    return cell.numerator, cell.denominator


def _choice(below: Below) -> str:
    """Which units are shown: "the 8 lowest and the 4 highest scores of 271 units; 3 are overdue"."""
    if below.is_all:
        return ""
    highest = f" and the {below.best} highest" if below.best else ""
    words = f"the {below.worst} lowest{highest} scores"
    if not below.worst:
        has_values = any(row.cells[-1] is not None and row.cells[-1].value is not None for row in below.rows)
        words = f"the {len(below.rows)} {'largest figures' if has_values else 'first'}"
    overdue = f"; {plural(below.overdue, 'is', 'are')} overdue" if below.overdue else ""
    return f"{words} of {below.count:,} units{overdue}"


def _without(page: KpiPage) -> str:
    names = [unit.name for unit in page.without]
    if not names:
        return ""
    who = listed(names) if len(names) <= _NAMED else plural(len(names), "unit")
    return f"{who} {'does' if len(names) == 1 else 'do'} not have this KPI"


def _panels(here: Here, page: KpiPage) -> list[dict[str, Any]]:
    first = page.scope.period.shift(1 - LENGTH).label
    panels = []
    for unit, cells in page.below.rows:
        targets = [c.target if c else None for c in cells]
        now = cells[-1]
        label = f"{unit.name}: {value_text(page.kpi, now)}"
        panels.append(Panel(values(cells), targets, now.status if now else Status.NO_DATA, label))
    drawn = multiples(panels, first=first, last=page.scope.period.label)
    return [
        {
            "name": row.unit.name,
            "url": here.kpi(page.kpi, row.unit),
            "status": panel.status,
            "value": value_text(page.kpi, row.cells[-1]),
            "svg": svg,
        }
        for row, panel, svg in zip(page.below.rows, panels, drawn, strict=True)
    ]
