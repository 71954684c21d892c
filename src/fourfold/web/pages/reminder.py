"""What the link of a reminder opens: exactly the figures that are due, to be entered without signing in.

The secret of the link goes from the query, which no log has, into a cookie of this reminder alone, and out of the
address at once. A link that is wrong, over, revoked or of somebody who was switched off is answered in one and the same
way. What can be entered, and as whom, is decided by the action.
"""

from __future__ import annotations

import math
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from fourfold.actions.answer_reminder import answer_reminder
from fourfold.actions.follow_outlooks import follow_outlooks
from fourfold.actions.note_denial import note_denial
from fourfold.actions.origin import origin
from fourfold.actions.revoke_reminder import revoke_reminder
from fourfold.engine.findings import errors
from fourfold.errors import Conflict, NotFound
from fourfold.records.limits import GUEST, seconds_to_wait
from fourfold.records.models import Reminder
from fourfold.records.queries.due_updates import DueGroup
from fourfold.records.queries.reminder import open_reminder, reminder_of, reminders_beside, reminders_of, still_due
from fourfold.records.queries.scope import scope_in
from fourfold.records.queries.updates import UpdateRow, by_month, grid_of
from fourfold.web.address import here_in, path
from fourfold.web.components.numbers import plural
from fourfold.web.components.reminder import reminded_field, reminder_row
from fourfold.web.forms.measurement import without_place
from fourfold.web.forms.update import UpdateForm, examine, read_update, shown
from fourfold.web.pages.errors import plain
from fourfold.web.pages.my_updates import address_of, due_page
from fourfold.web.requests import Request, signed_in, signed_in_form

_SALT: Final = "fourfold.reminder.page"
_SECONDS: Final = 3600  # that a browser may look again without the link
_LONGEST: Final = 200
_HEADERS: Final = {
    "X-Robots-Tag": "noindex, nofollow, noarchive", "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "private, no-store",
}  # fmt: skip


