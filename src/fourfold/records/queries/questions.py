"""What is asked beside the scores, of one unit: evidence for links, all KPIs together, the next target, what if.

The library answers, from the figures as known now and as of the newest evaluation, or as they were known then; nothing
is stored. None stands for what cannot be asked yet, because nothing was evaluated. What is about all KPIs of a unit
raises `NotFound` for whoever sees only their own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from fourfold.engine.aggregation import AggUnits
from fourfold.engine.ambition import Portfolio as Ambition
from fourfold.engine.ambition import portfolio as ambition
from fourfold.engine.definitions import Kpi
from fourfold.engine.driver_tree import driver_tree
from fourfold.engine.forecasts import Forecast
from fourfold.engine.hindsight import Hindsight
from fourfold.errors import NotFound
from fourfold.records import models
from fourfold.records.frames.forecast import forecast_of_spec
from fourfold.records.frames.scorecard import rows_in, scorecard_now
from fourfold.records.queries.kept import kept
from fourfold.records.queries.looks import looked_at
from fourfold.records.queries.outlook import kept_outlooks
from fourfold.records.queries.scope import Scope, refuse_veiled
from fourfold.records.queries.then import card_then
from fourfold.records.ready import ready_definitions
from fourfold.scorecard import Scorecard
from fourfold.scorecard.allocated_targets import AllocatedTargets, Sharing
from fourfold.scorecard.driver_targets import DriverTargets
from fourfold.scorecard.forecast_record import ForecastRecord
from fourfold.scorecard.map_evidence import MapEvidence
from fourfold.scorecard.portfolio import Portfolio, look_together
from fourfold.scorecard.questions import SEED
from fourfold.scorecard.target_proposals import TargetProposals
from fourfold.scorecard.what_if import WhatIf

#: What one answer takes up in memory, in results.
_SIZE: Final = 500
#: Kept forecasts of a unit that its record is told from, the newest.
_FORECASTS: Final = 2_000


def evidence_of(scope: Scope) -> MapEvidence | None:
    """Every link of the map, tested on the unit's figures."""
    refuse_owners(scope)

    def test() -> MapEvidence | None:
        card = _card(scope)
        return None if card is None else card.evidence(scope.unit.code, as_of=scope.run.as_of)

    return kept(scope.run, ("evidence", scope.unit.pk), test, size=lambda _: _SIZE)


def portfolio_of(scope: Scope) -> Portfolio | None:
    """The KPIs together in the month shown; how figures come in is that of the units seen here and below.

    Only that month is evaluated, and the answer is kept until something changes; when people last looked at KPIs is
    asked each time.
    """
    refuse_owners(scope)
    if scope.month.ordinal not in scope.months:
        return None
    key = ("portfolio", scope.unit.pk, scope.month.ordinal)
    found = kept(scope.run, key, lambda: _portfolio(scope), size=_size_of)
    viewed = None if found is None else looked_at(scope, found.evaluation.as_of.date())
    return found if found is None or viewed is None else found.with_use(viewed)


def _portfolio(scope: Scope) -> Portfolio | None:
    if (whole := _card(scope)) is None:
        return None
    month = scope.month.id
    below = [unit.code for unit in scope.units if unit.path.startswith(scope.unit.path)]
    own = rows_in(whole, below)
    evaluation = whole.evaluate(as_of=scope.run.as_of, first=month, last=month).evaluation
    return look_together(evaluation, own, scope.unit.code, month, SEED)


def _size_of(found: Portfolio | None) -> int:
    """What an answer takes up in memory, in results: its own, and its figures, of which five are as long as one."""
    return _SIZE if found is None else _SIZE + found.evaluation.nodes.score.size + len(found.rows) // 5


def ambition_of(scope: Scope) -> Ambition:
    """How ambitious the targets of the unit's KPIs are together, from the outlooks that are kept."""
    seen = kept_outlooks(scope).values()
    return ambition([math.nan if o.chance is None else o.chance.p for o in seen])


def hindsight_of(scope: Scope) -> Hindsight | None:
    """What became of the unit's targets of the last fiscal year; None where none can be judged."""
    refuse_owners(scope)

    def find() -> Hindsight | None:
        card = _card(scope)
        return None if card is None else card.chances(unit=scope.unit.code, as_of=scope.run.as_of).hindsight

    return kept(scope.run, ("hindsight", scope.unit.pk), find, size=lambda _: _SIZE)


