"""How far the figures of a unit can be trusted."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from fourfold.api.pages import asker, known_only
from fourfold.engine.data_quality import DataQuality
from fourfold.records.queries.api import organisation_of
from fourfold.records.queries.data_quality import data_quality_of
from fourfold.records.queries.scope import scope_in

router = Router(tags=["data quality"])


class CountsOut(Schema):
    """Counts of figures, and shares 0..1 made of them; a share is null where there is nothing to count."""

    due: int
    there: int
    missing: int
    not_applicable: int
    not_due: int
    errors: int
    timed: int
    on_time: int
    late_days: int
    flagged: int
    open: int
    asked: int
    answered: int
    restated: int
    compared: int
    agreed: int
    complete: float | None
    timely: float | None
    plausible: float | None
    explained: float | None
    consistent: float | None
    stable: float | None


class KpiQualityOut(Schema):
    """A KPI; `fed` is false where its figures are made from others."""

    kpi: str
    owner: str | None
    fed: bool
    lacking: list[str]
    unexplained: list[str]
    counts: CountsOut


class OwnerQualityOut(Schema):
    """All KPIs of an owner together; null for those without one."""

    owner: str | None
    counts: CountsOut


class DataQualityOut(Schema):
    """A unit on a day: KPIs and owners, the weakest first."""

    unit: str
    day: str
    whole: CountsOut
    kpis: list[KpiQualityOut]
    owners: list[OwnerQualityOut]


@router.get(
    "/organisations/{organisation}/units/{unit}/data-quality", response=DataQualityOut,
    summary="Health of the data of a unit", operation_id="data_quality",
)  # fmt: skip
def data_quality(request: HttpRequest, organisation: str, unit: str) -> DataQualityOut:
    """Whether figures are there, in time, plausible and consistent, over the last twelve due periods of each KPI."""
    known_only(request)
    person = asker(request)
    scope = scope_in(person, organisation_of(person, organisation), unit)
    found = data_quality_of(scope, timezone.now())
    return DataQualityOut(
        unit=scope.unit.code,
        day=found.day.isoformat(),
        whole=_out(found.whole),
        kpis=[
            KpiQualityOut(
                kpi=each.kpi.code, owner=each.kpi.owner, fed=each.is_fed, lacking=[p.id for p in each.lacking],
                unexplained=[p.id for p in each.unexplained], counts=_out(each.quality),
            )
            for each in found.kpis
        ],
        owners=[OwnerQualityOut(owner=owner, counts=_out(quality)) for owner, quality in found.people],
    )  # fmt: skip


def _out(quality: DataQuality) -> CountsOut:
    return CountsOut(**{name: getattr(quality, name) for name in CountsOut.model_fields})
