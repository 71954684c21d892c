"""A scorecard from a spreadsheet: hand it over, say what its columns are, look at the draft, take it in one step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.dates import MONTHS

from fourfold.access.roles import Action
from fourfold.actions.draft_scorecard import FileFacts, draft_scorecard
from fourfold.connectors.files.detect import body_of, header_of
from fourfold.connectors.files.grid import SEPARATORS, Grid
from fourfold.connectors.files.layout import samples_of
from fourfold.connectors.files.mapping import MappingError
from fourfold.connectors.files.propose import codes_of
from fourfold.connectors.files.scorecard_columns import Finds, ScorecardColumns, propose_columns, shape_of_scorecard
from fourfold.connectors.files.scorecard_periods import first_month
from fourfold.connectors.files.scorecard_reading import ScorecardRead
from fourfold.connectors.files.scorecard_unread import report_of
from fourfold.engine.findings import Finding
from fourfold.errors import Conflict
from fourfold.library.template_start import is_empty
from fourfold.records.closed_periods import PeriodClosed
from fourfold.records.models import Upload
from fourfold.records.queries.amendment import require_define
from fourfold.records.queries.imports import find_upload, remembered_mapping
from fourfold.web.address import Here, here_at
from fourfold.web.components.field_words import in_form
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.numbers import plural
from fourfold.web.components.surroundings import Link
from fourfold.web.components.upload import asked_for_file, csv_file, grid_of, handed_over, is_sampled, line_of
from fourfold.web.forms.scorecard import FIXED, MEANINGS, read_scorecard_columns, scorecard_fields
from fourfold.web.requests import Request, counted, signed_in_form

#: A scorecard is drafted from the whole of a text, of at most so many bytes.
_MOST: Final = 20_000_000
_TOO_LONG: Final = (
    f"A scorecard is read from at most {_MOST / 1e6:.0f} MB of text. Leave out figures of earlier years and hand over"
    " the rest; those can be imported as figures afterwards."
)
_ROWS: Final = 5  # of the sheet that are shown
_WIDE: Final = 60  # its columns
_OBJECTIVES: Final = 40  # of the draft
_KPIS: Final = 4  # that are named of each


@signed_in_form
def spreadsheets(request: Request, unit: str) -> HttpResponse:
    """GET asks for a file; POST hands it over and leads to the page where it is looked at."""
    here = _allowed(request, unit)
    kept, error = handed_over(request, here)
    if kept is not None:
        return redirect(_address(here, kept))
    return show(
        request, "web/spreadsheets.html", here, page="build", title="Start from a spreadsheet",
        crumbs=_crumbs(here)[:2], error=error, status=422 if error else 200,
        spreadsheets_url=here.unit("spreadsheets"), **asked_for_file(),
    )  # fmt: skip


@signed_in_form
@counted
def spreadsheet(request: Request, unit: str, upload: UUID) -> HttpResponse:
    """The sheet, what its columns are, and the draft. POST with `do` reads it so, takes it, or gives the report."""
    here = _allowed(request, unit)
    kept = find_upload(request.user, here.scope.structure.pk, upload)
    posted = request.POST.dict() if request.method == "POST" else {}
    if is_sampled(kept, _MOST):
        return _page(request, here, kept, None, said=(_TOO_LONG,), status=422)
    grid, findings = grid_of(kept, posted, most=_MOST)
    if grid is None:
        return _page(request, here, kept, None, findings=findings, status=422)
    header = header_of(grid, line_of(posted))
    names = list(header.names.values())
    finds: Finds = "all" if not posted or "again" in posted else "nothing"
    known = None
    given = read_scorecard_columns(posted, header)
    if not posted:
        known = remembered_mapping(request.user, here.scope.structure.pk, shape_of_scorecard(names))
        if known:
            given, finds = ScorecardColumns.of(known).fitting(names), "figures"
    do = posted.get("do", "")
    start = posted.get("year_start", "" if posted else str(first_month(names)))
    facts = FileFacts(kept.sha256, None, shape_of_scorecard(names), kept.pk)
    try:
        outcome = draft_scorecard(
            by=request.user, organisation=here.scope.structure.organisation.code, grid=grid, given=given,
            seen=codes_of(here.scope.structure.kpi.values(), here.scope.units), finds=finds,
            year_start=int(start) if start in map(str, MONTHS) else 0, file=facts, dry_run=do != "take",
        )  # fmt: skip
    except (MappingError, Conflict, PeriodClosed) as refused:
        said = refused.message if isinstance(refused, MappingError) else str(refused)
        read = propose_columns(names, given.fitting(names), finds=finds == "all")
        return _page(request, here, kept, grid, columns=read, said=(said,), status=422)
    draft = outcome.value
    if draft is None:
        said_all = tuple(map(in_form, outcome.findings))
        return _page(request, here, kept, grid, columns=given, said=said_all, status=422)
    if do == "report":
        return csv_file(report_of(draft.unread), "not-understood.csv")
    if do == "take":
        messages.success(request, f"The scorecard has {outcome.summary}.")
        return redirect(here.unit("build"))
    return _page(
        request, here, kept, grid, columns=draft.columns, draft=draft, remembered=bool(known), year_start=start
    )  # fmt: skip


def _page(
    request: Request, here: Here, kept: Upload, grid: Grid | None, *, columns: ScorecardColumns | None = None,
    draft: ScorecardRead | None = None, said: tuple[str, ...] = (), findings: Iterable[Finding] = (),
    remembered: bool = False, year_start: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The sheet as it was read, the columns, and the draft."""
    shown: dict[str, Any] = {"said": (*said, *(f.words for f in findings)), "remembered": remembered}
    if grid is not None and columns is not None:
        header = header_of(grid, columns.figures.header)
        whole = here.scope.structure.whole
        years = draft.years.values() if draft else ()
        calendar = draft.definitions.calendar if draft else whole.calendar
        body = body_of(grid, header).head(_ROWS)
        fixed = {**columns.fixed, **columns.figures.fixed}
        shown |= {
            "grid": grid, "header": header.line, "count": plural(len(grid.cells) - header.start, "row"),
            "names": list(header.names.values())[:_WIDE],
            "rows": [(row[-2], row[:-2][:_WIDE]) for row in body.iter_rows()],
            "meanings": MEANINGS,
            "fields": scorecard_fields(header, samples_of(grid, header), columns, years, calendar),
            "fixed": [(name, label, choices, fixed.get(name, "")) for name, label, choices in FIXED],
            "reading": columns.figures, "separators": SEPARATORS, "is_empty": is_empty(whole),
            "months": [(str(m), name) for m, name in MONTHS.items()],
            "year_start": year_start or request.POST.get("year_start")
            or str(calendar.fiscal_start_month),
        }  # fmt: skip
    if draft is not None:
        shown |= _drafted(here, draft)
    return show(
        request, "web/spreadsheet.html", here, page="build", title=f"A scorecard from {kept.name}", status=status,
        crumbs=_crumbs(here), form_url=_address(here, kept), may_take=here.scope.may(Action.MANAGE),
        may_record=here.scope.may(Action.RECORD), **shown,
    )  # fmt: skip