def forecast_record_of(scope: Scope) -> ForecastRecord | None:
    """What forecasts of the unit were worth: those that were kept in time, else those that would have been made."""
    refuse_owners(scope)

    def find() -> ForecastRecord | None:
        if (card := _card(scope)) is None:
            return None
        told = _kept_forecasts(scope)
        return card.forecast_record(unit=scope.unit.code, as_of=scope.run.as_of, kept=told)

    return kept(scope.run, ("forecast record", scope.unit.pk), find, size=lambda _: _SIZE)


def _kept_forecasts(scope: Scope) -> list[Forecast]:
    """The forecasts of the unit that were made before their first period was over, the newest first."""
    rows = models.Outlook.objects.visible_to(scope.person).filter(unit=scope.unit.pk).order_by("-pk")
    if scope.then is not None:
        rows = rows.filter(made_at__lte=scope.then)
    columns, calendar = rows.values_list("kpi__code", "origin", "made_at", "spec"), scope.structure.calendar
    made = (
        forecast_of_spec(spec, kpi=kpi, unit=scope.unit.code, origin=origin, made_at=at, calendar=calendar)
        for kpi, origin, at, spec in columns[:_FORECASTS]
    )
    return [one for one in made if one.origin is not None and one.horizon and one.as_of < one.period(1).end]


def proposals_of(scope: Scope, kpi: Kpi) -> TargetProposals | None:
    """What could be the next target of the KPI in the unit. Raises `NotFound` where its numbers are not shown."""
    refuse_veiled(scope, kpi)

    def propose() -> TargetProposals | None:
        card = _card(scope)
        return None if card is None else card.propose_targets(kpi.code, scope.unit.code, as_of=scope.run.as_of)

    return kept(scope.run, ("proposals", scope.unit.pk, kpi.code), propose, size=lambda _: _SIZE)


def may_share_out(scope: Scope, kpi: Kpi) -> bool:
    """True where a target of the KPI can be shared out below the unit, and the person sees every figure it needs."""
    below = [unit for unit in scope.below() if scope.structure.applies(kpi, unit.code)]
    can = kpi.aggregate_units in (AggUnits.SUM, AggUnits.WEIGHTED_RATIO)
    return can and len(below) > 1 and scope.sees_all and not scope.hidden_below()[0]


def shared_out_of(scope: Scope, kpi: Kpi, target: str, how: Sharing) -> AllocatedTargets | None:
    """A target of the unit shared out over those below; `may_share_out` comes before it."""
    if (card := _card(scope)) is None:
        return None
    return card.allocate_target(kpi.code, target, scope.unit.code, how=how, as_of=scope.run.as_of)


def has_drivers(scope: Scope, kpi: Kpi) -> bool:
    """True where targets of the KPI's drivers can be proposed, and the person sees them all."""
    return scope.sees_all and driver_tree(kpi) is not None


def drivers_of(scope: Scope, kpi: Kpi, goal: float) -> DriverTargets | None:
    """What the drivers of the KPI would have to be in the unit; `has_drivers` comes before it."""
    card = _card(scope)
    return None if card is None else card.propose_drivers(kpi.code, goal, scope.unit.code, as_of=scope.run.as_of)


def what_if_of(scope: Scope, overlay: Mapping[str, Any]) -> WhatIf | None:
    """The unit's scorecard in the period shown, as it is and as it would be; see `Scorecard.what_if`.

    `refuse_owners` comes before it.
    """
    if scope.month.ordinal not in scope.months or (card := _card(scope)) is None:
        return None
    return card.what_if(overlay, scope.unit.code, scope.period.id, as_of=scope.run.as_of, view=scope.view)


def refuse_owners(scope: Scope) -> None:
    """Refuse who does not see all KPIs of the unit."""
    if not scope.sees_all or scope.statuses_only:
        raise NotFound("This is about all KPIs of the unit, and not all of them are shown to you.")


def _card(scope: Scope) -> Scorecard | None:
    """The organisation as the library takes it, read once for all questions under one run; None without results.

    As of an earlier day it is that of then.
    """
    if scope.then is not None:
        return card_then(scope)

    def read() -> Scorecard | None:
        organisation = models.Organisation.objects.visible_to(scope.person).filter(pk=scope.structure.pk).first()
        ready = None if organisation is None else ready_definitions(organisation)
        return None if organisation is None or ready is None else scorecard_now(organisation, ready)

    return None if scope.run.as_of is None else kept(scope.run, "card", read, size=_size_of_card)


def _size_of_card(card: Scorecard | None) -> int:
    """In results, of which five rows of figures are as long as one."""
    return _SIZE if card is None else _SIZE + len(card.rows) // 5
