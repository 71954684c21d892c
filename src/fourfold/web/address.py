"""Addresses of pages. All state is in the address; what is as usual is left out, so that addresses stay short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from fourfold.engine.definitions import Kpi, Objective
from fourfold.engine.periods import Frequency, Period
from fourfold.errors import NotFound
from fourfold.records.models import Organisation
from fourfold.records.queries.kpi import find_kpi
from fourfold.records.queries.scope import Scope, scope_in, scope_of
from fourfold.records.queries.structure import UnitPlace, slug
from fourfold.records.queries.then import as_known
from fourfold.records.scope import principal_of
from fourfold.web.requests import Request

#: Pages of figures, which can be shown as of an earlier day (`as_of` in the address).
LOOKS_BACK: Final = frozenset({
    "overview", "scorecard", "map", "map_svg", "map_png", "map_pdf", "alignment", "initiatives", "objective", "kpi",
    "kpi_file", "scorecard_file", "portfolio", "evidence", "attachments", "attachment",
})  # fmt: skip


@lru_cache(maxsize=4096)
def path(name: str, *args: str | int) -> str:
    """The path of a page, kept because a table asks for hundreds."""
    return reverse(name, args=args)


@dataclass(frozen=True)
class Here:
    """Where somebody stands, and the way from there to other pages with the same period and view."""

    scope: Scope

    @cached_property
    def state(self) -> dict[str, str]:
        """The period and view in the address, where they are not the usual ones."""
        scope, state = self.scope, {}
        if scope.month != scope.default_month:
            state["p"] = scope.month.short_id
        if scope.view != "month":
            state["by"] = scope.view
        if scope.then is not None:
            state["as_of"] = self.day
        return state

    @property
    def day(self) -> str:
        """The day at whose end all of it was known; empty for today."""
        then = self.scope.then
        return "" if then is None else then.astimezone(self.scope.structure.zone).date().isoformat()

    @cached_property
    def _ending(self) -> str:
        return "?" + urlencode(self.state) if self.state else ""

    def key(self, unit: UnitPlace | None = None) -> str:
        """How a unit is written in an address: its code, with the organisation where the person has several."""
        code = (unit or self.scope.unit).code
        several = len(principal_of(self.scope.person).organisations) > 1
        return f"{self.scope.structure.organisation.code}:{code}" if several else code

    def unit(self, page: str = "overview", unit: UnitPlace | None = None, /, **query: str) -> str:
        """A page of a scorecard."""
        return self._with(path(page, self.key(unit)), query)

    def kpi(self, kpi: Kpi, unit: UnitPlace | None = None, /, **query: str) -> str:
        """The page of a KPI for a unit."""
        return self._with(path("kpi", self.scope.structure.kpi_pk[kpi.code], slug(kpi.name)), self.place(unit) | query)

    def objective(self, objective: Objective, unit: UnitPlace | None = None, /, **query: str) -> str:
        """The page of an objective for a unit."""
        pk = self.scope.structure.objective_pk[objective.code]
        return self._with(path("objective", pk, slug(objective.name)), self.place(unit) | query)

    def suggestions(self, objective: Objective) -> str:
        """The page with KPIs of the library for an objective."""
        pk = self.scope.structure.objective_pk[objective.code]
        return self._with(path("suggestions", pk, slug(objective.name)), self.place())

    def at(
        self, page: str, query: Mapping[str, str] | None = None, *, month: Period | None = None, view: str | None = None
    ) -> str:
        """The same page (`page` is its path) with another query, month or view."""
        state = dict(self.state)
        if month is not None:
            state.pop("p", None)
            if month != self.scope.default_month:
                state["p"] = month.short_id
        if view is not None:
            state.pop("by", None)
            if view != "month":
                state["by"] = view
        merged = dict(query or {}) | state
        return page + ("?" + urlencode(merged) if merged else "")

    def step(self, by: int) -> Period:
        """The month one period of the view earlier or later."""
        if self.scope.view != "quarter":
            return self.scope.month.shift(by)
        return self.scope.period.shift(by).parts(Frequency.MONTH)[-1]

    def place(self, unit: UnitPlace | None = None) -> dict[str, str]:
        """The unit as the address of a KPI or objective names it; the first one is left out."""
        place = unit or self.scope.unit
        return {} if place == self.scope.units[0] else {"u": place.code}

    def _with(self, address: str, query: dict[str, str]) -> str:
        return f"{address}?{urlencode(self.state | query)}" if query else address + self._ending


def here_at(request: Request, unit: str | None = None) -> Here:
    """Where a request of a page stands: its unit, and `p` and `by` in its address. Raises `NotFound`."""
    asked = request.GET
    return Here(_then(request, scope_of(request.user, unit, period=asked.get("p"), view=asked.get("by"))))


def here_of_kpi(request: Request, pk: int) -> tuple[Here, Kpi]:
    """Where a page about a KPI stands, and the KPI. Raises `NotFound` where there is none or it may not be seen."""
    row = find_kpi(request.user, pk)
    here = here_in(request, row.organisation)
    kpi = here.scope.structure.kpi.get(row.code)
    if kpi is None:
        raise NotFound("There is no such KPI, or you may not see it.")
    return here, kpi


def here_in(request: Request, organisation: Organisation) -> Here:
    """Where a page about a KPI or objective stands: `u`, `p` and `by` in its address. Raises `NotFound`."""
    asked = request.GET
    scope = scope_in(request.user, organisation, asked.get("u"), period=asked.get("p"), view=asked.get("by"))
    return Here(_then(request, scope))


def looks_back(request: Request) -> bool:
    """True for a page that can be shown as of an earlier day."""
    return request.method in ("GET", "HEAD") and bool(
        request.resolver_match and request.resolver_match.view_name in LOOKS_BACK
    )


def _then(request: Request, scope: Scope) -> Scope:
    """As of the day in the address, on the pages that can; all others are about now."""
    day = request.GET.get("as_of")
    if not day or not looks_back(request):
        return scope
    return as_known(scope, day, period=request.GET.get("p"), now=timezone.now())
