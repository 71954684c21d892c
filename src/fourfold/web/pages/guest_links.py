"""The guest links into a unit: make one, which is shown once; see how often each was opened; take it back."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from fourfold.actions.make_guest_link import MOST_DAYS, MOST_VIEWS, NewGuestLink, make_guest_link
from fourfold.actions.revoke_guest_link import revoke_guest_link
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import GuestLink
from fourfold.records.queries.guest import guest_links_of
from fourfold.records.queries.members import Members, members_of
from fourfold.web.address import Here, here_at, path
from fourfold.web.components.dates import day_of_moment
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.surroundings import Link
from fourfold.web.forms.guest_link import GuestLinkForm, read_guest_link
from fourfold.web.pages.errors import plain
from fourfold.web.requests import Request, signed_in_form


@never_cache
@sensitive_post_parameters()
@sensitive_variables("made")
@signed_in_form
def guest_links(request: Request, unit: str) -> HttpResponse:
    """POST makes a link, or with `revoke` takes one back; a new one is in that answer and never again."""
    found = members_of(request.user, unit)
    if not found.may_manage:
        raise Forbidden("You may not manage guest links here.")
    here = here_at(request, unit) if found.is_seen else None
    if request.method == "POST":
        return _change(request, found, here)  # type: ignore[no-any-return]
    return _page(request, found, here, read_guest_link(here.scope) if here else None)


@reauthentication_required  # type: ignore[untyped-decorator]
def _change(request: Request, found: Members, here: Here | None) -> HttpResponse:
    if prefix := request.POST.get("revoke", "")[:40]:
        messages.success(request, f"{revoke_guest_link(by=request.user, prefix=prefix).summary}.")
        return redirect(request.get_full_path())
    if here is None:
        raise Forbidden("You may not make guest links here: you see no figures that one could show.")
    form = read_guest_link(here.scope, request.POST.dict())
    try:
        outcome = make_guest_link(by=request.user, **form.arguments(here.scope))
    except (Forbidden, NotFound) as error:
        form.errors["kpi"] = str(error)
        return _page(request, found, here, form, status=422)
    if outcome.value is None:
        form.errors |= {f.place.thing or "": f.words for f in outcome.findings}
        return _page(request, found, here, form, status=422)
    return _page(request, found, here, read_guest_link(here.scope), made=outcome.value)


def _page(
    request: Request,
    found: Members,
    here: Here | None,
    form: GuestLinkForm | None,
    *,
    made: NewGuestLink | None = None,
    status: int = 200,
) -> HttpResponse:
    words = {
        "unit": found.unit, "form": form, "form_url": request.get_full_path(), "most_days": MOST_DAYS,
        "links": [_row(link) for link in guest_links_of(request.user, found.unit.pk)], "most_views": MOST_VIEWS,
        "made": made and {"name": made.row.name, "url": f"{settings.PUBLIC_URL}{path('guest_link')}?link={made.text}"},
    }  # fmt: skip
    if here is None:  # somebody who manages members and sees no figures: they take links back
        organisation = found.structure.organisation.name
        return plain(
            request, "web/guest_links.html", title="Guest links", status=status, layout="plain.html",
            organisation_name=organisation, **words,
        )  # fmt: skip
    return show(
        request, "web/guest_links.html", here, page="members", title="Guest links", status=status, layout="page.html",
        crumbs=[crumb_of(here), Link("Members", here.unit("members"))], **words,
    )  # fmt: skip


def _row(link: GuestLink) -> dict[str, Any]:
    shown = link.kpi.name if link.kpi else "the scorecard"
    of = "figures of the day" if link.snapshot is None else f"figures of {day_of_moment(link.made_at)}"
    if link.snapshot and link.snapshot.get("is_closed"):
        of += ", closed"
    opened = "never opened" if not link.views else f"opened {link.views} times" if link.views > 1 else "opened once"
    return {
        "name": link.name,
        "prefix": link.prefix,
        "shows": f"{shown}, {of}{', statuses alone' if link.statuses_only else ''}",
        "by": link.made_by.name if link.made_by else "",
        "until": day_of_moment(link.expires_at),
        "is_over": link.expires_at <= now(),
        "opened": opened + (f" of {link.most_views}" if link.most_views else ""),
        "used": day_of_moment(link.used_at) if link.used_at else "",
        "has_password": bool(link.password),
        "hosts": ", ".join(link.hosts.split()),
    }
