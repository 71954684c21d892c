"""What is kept of a file when its work is done: how files like it are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fourfold.records.models import Import, ImportJob, Organisation, Person, Upload
from fourfold.records.models import Mapping as KeptMapping


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Of a file: the SHA-256 of its bytes, how its columns were read, and the shape of its header, which is remembered.

    `upload` is the one it came by, which has done its work then, and `job` the one that brings it in.
    """

    sha256: str
    mapping: Mapping[str, Any] | None = None
    shape: str = ""
    upload: UUID | None = None
    job: ImportJob | None = None


def end_job(
    job: ImportJob, *, at: datetime, outcome: Mapping[str, Any] | None = None, rejects: str = "", failure: str = "",
    remedy: str = "",
) -> None:  # fmt: skip
    """It has ended, and so. Only the process that has the job may say it."""
    ImportJob.objects.open().filter(pk=job.pk, token=job.token).update(
        ended_at=at, outcome=outcome, rejects=rejects, failure=failure[:500], remedy=remedy[:500]
    )


def remember(
    organisation: Organisation, file: FileFacts, *, by: Person | None, at: datetime, run: Import | None = None,
    summary: str = "",
) -> None:  # fmt: skip
    """How files of this shape are read; the upload goes, and its job has recorded what there was to record."""
    if file.job is not None:
        ImportJob.objects.filter(pk=file.job.pk).update(run=run, outcome={"summary": summary})
    if file.upload and by is not None:
        Upload.objects.visible_to(by).filter(pk=file.upload).delete()
    if file.shape and file.mapping:
        KeptMapping.objects.update_or_create(
            organisation=organisation, shape=file.shape, defaults={"spec": file.mapping, "by": by, "at": at}
        )
