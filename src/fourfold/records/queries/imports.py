"""Files on their way in, and what came of earlier ones."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from fourfold.access.roles import Action, Reach, reach
from fourfold.errors import NotFound
from fourfold.records.models import Import, ImportJob, Mapping, Person, Upload
from fourfold.records.scope import principal_of

_SHOWN: Final = 10


def may_import(person: Person, organisation: int) -> bool:
    """True for who enters figures anywhere in the organisation; which, every row is asked for."""
    principal = principal_of(person)
    here = (g for g in principal.effective if g.organisation == organisation)
    return principal.lets(Action.RECORD) and any(reach(g.role, Action.RECORD) is not Reach.NO for g in here)


def find_upload(person: Person, organisation: int, key: UUID) -> Upload:
    """The file; raises `NotFound` where it is not the person's, or has gone."""
    found = Upload.objects.visible_to(person).filter(organisation=organisation, pk=key).first()
    if found is None:
        raise NotFound("There is no such file here.", hint="It is kept for a day, until it is imported.")
    return found


def find_job(person: Person, organisation: int, key: UUID) -> ImportJob:
    """One's own import job; raises `NotFound` for any other."""
    found = ImportJob.objects.visible_to(person).filter(organisation=organisation, pk=key).first()
    if found is None:
        raise NotFound("There is no such import of yours.")
    return found


def find_job_of(upload: Upload) -> ImportJob | None:
    """The newest job of one's own upload."""
    return ImportJob.objects.visible_to(upload.by).filter(upload=upload).last()


def open_jobs(person: Person, organisation: int) -> list[ImportJob]:
    """One's own import jobs that have not ended."""
    return list(ImportJob.objects.visible_to(person).open().filter(organisation=organisation))


def find_import(person: Person, organisation: int, pk: int) -> Import:
    """One's own import; raises `NotFound` for any other, since its rows may be of units that others do not see."""
    found = Import.objects.visible_to(person).filter(organisation=organisation, by=person, pk=pk).first()
    if found is None:
        raise NotFound("There is no such import of yours.")
    return found


def own_imports(person: Person, organisation: int) -> list[Import]:
    """The person's last imports of files, the newest first."""
    found = Import.objects.visible_to(person).filter(organisation=organisation, by=person, kind="file")
    return list(found.defer("rejects", "mapping").order_by("-pk")[:_SHOWN])


def earlier_import(person: Person, organisation: int, sha256: str) -> Import | None:
    """The last import of the very same file."""
    found = Import.objects.visible_to(person).filter(organisation=organisation, file_sha256=sha256)
    return found.defer("rejects", "mapping").select_related("by").order_by("-pk").first()


def remembered_mapping(person: Person | None, organisation: int, shape: str) -> dict[str, Any] | None:
    """How a file with this header was read last; without a person, whoever runs the installation asks."""
    rows = Mapping.objects.all() if person is None else Mapping.objects.visible_to(person)  # house: the operator asks
    found = rows.filter(organisation=organisation, shape=shape)
    return found.values_list("spec", flat=True).first()
