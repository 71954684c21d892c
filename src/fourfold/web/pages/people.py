"""People of an organisation, for those who manage them: inviting, the state of each account, and what they own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.actions.change_email import change_email
from fourfold.actions.deactivate_person import deactivate_person
from fourfold.actions.end_sessions import end_sessions
from fourfold.actions.invite_person import invite_person
from fourfold.actions.outcome import Outcome
from fourfold.actions.reactivate_person import reactivate_person
from fourfold.actions.remove_second_factors import remove_second_factors
from fourfold.actions.rename_person import rename_person
from fourfold.actions.renew_invitation import renew_invitation
from fourfold.actions.revoke_invitation import revoke_invitation
from fourfold.errors import Conflict
from fourfold.records.models import Invitation, Organisation, Person, Unit
from fourfold.records.queries.feeds import edits_sources
from fourfold.records.queries.invitation import address_of
from fourfold.records.queries.people import (
    STATES,
    administers,
    find_member,
    managed_organisation,
    manages_all,
    members_of,
    owned_by,
    sessions_of,
)
from fourfold.web.address import path
from fourfold.web.forms.person import PersonForm, read_person
from fourfold.web.pages.errors import plain
from fourfold.web.requests import Request, signed_in_form


@never_cache
@signed_in_form
def people(request: Request) -> HttpResponse:
    """Everybody in the organisation (`o` in the address where there are several); POST invites somebody."""
    organisation = managed_organisation(request.user, request.GET.get("o"))
    units, is_everywhere = _units(request.user, organisation)
    if request.method != "POST":
        return _list(request, organisation, read_person(units, {}, is_everywhere=is_everywhere))
    form = read_person(units, request.POST.dict(), is_everywhere=is_everywhere)
    if form.errors:
        return _list(request, organisation, form, status=422)
    outcome = invite_person(
        by=request.user, organisation=organisation.code, email=form.typed["email"], name=form.typed["name"],
        role=form.typed["role"], unit=form.typed["unit"] or None,
    )  # fmt: skip
    for finding in outcome.findings:
        form.complain(finding.place.thing or "", finding.message)
    if outcome.value is None:
        return _list(request, organisation, form, status=422)
    return _told(request, organisation, outcome.value, f"{outcome.summary}.")


# house: those who manage accounts invite to units whose figures they do not see
def _units(by: Person, organisation: Organisation) -> tuple[list[tuple[str, str]], bool]:
    """The units somebody may invite people to, as code and name; and whether to the whole organisation."""
    is_everywhere = manages_all(by, organisation.pk)
    rows = Unit.objects.filter(organisation=organisation).values_list("code", "name", "path")
    mine = (r for r in rows if is_everywhere or can(by.principal, Action.MANAGE, Thing(organisation.pk, r[2])))
    return [(code, name) for code, name, _ in mine], is_everywhere


@never_cache
@signed_in_form
def person(request: Request, pk: int) -> HttpResponse:
    """One account; POST changes it in one of the ways of `_CHANGES`."""
    organisation, member = find_member(request.user, pk)
    if request.method != "POST":
        return _person(request, organisation, pk)
    change = request.POST.get("change", "")
    try:
        if change in ("invite", "revoke"):
            act = renew_invitation if change == "invite" else revoke_invitation
            said = act(by=request.user, email=member.person.email or "", organisation=organisation.code).summary
        elif change in ("name", "email"):
            outcome = _written(request, change, pk)
            if not outcome.ok:
                return _person(request, organisation, pk, " ".join(f.message for f in outcome.findings), 422)
            said = outcome.summary
        elif change in _CHANGES:
            said = _CHANGES[change](by=request.user, number=pk).summary
        else:
            return _person(request, organisation, pk, "This page does not know that change. Load it again.", 422)
    except Conflict as error:
        return _person(request, organisation, pk, f"{error.message} {error.hint or ''}".strip(), 409)
    is_new, said = change in ("invite", "email"), f"{said[:1].upper()}{said[1:]}."
    return _told(request, organisation, member.person, said, is_new=is_new)


def _written(request: Request, change: str, pk: int) -> Outcome[Person]:
    """Another name or address, as it was typed."""
    typed = request.POST.get(change, "")
    if change == "name":
        return rename_person(by=request.user, number=pk, name=typed)
    return change_email(by=request.user, number=pk, new=typed)


_CHANGES: Final[dict[str, Callable[..., Outcome[Person] | Outcome[int]]]] = {
    "off": deactivate_person,
    "on": reactivate_person,
    "sessions": end_sessions,
    "factors": remove_second_factors,
}


def _told(
    request: Request, organisation: Organisation, somebody: Person, said: str, *, is_new: bool = True
) -> HttpResponse:
    """Back to the person's page; where no mail is sent, the link of an invitation is shown here, once."""
    opened = Invitation.objects.filter(  # house: of somebody found among those they manage
        organisation=organisation, person=somebody, accepted_at=None, revoked_at=None
    )
    invitation = opened.first() if is_new else None
    if invitation is not None and not settings.SENDS_EMAIL:
        return plain(
            request, "web/invited.html", title=f"{somebody.name} is invited", organisation_name=organisation.name,
            organisation=organisation, person=somebody, link=address_of(invitation), until=invitation.ends_at,
        )  # fmt: skip
    messages.success(request, f"{said} An e-mail with a link is on its way." if invitation else said)
    return redirect("person", somebody.pk)


def _list(request: Request, organisation: Organisation, form: PersonForm, status: int = 200) -> HttpResponse:
    first = next((code for code, _ in form.units), "")
    return plain(
        request, "web/people.html", title="People", status=status, organisation_name=organisation.name,
        members=members_of(request.user, organisation), states=STATES, form=form, directories=settings.DIRECTORIES,
        administers=administers(request.user, organisation.pk), organisation=organisation,
        edits_sources=edits_sources(request.user, organisation.pk),
        members_url=path("members", f"{organisation.code}:{first}") if first else "",
    )  # fmt: skip


def _person(
    request: Request, organisation: Organisation, pk: int, wrong: str = "", status: int = 200
) -> HttpResponse:
    _, member = find_member(request.user, pk)
    return plain(
        request, "web/person.html", title=member.person.name, status=status, organisation_name=organisation.name,
        organisation=organisation, member=member, state=STATES[member.state], wrong=wrong,
        owned=owned_by(request.user, member.person), sessions=sessions_of(member.person),
        is_self=member.person == request.user, may_administer=administers(request.user, organisation.pk),
    )  # fmt: skip
