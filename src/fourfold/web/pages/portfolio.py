"""All KPIs of a unit together: what moves the total, how well the scorecard is kept, what it leaves out."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from fourfold.errors import NotFound
from fourfold.records.queries.questions import ambition_of, forecast_record_of, hindsight_of, portfolio_of
from fourfold.scorecard.portfolio import Portfolio
from fourfold.web.address import Here, here_at
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.together import together_context
from fourfold.web.components.working_words import working_lines
from fourfold.web.requests import Request, counted, signed_in


@signed_in
@counted
def portfolio(request: Request, unit: str) -> HttpResponse:
    """The page of a unit in the month shown; `why` in the address says what is to be explained."""
    here = here_at(request, unit)
    found = portfolio_of(here.scope)
    return show(
        request,
        "web/portfolio.html",
        here,
        page="portfolio",
        title="Portfolio",
        crumbs=[crumb_of(here)],
        summary=f"{here.scope.unit.name}, {here.scope.month.label}. All KPIs together, and how well they are kept.",
        why=None if found is None else _why(here, found, request.GET.get("why", "")),
        **({} if found is None else _context(here, found)),
    )


def _context(here: Here, found: Portfolio) -> dict[str, Any]:
    scope = here.scope
    return together_context(here, found, ambition_of(scope), forecast_record_of(scope), hindsight_of(scope))


def _why(here: Here, found: Portfolio, what: str) -> dict[str, Any] | None:
    """How one number came about, in sentences."""
    names = {k.code: k.name for k in found.definitions.kpis}
    try:
        lines = working_lines(found.explain(what), here.scope.structure.shown) if what else []
    except NotFound:
        return None
    return {"title": " and ".join(names.get(x, x) for x in what.split("/")), "lines": lines} if lines else None
