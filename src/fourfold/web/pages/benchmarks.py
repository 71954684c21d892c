"""Benchmarks: those there are, and a set of them from a file, looked at row by row before it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.actions.import_benchmark_set import MOST, FileFacts, import_benchmark_set
from fourfold.connectors.files.benchmark_columns import (
    BenchmarkColumns,
    BenchmarkProposal,
    fitting,
    propose_benchmarks,
    shape_of_benchmarks,
)
from fourfold.connectors.files.detect import Header, header_of
from fourfold.connectors.files.grid import SEPARATORS, Grid
from fourfold.connectors.files.layout import samples_of
from fourfold.connectors.files.mapping import MappingError
from fourfold.connectors.files.propose import codes_of
from fourfold.records.models import Upload
from fourfold.records.queries.amendment import require_define
from fourfold.records.queries.imports import find_upload, remembered_mapping
from fourfold.scorecard.benchmark_reading import rows_of
from fourfold.scorecard.benchmark_set import Became, BenchmarkSet
from fourfold.web.address import Here, here_at
from fourfold.web.components.benchmark import benchmarks_there, set_row
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.numbers import plural
from fourfold.web.components.surroundings import Link
from fourfold.web.components.upload import asked_for_file, csv_file, grid_of, handed_over, is_sampled, line_of
from fourfold.web.forms.benchmark_set import FOR_ALL, MEANINGS, benchmark_fields, read_benchmark_columns
from fourfold.web.requests import Request, counted, signed_in_form

_ROWS: Final = 100  # of the set that are shown, those that are to be looked at first
_ORDER: Final = (Became.REJECTED, Became.CHANGED, Became.ADDED, Became.UNCHANGED)


@signed_in_form
def benchmarks(request: Request, unit: str) -> HttpResponse:
    """GET lists them and asks for a file; POST hands one over and leads to the page where it is looked at."""
    here = _allowed(request, unit)
    kept, error = handed_over(request, here)
    if kept is not None:
        return redirect(_address(here, kept))
    rows, count = benchmarks_there(here)
    return show(
        request, "web/benchmarks.html", here, page="build", title="Benchmarks", crumbs=_crumbs(here)[:2], rows=rows,
        count=plural(count, "benchmark"), more=count - len(rows), error=error, status=422 if error else 200,
        form_url=here.unit("benchmarks"), most_rows=f"{MOST:,}", **asked_for_file(),
    )  # fmt: skip


@dataclass
class Look:
    """What there is to show of a file."""

    grid: Grid | None = None
    proposal: BenchmarkProposal | None = None
    found: BenchmarkSet | None = None
    said: tuple[str, ...] = ()
    is_remembered: bool = False


@signed_in_form
@counted
def benchmark_set(request: Request, unit: str, upload: UUID) -> HttpResponse:
    """The table, what its columns are, and each row. POST with `do` reads it so, imports it, or gives the report."""
    here = _allowed(request, unit)
    kept = find_upload(request.user, here.scope.structure.pk, upload)
    posted = request.POST.dict() if request.method == "POST" else {}
    if is_sampled(kept):
        return _page(request, here, kept, Look(said=(f"A set has at most {MOST:,} rows. Split the file.",)), 422)
    grid, findings = grid_of(kept, posted)
    if grid is None:
        return _page(request, here, kept, Look(said=tuple(f.words for f in findings)), 422)
    header = header_of(grid, line_of(posted))
    known = None if posted else remembered_mapping(request.user, here.scope.structure.pk, shape_of_benchmarks(header))
    given = read_benchmark_columns(posted, header) if posted else _remembered(known, header)
    look = Look(grid, said=tuple(f.words for f in grid.findings), is_remembered=bool(known))
    codes = codes_of(here.scope.structure.kpi.values(), here.scope.units)
    try:
        finds = not posted or "again" in posted
        look.proposal = propose_benchmarks(grid, codes, given, finds_columns=finds)
    except MappingError as error:
        look.said = (*look.said, f"{error.message} {error.hint or ''}".strip())
        return _page(request, here, kept, look, 422)
    do = posted.get("do", "")
    if look.proposal.open:
        return _page(request, here, kept, look, 422 if do else 200)
    return _answer(request, here, kept, look, do)


def _remembered(known: dict[str, Any] | None, header: Header) -> BenchmarkColumns | None:
    return fitting(BenchmarkColumns.of(known), header) if known else None


def _answer(request: Request, here: Here, kept: Upload, look: Look, do: str) -> HttpResponse:
    """Every row looked at, or all of them imported, or the rejected ones to take away."""
    proposal, grid = look.proposal, look.grid
    assert proposal is not None and grid is not None
    facts = FileFacts(kept.sha256, proposal.columns.kept(), shape_of_benchmarks(proposal.header), kept.pk)
    outcome = import_benchmark_set(
        by=request.user, organisation=here.scope.structure.organisation.code, name=kept.name,
        rows=rows_of(grid, proposal.columns, here.scope.structure.kpi.values()), file=facts, dry_run=do != "import",
    )  # fmt: skip
    look.found = outcome.value
    if do == "report" and look.found is not None:
        return csv_file(look.found.report(), "rejected.csv")
    if do == "import" and outcome.ok:
        messages.success(request, f"{kept.name}: {outcome.summary}. It is in the list of changes.")
        return redirect(here.unit("benchmarks"))
    told = {id(finding) for finding in (look.found.findings if look.found else ())}
    look.said = (*look.said, *(f.words for f in outcome.findings if id(f) not in told))
    return _page(request, here, kept, look, 200 if look.found is not None and do != "import" else 422)


def _page(request: Request, here: Here, kept: Upload, look: Look, status: int = 200) -> HttpResponse:
    """The rows with what each would become, and how the file was read."""
    shown: dict[str, Any] = {"said": look.said, "remembered": look.is_remembered}
    if look.grid is not None and look.proposal is not None:
        columns, header = look.proposal.columns, look.proposal.header
        fields = benchmark_fields(header, samples_of(look.grid, header), columns)
        shown |= {
            "grid": look.grid, "header": header.line, "reading": columns, "open": look.proposal.open,
            "fields": fields, "meanings": MEANINGS, "separators": SEPARATORS,
            "count": plural(len(look.grid.cells) - header.start, "row"),
            "for_all": [(name, label, hint, columns.fixed.get(name, "")) for name, label, hint in FOR_ALL],
        }  # fmt: skip
    if look.found is not None:
        shown |= _told(here, look.found)
    return show(
        request, "web/benchmark_set.html", here, page="build", title=f"Benchmarks from {kept.name}", status=status,
        crumbs=_crumbs(here), form_url=_address(here, kept), **shown,
    )  # fmt: skip


def _told(here: Here, found: BenchmarkSet) -> dict[str, Any]:
    """The counts, and the rows that are to be looked at first."""
    ordered = [each for became in _ORDER for each in found.of(became)]
    new = len(found.amendments)
    return {
        "counts": [(became.value.capitalize(), len(found.of(became))) for became in Became],
        "rows": [set_row(here, each) for each in ordered[:_ROWS]], "more": max(0, len(ordered) - _ROWS),
        "rejected": len(found.of(Became.REJECTED)), "new": new, "takes": plural(new, "benchmark"),
    }  # fmt: skip


def _allowed(request: Request, unit: str) -> Here:
    here = here_at(request, unit)
    require_define(here.scope)
    return here


def _address(here: Here, kept: Upload) -> str:
    return here.unit("benchmarks").partition("?")[0] + f"{kept.pk}/"


def _crumbs(here: Here) -> list[Link]:
    return [crumb_of(here), Link("Build", here.unit("build")), Link("Benchmarks", here.unit("benchmarks"))]
