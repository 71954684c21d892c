"""Where figures come from by themselves: feeds for those who may use them, connections for who may change them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse as path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from fourfold.actions.remove_connection import remove_connection
from fourfold.actions.rotate_hook import rotate_hook
from fourfold.actions.save_connection import save_connection
from fourfold.actions.test_connection import test_connection
from fourfold.connectors.hook import HOOK
from fourfold.connectors.kinds import KINDS
from fourfold.connectors.presets import products
from fourfold.errors import Conflict, NotFound
from fourfold.records.models import Connection, Organisation
from fourfold.records.queries.feeds import (
    FeedPlace,
    connection_of,
    connections_of,
    edits_sources,
    feeds_of,
    organisation_with_feeds,
    organisation_with_sources,
)
from fourfold.web.components.dates import moment_text
from fourfold.web.forms.connection import ConnectionForm, read_connection, stored_connection
from fourfold.web.pages.errors import plain
from fourfold.web.requests import Request, signed_in, signed_in_form

NEW = "new"


@never_cache
@signed_in
def sources(request: Request, organisation: str) -> HttpResponse:
    """All feeds, with how each did last and when it runs next; and the connections, for those who may change them."""
    place = organisation_with_feeds(request.user, organisation)
    may_edit = edits_sources(request.user, place.pk)
    return plain(
        request, "web/sources.html", title="Sources of figures", organisation_name=place.name, organisation=place,
        feeds=[feed_row(found) for found in feeds_of(request.user, place)], kinds=KINDS.values(),
        products=products().values(), may_edit=may_edit,
        connections=[(row, KINDS[row.kind].name) for row in connections_of(request.user, place)],
    )  # fmt: skip


def feed_row(found: FeedPlace) -> dict[str, Any]:
    """A feed in a line: what its last run says, and what comes next."""
    feed, last = found.feed, found.last
    said, mark = "never ran", ""
    if last is not None and last.ended_at is None:
        said = "is running"
    elif last is not None:
        said = last.failure or f"{last.loaded:,} loaded, {last.unchanged:,} unchanged, {last.rejected:,} rejected"
        mark = "failed" if last.failure else "worked"
    return {
        "feed": feed, "said": said, "mark": mark, "at": moment_text(last.started_at) if last else "–", "last": last,
        "next": "rests" if feed.paused_at else moment_text(feed.next_at) if feed.next_at else "by hand",
    }  # fmt: skip


@never_cache
@sensitive_post_parameters("secret")
@signed_in_form
def connection(request: Request, organisation: str, key: str) -> HttpResponse:
    """One connection, or a new one of the `kind` in the address; POST saves, tests or removes it."""
    place = organisation_with_sources(request.user, organisation)
    row = None if key == NEW else connection_of(request.user, place, key)
    product = products().get(request.GET.get("product", ""))
    kind = row.kind if row else product.kind if product else request.GET.get("kind", "")
    if kind not in KINDS:
        raise NotFound("There is no such kind of source.")
    if request.method != "POST":
        begun = ConnectionForm(kind, {"name": product.product, "code": product.code, **product.connection}
                               if product else {})  # fmt: skip
        return _page(request, place, row, stored_connection(row) if row else begun)
    if row and "test" in request.POST:
        return _tested(request, place, row)
    if row and ("rotate" in request.POST or "revoke" in request.POST):
        return _rotated(request, place, row, keeps="rotate" in request.POST)
    if row and "remove" in request.POST:
        return _removed(request, place, row)
    form = read_connection(kind, request.POST.dict())
    form.is_stored = row is not None and row.secret is not None
    outcome = save_connection(
        by=request.user, organisation=place.code, known=row.code if row else None, code=form.typed["code"],
        name=form.typed["name"], kind=kind, options=form.options, secret=form.secret or None,
    )  # fmt: skip
    if outcome.value is None:
        form.complain(outcome.findings)
        return _page(request, place, row, form, status=422)
    messages.success(request, f"{outcome.summary}.")
    return redirect("connection", place.code, outcome.value.code)


def _tested(request: Request, place: Organisation, row: Connection) -> HttpResponse:
    outcome = test_connection(by=request.user, organisation=place.code, connection=row.code)
    if outcome.ok:
        messages.success(request, f"{outcome.summary}.")
        return redirect("connection", place.code, row.code)
    wrong = " ".join(f.words for f in outcome.findings)
    return _page(request, place, row, stored_connection(row), wrong=wrong, status=422)


def _rotated(request: Request, place: Organisation, row: Connection, *, keeps: bool) -> HttpResponse:
    made = rotate_hook(by=request.user, organisation=place.code, connection=row.code, keeps=keeps).value
    assert made is not None
    return _page(request, place, made[0], stored_connection(made[0]), made=made[1])


def _removed(request: Request, place: Organisation, row: Connection) -> HttpResponse:
    try:
        outcome = remove_connection(by=request.user, organisation=place.code, connection=row.code)
    except Conflict as error:
        return _page(request, place, row, stored_connection(row), wrong=f"{error.message} {error.hint}", status=409)
    messages.success(request, f"{outcome.summary}.")
    return redirect("sources", place.code)


def _page(
    request: Request, place: Organisation, row: Connection | None, form: ConnectionForm, *, wrong: str = "",
    made: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    title = row.name if row else f"New connection: {KINDS[form.kind].name}"
    product = products().get(request.GET.get("product", "")) if row is None else None
    return plain(
        request, "web/connection.html", title=title, status=status, organisation_name=place.name, organisation=place,
        row=row, form=form, kind=KINDS[form.kind], wrong=wrong, product=product,
        made=made, hook=f"{settings.PUBLIC_URL}{path('hook', args=[row.pk])}" if row and row.kind == HOOK.code else "",
    )  # fmt: skip
