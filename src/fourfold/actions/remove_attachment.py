"""Take a file off a figure."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from fourfold.actions._steps import lock, note_event, recorded_for
from fourfold.actions.origin import acting_for
from fourfold.actions.outcome import Outcome
from fourfold.errors import NotFound
from fourfold.records.closed_periods import refuse_closed
from fourfold.records.models import Attachment, Person
from fourfold.records.ready import ready_definitions


def remove_attachment(*, by: Person | None, attachment: UUID, at: datetime | None = None) -> Outcome[Attachment]:
    """From now on the figure has it no more; as of a day on which it was there, it is shown still.

    Whoever may enter the figure may do this while its period is open: what a closed period was shown with stays. Raises
    `PeriodClosed`, and `NotFound` or `Forbidden` as entering the figure does.
    """
    moment = at or datetime.now(UTC)
    seen = Attachment.objects.all() if by is None else Attachment.objects.visible_to(by)
    row = seen.defer("content").select_related("organisation", "kpi", "unit").filter(pk=attachment).first()
    ready = None if row is None else ready_definitions(row.organisation)
    if row is None or ready is None:
        raise NotFound("There is no such file here, or you may not see it.")
    kpi, unit = row.kpi.code, row.unit.code
    absent = recorded_for(by, row.organisation, ready, kpi, unit, at=moment)
    with acting_for(absent), transaction.atomic():
        place = lock(row.organisation)
        refuse_closed(place, ready, [(row.unit_id, row.period)])
        told = Attachment.objects.there().filter(pk=row.pk).update(removed_at=moment, removed_by=by)
        if not told:
            return Outcome("removed already", row)
        row.removed_at, row.removed_by = moment, by
        thing, before = f"attachment {row.pk} of {kpi}/{unit}/{row.period}", {"name": row.name, "sha256": row.sha256}
        note_event(place, by, "attachment.remove", thing, at=moment, unit=row.unit_id, before=before)
    return Outcome("removed", row)
