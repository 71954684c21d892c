"""Initiatives on one time axis, grouped; and the objectives in trouble for which nothing is planned."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django.http import HttpResponse
from django.utils import timezone

from fourfold.engine.custom_fields import filled
from fourfold.engine.definitions import Initiative
from fourfold.engine.periods import Frequency, Period
from fourfold.graphics.gantt import gaxis, gbar
from fourfold.graphics.svg import Svg
from fourfold.records.queries.initiatives import Initiatives, initiatives_of
from fourfold.records.queries.overview import is_late
from fourfold.records.queries.strategy_map import ObjectiveNow
from fourfold.web.address import Here, here_at
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.initiative import bar_of, bar_words, column_of, initiative_row, next_milestone
from fourfold.web.components.lede import listed
from fourfold.web.components.numbers import NumberFormat, count_word, money, score_text
from fourfold.web.components.surroundings import Link
from fourfold.web.requests import Request, signed_in

GROUPS: Final = {"objective": "Objective", "owner": "Owner", "status": "Status"}
_STATES: Final = {"off": "Behind plan", "near": "Slipping", "on": "On plan", "done": "Done", "": "Not running"}
_SCALES: Final = (("bn", 1e9), ("m", 1e6), ("k", 1e3))
_WIDTH: Final = 400


@signed_in
def initiatives(request: Request, unit: str) -> HttpResponse:
    """The initiatives of the organisation; `group` in the address says by what."""
    here = here_at(request, unit)
    page = initiatives_of(here.scope)
    asked = request.GET.get("group", "")
    return show(
        request,
        "web/initiatives.html",
        here,
        page="initiatives",
        title="Initiatives",
        crumbs=[crumb_of(here)],
        **context_of(here, page, asked if asked in GROUPS else "objective"),
    )


def context_of(here: Here, page: Initiatives, group: str) -> dict[str, Any]:
    """What the template shows, as finished texts and drawings."""
    months = here.scope.month.within(Frequency.YEAR).parts(Frequency.MONTH)
    today = column_of(timezone.localdate(), months)
    return {
        "summary": _summary(here, page, months),
        "group_links": [
            Link(name, here.unit("initiatives", **({} if key == "objective" else {"group": key})), key == group)
            for key, name in GROUPS.items()
        ],
        "axis": gaxis([m.short_label for m in months], width=_WIDTH),
        "axis_words": f"Timeline, {months[0].label} to {months[-1].label}",
        "groups": [
            {"name": name, "rows": [_row(here, page, item, months, today) for item in items]}
            for name, items in _grouped(here, page, group)
        ],
        "uncovered": [_open(here, node) for node in page.uncovered],
    }


def _summary(here: Here, page: Initiatives, months: tuple[Period, ...]) -> str:
    running = [i for i in page.all if i.state == "active"]
    late = sum(1 for i in running if is_late(i))
    text = f"{here.scope.month.within(Frequency.YEAR).label}. {count_word(len(running)).capitalize()} "
    text += f"{'runs' if len(running) == 1 else 'run'}, {count_word(late)} {'is' if late == 1 else 'are'} behind plan"
    budget = sum(float(i.budget) for i in page.all if i.budget is not None)
    spent = sum(float(i.spent) for i in page.all if i.spent is not None)
    if not budget:
        return text + "."
    currency = here.scope.structure.organisation.currency
    return f"{text}, {money(spent, currency)} of {money(budget, currency)} spent."


def _grouped(here: Here, page: Initiatives, group: str) -> list[tuple[str, list[Initiative]]]:
    if group == "objective":
        return [(o.name if o else "Serves no objective", items) for o, items in page.groups]
    named: dict[str, list[Initiative]] = {}
    for item in page.all:
        named.setdefault(_owner(here, item) if group == "owner" else _standing(item), []).append(item)
    order = list(_STATES.values()) if group == "status" else sorted(named, key=lambda name: (not name, name))
    return [(name or "Nobody owns these", named[name]) for name in order if name in named]


def _owner(here: Here, item: Initiative) -> str:
    owner = here.scope.structure.people.get(item.owner or "")
    return owner.name if owner else ""


def _standing(item: Initiative) -> str:
    if item.state == "active":
        return _STATES[item.status or ("off" if is_late(item) else "on")]
    return _STATES.get(item.state, _STATES[""])


def _row(
    here: Here, page: Initiatives, item: Initiative, months: tuple[Period, ...], today: float | None
) -> dict[str, Any]:
    amounts = _amounts(here, page)
    return initiative_row(here, item) | {
        "code": item.code,
        "owner": here.scope.structure.people.get(item.owner or ""),
        "bar": _bar(item, months, today),
        "milestone": next_milestone(item),
        "spent": _amount(amounts, item.spent),
        "budget": _amount(amounts, item.budget),
        "moves": [{"name": kpi.name, "url": here.kpi(kpi)} for kpi in page.moves(item)],
        "description": item.description,
        "custom": [(field.name, text) for field, text in filled(here.scope.structure.definitions, item)],
    }


def _amounts(here: Here, page: Initiatives) -> tuple[NumberFormat, float]:
    """One scale for the whole column, so that figures line up: that of the largest budget."""
    currency = here.scope.structure.organisation.currency
    largest = max((float(i.budget) for i in page.all if i.budget is not None), default=0.0)
    scale, size = next(((name, size) for name, size in _SCALES if largest >= size), ("", 1.0))
    return NumberFormat(currency, scale, 2 if scale else 0), size


def _amount(amounts: tuple[NumberFormat, float], amount: Decimal | None) -> str:
    fmt, size = amounts
    return fmt.short(float(amount) / size) if amount is not None else ""


def _bar(item: Initiative, months: tuple[Period, ...], today: float | None) -> Svg:
    return gbar(bar_of(item, months), columns=len(months), today=today, width=_WIDTH, label=bar_words(item))


def _open(here: Here, node: ObjectiveNow) -> dict[str, Any]:
    """An objective in trouble for which nothing is planned, and why it is in trouble."""
    bad = [kpi.name for kpi, cell in node.kpis if cell is not None and cell.status.mark == "off"]
    near = [kpi.name for kpi, cell in node.kpis if cell is not None and cell.status.mark == "near"]
    names, words = (bad, "off target") if bad else (near, "near target")
    verb = "is" if len(names) == 1 else "are"
    reason = f"{listed(names)} {verb} {words}" if names else f"It stands at {score_text(node.now and node.now.score)}"
    return {"name": node.objective.name, "url": here.objective(node.objective), "status": node.status, "reason": reason}
