"""Stop a file on its way in: nothing of it is recorded, unless all of it was by then."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from fourfold.actions.outcome import Outcome
from fourfold.errors import NotFound
from fourfold.records.import_jobs import ask_to_stop
from fourfold.records.models import ImportJob, Person


def stop_import_job(*, by: Person, job: UUID, at: datetime | None = None) -> Outcome[ImportJob]:
    """Ask for it, of one's own jobs; raises `NotFound` for any other. One that has ended stays as it is."""
    found = ImportJob.objects.visible_to(by).filter(pk=job).first()
    if found is None:
        raise NotFound("There is no such import of yours.")
    if found.ended_at is not None:
        return Outcome("it has ended already", found)
    ask_to_stop(found.pk)  # before the row: the job may hold the lock that writing it needs
    with transaction.atomic():
        ImportJob.objects.open().filter(pk=found.pk).update(stopped_at=at or datetime.now(UTC))
        found.refresh_from_db()
    return Outcome("stopping", found)
