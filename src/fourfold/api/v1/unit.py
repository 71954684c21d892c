"""Units."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from fourfold.api.pages import Cursor, Limit, asker, known_only, number_of, page_of
from fourfold.records.queries.api import organisation_of, units_of

router = Router(tags=["unit"])


class UnitOut(Schema):
    """A unit, and the one above it where that is seen too."""

    code: str
    name: str
    parent: str | None


class UnitsOut(Schema):
    """A page of units."""

    items: list[UnitOut]
    next: str | None


@router.get("/organisations/{organisation}/units", response=UnitsOut, summary="Units", operation_id="units")
def units(request: HttpRequest, organisation: str, cursor: Cursor = "", limit: Limit = 100) -> UnitsOut:
    """The units that the token sees."""
    known_only(request, "cursor", "limit")
    place = organisation_of(asker(request), organisation)
    rows = units_of(asker(request), place, after=number_of(cursor))
    codes = {row.pk: row.code for row in units_of(asker(request), place)}
    shown, following = page_of(list(rows[: limit + 1]), limit, "pk")
    found = [UnitOut(code=u.code, name=u.spec.get("name", u.code), parent=codes.get(u.parent_id)) for u in shown]
    return UnitsOut(items=found, next=following)
