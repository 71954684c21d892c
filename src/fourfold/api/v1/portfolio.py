"""All KPIs of a unit together: how well the scorecard is kept, what it lacks, what is alike, what moves the total."""

from __future__ import annotations

import math
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from fourfold.api.pages import asker, known_only
from fourfold.engine.ambition import Mix
from fourfold.engine.ambition import Portfolio as Ambition
from fourfold.errors import NotFound
from fourfold.records.queries.api import organisation_of, scope_at
from fourfold.records.queries.questions import ambition_of, portfolio_of
from fourfold.records.queries.then import as_known
from fourfold.scorecard.portfolio import LACKS, Portfolio

router = Router(tags=["portfolio"])


class HealthOut(Schema):
    """0 to 100: the mean of the parts that are known, each part, and the codes that lower it."""

    index: float | None
    parts: dict[str, float]
    not_known: list[str]
    lowered_by: dict[str, list[str]]


class BalanceOut(Schema):
    """Shares 0..1 of KPIs and of weight by perspective; an evenness is 1 where all have the same share."""

    kpis: dict[str, float]
    weight: dict[str, float]
    kpi_evenness: float | None
    weight_evenness: float | None
    lead: float | None
    result_types: dict[str, float]
    frequencies: dict[str, float]
    warnings: list[str]


class CollectionOut(Schema):
    """How figures come in: shares 0..1 of those that were due, and the work of a year in minutes."""

    completeness: float | None
    on_time: float | None
    manual: float | None
    minutes: float


class PairOut(Schema):
    """Two KPIs that are alike; without a correlation they have too few figures in common, and `why` says the rest."""

    first: str
    second: str
    value: float
    correlation: float | None
    common: int
    redundant: bool
    why: str


class ClusterOut(Schema):
    """KPIs that are alike, and the one to keep."""

    kpis: list[str]
    keep: str


class DriverOut(Schema):
    """Points of the total if the KPI reached its target (`gain`) or fell to nothing (`risk`)."""

    kpi: str
    weight: float
    score: float
    gain: float
    risk: float
    per_unit: float | None


class RobustnessOut(Schema):
    """What other weights would make of the total: 90 % of the draws lie between `low` and `high`."""

    score: float | None
    low: float | None
    high: float | None
    same_status: float | None
    fragile: bool


class AmbitionOut(Schema):
    """How many targets will probably be met, of those with a chance; `tenths` counts them by their chance."""

    targets: int
    known: int
    expected: float
    deviation: float
    median: float | None
    tenths: list[int]
    mix: str | None


class PortfolioOut(Schema):
    """The portfolio of a unit in a month. A list of `lacking` is null where nobody knows."""

    unit: str
    period: str
    as_of: str | None
    health: HealthOut
    balance: BalanceOut
    lacking: dict[str, list[str] | None]
    collection: CollectionOut
    retire: list[str]
    alike: list[PairOut]
    clusters: list[ClusterOut]
    drivers: list[DriverOut]
    robustness: RobustnessOut
    ambition: AmbitionOut


@router.get(
    "/organisations/{organisation}/units/{unit}/portfolio", response=PortfolioOut, summary="Portfolio of a unit",
    operation_id="portfolio",
)  # fmt: skip
def portfolio(
    request: HttpRequest,
    organisation: str,
    unit: str,
    period: Annotated[str, Query(max_length=40, description="Such as 2026-03; the newest with a score without.")] = "",
    as_of: Annotated[str, Query(max_length=40, description="A day such as 2026-03-31: as known at its end.")] = "",
) -> PortfolioOut:
    """What the page of the portfolio shows, for those who see all KPIs of the unit."""
    known_only(request, "period", "as_of")
    person = asker(request)
    scope = scope_at(person, organisation_of(person, organisation), unit, period)
    if as_of:
        scope = as_known(scope, as_of, period=period or None, now=timezone.now())
    found = portfolio_of(scope)
    if found is None:
        raise NotFound(f"{scope.month.label} was not evaluated.", hint="Ask for a month that has results.")
    then = scope.then.isoformat() if scope.then else None
    return _out(found, then, ambition_of(scope))


def _out(found: Portfolio, then: str | None, aims: Ambition) -> PortfolioOut:
    health, balance, robust, came = found.health, found.balance, found.robustness, found.collection
    return PortfolioOut(
        unit=found.unit, period=found.period, as_of=then,
        health=HealthOut(
            index=health.index, parts=dict(health.parts), not_known=list(health.left_out),
            lowered_by={name: list(codes) for name, codes in health.weakest.items()},
        ),
        balance=BalanceOut(
            kpis=dict(balance.kpis), weight=dict(balance.weight), kpi_evenness=balance.kpi_index,
            weight_evenness=balance.weight_index, lead=balance.lead, result_types=dict(balance.result_types),
            frequencies=dict(balance.frequencies), warnings=list(balance.warnings),
        ),
        lacking={name: getattr(found.coverage, name) for name, _ in LACKS},
        collection=CollectionOut(
            completeness=came.completeness, on_time=came.on_time, manual=came.manual, minutes=came.minutes
        ),
        retire=list(found.retire),
        alike=[
            PairOut(
                first=pair.first, second=pair.second, value=pair.value, correlation=_number(pair.correlation),
                common=pair.common, redundant=pair.is_redundant, why=pair.why,
            )
            for pair in found.redundancy.pairs
        ],
        clusters=[ClusterOut(kpis=list(each.kpis), keep=each.keep) for each in found.redundancy.clusters],
        drivers=[
            DriverOut(
                kpi=x.kpi, weight=x.weight, score=x.score, gain=x.gain, risk=x.risk, per_unit=x.per_unit
            )
            for x in found.drivers.drivers
        ],
        robustness=RobustnessOut(
            score=robust.score, low=robust.low, high=robust.high, same_status=robust.same_status,
            fragile=robust.is_fragile,
        ),
        ambition=AmbitionOut(
            targets=aims.count, known=aims.known, expected=aims.expected, deviation=aims.deviation,
            median=_number(aims.median), tenths=list(aims.tenths), mix=None if aims.mix is Mix.NONE else aims.mix,
        ),
    )  # fmt: skip


def _number(value: float) -> float | None:
    """JSON knows no NaN."""
    return None if math.isnan(value) else value
