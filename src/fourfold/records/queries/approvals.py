"""What waits for somebody's word below a unit: figures to approve, and restatements to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.engine.definitions import Kpi
from fourfold.engine.due import day_at
from fourfold.engine.periods import Period
from fourfold.records import models
from fourfold.records.queries.deputies import absent_person
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.structure import UnitPlace
from fourfold.records.scope import principal_of

MOST: Final = 200  # listed at once, the oldest periods first


@dataclass(frozen=True)
class WaitingFigure:
    """A figure that somebody has to approve; `before` is what it replaced. `mine`: the person may say so now."""

    row: models.Measurement
    before: models.Measurement | None
    kpi: Kpi
    unit: UnitPlace
    period: Period
    returned: models.Approval | None
    mine: bool
    for_whom: str = ""


@dataclass(frozen=True)
class AskedRestatement:
    """A restatement; `mine`: the person may decide it. `effect` is of it what the person sees."""

    row: models.Restatement
    kpi: Kpi
    unit: UnitPlace
    period: Period
    mine: bool
    effect: list[dict[str, Any]]


def waiting_figures(scope: Scope, at: datetime) -> list[WaitingFigure]:
    """The figures of the unit and those below that wait, as far as the person sees them; three statements."""
    structure = scope.structure
    below = {unit.pk: unit for unit in scope.units if unit.path.startswith(scope.unit.path)}
    found = models.Measurement.objects.visible_to(scope.person).waiting()
    found = found.filter(organisation=structure.pk, unit__in=below, kpi__in=structure.kpi_of)
    rows = list(found.select_related("recorded_by").order_by("start", "kpi__position", "unit__position")[:MOST])
    before = _replaced(scope, rows)
    returns = {
        verdict.measurement_id: verdict
        for verdict in models.Approval.objects.visible_to(scope.person)
        .filter(measurement__in=rows, verdict=models.Approval.RETURNED)
        .select_related("by")
    }
    return [_waiting(scope, row, before.get(row.pk), below[row.unit_id], returns.get(row.pk), at) for row in rows]


def _replaced(scope: Scope, rows: list[models.Measurement]) -> dict[int, models.Measurement]:
    """What each of these revisions took the place of."""
    ends = {(row.kpi_id, row.unit_id, row.period, row.recorded_at): row.pk for row in rows}
    older = models.Measurement.objects.visible_to(scope.person).filter(
        kpi__in={row.kpi_id for row in rows}, unit__in={row.unit_id for row in rows},
        superseded_at__in={row.recorded_at for row in rows},
    )  # fmt: skip
    known = {(row.kpi_id, row.unit_id, row.period, row.superseded_at): row for row in older}
    return {pk: known[key] for key, pk in ends.items() if key in known}


def _waiting(
    scope: Scope,
    row: models.Measurement,
    before: models.Measurement | None,
    unit: UnitPlace,
    returned: models.Approval | None,
    at: datetime,
) -> WaitingFigure:
    kpi, person = scope.structure.kpi_of[row.kpi_id], scope.person
    owner = person.pk if scope.owns(kpi) else None
    place, author = scope.structure.pk, row.recorded_by_id
    thing = Thing(place, unit.path, owner=owner, author=author, confidential=kpi.is_confidential)
    mine, absent = can(principal_of(person), Action.APPROVE, thing), None
    if not mine and row.recorded_by_id != person.pk:
        today = day_at(scope.structure.definitions, unit.code, at)
        absent = absent_person(person, kpi.code, thing, on=today, action=Action.APPROVE)
    period = scope.structure.calendar.parse(row.period, kpi.frequency)
    may = (mine or absent is not None) and returned is None
    return WaitingFigure(row, before, kpi, unit, period, returned, may, absent.name if absent else "")


def restatements_of(scope: Scope, *, kpi: Kpi | None = None) -> list[AskedRestatement]:
    """Those that wait in the unit and below; of one KPI all of the unit, also those that were decided."""
    structure = scope.structure
    below = {unit.pk: unit for unit in scope.units if unit.path.startswith(scope.unit.path)}
    rows = models.Restatement.objects.visible_to(scope.person).filter(organisation=structure.pk)
    if kpi is None:
        rows = rows.filter(unit__in=below, kpi__in=structure.kpi_of, verdict=models.Restatement.ASKED)
    else:
        rows = rows.filter(unit=scope.unit.pk, kpi=structure.kpi_pk[kpi.code])
    found = rows.select_related("asked_by", "decided_by", "known").order_by("-pk")[:MOST]
    return [_asked(scope, row, below[row.unit_id]) for row in found]


def _asked(scope: Scope, row: models.Restatement, unit: UnitPlace) -> AskedRestatement:
    kpi = scope.structure.kpi_of[row.kpi_id]
    thing = Thing(scope.structure.pk, unit.path, author=row.asked_by_id, confidential=kpi.is_confidential)
    may = row.verdict == models.Restatement.ASKED and can(principal_of(scope.person), Action.LOCK, thing)
    period = scope.structure.calendar.parse(row.period, kpi.frequency)
    return AskedRestatement(row, kpi, unit, period, may, effect_seen(scope, row.effect))


def effect_seen(scope: Scope, effect: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the person sees of what a restatement changes: in their units, of the KPIs and objectives shown to them."""
    structure, units = scope.structure, {unit.code for unit in scope.units}
    veils = models.Veil.objects.visible_to(scope.person).filter(organisation=structure.pk)
    hidden = set(veils.values_list("unit__code", "node")) if scope.hides_groups else set()

    def is_seen(unit: str, node: str) -> bool:
        if not scope.shows_numbers(node) or (unit, node) in hidden:
            return False
        noun, _, code = node.partition(":")
        if noun == "kpi":
            return code in structure.kpi
        return code in structure.objective if noun == "objective" else scope.sees_all

    return [each for each in effect if each["unit"] in units and is_seen(each["unit"], each["node"])]