def _drafted(here: Here, draft: ScorecardRead) -> dict[str, Any]:
    """What would be new, and what was not understood."""
    before, made = here.scope.structure.whole, draft.definitions
    nouns = ("perspectives", "objectives", "kpis", "targets", "units", "people")
    counts = [(_CALLED[noun], len(getattr(made, noun)) - len(getattr(before, noun))) for noun in nouns]
    old, above = {k.code for k in before.kpis}, {p.code: p.name for p in made.perspectives}
    names, under = {k.code: k.name for k in made.kpis}, dict[str, list[str]]()
    for use in made.uses:
        if use.kpi not in old:
            under.setdefault(use.objective, []).append(names[use.kpi])
    objectives = [o for o in made.objectives if o.code in under]
    return {
        "draft": draft, "figures": draft.figures.height, "counts": counts, "unread": len(draft.unread),
        "not_understood": [f.message for f in draft.findings],
        "objectives": [
            (above[o.perspective], o.name, ", ".join(under[o.code][:_KPIS]), max(0, len(under[o.code]) - _KPIS))
            for o in objectives[:_OBJECTIVES]
        ],
        "more": max(0, len(objectives) - _OBJECTIVES), "is_new": bool(under),
    }  # fmt: skip


_CALLED: Final = {
    "perspectives": "Perspectives", "objectives": "Objectives", "kpis": "KPIs", "targets": "Targets",
    "units": "Units below the whole", "people": "Owners",
}  # fmt: skip


def _allowed(request: Request, unit: str) -> Here:
    here = here_at(request, unit)
    require_define(here.scope)
    return here


def _address(here: Here, kept: Upload) -> str:
    return here.unit("spreadsheets").partition("?")[0] + f"{kept.pk}/"


def _crumbs(here: Here) -> list[Link]:
    return [crumb_of(here), Link("Build", here.unit("build")), Link("Spreadsheet", here.unit("spreadsheets"))]
