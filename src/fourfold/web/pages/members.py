"""Members: who may see a unit and with which role, giving, denying and taking away; who sees a KPI; what one sees."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.access.roles import Action
from fourfold.actions.deny_unit import deny_unit
from fourfold.actions.give_grant import give_grant
from fourfold.actions.outcome import Outcome
from fourfold.actions.revoke_grant import revoke_grant
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.records.queries.members import (
    SHOWN,
    Held,
    Members,
    Right,
    Rights,
    guests_at,
    members_of,
    readers_of,
    rights_of,
)
from fourfold.web.address import here_at, here_of_kpi, path
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.guest import guest_words
from fourfold.web.components.numbers import plural
from fourfold.web.components.surroundings import Link
from fourfold.web.forms.grant import GrantForm, read_grant
from fourfold.web.pages.errors import plain
from fourfold.web.requests import Request, signed_in, signed_in_form

SEES: Final = {"all": "all of it", "statuses": "statuses alone", "own": "their own KPIs", "": "nothing"}
HEADS: Final = dict(zip(SHOWN, ("See", "Enter figures", "Approve", "Change targets", "Manage members"), strict=True))
CELLS: Final = {"all": "yes", "statuses": "statuses alone", "own": "own KPIs", "": "–"}


@signed_in_form
def members(request: Request, unit: str) -> HttpResponse:
    """Who sees the unit; whoever manages its members gives a role with a POST, denies the unit or takes a role away."""
    found = members_of(request.user, unit)
    if request.method != "POST":
        return _page(request, unit, found, read_grant(found))
    if not found.may_manage:
        raise Forbidden("You may not manage members here.")
    return _change(request, unit, found)  # type: ignore[no-any-return]


@reauthentication_required  # type: ignore[untyped-decorator]
def _change(request: Request, unit: str, found: Members) -> HttpResponse:
    form = read_grant(found, request.POST.dict())
    if not form.is_valid:
        return _page(request, unit, found, form, status=422)
    try:
        outcome = _done(request, found, form)
    except (Conflict, Forbidden, NotFound) as error:
        form.complain("role", f"{error.message} {error.hint or ''}".strip())
        return _page(request, unit, found, form, status=409 if isinstance(error, Conflict) else 422)
    messages.success(request, f"{outcome.summary}.")
    return redirect(path("members", unit))


def _done(request: Request, found: Members, form: GrantForm) -> Outcome[Any]:
    organisation = found.structure.organisation.code
    if form.revoke is not None:
        return revoke_grant(by=request.user, organisation=organisation, grant=form.revoke)
    assert form.person is not None
    if form.role is None:
        return deny_unit(by=request.user, organisation=organisation, person=form.person, unit=found.place)
    return give_grant(
        by=request.user, organisation=organisation, person=form.person, role=form.role, unit=found.place,
        exports=form.exports, confidential=form.confidential, statuses_only=form.statuses_only,
    )  # fmt: skip


def _page(request: Request, unit: str, found: Members, form: GrantForm, status: int = 200) -> HttpResponse:
    title = f"Members of {found.unit.name}" if found.may_manage else f"Who can see {found.unit.name}"
    words = {
        "form": form, "found": found, "people": _people(found), "form_url": path("members", unit),
        "below": "" if found.place is None else " and the units below it", "guests": guest_words(found.guests),
        "guests_url": path("guest_links", unit) if found.may_manage else "",
        "people_url": f"{path('people')}?o={found.structure.organisation.code}" if found.may_manage else "",
    }  # fmt: skip
    if not found.is_seen:  # somebody who manages members and sees no figures has no frame of figures
        organisation = found.structure.organisation.name
        prefix = unit.rpartition(":")[0]
        codes = {u.code: f"{prefix}:{u.code}" if prefix else u.code for u in found.structure.units}
        units = [Link(u.name, path("members", codes[u.code]), u == found.unit) for u in found.structure.units]
        return plain(
            request, "web/members.html", title=title, status=status, layout="plain.html",
            organisation_name=organisation, units=units, **words,
        )  # fmt: skip
    here = here_at(request, unit)
    return show(
        request, "web/members.html", here, page="members", title=title, crumbs=[crumb_of(here)], status=status,
        layout="page.html", **words,
    )  # fmt: skip


def _people(found: Members) -> list[dict[str, Any]]:
    """The rows, with who sees nothing for all their roles last."""
    rows = sorted(found.people, key=lambda member: (not member.sees, member.name))
    return [
        {
            "member": member,
            "sees": SEES[member.sees] if member.is_active else "nothing: switched off",
            "held": [(h, _word(h)) for h in member.held],
            "url": path("rights", member.pk) if found.may_manage else "",
        }
        for member in rows
    ]


def _word(held: Held) -> str:
    if held.role is None:
        return "denied"
    if held.statuses_only:
        return f"{held.role.word}, statuses alone,"
    return f"{held.role.word}, confidential KPIs too," if held.confidential else held.role.word


@signed_in
def readers(request: Request, pk: int, name: str) -> HttpResponse:
    """Who can see a KPI in the unit of `u`."""
    here, kpi = here_of_kpi(request, pk)
    found = readers_of(here.scope, kpi)
    return show(
        request, "web/readers.html", here, page="scorecard", title=f"Who can see {kpi.name}",
        crumbs=[crumb_of(here, "scorecard"), Link(kpi.name, here.kpi(kpi))],
        people=[(member, ", ".join(f"{h.role.word} of {h.place}" for h in member.held if h.role)) for member in found],
        count=plural(len(found), "person", "people"), members_url=here.unit("members"),
        guests=guest_words(guests_at(here.scope, kpi)),
    )  # fmt: skip


@signed_in
def rights(request: Request, pk: int) -> HttpResponse:
    """What one person may see and do, for those who manage them, and for themselves."""
    found = rights_of(request.user, pk)
    return plain(
        request, "web/rights.html", title=_title(request, found), person=found.person, denied=found.denied,
        organisation_name=found.structure.organisation.name, heads=HEADS.values(), rows=_rows(found),
        hidden=plural(found.hidden, "unit") if found.hidden else "", guests=guest_words(found.shared, with_unit=True),
    )  # fmt: skip


def _title(request: Request, found: Rights) -> str:
    return "What you can see" if found.person.pk == request.user.pk else f"What {found.person.name} can see"


def _also(right: Right, action: Action) -> str:
    return ", confidential KPIs too" if action is Action.SEE and right.is_cleared else ""


def _rows(found: Rights) -> list[dict[str, Any]]:
    return [
        {
            "name": right.unit.name,
            "depth": min(3, right.unit.depth),
            "roles": ", ".join(right.roles),
            "cells": [(HEADS[a], CELLS[right.actions[a]] + _also(right, a)) for a in HEADS],
            "sees": right.actions[Action.SEE],
        }
        for right in found.rows
    ]
