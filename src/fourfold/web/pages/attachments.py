"""The files that back the figures of a KPI in a unit: handed over, listed, taken away and removed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.access.roles import Action
from fourfold.actions.add_attachment import LARGEST, MOST, add_attachment
from fourfold.actions.remove_attachment import remove_attachment
from fourfold.connectors.files.content import KINDS
from fourfold.connectors.files.safe_headers import safe_headers
from fourfold.engine.definitions import Kpi
from fourfold.errors import Forbidden, NotFound
from fourfold.records.closed_periods import PeriodClosed
from fourfold.records.queries.attachments import attachments_of, find_attachment
from fourfold.records.queries.kpi import find_kpi, periods_to_record
from fourfold.web.address import Here, here_of_kpi
from fourfold.web.components.attachment import attachment_row, attachments_url
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.surroundings import Link
from fourfold.web.pages.kpi import absent_from
from fourfold.web.requests import Request, signed_in, signed_in_form

_ENDINGS = ",".join(ending for kind in KINDS for ending in kind.endings)


@signed_in_form
def attachments(request: Request, pk: int, name: str) -> HttpResponse:
    """GET lists the files; POST attaches one (`file`, `period`) or removes one (`remove`)."""
    here, kpi = here_of_kpi(request, pk)
    if request.method != "POST":
        return _page(request, here, kpi)
    if not may_attach(here, kpi):
        raise Forbidden("You may not enter figures here.")
    if sent := request.POST.get("remove", ""):
        return _remove(request, here, kpi, sent)
    file = request.FILES.get("file")
    if file is None:
        return _page(request, here, kpi, "Choose a file.", 422)
    outcome = add_attachment(
        by=request.user, organisation=here.scope.structure.organisation.code, kpi=kpi.code, unit=here.scope.unit.code,
        period=request.POST.get("period", ""), name=file.name or "", content=file.read(LARGEST + 1),
    )  # fmt: skip
    if outcome.value is None:
        return _page(request, here, kpi, " ".join(f.words for f in outcome.findings), 422)
    messages.success(request, f"{outcome.value.name}: {outcome.summary}.")
    return redirect(attachments_url(here, kpi))


@signed_in
def attachment(request: Request, pk: int, name: str, attachment: UUID) -> HttpResponse:
    """One file to take away; `as_of` for one that was there on that day. A browser never shows it in its own window."""
    here, kpi = here_of_kpi(request, pk)
    place = find_kpi(request.user, pk).organisation
    found = find_attachment(request.user, attachment, here.scope.then, organisation=place)
    if found.kpi_id != here.scope.structure.kpi_pk[kpi.code]:
        raise NotFound("There is no such file here, or you may not see it.")
    return HttpResponse(bytes(found.content), content_type=found.media_type, headers=safe_headers(found.name))


def may_attach(here: Here, kpi: Kpi) -> bool:
    """True where the person may enter figures of the KPI in the unit, for themselves or as a deputy."""
    return here.scope.may(Action.RECORD, kpi=kpi) or absent_from(here.scope, kpi) is not None


def _remove(request: Request, here: Here, kpi: Kpi, sent: str) -> HttpResponse:
    try:
        key = UUID(sent)
    except ValueError:
        raise NotFound("There is no such file here, or you may not see it.") from None
    try:
        outcome = remove_attachment(by=request.user, attachment=key)
    except PeriodClosed as closed:
        return _page(request, here, kpi, f"{closed.message} What it was shown with stays.", 423)
    assert outcome.value is not None
    messages.success(request, f"{outcome.value.name}: {outcome.summary}.")
    return redirect(attachments_url(here, kpi))


def _page(request: Request, here: Here, kpi: Kpi, error: str = "", status: int = 200) -> HttpResponse:
    rows = attachments_of(here.scope, kpi, with_removed=True)
    periods = [p for p in periods_to_record(here.scope, kpi) if p.start <= here.scope.month.last_day]
    usual = here.scope.structure.calendar.period(kpi.frequency, here.scope.month.last_day).id
    asked = request.POST.get("period") or request.GET.get("period") or usual
    may = may_attach(here, kpi)
    return show(
        request, "web/attachments.html", here, page="scorecard", title="Files", status=status, kpi=kpi, error=error,
        crumbs=[crumb_of(here, "scorecard"), Link(kpi.name, here.kpi(kpi))],
        rows=[attachment_row(here, kpi, row) for row in rows], periods=periods, asked=asked, may=may,
        form_url=attachments_url(here, kpi), back=here.kpi(kpi), updates_url=here.unit("updates") if may else "",
        endings=_ENDINGS, largest=f"{LARGEST / 1e6:,.0f} MB", most=MOST,
    )  # fmt: skip
