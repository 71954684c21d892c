"""KPIs with their definitions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from fourfold.api.pages import Cursor, Limit, asker, known_only, number_of, page_of
from fourfold.records.queries.api import kpi_named, kpis_of, organisation_of

router = Router(tags=["kpi"])


class KpiOut(Schema):
    """A KPI; the definition is as it was written, with the keys of the reference of definitions."""

    code: str
    name: str
    definition: dict[str, Any]


class KpisOut(Schema):
    """A page of KPIs."""

    items: list[KpiOut]
    next: str | None


@router.get("/organisations/{organisation}/kpis", response=KpisOut, summary="KPIs", operation_id="kpis")
def kpis(request: HttpRequest, organisation: str, cursor: Cursor = "", limit: Limit = 100) -> KpisOut:
    """The KPIs that the token sees."""
    known_only(request, "cursor", "limit")
    place = organisation_of(asker(request), organisation)
    rows = kpis_of(asker(request), place, after=number_of(cursor))
    shown, following = page_of(list(rows[: limit + 1]), limit, "pk")
    return KpisOut(items=[_out(row.code, row.spec) for row in shown], next=following)


@router.get("/organisations/{organisation}/kpis/{kpi}", response=KpiOut, summary="One KPI", operation_id="kpi")
def one_kpi(request: HttpRequest, organisation: str, kpi: str) -> KpiOut:
    """The KPI with this code."""
    known_only(request)
    row = kpi_named(asker(request), organisation_of(asker(request), organisation), kpi)
    return _out(row.code, row.spec)


def _out(code: str, spec: dict[str, Any]) -> KpiOut:
    return KpiOut(code=code, name=spec.get("name", code), definition=spec)
