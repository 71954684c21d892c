"""Importing a file: hand it over, say what its columns are, look at every row, import all of them or the good ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.actions.begin_import_job import begin_import_job
from fourfold.actions.import_measurements import FileFacts, import_measurements
from fourfold.actions.run_import_job import counts_of, remarks_of
from fourfold.connectors.files.detect import header_of
from fourfold.connectors.files.grid import SEPARATORS, Grid
from fourfold.connectors.files.layout import lay_out, samples_of, unknown_in
from fourfold.connectors.files.mapping import Mapping as Reading
from fourfold.connectors.files.mapping import MappingError, shape_of
from fourfold.connectors.files.propose import Codes, Proposal, codes_of, fitted, propose
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding
from fourfold.errors import Forbidden
from fourfold.records.models import ImportJob, Upload
from fourfold.records.queries.imports import (
    earlier_import,
    find_import,
    find_job_of,
    find_upload,
    may_import,
    open_jobs,
    own_imports,
    remembered_mapping,
)
from fourfold.web.address import Here, here_at
from fourfold.web.components.dates import day_of_moment
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.numbers import plural
from fourfold.web.components.surroundings import Link
from fourfold.web.components.upload import asked_for_file, csv_file, grid_of, handed_over, is_sampled, line_of
from fourfold.web.forms.mapping import column_fields, read_mapping
from fourfold.web.requests import Request, counted, signed_in, signed_in_form

_AT_ONCE: Final = 1_000_000  # bytes that are looked at while somebody waits; a larger file is a job
_SAID: Final = 12


@signed_in_form
def imports(request: Request, unit: str) -> HttpResponse:
    """One's last imports; POST hands over a file and leads to the page where it is looked at."""
    here = _allowed(request, unit)
    kept, error = handed_over(request, here)
    if kept is not None:
        return redirect(_address(here, kept))
    runs = [
        {"run": run, "at": day_of_moment(run.at), "rejects": here.unit("imports") + f"{run.pk}/rejects.csv"}
        for run in own_imports(request.user, here.scope.structure.pk)
    ]
    place = here.unit("imports").partition("?")[0]
    waiting = [Link(job.name, f"{place}jobs/{job.pk}/") for job in open_jobs(request.user, here.scope.structure.pk)]
    return show(
        request, "web/imports.html", here, page="updates", title="Import figures", crumbs=_crumbs(here)[:2], runs=runs,
        waiting=waiting, error=error, status=422 if error else 200, form_url=here.unit("imports"),
        **asked_for_file(),
    )  # fmt: skip


@signed_in
def rejects(request: Request, unit: str, number: int) -> HttpResponse:
    """The rows that one of one's imports kept apart, as CSV with their reasons."""
    here = _allowed(request, unit)
    run = find_import(request.user, here.scope.structure.pk, number)
    return csv_file(run.rejects, f"rejected-{number}.csv")


@signed_in_form
@counted
def upload(request: Request, unit: str, upload: UUID) -> HttpResponse:
    """What was found in the file, and how it is read. POST with `do` checks every row, imports, or gives the report."""
    here = _allowed(request, unit)
    kept = find_upload(request.user, here.scope.structure.pk, upload)
    posted = request.POST.dict() if request.method == "POST" else {}
    reading = Reading()
    job = find_job_of(kept)
    if job is not None and job.ended_at is None:
        return redirect(here.unit("imports").partition("?")[0] + f"jobs/{job.pk}/")
    grid, findings = grid_of(kept, posted)
    if grid is None:
        return _page(request, here, kept, Look(findings=findings), status=422)
    definitions, codes = here.scope.structure.whole, _codes(here)
    if posted:
        reading = read_mapping(posted, header_of(grid, line_of(posted)))
        proposal = propose(grid, definitions, codes, reading, finds_columns="again" in posted)
    else:
        shape = shape_of(list(header_of(grid).names.values()))
        known = remembered_mapping(request.user, here.scope.structure.pk, shape)
        if job is not None:
            return _page(request, here, kept, _look_of(job, grid, definitions, codes))
        proposal = propose(grid, definitions, codes, fitted(Reading.of(known), grid) if known else None)
        if known:
            return _page(request, here, kept, Look(grid, proposal, is_remembered=True))
    return _answer(request, here, kept, Look(grid, proposal), posted.get("do", ""), definitions)


@dataclass
class Look:
    """What there is to show of a file."""

    grid: Grid | None = None
    proposal: Proposal | None = None
    findings: tuple[Finding, ...] = ()
    result: Mapping[str, Any] | None = None
    unknown: Sequence[tuple[str, str]] = ()
    error: str = ""
    is_remembered: bool = False
    remarks: Sequence[str] = ()


