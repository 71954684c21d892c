"""Who enters one's figures while one is away, and for whom one does so oneself."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from fourfold.actions.end_deputy import end_deputy
from fourfold.actions.name_deputy import name_deputy
from fourfold.errors import Forbidden
from fourfold.records.models import Organisation
from fourfold.records.queries.deputies import absent_people, deputies_of, own_kpis, possible_deputies
from fourfold.web.forms.deputy import DeputyForm, read_deputy
from fourfold.web.pages.errors import plain
from fourfold.web.requests import Request, signed_in_form


@never_cache
@signed_in_form
def deputies(request: Request) -> HttpResponse:
    """The form and both lists (`o` in the address where somebody has several organisations); POST names or ends one."""
    if request.method != "POST":
        return _page(request, read_deputy({}, ()))
    if (ended := request.POST.get("end", "")).isdigit():
        _say(request, end_deputy(by=request.user, deputy=int(ended[:18])).summary)
        return redirect("deputies")
    form = read_deputy(request.POST.dict(), request.POST.getlist("kpis"))
    since, until, place = form.days["since"], form.days["until"], _organisation(request)
    if since is None or until is None or place is None:
        return _page(request, form, status=422)
    try:
        outcome = name_deputy(
            by=request.user, organisation=place.code, deputy=form.typed["deputy"], since=since, until=until,
            kpis=form.kpis,
        )  # fmt: skip
    except Forbidden as error:
        form.complain("deputy", error.message)
        return _page(request, form, status=422)
    for finding in outcome.findings:
        form.complain(finding.place.thing or "", finding.message)
    if not outcome.ok:
        return _page(request, form, status=422)
    _say(request, outcome.summary)
    return redirect("deputies")


def _organisation(request: Request) -> Organisation | None:
    """The organisation in the address, else the first one; a wrong one is not there."""
    seen = Organisation.objects.visible_to(request.user)
    code = request.GET.get("o")
    found = seen.filter(code=code).first() if code else seen.first()
    if code and found is None:
        raise Http404("There is no such organisation, or you may not see it.")
    return found


def _say(request: Request, said: str) -> None:
    messages.success(request, f"{said[:1].upper()}{said[1:]}.")


def _page(request: Request, form: DeputyForm, status: int = 200) -> HttpResponse:
    place, today = _organisation(request), timezone.localdate()
    return plain(
        request, "web/deputies.html", title="Deputies", status=status, form=form, today=today,
        organisation_name=place.name if place else "",
        people=possible_deputies(request.user, place) if place else (),
        kpis=own_kpis(request.user, place) if place else (),
        deputies=deputies_of(request.user), absent=absent_people(request.user, on=today),
    )  # fmt: skip
