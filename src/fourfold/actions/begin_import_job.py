"""Have a file looked at or brought in beside the pages, since that takes longer than somebody waits for a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from fourfold.actions._steps import find_organisation
from fourfold.actions.outcome import Outcome
from fourfold.errors import Conflict, Forbidden
from fourfold.records.models import ImportJob, Person
from fourfold.records.queries.imports import find_upload, may_import
from fourfold.records.read_only import refuse


def begin_import_job(
    *, by: Person, organisation: str | None = None, upload: UUID, mapping: Mapping[str, Any], way: str,
    at: datetime | None = None,
) -> Outcome[ImportJob]:  # fmt: skip
    """A job for one's own upload, read by this mapping; `way` is one of `ImportJob.WAYS`. A server takes it at once.

    Raises `Conflict` while another job of the same file has not ended, `Forbidden` for who may not enter figures.
    """
    found = find_organisation(by, organisation)
    if not may_import(by, found.pk):
        raise Forbidden("You may not enter figures here.")
    kept = find_upload(by, found.pk, upload)
    with transaction.atomic():
        refuse()
        if ImportJob.objects.visible_to(by).open().filter(upload=kept).exists():
            raise Conflict(f"{kept.name} is being looked at already.", hint="Wait for it, or stop it first.")
        ImportJob.objects.visible_to(by).filter(upload=kept, way="check").delete()
        job = ImportJob.objects.create(
            organisation=found, by=by, upload=kept, name=kept.name, way=way, mapping=dict(mapping),
            asked_at=at or datetime.now(UTC),
        )  # fmt: skip
    return Outcome("begun", job)
