"""Put a KPI of a unit on one's own list, or take it off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from fourfold.actions.outcome import Outcome
from fourfold.errors import FourfoldError, Kind, NotFound
from fourfold.records.models import Kpi, Person, Watch
from fourfold.records.queries.scope import scope_in

#: So many KPIs somebody watches at most: the list is there to be read.
MOST: Final = 100


class ListFull(FourfoldError):
    """You watch as many KPIs as the list holds."""

    kind = Kind.CONFLICT


def watch_kpi(
    *, by: Person, kpi: int, unit: str | None = None, watched: bool = True, at: datetime | None = None
) -> Outcome[bool]:
    """Watch a KPI (its row id) in a unit (its code), or with `watched=False` no more; twice is as good as once.

    Whoever sees the KPI there may do this. No event: nothing changes for anybody else. Raises `NotFound`, `ListFull`.
    """
    row = Kpi.objects.visible_to(by).select_related("organisation").filter(pk=kpi).first()
    scope = None if row is None else scope_in(by, row.organisation, unit)
    if row is None or scope is None or row.code not in scope.structure.kpi:
        raise NotFound("There is no such KPI, or you may not see it.")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=by.pk)  # two at once do not fill the list beyond its end
        mine = Watch.objects.visible_to(by)
        this = mine.filter(kpi=row, unit=scope.unit.pk)
        if not watched:
            this.delete()
        elif not this.exists():
            if mine.count() >= MOST:
                raise ListFull(f"You watch {MOST} KPIs already.", hint="Take some off the list first.")
            moment = at or datetime.now(UTC)
            Watch.objects.create(organisation=row.organisation, person=by, unit_id=scope.unit.pk, kpi=row, at=moment)
    return Outcome(f"{row.name} is watched" if watched else f"{row.name} is watched no more", watched)
