"""Files of figures, as a person sees them; their bytes are read for one that is taken away and for no list."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count

from fourfold.engine.definitions import Kpi
from fourfold.errors import NotFound
from fourfold.records.models import Attachment, Organisation, Person
from fourfold.records.models.attachment import Attachments
from fourfold.records.queries.scope import Scope

#: Files of one list.
LISTED: Final = 200


def attachments_of(scope: Scope, kpi: Kpi, *, with_removed: bool = False) -> list[Attachment]:
    """The files of the KPI in the unit, of all periods up to the one shown; the newest period first.

    Those that are there, or were at the moment of the scope; with those of now also what was removed, if asked for.
    """
    rows = attachments_seen(scope.person, scope.structure.kpi_pk[kpi.code]).filter(unit=scope.unit.pk)
    if scope.then is not None or not with_removed:
        rows = rows.there(scope.then)
    return list(rows.filter(start__lt=scope.period.end).order_by("-start", "at", "pk")[:LISTED])


def attachments_seen(person: Person, kpi: int) -> Attachments:
    """All files of a KPI that the person sees, without their bytes."""
    rows = Attachment.objects.visible_to(person).filter(kpi=kpi)
    return rows.defer("content").select_related("by", "removed_by", "unit")


def counts_of(scope: Scope, kpis: Collection[int]) -> dict[tuple[int, str], int]:
    """How many files there are, by row id of the KPI and period, where there are any; of the unit of the scope."""
    rows = Attachment.objects.visible_to(scope.person).there(scope.then).filter(unit=scope.unit.pk)
    rows = rows.filter(start__lte=scope.month.last_day, kpi__in=kpis)
    counted = rows.order_by().values_list("kpi", "period").annotate(count=Count("pk"))
    return {(kpi, period): count for kpi, period, count in counted}


def find_attachment(
    person: Person, key: UUID, then: datetime | None = None, *, organisation: Organisation
) -> Attachment:
    """One file with its bytes, if the person sees it and it is there, or was at a moment. Raises `NotFound`."""
    rows = Attachment.objects.visible_to(person).filter(organisation=organisation, pk=key)
    found = rows.there(then).select_related("unit", "kpi").first()
    if found is None:
        raise NotFound("There is no such file here, or you may not see it.")
    return found
