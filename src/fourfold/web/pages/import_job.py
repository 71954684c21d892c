"""A large file on its way in: how far it is, and a button that stops it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.actions.stop_import_job import stop_import_job
from fourfold.errors import Forbidden
from fourfold.records.import_jobs import Stage, stage_of
from fourfold.records.models import ImportJob
from fourfold.records.queries.imports import find_job, may_import
from fourfold.web.address import here_at
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.surroundings import Link
from fourfold.web.requests import Request, signed_in_form


@signed_in_form
def import_job(request: Request, unit: str, job: UUID) -> HttpResponse:
    """How far it is; once it has ended, the way to what came of it. POST asks for it to be stopped."""
    here = here_at(request, unit)
    if not may_import(request.user, here.scope.structure.pk):
        raise Forbidden("You may not enter figures here.")
    found = find_job(request.user, here.scope.structure.pk, job)
    imports = here.unit("imports").partition("?")[0]
    if request.method == "POST":
        stop_import_job(by=request.user, job=found.pk)
        return redirect(f"{imports}jobs/{found.pk}/")
    if found.ended_at is not None:
        return _ended(request, found, imports)
    crumbs = [crumb_of(here), Link("Figures", here.unit("updates")), Link("Import", here.unit("imports"))]
    stage, stopping = stage_of(found), found.stopped_at is not None
    return show(
        request, "web/import_job.html", here, page="updates", title=f"{_DOING[found.way]} {found.name}", crumbs=crumbs,
        stage=stage, said="Stopping …" if stopping else _said(stage), stopping=stopping,
        form_url=f"{imports}jobs/{found.pk}/", is_check=found.way == "check",
    )  # fmt: skip


_DOING: Final = {"check": "Checking", "import": "Importing", "apart": "Importing"}


def _said(stage: Stage) -> str:
    """How far it is, in words."""
    if not stage.name:
        return "Waiting for its turn …"
    if stage.total:
        return f"{stage.name}: {stage.done:,} of {stage.total:,}"
    return f"{stage.name}: {stage.done:,}" if stage.done else f"{stage.name} …"


def _ended(request: Request, job: ImportJob, imports: str) -> HttpResponse:
    """Where it goes on: the file while it is there, else one's imports."""
    told = job.outcome or {}
    if job.failure and job.upload_id is None:
        messages.error(request, f"{job.name}: {job.failure} {job.remedy}".strip())
    elif not job.failure and job.upload_id is None:
        messages.success(request, f"{job.name}: {told.get('summary', 'done')}.")
        for remark in told.get("remarks", ()):
            messages.info(request, remark)
    return redirect(imports if job.upload_id is None else f"{imports}{job.upload_id}/")
