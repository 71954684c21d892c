"""What a guest sees: the scorecard of one unit, or one KPI of it, of the day or as it was when the link was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fourfold.engine.period_states import PeriodState as State
from fourfold.engine.periods import Period
from fourfold.records import models
from fourfold.records.closed_periods import ids_above
from fourfold.records.guests import guest_of, holds
from fourfold.records.models.result import Veiled
from fourfold.records.queries.scope import STATUSES, Scope, scope_in
from fourfold.records.queries.scorecard import Cells, Scorecard, scorecard_in, to_date_of
from fourfold.records.queries.window import Cell, Window, veiled, window_of


@dataclass(frozen=True)
class Shown:
    """The table that a guest sees, and of a snapshot when it was taken and whether its period was closed by then."""

    scope: Scope
    card: Scorecard
    taken_at: datetime | None
    is_closed: bool = False


def guest_scope(link: models.GuestLink, period: str | None = None) -> Scope:
    """Where a guest stands. Raises `NotFound` where there is nothing to see any more."""
    return scope_in(guest_of(link), link.organisation, link.unit.code, period=period, view=link.view)


def shown_to(link: models.GuestLink) -> Shown:
    """What whoever has the link sees now: of a snapshot no KPI that guests may not see any more."""
    kept = link.snapshot
    if kept is None:
        scope = guest_scope(link)
        return Shown(scope, scorecard_in(scope, window_of(scope), to_date_of(scope)), None)
    scope = guest_scope(link, kept["period"])
    window = Window(kept["first"], kept["last"], _cells(scope, kept["cells"]))
    card = scorecard_in(scope, window, _cells(scope, kept["to_date"]))
    return Shown(scope, card, link.made_at, kept.get("is_closed", False))


# house: that a unit above is closed holds for this one, and says only that
def newest_closed(scope: Scope) -> Period | None:
    """The newest month up to that of the scope that is closed for the unit; None where none is."""
    rows = models.PeriodState.objects.filter(
        organisation=scope.structure.pk, unit__in=ids_above(scope.unit.path), state=State.CLOSED,
        start__lte=scope.month.start,
    ).current()  # fmt: skip
    start = rows.order_by("-start").values_list("start", flat=True).first()
    month = scope.month
    while start is not None and month.start > start:
        month = month.shift(-1)
    return None if start is None else month


def snapshot_of(scope: Scope, kpi: str | None) -> dict[str, Any]:
    """What a guest sees at this moment, as JSON holds it: the nodes that are shown and no others."""
    window, to_date = window_of(scope), to_date_of(scope)
    nodes = {f"kpi:{k.code}" for k in scope.structure.kpis if kpi is None or k.code == kpi}
    if kpi is None:
        nodes |= {f"perspective:{p.code}" for p in scope.structure.perspectives} | {"scorecard"}
    return {
        "period": scope.period.id,
        "is_closed": newest_closed(scope) == scope.month,
        "first": window.first,
        "last": window.last,
        "cells": {node: row for node, row in window.cells.items() if node in nodes},
        "to_date": {node: row for node, row in to_date.items() if node in nodes},
    }


def _cells(scope: Scope, kept: Mapping[str, list[Any]]) -> Cells:
    """The results as they were kept, without the numbers that guests may not see now."""
    return {node: [_cell(scope, node, fields) if fields else None for fields in row] for node, row in kept.items()}


def _cell(scope: Scope, node: str, fields: list[Any]) -> Cell:
    cell = Cell._make(fields)
    cell = cell._replace(status=STATUSES[cell.status])
    if scope.shows_numbers(node):
        return cell
    return veiled(cell, scope.veils.get(node, Veiled.NUMBERS))


def guest_links_in(person: models.Person, organisation: int) -> list[models.GuestLink]:
    """The links of an organisation that the person manages and nobody took back, newest first."""
    rows = models.GuestLink.objects.visible_to(person).filter(organisation=organisation, revoked_at=None)
    return list(rows.select_related("kpi", "unit", "made_by"))


def guest_links_of(person: models.Person, unit: int) -> list[models.GuestLink]:
    """The links into a unit that were not taken back, newest first, for those who manage them."""
    rows = models.GuestLink.objects.visible_to(person).filter(unit=unit, revoked_at=None)
    return list(rows.select_related("kpi", "made_by"))


# house: who sees a unit is shown to everybody who sees it, and guests are among them
def guests_of(unit: int, at: datetime) -> list[models.GuestLink]:
    """The links through which somebody sees a unit now, or one KPI of it."""
    rows = models.GuestLink.objects.filter(unit=unit, revoked_at=None, expires_at__gt=at)
    return [link for link in rows.select_related("kpi", "unit", "made_by") if holds(link)]


# house: what somebody shares is told to those who may know what they see
def shared_by(person: models.Person, organisation: int, at: datetime) -> list[models.GuestLink]:
    """The links of a person through which others see now what the person may see."""
    rows = models.GuestLink.objects.filter(
        made_by=person, organisation=organisation, revoked_at=None, expires_at__gt=at
    )
    return [link for link in rows.select_related("kpi", "unit", "made_by") if holds(link)]