@never_cache
@require_safe
def reminder(request: HttpRequest) -> HttpResponseBase:
    """The door. Whoever is signed in comes to the grid; anybody else to the page of this reminder alone."""
    if request.user.is_authenticated:
        return _in_the_grid(request)
    if wait := math.ceil(seconds_to_wait("reminder", origin().address, GUEST)):
        response = plain(request, "429.html", title="Too many attempts", status=429)
        response["Retry-After"] = str(wait)
        return _strict(response)
    link = request.GET.get("link", "")[:_LONGEST]
    found = reminder_of(link, at=timezone.now())
    if found is None and reminder_of(link, at=timezone.now(), signed_in=True) is not None:
        return _strict(redirect_to_login(path("my_updates")))  # this organisation wants people to sign in first
    if found is None:
        note_denial(by=None, action="reminder.refuse", thing="a link of a reminder")
        return _over(request)
    place = path("reminder_figures", found.pk)
    response = redirect(place)
    response.set_cookie(
        _cookie(found.pk), signing.dumps(link, salt=_SALT), max_age=_SECONDS, path=place, secure=settings.HTTPS,
        httponly=True, samesite="Lax",
    )  # fmt: skip
    return _strict(response)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reminder_figures(request: HttpRequest, number: int) -> HttpResponse:
    """The figures that are due still, each unit and month a form of its own; a POST records what one of them says."""
    try:
        link = signing.loads(request.COOKIES.get(_cookie(number), ""), salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return _over(request)
    found = reminder_of(link, at=timezone.now()) if isinstance(link, str) else None
    if found is None or found.pk != number:
        return _over(request)
    groups = still_due(found, at=timezone.now())
    if request.method != "POST":
        return _page(request, found, groups)
    place = (request.POST.get("unit", ""), request.POST.get("month", ""))
    group = next((each for each in groups if (each.unit, each.month.id) == place), None)
    if group is None:
        messages.info(request, "These figures are there already.")
        return _strict(redirect(path("reminder_figures", number)))
    return _record(request, found, link, groups, group)


@signed_in_form
def reminders(request: Request) -> HttpResponse:
    """One's own reminders with what became of them, and for administrators those of others that work; POST revokes."""
    if request.method == "POST":
        sent = request.POST.get("revoke", "")
        outcome = revoke_reminder(by=request.user, reminder=int(sent) if sent.isdigit() and len(sent) < 19 else 0)
        messages.success(request, f"{outcome.summary[:1].upper()}{outcome.summary[1:]}.")
        return redirect("reminders")
    now = timezone.now()
    rows = [reminder_row(each, now) for each in reminders_of(request.user)[:50]]
    beside = [reminder_row(each, now) for each in reminders_beside(request.user, at=now)[:200]]
    return plain(request, "web/reminders.html", title="Reminders", rows=rows, beside=beside)


@signed_in
def _in_the_grid(request: Request) -> HttpResponse:
    now = timezone.now()
    found = open_reminder(request.user, request.GET.get("link", "")[:_LONGEST], at=now)
    here, groups = here_in(request, found.organisation), still_due(found, at=now)
    if len(groups) == 1:
        return redirect(address_of(here, groups[0]))
    return due_page(request, here, groups, now)


def _record(
    request: HttpRequest, found: Reminder, link: str, groups: list[DueGroup], group: DueGroup
) -> HttpResponse:
    forms = [read_update(row, request.POST.dict()) for row in _rows(found, group)]
    scope = scope_in(found.person, found.organisation, group.unit, period=group.month.id)
    examine(forms, scope.structure.whole, group.unit)
    done = [form for form in forms if form.is_changed]
    if not done or not all(form.is_ready for form in done):
        return _page(request, found, groups, (group, forms), 422 if done else 200)
    try:
        outcome = answer_reminder(link=link, figures=[form.figure(group.unit) for form in done], outlooks_follow=True)
    except (Conflict, NotFound) as error:
        messages.info(request, error.message)
        return _strict(redirect(path("reminder_figures", found.pk)))
    if not outcome.ok:
        for form, refused in zip(done, outcome.value or (), strict=False):
            form.errors += [without_place(finding) for finding in errors(refused.findings)]
        return _page(request, found, groups, (group, forms), 422)
    codes = list(dict.fromkeys(form.row.kpi.code for form in done))
    follow_outlooks(by=found.person, organisation=found.organisation, kpi=codes, unit=group.unit)
    messages.success(request, f"{plural(len(done), 'figure')} recorded for {group.month.label}.")
    return _strict(redirect(path("reminder_figures", found.pk)))


def _rows(found: Reminder, group: DueGroup) -> list[UpdateRow]:
    """The rows of the grid that the reminder is about, and no others."""
    scope = by_month(scope_in(found.person, found.organisation, group.unit, period=group.month.id))
    wanted = {(due.pk, due.period.id) for due in group.figures}
    cells = grid_of(scope, frozenset(pk for pk, _ in wanted)).cells
    return [row for row in cells if (row.pk, row.period.id) in wanted]


def _page(
    request: HttpRequest, found: Reminder, groups: list[DueGroup],
    sent: tuple[DueGroup, list[UpdateForm]] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    parts: list[dict[str, Any]] = []
    for group in groups:
        forms = sent[1] if sent and sent[0] is group else [shown(row) for row in _rows(found, group)]
        title = f"{group.unit_name}, {group.month.label}"
        fields = [reminded_field(form) for form in forms]
        parts.append({"title": title, "unit": group.unit, "month": group.month.id, "fields": fields})
    return _strict(plain(
        request, "web/reminder.html", title="Figures that are due", status=status, parts=parts,
        organisation_name=found.organisation.name, person=found.person, until=found.ends_at,
    ))  # fmt: skip


def _over(request: HttpRequest) -> HttpResponse:
    return _strict(plain(request, "web/reminder_over.html", title="This link enters nothing", status=404))


def _cookie(number: int) -> str:
    return f"{'__Secure-' if settings.HTTPS else ''}fourfold_reminder_{number}"


def _strict(response: HttpResponse) -> HttpResponse:
    """No index, no copy, and no referrer but to ourselves."""
    for name, value in _HEADERS.items():
        response[name] = value
    return response
