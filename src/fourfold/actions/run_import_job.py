"""Do an import job: read its file the way its person said, then check or record every row."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from fourfold.actions._files import FileFacts, end_job
from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.import_measurements import import_measurements
from fourfold.actions.outcome import Outcome
from fourfold.connectors.files.grid import read_grid
from fourfold.connectors.files.layout import lay_out, unknown_in
from fourfold.connectors.files.mapping import Mapping as Reading
from fourfold.connectors.files.mapping import MappingError, shape_of
from fourfold.connectors.files.propose import codes_of, propose
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.engine.progress import Progress
from fourfold.errors import Forbidden, FourfoldError, NotFound
from fourfold.records.frames.imports import Rows
from fourfold.records.frames.row_outcome import ImportResult
from fourfold.records.models import ImportJob, Person
from fourfold.records.queries.scope import scope_in
from fourfold.records.uploads import write_out

_ROWS: Final = 50  # rejected ones that are shown; the report has all
_SAID: Final = 12


def run_import_job(
    *, by: Person | None, job: UUID, token: str, tell: Progress, at: datetime | None = None
) -> Outcome[ImportJob]:
    """Do the job that this process has taken by its token, with the rights of the person who gave it; `by` is None.

    What is recorded and that the job ended are one transaction. What goes wrong is kept with the job; raises `NotFound`
    where another process has it or it has ended, and whatever `tell` raises, which leaves nothing.
    """
    found = ImportJob.objects.open().filter(pk=job, token=token).select_related("organisation", "by", "upload").first()
    if found is None:
        raise NotFound("There is no such job to be done.")
    moment = at or datetime.now(UTC)
    try:
        _bring(found, tell, moment)
    except FourfoldError as error:
        end_job(found, failure=error.message, remedy=error.hint or "", at=moment)
    found.refresh_from_db()
    if not found.failure:
        return Outcome(f"{found.name}: done", found)
    wrong = Finding("IMPORT-JOB", Level.ERROR, Place(thing=found.name), found.failure, found.remedy)
    return Outcome(f"{found.name} failed", found, (wrong,))


def _bring(job: ImportJob, tell: Progress, at: datetime) -> None:
    if not job.by.is_active:
        raise Forbidden("Your account has been switched off.")
    if job.outcome is not None:  # an earlier try recorded everything, and was ended before it was evaluated
        evaluate_organisation(by=None, organisation=job.organisation.code, reason=f"Imported {job.name}", tell=tell)
        end_job(job, outcome=job.outcome, at=at)
        return
    if job.upload is None:
        raise NotFound("The file is gone.", hint="Hand it over again.")
    tell("Read", 0, 0)
    rows, reading, shape, unknown = _rows(job)
    file = FileFacts(job.upload.sha256, reading.kept(), shape, job.upload.pk, job)
    laid = [rows]
    del rows
    outcome = import_measurements(
        by=job.by, organisation=job.organisation.code, rows=laid.pop(), source=job.name, kind="file",
        quarantine=job.way != "import", dry_run=job.way == "check", file=file, tell=tell, at=at,
    )  # fmt: skip
    result = outcome.value
    assert result is not None
    if result.done:
        end_job(job, outcome={"summary": outcome.summary, "remarks": remarks_of(outcome.findings)}, at=at)
        return
    checked = {"summary": outcome.summary, "unknown": unknown, "remarks": remarks_of(outcome.findings)}
    checked |= counts_of(result)
    if job.way == "check":
        end_job(job, outcome=checked, rejects=result.report() if result.rejected else "", at=at)
        return
    first = next(iter(errors(outcome.findings)), None)
    said = f"{outcome.summary[:1].upper()}{outcome.summary[1:]}."
    remedy = first.words if first else ""
    end_job(job, failure=said, remedy=remedy, outcome=checked, rejects=result.report(), at=at)


def _rows(job: ImportJob) -> tuple[Rows, Reading, str, list[tuple[str, str]]]:
    """The rows of the file, how it is read, the shape of its header, and names in it that nobody knows."""
    assert job.upload is not None
    scope = scope_in(job.by, job.organisation)
    definitions, codes = scope.structure.whole, codes_of(scope.structure.kpi.values(), scope.units)
    reading = Reading.of(job.mapping)
    with tempfile.TemporaryDirectory(prefix="fourfold-") as folder:
        path = Path(folder) / f"upload{Path(job.name).suffix.casefold()}"
        write_out(job.upload, path)
        grid, findings = read_grid(
            path, job.name, sheet=reading.sheet, separator=reading.separator, encoding=reading.encoding
        )  # fmt: skip
    if grid is None:
        raise MappingError(findings[0].message, hint=findings[0].fix)
    proposal = propose(grid, definitions, codes, reading, finds_columns=False)
    for question in proposal.open.values():
        raise MappingError(question, hint="The first rows showed it and others do not: say it, then check again.")
    rows = lay_out(grid, proposal.reading, definitions, codes)
    return rows, proposal.reading, shape_of(list(proposal.header.names.values())), unknown_in(rows, definitions)


def remarks_of(findings: Iterable[Finding]) -> list[str]:
    """What there is to say beside the counts."""
    remarks = (f for f in findings if f.level is Level.WARNING and f.code != "IMPORT-APART")
    return [f.words for f in remarks][:_SAID]


def counts_of(result: ImportResult) -> dict[str, Any]:
    """What would become of the rows, and the first of those that are rejected."""
    rows = [{"row": r.row, "said": [f"{w.message} {w.fix}".strip() for w in r.reasons]} for r in result.worst(_ROWS)]
    return {
        "noun": result.noun, "read": result.read, "loaded": result.loaded, "unchanged": result.unchanged,
        "rejected": result.rejected, "rows": rows,
    }  # fmt: skip
