"""Guest links: those one manages, made and revoked. What a link shows is for browsers, and not part of the API."""

from __future__ import annotations

from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from fourfold.access.roles import Action
from fourfold.access.sight import sights_of
from fourfold.actions.make_guest_link import DAYS, LONGEST_PASSWORD, make_guest_link
from fourfold.actions.revoke_guest_link import revoke_guest_link
from fourfold.api.errors import problem_of_findings
from fourfold.api.pages import asker, known_only
from fourfold.engine.findings import errors
from fourfold.errors import Forbidden
from fourfold.records.models import GuestLink, Organisation
from fourfold.records.queries.api import organisation_of
from fourfold.records.queries.guest import guest_links_in
from fourfold.records.scope import principal_of

router = Router(tags=["guest link"])
PATH = "/organisations/{organisation}/guest-links"
_PLAIN = r"^[^\x00]*$"
Code = Annotated[str, Field(max_length=80, pattern=_PLAIN)]


class GuestLinkOut(Schema):
    """A link: what it shows, until when, and how often it was opened; `prefix` names it."""

    prefix: str
    name: str
    unit: str
    kpi: str | None
    period: str | None
    is_closed: bool
    is_live: bool
    statuses_only: bool
    has_password: bool
    hosts: list[str]
    views: int
    most_views: int | None
    made_by: str | None
    made_at: str
    expires_at: str
    used_at: str | None


class NewGuestLinkOut(GuestLinkOut):
    """A link that was just made, with its address, which nobody is told again."""

    url: str


class GuestLinksOut(Schema):
    """The links that were not taken back, newest first."""

    items: list[GuestLinkOut]


class GuestLinkIn(Schema):
    """What a link is to show: a unit or one KPI of it, the newest closed month where nothing else is said."""

    model_config = ConfigDict(extra="forbid")

    unit: Code
    name: Annotated[str, Field(max_length=100, pattern=_PLAIN, description="Whom it is for.")]
    kpi: Code | None = None
    period: Annotated[str, Field(max_length=40, pattern=_PLAIN)] | None = None
    is_live: bool = False
    statuses_only: bool = False
    days: Annotated[int, Field(ge=-(10**6), le=10**6)] = DAYS
    most_views: Annotated[int, Field(ge=-(10**9), le=10**9)] | None = None
    password: Annotated[str, Field(max_length=LONGEST_PASSWORD, pattern=_PLAIN)] = ""
    hosts: Annotated[list[Annotated[str, Field(max_length=253, pattern=_PLAIN)]], Field(max_length=100)] = []


@router.get(PATH, response=GuestLinksOut, summary="Guest links", operation_id="guest_links")
def guest_links(request: HttpRequest, organisation: str) -> GuestLinksOut:
    """Those into the units whose members and links the owner of the token manages."""
    known_only(request)
    place = _managed(request, organisation)
    return GuestLinksOut(items=[_out(link) for link in guest_links_in(asker(request), place.pk)])


@router.post(PATH, response={201: NewGuestLinkOut}, summary="Make a guest link", operation_id="make_guest_link")
def make(request: HttpRequest, organisation: str, body: GuestLinkIn) -> HttpResponse:
    """Let whoever has the link see a unit without an account."""
    known_only(request)
    place = organisation_of(asker(request), organisation)
    outcome = make_guest_link(by=asker(request), organisation=place.code, **body.model_dump())
    if outcome.value is None:
        return problem_of_findings(errors(outcome.findings))
    url = f"{settings.PUBLIC_URL}{reverse('guest_link')}?link={outcome.value.text}"
    made = NewGuestLinkOut(url=url, **_out(outcome.value.row).model_dump())
    return JsonResponse(made.model_dump(), status=201)


@router.api_operation(
    ["DELETE"], PATH + "/{prefix}", response=GuestLinkOut, summary="Revoke a guest link",
    operation_id="revoke_guest_link",
)  # fmt: skip
def revoke(request: HttpRequest, organisation: str, prefix: str) -> GuestLinkOut:
    """From now on it shows nothing to anybody; the answer is the link as it was."""
    known_only(request)
    _managed(request, organisation)
    revoked = revoke_guest_link(by=asker(request), prefix=prefix[:40].replace("\0", "")).value
    assert revoked is not None
    return _out(revoked)


def _managed(request: HttpRequest, code: str) -> Organisation:
    """The organisation, in a part of which the owner of the token manages links."""
    place = organisation_of(asker(request), code)
    if place.pk not in sights_of(principal_of(asker(request)), Action.MANAGE):
        raise Forbidden("You may not manage guest links here.")
    return place


def _out(link: GuestLink) -> GuestLinkOut:
    kept = link.snapshot or {}
    return GuestLinkOut(
        prefix=link.prefix, name=link.name, unit=link.unit.code, kpi=link.kpi.code if link.kpi else None,
        period=kept.get("period"), is_closed=kept.get("is_closed", False), is_live=link.snapshot is None,
        statuses_only=link.statuses_only, has_password=bool(link.password), hosts=link.hosts.split(), views=link.views,
        most_views=link.most_views, made_by=link.made_by.name if link.made_by else None,
        made_at=link.made_at.isoformat(), expires_at=link.expires_at.isoformat(),
        used_at=link.used_at.isoformat() if link.used_at else None,
    )  # fmt: skip