def _answer(
    request: Request, here: Here, kept: Upload, look: Look, do: str, definitions: Definitions
) -> HttpResponse:
    """Show the reading, or check it, or import by it."""
    proposal, grid = look.proposal, look.grid
    assert proposal is not None and grid is not None
    if do == "report" and (job := find_job_of(kept)) is not None:
        return csv_file(job.rejects, "rejected.csv")
    if do not in ("check", "import", "apart", "report") or proposal.open:
        return _page(request, here, kept, look, status=422 if do and proposal.open else 200)
    if kept.size > _AT_ONCE:
        job = begin_import_job(
            by=request.user, organisation=here.scope.structure.organisation.code, upload=kept.pk, way=do,
            mapping=proposal.reading.kept(),
        ).value  # fmt: skip
        assert job is not None
        return redirect(here.unit("imports").partition("?")[0] + f"jobs/{job.pk}/")
    try:
        rows = lay_out(grid, proposal.reading, definitions, _codes(here))
    except MappingError as error:
        look.error = f"{error.message} {error.hint or ''}".strip()
        return _page(request, here, kept, look, status=422)
    shape = shape_of(list(proposal.header.names.values()))
    facts = FileFacts(kept.sha256, proposal.reading.kept(), shape, kept.pk)
    outcome = import_measurements(
        by=request.user, organisation=here.scope.structure.organisation.code, rows=rows, source=kept.name, kind="file",
        quarantine=do != "import", dry_run=do in ("check", "report"), file=facts,
    )  # fmt: skip
    result = outcome.value
    assert result is not None
    if do == "report":
        return csv_file(result.report(), "rejected.csv")
    if result.done:
        messages.success(request, f"{kept.name}: {outcome.summary}.")
        for remark in remarks_of(outcome.findings):
            messages.info(request, remark)
        return redirect(here.unit("imports"))
    look.findings, look.result, look.unknown = outcome.findings, counts_of(result), unknown_in(rows, definitions)
    return _page(request, here, kept, look, status=200 if do == "check" else 422)


def _page(request: Request, here: Here, kept: Upload, look: Look, status: int = 200) -> HttpResponse:
    """The wizard: what was found, what the columns are, and once it was checked what would become of the rows."""
    said = look.remarks or remarks_of(look.findings)
    shown: dict[str, Any] = {
        "findings": look.findings[:_SAID], "remarks": said, "error": look.error, "remembered": look.is_remembered,
    }  # fmt: skip
    if look.grid is not None and look.proposal is not None:
        reading, header = look.proposal.reading, look.proposal.header
        samples = samples_of(look.grid, header)
        shown |= {
            "reading": reading, "open": look.proposal.open, "grid": look.grid, "header": header.line,
            "fields": column_fields(header, samples, reading), "kpis": _kpis(here), "units": here.scope.units,
            "separators": SEPARATORS, "count": plural(len(look.grid.cells) - header.start, "row"),
            "more_rows": is_sampled(kept), "unknown": look.unknown,
            "codes": reading.codes, "separator": "tab" if look.grid.separator == "\t" else look.grid.separator,
        }  # fmt: skip
    if look.result is not None:
        shown |= _checked(look.result)
    earlier = earlier_import(request.user, here.scope.structure.pk, kept.sha256)
    return show(
        request, "web/upload.html", here, page="updates", title=f"Import {kept.name}", crumbs=_crumbs(here),
        form_url=_address(here, kept), earlier=earlier and f"{day_of_moment(earlier.at)}{_by(earlier)}", status=status,
        **shown,
    )  # fmt: skip


def _checked(result: Mapping[str, Any]) -> dict[str, Any]:
    """The counts, and the first of the rows that are rejected."""
    return {
        "result": result, "rejected": result["rows"], "more": result["rejected"] - len(result["rows"]),
        "read": f"{result['read']:,}", "loaded": f"{result['loaded']:,}", "unchanged": f"{result['unchanged']:,}",
        "refused": f"{result['rejected']:,}", "loads": plural(result["loaded"], result["noun"]),
        "bad": plural(result["rejected"], "row"),
    }  # fmt: skip


def _look_of(job: ImportJob, grid: Grid, definitions: Definitions, codes: Codes) -> Look:
    """What a job that ended said of the file."""
    proposal = propose(grid, definitions, codes, Reading.of(job.mapping), finds_columns=False)
    look, told = Look(grid, proposal, error=f"{job.failure} {job.remedy}".strip()), job.outcome or {}
    if "rows" in told:
        look.result, look.unknown, look.remarks = told, told["unknown"], told["remarks"]
    return look


def _codes(here: Here) -> Codes:
    """The names of what the person sees."""
    return codes_of(here.scope.structure.kpi.values(), here.scope.units)


def _kpis(here: Here) -> list[tuple[str, str]]:
    """The KPIs that the person sees and that take figures."""
    kpis = here.scope.structure.kpi
    return [(code, kpi.name) for code, kpi in kpis.items() if not kpi.is_computed]


def _by(earlier: Any) -> str:
    return f" by {earlier.by.name}" if earlier.by else ""


def _allowed(request: Request, unit: str) -> Here:
    here = here_at(request, unit)
    if not may_import(request.user, here.scope.structure.pk):
        raise Forbidden("You may not enter figures here.")
    return here


def _address(here: Here, kept: Upload) -> str:
    return here.unit("imports").partition("?")[0] + f"{kept.pk}/"


def _crumbs(here: Here) -> list[Link]:
    return [crumb_of(here), Link("Figures", here.unit("updates")), Link("Import", here.unit("imports"))]
