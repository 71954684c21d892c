"""Who looks at KPIs, by role: what health and portfolio ask (methodology §2.8, §8.3, §8.7).

None is given where nobody can know, because looks were not kept yet in all of the time that is asked about. A look is
at a KPI in any unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Max

from fourfold.engine.health import ROLES
from fourfold.engine.periods import Period
from fourfold.engine.portfolio import UNSEEN
from fourfold.records import models
from fourfold.records.queries.scope import Scope


def roles_looking(scope: Scope, kpi: int, now: Period) -> int | None:
    """How many roles looked at a KPI (its row id) in a period and the one before; enough of them are always known."""
    first = now.shift(-1).start
    looks = models.Look.objects.visible_to(scope.person).filter(kpi=kpi, day__gte=first, day__lt=now.end)
    count = looks.values("role").distinct().count()
    return count if count >= ROLES or _is_known(scope, first) else None


def looked_at(scope: Scope, as_of: date) -> Mapping[str, date] | None:
    """When somebody last looked at each KPI in the 90 days before a day; those at which nobody did are not there."""
    if not _is_known(scope, as_of - UNSEEN):
        return None
    looks = models.Look.objects.visible_to(scope.person).filter(
        organisation=scope.structure.pk, day__gte=as_of - UNSEEN, day__lte=as_of
    )
    return dict(looks.order_by().values_list("kpi__code").annotate(Max("day")))


def _is_known(scope: Scope, first: date) -> bool:
    """True where all looks from a day on were kept."""
    organisations = models.Organisation.objects.visible_to(scope.person)
    return organisations.filter(pk=scope.structure.pk, looks_since__lte=first).exists()
